"""What every measurement stands on: a throw-away server, Django, timing, a report."""

import json
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPORTS = Path(__file__).parent / "reports"


@contextmanager
def database() -> Iterator[None]:
    """Start a throw-away server with this schema and set Django up on it."""
    if os.environ.get("DATABASE_URL"):
        sys.exit("the benches make their own database; unset DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="cp-bench-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        os.environ["CLEANPROD_HOME"] = f"{folder}/home"
        os.environ["DJANGO_SETTINGS_MODULE"] = "cleanprod.config.settings"
        from cleanprod.foundation.engine.home import Home
        from cleanprod.foundation.engine.prepare import prepare
        from cleanprod.foundation.engine.server import running

        home = Home.from_environment()
        with running(home):
            prepare(home)
            os.environ["CLEANPROD_DB_AS"] = "owner"
            import django

            django.setup()
            yield


def median(call: Callable[[], Any], times: int) -> float:
    """Return the median of that many calls in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


@contextmanager
def clocked(into: dict[str, float], name: str) -> Iterator[None]:
    """Note the seconds a block took under a name."""
    start = time.perf_counter()
    yield
    into[name] = round(time.perf_counter() - start, 3)


def peak_mib() -> float:
    """Return the peak memory of this process so far, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def save(name: str, result: dict[str, Any]) -> None:
    """Print the result as a table and keep it as a report with the machine and the versions."""
    result["machine"] = {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "system": platform.system(),
    }
    REPORTS.mkdir(exist_ok=True)
    (REPORTS / f"{name}.json").write_text(json.dumps(result, ensure_ascii=False, indent=2))
    print(f"\n{name}")
    for line, value in flat(result):
        print(f"  {line:60} {value}")


def flat(result: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield each value with its name, the names of what it lies in before it."""
    for key, value in result.items():
        if isinstance(value, dict):
            yield from flat(value, f"{above}{key}: ")
        else:
            yield f"{above}{key}", str(value)
