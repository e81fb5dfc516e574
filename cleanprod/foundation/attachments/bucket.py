"""A bucket of an S3-compatible storage; imported only where one is configured."""

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage


class Bucket(S3Storage):  # type: ignore[misc]  # the library carries no types
    """Files in a bucket: private, under our own names, overwritten by the same content."""

    def get_default_settings(self) -> dict[str, Any]:
        """Return the library's defaults with ours over them."""
        return {
            **super().get_default_settings(),
            "default_acl": None,
            "file_overwrite": True,
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                # Not every compatible storage knows the newer checksums; we have our own.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                connect_timeout=5,
                read_timeout=60,
                retries={"max_attempts": 3},
            ),
        }
