"""`cleanprod create-admin`: the first administrator of a fresh home."""

import secrets

import click
from django.conf import settings
from django.db import transaction

from cleanprod.faces.cli.session import database
from cleanprod.foundation.accounts import actions as accounts
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Role
from cleanprod.foundation.trail.actions import SYSTEM

OPERATOR = "平台运维"


@click.command("create-admin")
@click.argument("username", metavar="账号")
@click.option("--name", required=True, metavar="姓名", help="管理员的姓名。")
@click.option("--ask-password", is_flag=True, help="自己输入初始密码，不由程序生成。")
def create_admin(username: str, name: str, ask_password: bool) -> None:
    """创建系统管理员，并显示一次性的初始密码。

    密码只显示这一次；首次登录时须改成自己的密码，并设置动态验证码。
    """
    password = _typed() if ask_password else secrets.token_urlsafe(12)
    with database():
        person = make_admin(username, name, password)
    click.echo(f"已创建系统管理员：{person.username}（{person.name}）")
    if not ask_password:
        click.echo(f"初始密码（只显示这一次）：{password}")
    click.echo("首次登录须修改密码，并设置动态验证码。")


@transaction.atomic
def make_admin(username: str, name: str, password: str) -> Person:
    """Make a person who must change the password and use codes, and appoint them administrator."""
    person = accounts.create_person(
        username, name, by=SYSTEM, needs_code=True, password=password, must_change_password=True
    )
    organisations.appoint(person, _operator(), Role.ADMIN, by=SYSTEM)
    return person


def _operator() -> Organisation:
    """Return the organisation that runs the platform, entering it at first use."""
    known = Organisation.objects.filter(kind=Kind.OPERATOR).order_by("pk").first()
    return known or organisations.enter(
        organisations.NewOrganisation(Kind.OPERATOR, OPERATOR, province=settings.PROVINCE_CODE),
        by=SYSTEM,
    )


def _typed() -> str:
    password: str = click.prompt("初始密码", hide_input=True, confirmation_prompt="再输入一次")
    return password
