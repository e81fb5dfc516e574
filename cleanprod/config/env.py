"""Typed readers of the environment; a secret may also come from a file named NAME_FILE."""

import os
from pathlib import Path

from cleanprod.kernel.errors import Refused


class Misconfigured(Refused):
    """A setting is missing or has a value that cannot be used."""


def text(name: str, default: str = "") -> str:
    """Return the text of a setting, or of the file that NAME_FILE names."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Misconfigured(f"{name}_FILE：无法读取 {file}（{error.strerror}）") from error
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """Return a yes/no setting; anything else is refused."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise Misconfigured(f"{name}：应为 1 或 0，现为“{value}”")


def number(name: str, default: int) -> int:
    """Return a whole number setting; anything else is refused."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    try:
        return int(value)
    except ValueError as error:
        raise Misconfigured(f"{name}：应为整数，现为“{value}”") from error


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return a comma-separated setting as a list without blanks."""
    value = os.environ.get(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def address(name: str) -> str | tuple[str, int] | None:
    """Return a socket's path or (host, port) from `/path` or `host:port`, None without a value."""
    value = text(name).strip()
    if not value or value.startswith("/"):
        return value or None
    host, colon, port = value.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Misconfigured(f"{name}：应为“主机:端口”或套接字的绝对路径，现为“{value}”")
    return host.strip("[]"), int(port)
