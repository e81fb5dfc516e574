"""Make people, set what they sign in with, and write down every sign-in and refusal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower

from cleanprod.foundation.accounts import lockout
from cleanprod.foundation.accounts.models import DemoGroup, Person
from cleanprod.foundation.trail.actions import SYSTEM, Actor, Line, record, record_many
from cleanprod.kernel.errors import Conflict, Refused


@dataclass(frozen=True, slots=True)
class Oneself:
    """A person as the actor of acts on the own account, where no office is concerned."""

    person_id: int | None
    person_name: str
    office_id: int | None = None
    office_name: str = ""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What a person is made of; without a password they cannot sign in with one yet."""

    username: str
    name: str
    needs_code: bool = False
    email: str = ""
    phone: str = ""
    password: str | None = None
    must_change_password: bool = False
    demo_note: str = ""
    demo_group: str = ""


def oneself(person: Person) -> Oneself:
    """Return the person as the actor on the own account."""
    return Oneself(person.pk, str(person))


def subject_of(person: Person) -> str:
    """Return the name of the person's history in the trail."""
    return f"person:{person.pk}"


def create_person(
    username: str,
    name: str,
    *,
    by: Actor,
    needs_code: bool,
    email: str = "",
    password: str | None = None,
    must_change_password: bool = False,
) -> Person:
    """Make one person, or raise Refused with what is wrong with name or password."""
    row = NewPerson(
        username,
        name,
        needs_code=needs_code,
        email=email,
        password=password,
        must_change_password=must_change_password,
    )
    return create_people([row], by=by)[0]


@transaction.atomic
def create_people(rows: Sequence[NewPerson], *, by: Actor) -> list[Person]:
    """Make many people in the order of the rows; only given passwords cost a hash."""
    people = [_unsaved(row) for row in rows]
    _refuse_taken(people)
    Person.objects.bulk_create(people, batch_size=1000)
    record_many(
        (_line("create", "新建账号", person) for person in people),
        by=by,
    )
    return people


@transaction.atomic
def offer(person_id: int, note: str, group: DemoGroup, *, by: Actor) -> None:
    """Offer an account that is there already on the sign-in page of the demo."""
    person = _locked(person_id)
    person.demo_note, person.demo_group = note, group.value
    person.save(update_fields=["demo_note", "demo_group"])
    record(_line("offer", "列入演示身份", person), by=by)


@transaction.atomic
def set_password(
    person_id: int, password: str, *, by: Actor, must_change_password: bool = False
) -> None:
    """Set a new password, end all sessions and lift the lock of the name."""
    person = _locked(person_id)
    _check_password(password, person)
    change_password(person, password, by=by, must_change_password=must_change_password)


@transaction.atomic
def change_password(
    person: Person, password: str, *, by: Actor, must_change_password: bool = False
) -> None:
    """Store a password that a form has checked already; the acts above check it here."""
    person.set_password(password)
    person.must_change_password = must_change_password
    person.save(update_fields=["password", "must_change_password"])
    lockout.forgive(person.username)
    record(_line("password", "设置密码", person), by=by)


@transaction.atomic
def disable(person_id: int, *, reason: str, by: Actor) -> None:
    """Close an account and end its sessions; nothing of its history is touched."""
    person = _locked(person_id)
    if not person.is_active:
        raise Conflict(f"账号“{person.username}”已停用")
    person.is_active, person.disabled_reason = False, reason
    person.session_round += 1
    person.save(update_fields=["is_active", "disabled_reason", "session_round"])
    record(_line("disable", "停用账号", person, reason=reason), by=by)


@transaction.atomic
def enable(person_id: int, *, by: Actor) -> None:
    """Open a closed account again."""
    person = _locked(person_id)
    if person.is_active:
        raise Conflict(f"账号“{person.username}”未停用")
    person.is_active, person.disabled_reason = True, ""
    person.save(update_fields=["is_active", "disabled_reason"])
    record(_line("enable", "启用账号", person), by=by)


