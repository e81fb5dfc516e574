"""Pages of pool, panels and seats: bad input, replays, and who reads which names when."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.models import Membership
from cleanprod.foundation.organisations.rules import Kind, Line, Role
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import NotAllowed
from cleanprod.stages.audits.models import Round
from cleanprod.stages.experts import actions, appointing, papers, seats
from cleanprod.stages.experts.models import Appointment, Draw, Expert, Fee, Panel
from cleanprod.stages.experts.rules import Act, SeatAct
from cleanprod.stages.experts.tests import cast as make
from tests.world import FOSHAN, GUANGDONG, NANHAI, TODAY

LEAD, PARTNER, PROVINCE = make.LEAD, make.PARTNER, make.PROVINCE
FORM = {
    "name": "李专家", "phone": "138 1234-1234", "mail": "li@example.org",
    "identity": "11010519491231002x", "title": "高级工程师", "level": "deputy",
    "employer": "省环境研究院", "city_id": FOSHAN, "fields_known": ["environment"],
    "trades": ["33"], "jobs": "清源咨询有限公司 2019-03 2021-06", "agreed": "on",
}  # fmt: skip


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def signed_in(cast, name):
    client = Client()
    client.force_login(cast.people[name])
    return client


def page(client, name, *args, **query):
    answer = client.get(reverse(f"experts:{name}", args=args), query)
    return answer.status_code, answer.content.decode()


def post(client, route, /, *args, **data):
    return client.post(reverse(f"experts:{route}", args=args), data)


def paper(content=b"%PDF-1.4 text", name="证书.pdf"):
    return SimpleUploadedFile(name, content)


def test_a_visitor_applies_asks_corrects_and_becomes_an_expert(cast):
    visitor, province = Client(), signed_in(cast, PROVINCE)
    answer = post(visitor, "register", **FORM, certificate="审核师证", paper=paper())
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    code = answer.content.decode().split("查询码：<code>")[1].split("</code>")[0]
    expert = Expert.objects.get()
    assert (expert.state, expert.phone, expert.identity) == (
        "applied", "13812341234", "11010519491231002X",
    )  # fmt: skip
    assert expert.ties.get().organisation == cast.offices["consultancy"]
    assert expert.certificates.get().file.name == "证书.pdf"
    assert code not in expert.ticket

    assert post(visitor, "application", code="猜的").status_code == 422
    post(province, "decide", expert.pk, "return", reason="职称证书缺失")
    assert post(visitor, "application", code=code).status_code == 302
    assert "职称证书缺失" in page(visitor, "application")[1]
    assert "职称证书缺失" in page(visitor, "register")[1]
    post(visitor, "register", **{**FORM, "title": "正高级工程师", "level": "chief"})
    expert.refresh_from_db()
    assert (expert.state, expert.level) == ("applied", "chief")
    assert expert.ties.count() == 1  # what was known is not taken twice

    done = post(province, "confirm", expert.pk)
    assert "初始密码只显示这一次" in done.content.decode()
    expert.refresh_from_db()
    assert expert.state == "pool"
    assert Membership.objects.get(person=expert.person, until=None).role == Role.EXPERT
    assert post(province, "confirm", expert.pk).status_code == 409  # replayed
    assert Person.objects.filter(name="李专家").count() == 1
    assert "申请进度" not in page(visitor, "application")[1].split("<h2")[-1]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("phone", "12345", "11位手机号"),
        ("identity", "110105194912310021", "校验位不符"),
        ("identity", "1101", "身份证号应为18位"),
        ("jobs", "2019-03", "机构名称"),
        ("agreed", "", "有 1 处需要修改"),
        ("name", "", "有 1 处需要修改"),
        ("fields_known", "magic", "有 1 处需要修改"),
    ],
)
def test_bad_applications_are_told_beside_the_field(cast, field, value, told):
    answer = post(Client(), "register", **{**FORM, field: value})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "省环境研究院" in answer.content.decode()  # what was typed is kept
    assert not Expert.objects.exists()


def test_only_papers_are_taken(cast):
    for content, told in (
        (b"MZ\x90\x00\x03", "PDF、JPG 或 PNG"),
        (b"x" * 10485761, "不能超过10 MB"),
    ):
        answer = post(Client(), "register", **FORM, paper=paper(content))
        assert answer.status_code == 422
        assert told in answer.content.decode()


def test_a_day_takes_only_so_many_applications(cast, monkeypatch):
    Expert.objects.bulk_create(
        Expert(name="x", phone="1", title="t", level="other", employer="e", applied_on=TODAY)
        for _ in range(200)
    )
    answer = post(Client(), "register", **FORM)
    assert "今日受理的申请已满" in answer.content.decode()


def test_a_signed_in_person_applies_once_and_is_told(cast):
    client = signed_in(cast, "consultancy")
    assert "办理结果将发到您的消息" in post(client, "register", **FORM).content.decode()
    assert post(client, "register", **FORM).url == reverse("experts:mine")
    expert = Expert.objects.get()
    assert expert.person == cast.people["consultancy"]
    actions.confirm(expert.pk, by=cast[PROVINCE])
    assert page(client, "mine")[0] == 200  # also while acting for the consultancy
    assert expert.person.memberships.filter(role=Role.EXPERT, until=None).count() == 1


def test_a_second_entry_with_the_same_phone_is_shown_and_not_confirmed(cast):
    first = make.expert(cast, "李一", 5)
    second, _ = actions.apply(
        make.application("李二", phone=first.phone, identity=""), file=None, by=cast[PROVINCE]
    )
    province = signed_in(cast, PROVINCE)
    assert "李一" in page(province, "expert", second.pk)[1]
    assert post(province, "confirm", second.pk).status_code == 409


def test_contacts_are_masked_and_a_full_reading_is_written_down(cast):
    expert = make.expert(cast, number=5)
    province, city = signed_in(cast, PROVINCE), signed_in(cast, LEAD)
    for client in (province, city):
        text = page(client, "expert", expert.pk)[1]
        assert "139****0005" in text
        assert expert.phone not in text
        assert "l***@example.org" in text
    assert expert.phone not in page(city, "pool")[1]
    assert post(city, "contact", expert.pk, reason="想打电话").status_code == 404  # no need
    assert post(province, "contact", expert.pk, reason=" ").status_code == 422
    assert expert.phone in post(province, "contact", expert.pk, reason="核对").content.decode()
    line = Entry.objects.get(act="expert:read")
    assert (line.reason, line.person_name) == ("核对", cast[PROVINCE].person_name)
    lines = Entry.objects.filter(subject=f"expert:{expert.pk}")
    assert expert.phone not in " ".join(f"{one.before} {one.after}" for one in lines)


def test_a_department_that_appointed_may_read_the_phone(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    expert = panel.appointments.first().expert
    assert (
        expert.phone
        in post(signed_in(cast, LEAD), "contact", expert.pk, reason="通知开会").content.decode()
    )
    assert post(signed_in(cast, PARTNER), "contact", expert.pk, reason="x").status_code == 404


def test_who_left_the_pool_is_still_read_by_who_appointed_them(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    pk = panel.appointments.first().expert_id
    actions.decide(pk, Act.LEAVE, reason="退休", by=cast[PROVINCE])
    assert page(signed_in(cast, LEAD), "expert", pk)[0] == 200
    assert page(signed_in(cast, PARTNER), "expert", pk)[0] == 404


def test_a_city_sees_only_those_in_the_pool(cast):
    waiting, _ = actions.apply(make.application("待确认者"), file=None, by=cast[PROVINCE])
    make.expert(cast, "在库者", 8)
    text = page(signed_in(cast, LEAD), "pool")[1]
    assert "在库者" in text
    assert "待确认者" not in text
    assert 'name="state"' not in text  # the other states are the province's
    assert page(signed_in(cast, LEAD), "expert", waiting.pk)[0] == 404
    province = signed_in(cast, PROVINCE)
    assert "待确认者" in page(province, "pool", state="applied")[1]
    assert "待确认者" not in page(province, "pool", field="finance", trade="33", q="者")[1]


def form(rounds, **changes):
    said = {
        "purpose": "acceptance", "meets_on": TODAY.isoformat(), "size": "3", "place": "会议室",
        "round": [one.pk for one in rounds], f"consultancy-{rounds[0].pk}": "清源咨询有限公司",
    }  # fmt: skip
    return said | changes


def test_a_department_makes_a_panel_draws_it_and_opens_the_meeting(cast):
    make.pool(cast)
    rounds = make.rounds(cast)
    lead = signed_in(cast, LEAD)
    assert rounds[0].name in page(lead, "form", q=rounds[0].code)[1]
    answer = post(lead, "form", **form(rounds))
    panel = Panel.objects.get()
    assert answer.url == reverse("experts:panel", args=[panel.pk])
    assert panel.reviewed.first().consultant == cast.offices["consultancy"]
    text = page(lead, "draw", panel.pk)[1]
    assert "没有查到文件规定" in text  # the rules are unconfirmed, and it says so
    drawn = post(lead, "draw", panel.pk)
    draw = Draw.objects.get()
    assert drawn.url == reverse("experts:record", args=[draw.pk])
    assert post(lead, "draw", panel.pk).status_code == 409  # replayed
    assert page(lead, "draw", panel.pk)[0] == 404
    assert "结果一致" in page(lead, "record", draw.pk)[1]
    told = lead.get(reverse("experts:record", args=[draw.pk]), {"format": "json"}).json()
    assert told["identical"]
    assert told["seed"] == draw.seed
    for seat in Appointment.objects.all():
        post(lead, "answer", seat.pk, act="accept", reason="电话")
    assert post(lead, "open", panel.pk).status_code == 302
    panel.refresh_from_db()
    assert panel.stage == "opened"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"size": "4"}, "单数"),
        ({"size": "11"}, "3至9人"),
        ({"meets_on": "2023-01-01"}, "早于今天"),
        ({"round": []}, "请选择要评审的企业"),
        ({"round": ["x", "99999999999999999999"]}, "请选择要评审的企业"),
        ({"purpose": "party"}, "有 1 处需要修改"),
    ],
)
def test_a_bad_panel_is_refused_and_what_was_typed_is_kept(cast, changes, told):
    rounds = make.rounds(cast)
    answer = post(signed_in(cast, LEAD), "form", **form(rounds, **changes))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "清源咨询有限公司" in answer.content.decode()
    assert not Panel.objects.exists()


def test_the_form_begins_with_the_round_asked_for_and_those_near_a_review(cast):
    first, second, third = make.rounds(cast, 3)
    Round.objects.filter(pk=second.pk).update(stage="in_assessment")
    client = signed_in(cast, LEAD)
    plain = page(client, "form")[1]
    assert plain.index(second.name) < plain.index(first.name) < plain.index(third.name)
    asked = page(client, "form", round=third.pk, purpose="acceptance")[1]
    assert asked.index(third.name) < asked.index(second.name) < asked.index(first.name)
    assert f'value="{third.pk}" aria-label="选择{third.name}" checked' in asked
    assert '<option value="acceptance" selected>' in asked
    assert asked.count(" checked") == 1


def names_of(panel):
    return set(panel.appointments.values_list("expert__name", flat=True))


def test_names_stay_closed_until_the_meeting_opens(cast):
    make.pool(cast, 12)
    for one, expert in enumerate(Expert.objects.order_by("pk")):
        Expert.objects.filter(pk=expert.pk).update(name=f"秘密{one:02}人")
    rounds = make.rounds(cast)
    Round.objects.filter(pk=rounds[0].pk).update(
        enterprise=cast.offices["red-star"], county="440605"
    )
    make_county(cast)
    panel = make.panel(cast, rounds[:1], consultancy="清源咨询有限公司")
    appointing.draw_panel(panel.pk, by=cast[LEAD])
    outside = ("red-star", "consultancy", "nanhai-ecology", PARTNER)
    for name in outside:
        status, text = page(signed_in(cast, name), "round", rounds[0].pk)
        assert (status, "尚未公开" in text, "秘密" in text) == (200, True, False), name
    assert "秘密" not in page(signed_in(cast, PARTNER), "panel", panel.pk)[1]
    draw = Draw.objects.get()
    assert page(signed_in(cast, PARTNER), "record", draw.pk)[0] == 404
    notice = reverse("experts:notice", args=[panel.pk, "docx"])
    assert signed_in(cast, PARTNER).get(notice).status_code == 404
    for name in (LEAD, PROVINCE):
        assert "秘密" in page(signed_in(cast, name), "panel", panel.pk)[1]
    history = signed_in(cast, "red-star").get(reverse("desk:history", args=[rounds[0].pk]))
    assert "秘密" not in history.content.decode()
    member = panel.appointments.select_related("expert").first().expert
    own = Client()
    own.force_login(member.person)
    text = page(own, "mine")[1]
    assert member.name in text
    assert text.count("秘密") == text.count(member.name)  # no other member

    make.accept_all(cast, panel)
    appointing.open_meeting(panel.pk, by=cast[LEAD])
    for name in outside:
        text = page(signed_in(cast, name), "round", rounds[0].pk)[1]
        assert all(one in text for one in names_of(panel)), name
        assert "研究院" not in text  # names and titles, no employers
    for name in ("blue-sea", "huizhou-industry", "shunde-industry", "support"):
        assert page(signed_in(cast, name), "round", rounds[0].pk)[0] == 404


def make_county(cast):
    """Add the county office of the line that leads."""
    office = organisations.enter(
        organisations.NewOrganisation(
            Kind.AUTHORITY, "市生态环境局南海分局", line=Line.ECOLOGY, province=GUANGDONG,
            city=FOSHAN, county=NANHAI,
        ),
        by=SYSTEM,
    )  # fmt: skip
    person = Person.objects.create_user("nanhai-ecology", name="南海经办人")
    organisations.appoint(person, office, Role.COUNTY, by=SYSTEM)
    Person.objects.update(needs_code=False)
    cast.people["nanhai-ecology"] = person


def test_an_expert_answers_declares_and_goes_away(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    seat = panel.appointments.select_related("expert__person").first()
    own = Client()
    own.force_login(seat.expert.person)
    assert post(own, "answer", seat.pk, act="decline", reason="").status_code == 422
    assert post(own, "answer", seat.pk, act="accept").url == reverse("experts:mine")
    assert post(own, "answer", seat.pk, act="accept").status_code == 409  # replayed
    other = panel.appointments.exclude(pk=seat.pk).first()
    assert post(own, "answer", other.pk, act="accept").status_code == 404
    assert post(own, "declare", kind="declared", name="某公司").status_code == 422
    post(own, "declare", kind="employed", name="某公司", since="2020-01-01")
    tie = seat.expert.ties.get()
    assert post(own, "end-tie", tie.pk, until="2019-01-01").status_code == 422
    tomorrow = (TODAY + timedelta(1)).isoformat()
    assert post(own, "end-tie", tie.pk, until=tomorrow).status_code == 422
    assert post(own, "end-tie", tie.pk, until=TODAY.isoformat()).status_code == 302
    assert post(own, "end-tie", tie.pk, until=TODAY.isoformat()).status_code == 404
    assert post(own, "absence", since="2023-10-01").status_code == 422
    post(own, "absence", since="2023-10-01", until="2023-10-08")
    assert "2023-10-08" in page(own, "mine")[1]
    assert post(own, "certificates", name="证书", paper=paper(b"MZ")).status_code == 422
    post(own, "certificates", name="审核师证", paper=paper())
    certificate = seat.expert.certificates.get()
    handed = own.get(reverse("experts:certificate", args=[certificate.pk]))
    assert b"".join(handed.streaming_content).startswith(b"%PDF")
    letter = own.get(reverse("experts:letter", args=[seat.pk, "pdf"]))
    assert letter["Content-Type"] == "application/pdf"
    assert post(own, "leave", reason="").status_code == 422
    post(own, "leave", reason="退休")
    assert Expert.objects.get(pk=seat.expert_id).state == "left"
    assert "再次申请" in page(own, "mine")[1]


def test_a_change_of_employer_hides_nothing(cast):
    pool = make.pool(cast, 4)
    own, province = Client(), signed_in(cast, PROVINCE)
    own.force_login(pool[0].person)
    facts = {"phone": "13812341234", "mail": "x@example.org", "city_id": FOSHAN}
    assert post(own, "profile", **facts, employer="").status_code == 422
    answer = post(own, "profile", **facts, employer="新单位", level="chief", trades=["01"])
    assert answer.url == reverse("experts:mine")
    expert = Expert.objects.get(pk=pool[0].pk)
    assert (expert.employer, expert.trades) == ("新单位", pool[0].trades)  # not theirs to change
    tie = expert.ties.get()
    assert (tie.name, tie.kind, tie.until) == (pool[0].employer, "employed", TODAY)
    with pytest.raises(NotAllowed):
        actions.amend(expert.pk, {"level": "chief"}, by=make.standing_of(expert))
    post(province, "edit", expert.pk, **facts, name="专家0", title="教授", level="chief",
         employer="新单位", fields_known=["energy"], trades=["33"])  # fmt: skip
    expert.refresh_from_db()
    assert (expert.level, expert.fields, expert.ties.count()) == ("chief", ["energy"], 1)
    line = Entry.objects.filter(act="expert:amend").order_by("pk").first()
    assert "phone" in line.after["changed"]
    assert "13812341234" not in str(line.after)


def test_a_panel_drawn_anew_after_a_cancelled_one_is_marked(cast):
    make.pool(cast)
    first = make.drawn(cast)
    appointing.cancel(first.pk, reason="重来", by=cast[LEAD])
    again = make.panel(cast, [first.reviewed.first().round])
    assert "1个评审组抽取后又取消" in page(signed_in(cast, PROVINCE), "panel", again.pk)[1]
    assert "又取消" not in page(signed_in(cast, PARTNER), "panel", again.pk)[1]


def test_invitations_releases_and_fees_go_by_their_pages(cast):
    pool = make.pool(cast, 5)
    panel = make.panel(cast)
    lead = signed_in(cast, LEAD)
    assert pool[0].name in page(lead, "invite", panel.pk)[1]
    assert post(lead, "invite", panel.pk, expert=pool[1].pk, reason="").status_code == 422
    assert post(lead, "invite", panel.pk, expert="abc", reason="x").status_code == 422
    post(lead, "invite", panel.pk, expert=pool[1].pk, reason="人数少")
    seat = Appointment.objects.get()
    assert "由另一人批准" in page(lead, "panel", panel.pk)[1]
    assert post(lead, "settle", seat.pk, act="approve").status_code == 409
    seats.settle_invitation(seat.pk, SeatAct.APPROVE, by=make.colleague(cast))
    post(lead, "answer", seat.pk, act="accept", reason="电话")
    assert post(lead, "fee", seat.pk, days="0", amount="-1").status_code == 422
    post(lead, "fee", seat.pk, task="评审", days="1.5", amount="1200.50", payer="本局")
    assert str(Fee.objects.get().amount) == "1200.50"
    sheet = lead.get(reverse("experts:fees", args=[panel.pk]))
    assert sheet["Content-Disposition"].startswith("attachment")
    assert post(lead, "release", seat.pk, reason="").status_code == 422
    post(lead, "release", seat.pk, reason="发现利害关系")
    assert post(lead, "release", seat.pk, reason="发现利害关系").status_code == 409


def test_rescheduling_and_cancelling_go_by_their_pages(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    lead = signed_in(cast, LEAD)
    bad = {"meets_on": "2023-01-01", "place": "", "reason": "台风"}
    assert post(lead, "reschedule", panel.pk, **bad).status_code == 422
    post(lead, "reschedule", panel.pk, **{**bad, "meets_on": "2023-11-03"})
    assert Panel.objects.get().meets_on.isoformat() == "2023-11-03"
    assert post(lead, "cancel", panel.pk, reason="").status_code == 422
    post(lead, "cancel", panel.pk, reason="停产")
    assert post(lead, "cancel", panel.pk, reason="停产").status_code == 409


def test_the_papers_say_what_they_should(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    notice = papers.notice(panel)
    assert [one.title for one in notice.annexes] == ["清洁生产验收企业名单"]
    seat = panel.appointments.select_related("expert", "panel").first()
    letter = papers.letter(seat)
    assert letter.addressee.startswith(seat.expert.name)
    others = names_of(panel) - {seat.expert.name}
    assert not any(name in str(letter) for name in others)
    make.accept_all(cast, panel)
    appointing.open_meeting(panel.pk, by=cast[LEAD])
    panel.refresh_from_db()
    opened = papers.notice(panel)
    assert all(name in str(opened.annexes[1]) for name in names_of(panel))


def test_to_dos_tell_each_what_waits(cast):
    make.pool(cast)
    actions.apply(make.application("新申请人"), file=None, by=cast[PROVINCE])
    panel = make.panel(cast)

    def home(client):
        return client.get(reverse("desk:home")).content.decode()

    assert "专家入库申请，待确认" in home(signed_in(cast, PROVINCE))
    assert "待抽取专家" in home(signed_in(cast, LEAD))
    assert "待抽取专家" not in home(signed_in(cast, PARTNER))
    Expert.objects.filter(name="专家1").update(person=cast.people["expert"])
    appointing.draw_panel(panel.pk, by=cast[LEAD])
    seat = panel.appointments.first()
    Expert.objects.filter(person=cast.people["expert"]).update(person=None)
    Expert.objects.filter(pk=seat.expert_id).update(person=cast.people["expert"])
    assert "答复评审邀请" in home(signed_in(cast, "expert"))
    seats.release(seat.pk, reason="更换", by=cast[LEAD])
    assert "有空缺，待补抽" in home(signed_in(cast, LEAD))


def test_nonsense_in_addresses_is_not_there(cast):
    client = signed_in(cast, LEAD)
    for name in ("panel", "draw", "record", "round"):
        assert page(client, name, 10**18 - 1)[0] == 404
    assert page(client, "pool", state="x", city="\x00", field="'", trade="[", after="zz")[0] == 200
    assert page(client, "panels", stage="x", city="\x00", lead="'", after="zz")[0] == 200
    assert page(client, "form", year="x", stage="x", q="\x00")[0] == 200


def test_long_lists_take_a_constant_number_of_reads(cast, django_assert_max_num_queries):
    make.pool(cast, 60)
    client = signed_in(cast, LEAD)
    with clock.fixed(TODAY), django_assert_max_num_queries(16):
        assert page(client, "pool")[0] == 200
