"""The wheel: everything people need, nothing else, and the same bytes each time."""

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house.secrets import kept_files
from tests.house.source import ROOT

pytestmark = pytest.mark.slow
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def build(into: Path) -> Path:
    # The build backend is installed with the tools, so nothing is fetched.
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"),
            *("--no-index", "-w", into, ROOT),
        ],
        check=True,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    (wheel,) = into.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_the_package_and_no_test(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    names = {path.relative_to(ROOT).as_posix() for path in kept_files()}
    wanted = {name for name in names if name.startswith("cleanprod/") and "/tests/" not in name}
    assert {name for name in inside if name.startswith("cleanprod/")} == wanted
    assert {Path(name).parts[0] for name in inside} == {
        "cleanprod",
        f"cleanprod-{VERSION}.dist-info",
    }
    for kind in (".html", ".css", ".js", ".json", ".csv", ".typ", "/0001_people.py", "LICENSE"):
        assert any(name.endswith(kind) for name in inside), kind


def test_building_twice_gives_the_same_bytes(wheel, tmp_path):
    assert build(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_installed_wheel_runs_outside_the_checkout(wheel, tmp_path):
    place = tmp_path / "venv"
    venv.create(place, with_pip=False, symlinks=True)
    python = place / "bin" / "python"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps"),
            *("--no-index", "--disable-pip-version-check", wheel),
        ],
        check=True,
    )
    # What it depends on is taken from our own environment, where our package is not installed
    # or stands behind the wheel on the path.
    (site,) = place.glob("lib/python*/site-packages")
    (site / "others.pth").write_text(f"{sysconfig.get_path('purelib')}\n")

    def run(*words, **more):
        return subprocess.run(
            words,
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "CLEANPROD_HOME": tmp_path / "home"}
            | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    where = run(python, "-c", "import cleanprod; print(cleanprod.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(site), where.stderr
    command = place / "bin" / "cleanprod"
    told = run(command, "--help")
    assert told.returncode == 0, told.stderr
    assert "清洁生产审核" in told.stdout
    assert run(command, "--version").stdout.strip() == VERSION
    rendered = (
        "import django; django.setup()\n"
        "from django.template.loader import get_template\n"
        "from django.contrib.staticfiles.finders import find\n"
        "get_template('web/base.html'); assert find('web/cleanprod.css')\n"
    )
    told = run(
        python, "-c", rendered,
        DJANGO_SETTINGS_MODULE="cleanprod.config.settings",
        DATABASE_URL="postgresql:///unused",
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
