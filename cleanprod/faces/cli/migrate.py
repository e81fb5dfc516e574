"""`cleanprod migrate`: bring the database up to this version without serving."""

import click

from cleanprod.foundation.engine.home import Home
from cleanprod.foundation.engine.prepare import prepare
from cleanprod.foundation.engine.server import running


@click.command()
def migrate() -> None:
    """建立或升级数据库（角色、表、权限）并收集静态文件，可重复执行。

    外部数据库（DATABASE_URL）首次使用前执行；用 serve 启动时会自动完成。
    """
    home = Home.from_environment()
    with running(home):
        prepare(home)
    click.echo("数据库已是最新")
