"""Run every measurement one after another and name the reports."""

import subprocess
import sys

from bench.ground import REPORTS

MEASUREMENTS = (
    "statistics", "desks", "boards", "reviews", "publish", "trail", "intake", "bulletins",
    "accounting", "checks", "effects",
)  # fmt: skip


def main() -> int:
    """Run each measurement in a process of its own; return 1 if one failed."""
    failed = [
        name
        for name in MEASUREMENTS
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode
    ]
    print(f"reports: {REPORTS.relative_to(REPORTS.parent.parent)}/")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


sys.exit(main())
