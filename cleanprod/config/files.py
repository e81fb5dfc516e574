"""Where uploaded files lie: a folder of the home, or a bucket of an S3-compatible storage."""

from pathlib import Path
from typing import Any

from cleanprod.config import env
from cleanprod.config.env import Misconfigured

_IN_MEMORY = 4 * 1024 * 1024  # what is larger waits on disk while it is read


def storage(folder: Path) -> dict[str, Any]:
    """Return Django's settings of the file storage, from CLEANPROD_S3_* when a bucket is named."""
    bucket = env.text("CLEANPROD_S3_BUCKET")
    if not bucket:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder, "file_permissions_mode": 0o600},
        }
    key, secret = env.text("CLEANPROD_S3_KEY"), env.text("CLEANPROD_S3_SECRET")
    if bool(key) != bool(secret):
        raise Misconfigured("CLEANPROD_S3_KEY与CLEANPROD_S3_SECRET应同时填写")
    return {
        "BACKEND": "cleanprod.foundation.attachments.bucket.Bucket",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.text("CLEANPROD_S3_ENDPOINT") or None,
            "region_name": env.text("CLEANPROD_S3_REGION", "us-east-1"),
            "access_key": key or None,
            "secret_key": secret or None,
            "location": env.text("CLEANPROD_S3_PREFIX"),
            "max_memory_size": _IN_MEMORY,
        },
    }
