"""Static files under hashed names once they are collected, under their plain names before."""

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Serve hashed names; without a manifest (tests, a fresh checkout) plain ones."""

    def stored_name(self, name: str) -> str:
        """Return the hashed name; strict as soon as anything was collected."""
        return str(super().stored_name(name)) if self.hashed_files else name
