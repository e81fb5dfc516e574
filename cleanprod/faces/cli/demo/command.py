"""`cleanprod demo`: load the demo province once, then serve it."""

import json
import shutil
import sys
import time
from datetime import date, datetime
from importlib import import_module
from typing import Any

import click

from cleanprod.foundation.engine.home import Home
from cleanprod.foundation.engine.prepare import prepare
from cleanprod.foundation.engine.serve import serve as serve_home
from cleanprod.foundation.engine.server import answers, running
from cleanprod.kernel.errors import Refused

BUSINESS_DATE = "2023-09-28"
LOADING, LOADED = "loading", "loaded"


@click.command()
@click.option("--host", default="127.0.0.1", metavar="地址", help="监听地址，默认 127.0.0.1。")
@click.option(
    "--port", type=click.IntRange(1, 65535), envvar="CLEANPROD_PORT", default=8000,
    metavar="端口", help="监听端口，默认取 CLEANPROD_PORT，否则 8000。",
)  # fmt: skip
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    metavar="个数",
    help="网页进程个数，默认 2。",
)
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", envvar="CLEANPROD_DEMO_DAY",
    help="把业务日期拨到这一天，如 2024-01-15；默认取 CLEANPROD_DEMO_DAY，否则不变。",
)  # fmt: skip
@click.option("--no-serve", is_flag=True, help="只装入演示数据，不启动网页。")
def demo(host: str, port: int, workers: int, day: datetime | None, no_serve: bool) -> None:
    """装入演示省（首次约两分钟），然后启动平台；业务日期固定，最初为 2023年9月28日。

    演示数据由固定种子生成，企业、代码和文号均为虚构，不向外发送任何消息。
    """
    if day is not None and day.date() < date.fromisoformat(BUSINESS_DATE):
        raise Refused(f"演示数据记到 {BUSINESS_DATE}，业务日期不能拨到此前")
    home = Home.from_environment()
    if state(home) != LOADED:
        _fill(home)
    else:
        click.echo("演示数据已装入")
    if day is not None:
        since = _marked(home).get("entered_since", "")
        _mark(home, LOADED, on=day.date().isoformat(), entered_since=since)
    if not no_serve:
        serve_home(home, host=host, port=port, workers=workers, tell=click.echo)


def state(home: Home) -> str:
    """Return how far this home's demo data is; blank for a home that is no demo."""
    if not home.demo_marker.exists():
        return ""
    return _marked(home).get("state", LOADED)


def _marked(home: Home) -> dict[str, str]:
    found: dict[str, str] = json.loads(home.demo_marker.read_text(encoding="utf-8"))
    return found


def _mark(home: Home, how_far: str, *, on: str = BUSINESS_DATE, entered_since: str = "") -> None:
    text = json.dumps({"business_date": on, "state": how_far, "entered_since": entered_since})
    draft = home.demo_marker.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(home.demo_marker)


class Occupied(Refused):
    """The database holds data that this command did not load."""


def _fill(home: Home) -> None:
    """Load a fresh home; start anew where an earlier loading was broken off."""
    if home.embedded and home.database.exists():
        if state(home) != LOADING:
            raise Refused(f"{home.path} 已有正式数据，演示请另设 CLEANPROD_HOME")
        _clear(home)
    home.make()
    was_demo = home.is_demo
    _mark(home, LOADING)
    start = time.monotonic()
    try:
        with running(home):
            prepare(home)
            since = _load()
    except Occupied:
        if not was_demo:
            home.demo_marker.unlink()  # else it would show somebody's real data as a demo
        raise
    _mark(home, LOADED, entered_since=since)
    click.echo(f"演示数据已装入，用时{time.monotonic() - start:.0f}秒")


def _clear(home: Home) -> None:
    """Remove what a broken-off loading left behind; only ever of a demo home."""
    with running(home):
        pass  # a left-over server of this home is recognised and ended here
    if answers(home.socket):
        raise Refused(f"{home.path} 的平台正在运行，请先停止再装入演示数据")
    click.echo("上次装入演示数据中断，重新装入", err=True)
    shutil.rmtree(home.database)
    shutil.rmtree(home.files, ignore_errors=True)


def _load() -> str:
    """Load the province; return from when on what is recorded counts as entered by hand."""
    # Settings read the home when they are imported, so Django comes after the marker.
    import_module("django").setup()
    loading: Any = import_module("cleanprod.faces.cli.demo.loading")
    connections = import_module("django.db").connections
    try:
        if import_module("cleanprod.foundation.accounts.models").Person.objects.exists():
            raise Occupied("DATABASE_URL 所指的数据库已有数据，演示请使用空的数据库")
        cities = loading.make_plan()
        if sys.stderr.isatty():
            with click.progressbar(
                length=loading.steps(cities), label="装入演示数据", file=sys.stderr
            ) as bar:
                return str(loading.load(cities, lambda: bar.update(1)).isoformat())
        click.echo("正在装入演示数据，约两分钟", err=True)
        return str(loading.load(cities, lambda: None).isoformat())
    finally:
        connections.close_all()
