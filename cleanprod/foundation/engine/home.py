"""The home folder: database, files, secret key, static files of one installation."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

DEFAULT_FOR_ROOT = Path("/var/lib/cleanprod")


@dataclass(frozen=True)
class Home:
    """One installation's folder and the database it uses."""

    path: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """Return the home that CLEANPROD_HOME names, else the default of this user."""
        named = os.environ.get("CLEANPROD_HOME")
        if named:
            return cls(Path(named).expanduser().resolve())
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            return cls(DEFAULT_FOR_ROOT)
        data = os.environ.get("XDG_DATA_HOME")
        base = Path(data) if data else Path.home() / ".local" / "share"
        return cls(base / "cleanprod")

    @property
    def database(self) -> Path:
        """Return the folder of the embedded database."""
        return self.path / "database"

    @property
    def files(self) -> Path:
        """Return the folder of stored files."""
        return self.path / "files"

    @property
    def static(self) -> Path:
        """Return the folder of collected static files of this version."""
        return self.path / "static"

    @property
    def demo_marker(self) -> Path:
        """Return the file that makes this home a demo home."""
        return self.path / "demo.json"

    @property
    def is_demo(self) -> bool:
        """Tell whether this home holds the demo province."""
        return self.demo_marker.exists()

    @property
    def business_date(self) -> date | None:
        """Return the fixed business date of a demo home, else None."""
        if not self.is_demo:
            return None
        return date.fromisoformat(json.loads(self.demo_marker.read_text())["business_date"])

    def secret_key(self) -> str:
        """Return the secret key, made at first use with mode 600."""
        file = self.path / "secret-key"
        if not file.exists():
            self.path.mkdir(parents=True, exist_ok=True)
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as out:
                out.write(secrets.token_urlsafe(48))
        return file.read_text().strip()

    def django_database(self) -> dict[str, Any]:
        """Return Django's connection settings for the role this process acts in."""
        url = os.environ.get("DATABASE_URL")
        settings: dict[str, Any] = {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
        if url:
            parts = urlsplit(url)
            query = dict(parse_qsl(parts.query))
            settings |= {
                "NAME": parts.path.lstrip("/") or "cleanprod",
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": query.pop("host", parts.hostname or ""),
                "PORT": str(parts.port or query.pop("port", "")),
                "OPTIONS": query,
            }
            return settings
        raise NotImplementedError