@transaction.atomic
def require_codes(people_ids: Iterable[int], *, by: Actor) -> None:
    """Ask these people for a one-time code from now on, as officials and administrators are."""
    people = list(
        Person.objects.select_for_update()
        .filter(pk__in=list(people_ids), needs_code=False)
        .order_by("pk")
    )
    Person.objects.filter(pk__in=[person.pk for person in people]).update(needs_code=True)
    record_many((_line("codes", "要求动态验证码", person) for person in people), by=by)


@transaction.atomic
def reset_codes(person_id: int, *, reason: str, by: Actor) -> None:
    """Remove a person's code generator and recovery codes, as after a lost phone."""
    person = _locked(person_id)
    Authenticator.objects.filter(user_id=person.pk).delete()
    lockout.code_right(person.pk)
    person.session_round += 1
    person.save(update_fields=["session_round"])
    record(_line("codes-reset", "重置动态验证码", person, reason=reason), by=by)


@transaction.atomic
def sign_out_everywhere(person_id: int, *, by: Actor) -> None:
    """End all sessions of a person on all devices."""
    person = _locked(person_id)
    person.session_round += 1
    person.save(update_fields=["session_round"])
    record(_line("sign-out-everywhere", "退出全部登录", person), by=by)


@transaction.atomic
def note_sign_in(person: Person, address: str, *, how: str) -> None:
    """Write down that a person came in, from where and how."""
    record(
        _line("sign-in", "登录", person, after={"how": how, "address": address}), by=oneself(person)
    )


@transaction.atomic
def note_sign_out(person: Person, *, why: str) -> None:
    """Write down that a person's session ended."""
    record(_line("sign-out", "退出登录", person, reason=why), by=oneself(person))


@transaction.atomic
def note_refusal(username: str, address: str, *, why: str) -> None:
    """Write down a refused sign-in; an unknown name is not kept, it may be a password."""
    person = Person.objects.filter(username__iexact=username).first()
    record(
        Line(
            act="person:refuse",
            verb="拒绝登录",
            subject=subject_of(person) if person else "person:unknown",
            label=str(person) if person else "未知账号",
            after={"address": address},
            reason=why,
        ),
        by=SYSTEM,
    )


@transaction.atomic
def note_own_act(person: Person, act: str, verb: str) -> None:
    """Write down what a person changed on the own account."""
    record(_line(act, verb, person), by=oneself(person))


def _unsaved(row: NewPerson) -> Person:
    person = Person(
        username=Person.normalize_username(row.username.strip()),
        name=row.name.strip(),
        email=row.email.strip().lower(),
        phone=row.phone.strip(),
        needs_code=row.needs_code,
        must_change_password=row.must_change_password,
        demo_note=row.demo_note,
        demo_group=row.demo_group,
    )
    _check_username(person.username)
    if row.password is not None:
        _check_password(row.password, person)
    person.password = make_password(row.password)
    return person


def _check_username(username: str) -> None:
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise Refused(f"账号“{username}”只能包含文字、数字和 @ . + - _") from error


def _check_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused("；".join(error.messages)) from error


def _refuse_taken(people: Sequence[Person]) -> None:
    names = [person.username.lower() for person in people]
    twice = sorted({name for name in names if names.count(name) > 1}) if _repeats(names) else []
    held = Person.objects.annotate(plain=Lower("username")).filter(plain__in=names)
    taken = sorted(held.values_list("username", flat=True))[:5] or twice[:5]
    if taken:
        raise Conflict(f"账号已存在：{'、'.join(taken)}")


def _repeats(names: Sequence[str]) -> bool:
    return len(set(names)) != len(names)


def _locked(person_id: int) -> Person:
    return Person.objects.select_for_update().get(pk=person_id)


def _line(
    act: str, verb: str, person: Person, *, reason: str = "", after: dict[str, str] | None = None
) -> Line:
    return Line(
        act=f"person:{act}",
        verb=verb,
        subject=subject_of(person),
        label=str(person),
        after=after,
        reason=reason,
    )
