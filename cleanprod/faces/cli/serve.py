"""`cleanprod serve`: start the whole platform and wait."""

import click

from cleanprod.foundation.engine.home import Home
from cleanprod.foundation.engine.serve import serve as serve_home


@click.command()
@click.option("--host", default="127.0.0.1", metavar="地址", help="监听地址，默认 127.0.0.1。")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    envvar="CLEANPROD_PORT",
    default=8000,
    metavar="端口",
    help="监听端口，默认取 CLEANPROD_PORT，否则 8000。",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    metavar="个数",
    help="网页进程个数，默认 2。",
)
def serve(host: str, port: int, workers: int) -> None:
    """启动平台：数据库、网页和后台任务，直到收到停止信号（Ctrl-C）。

    首次启动时自动建立数据库；再次启动保留全部数据。
    """
    serve_home(Home.from_environment(), host=host, port=port, workers=workers, tell=click.echo)
