"""The home folder: database, files, secret key, static files of one installation."""

import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from cleanprod.kernel.errors import Refused

DEFAULT_FOR_ROOT = Path("/var/lib/cleanprod")

OWNER_ROLE = "cleanprod_owner"
APP_ROLE = "cleanprod_app"
DATABASE_NAME = "cleanprod"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107
"""Bytes that the kernel accepts as the path of a Unix socket."""


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
    def embedded(self) -> bool:
        """Tell whether the database lies in this home, because no outside server is named."""
        return not _address("DATABASE_URL")

    @property
    def database(self) -> Path:
        """Return the folder of the embedded database."""
        return self.path / "database"

    @property
    def socket(self) -> Path:
        """Return the folder of the embedded database's socket, short enough for the kernel.

        A long home gets a folder in /tmp instead, always the same one, so that every command
        finds it; the supervisor makes it 0700 and refuses one that belongs to somebody else.
        """
        folder = self.path / "socket"
        if len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return folder
        return Path("/tmp") / f"cleanprod-{hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]}"  # noqa: S108

    @property
    def log(self) -> Path:
        """Return the folder of the log files."""
        return self.path / "log"

    @property
    def files(self) -> Path:
        """Return the folder of stored files."""
        return self.path / "files"

    @property
    def static(self) -> Path:
        """Return the folder of collected static files of this version."""
        return self.path / "static" / software()

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

    @property
    def entered_since(self) -> datetime | None:
        """Return from when on what is recorded in a demo home is entered by hand, else None."""
        if not self.is_demo:
            return None
        since = json.loads(self.demo_marker.read_text()).get("entered_since", "")
        return datetime.fromisoformat(since) if since else None

    def make(self) -> None:
        """Make the home folder if it is missing; the account `nobody` may only pass through it."""
        if not self.path.is_dir():
            self.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True)

    def secret_key(self) -> str:
        """Return the secret key, made at first use with mode 600."""
        file = self.path / "secret-key"
        if not file.exists():
            self.make()
            # Written aside and linked, so that no other process ever reads half a key.
            draft = self.path / f"secret-key.{os.getpid()}"
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as out:
                out.write(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(draft, file)
            draft.unlink()
        return file.read_text().strip()

    @property
    def app_role(self) -> str:
        """Return the database role of everything but the set-up."""
        address = _address("DATABASE_APP_URL")
        return _settings_of(address, "DATABASE_APP_URL")["USER"] if address else APP_ROLE

    def django_database(self) -> dict[str, Any]:
        """Return Django's connection settings for the role this process acts in.

        A process acts as the app unless the environment says CLEANPROD_DB_AS=owner.
        """
        as_owner = os.environ.get("CLEANPROD_DB_AS") == "owner"
        return {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        } | (self._own(as_owner) if self.embedded else _outside(as_owner))

    def _own(self, as_owner: bool) -> dict[str, Any]:
        return {
            "NAME": DATABASE_NAME,
            "USER": OWNER_ROLE if as_owner else APP_ROLE,
            "PASSWORD": "",
            "HOST": str(self.socket),
            "PORT": "5432",
            "OPTIONS": {},
        }


def _outside(as_owner: bool) -> dict[str, Any]:
    """Return the settings of an outside server; the app takes its own login or a lesser role."""
    login = _address("DATABASE_APP_URL")
    if login and not as_owner:
        return _settings_of(login, "DATABASE_APP_URL")
    settings = _settings_of(_address("DATABASE_URL"), "DATABASE_URL")
    if not as_owner:
        options = settings["OPTIONS"]
        options["options"] = f"{options.get('options', '')} -c role={APP_ROLE}".strip()
    return settings


def _settings_of(address: str, name: str) -> dict[str, Any]:
    """Read postgresql://user:password@host:port/database?option=value."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise Refused(f"{name}：地址不能识别（{error}）") from error
    if parts.scheme not in {"postgresql", "postgres"}:
        raise Refused(f"{name}：应为 postgresql://用户:口令@主机:端口/数据库 形式的地址")
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")) or DATABASE_NAME,
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(port or query.pop("port", "")),
        "OPTIONS": query,
    }


def _address(name: str) -> str:
    """Return the address in a variable, or in the file that NAME_FILE names."""
    file = os.environ.get(f"{name}_FILE")
    if not file:
        return os.environ.get(name, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Refused(f"{name}_FILE：无法读取 {file}（{error.strerror}）") from error


def software() -> str:
    """Return the version of the software; a bare checkout has none."""
    try:
        return metadata.version("cleanprod")
    except metadata.PackageNotFoundError:
        return "checkout"
