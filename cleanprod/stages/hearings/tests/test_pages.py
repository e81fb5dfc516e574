"""Pages of reviews: applying, the board of a hundred, entering from paper."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.stages.hearings import actions
from cleanprod.stages.hearings.models import Hearing
from cleanprod.stages.hearings.rules import Mode, State, Step
from cleanprod.stages.hearings.tests import cast as hall
from cleanprod.stages.hearings.tests.cast import LEAD
from tests import flow


def as_(client, cast, name):
    client.force_login(cast.people[name])
    return client


def test_an_application_that_cannot_be_shows_why_and_keeps_what_was_typed(cast, client):
    audit = hall.submitted(cast, sheet=False)
    as_(client, cast, "red-star")
    address = reverse("hearings:round", args=[audit.pk])
    answer = client.post(address, {"note": "请尽快安排"})
    assert answer.status_code == 422
    assert "请先填报绩效表" in answer.text
    assert "请尽快安排" in answer.text
    assert not Hearing.objects.exists()


def test_posting_an_application_twice_makes_one(cast, client):
    audit = hall.submitted(cast)
    as_(client, cast, "red-star")
    for _ in range(2):
        assert client.post(reverse("hearings:round", args=[audit.pk])).status_code == 302
    assert Hearing.objects.count() == 1


def test_names_of_the_panel_stay_closed_until_the_meeting_opens(cast, client):
    hearing = hall.scheduled(cast)
    names = set(hall.experts.Expert.objects.values_list("name", flat=True))
    address = reverse("hearings:hearing", args=[hearing.pk])
    for name in ("red-star", "foshan-industry"):
        page = as_(client, cast, name).get(address).text
        assert not any(f">{one}<" in page for one in names), name
    assert any(f">{one}<" in as_(client, cast, LEAD).get(address).text for one in names)
    first = hall.Appointment.objects.filter(panel=hearing.panel, state="accepted")[0]
    actions.open_meeting(hearing.pk, leader=first.expert_id, by=cast[LEAD])
    assert f">{first.expert.name}<" in as_(client, cast, "red-star").get(address).text


def test_a_result_from_paper_is_entered_by_the_page(cast, client):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    today = clock.today().isoformat()
    typed = {
        "held_on": today, "place": "局会议室", "passes": "yes", "concluded_on": today,
        "opinion": "同意", "name-1": "张三", "unit-1": "一院", "total-1": "八十",
    }  # fmt: skip

    def post():
        scans = {
            f"{one}_scan": SimpleUploadedFile(f"{one}.pdf", b"%PDF-1.4")
            for one in ("opinion", "sheets", "signin")
        }
        address = reverse("hearings:enter", args=[hearing.pk])
        return as_(client, cast, LEAD).post(address, typed | scans)

    wrong = post()
    assert wrong.status_code == 422
    assert "第1行：得分请填写数字" in wrong.text
    assert "张三" in wrong.text
    typed["total-1"] = "80"
    typed |= {
        f"{key}-{place}": said
        for place in (2, 3)
        for key, said in (("name", f"专家{place}"), ("unit", f"{place}院"), ("total", "85"))
    }
    assert post().status_code == 302
    hearing.refresh_from_db()
    assert (hearing.state, hearing.offline) == (State.ENTERED, True)
    page = client.get(reverse("hearings:hearing", args=[hearing.pk])).text
    assert "线下评审" in page
    scan = client.get(reverse("hearings:scan", args=[hearing.pk, "opinion"]))
    assert scan.getvalue() == b"%PDF-1.4"


def test_the_board_of_a_hundred_reviews_asks_as_little_as_that_of_one(
    cast, client, django_assert_max_num_queries
):
    flow.listed(cast, flow.firms(100))
    rounds = list(hall.Round.objects.order_by("pk"))

    def kept(some):
        today = clock.today()
        Hearing.objects.bulk_create(
            Hearing(
                round=one, step=Step.JOINT, mode=Mode.JOINT, state=State.SCHEDULED, day=today,
                meets_on=today, applied_on=today, applied_by="x", place="会议室",
            )
            for one in some
        )  # fmt: skip

    kept(rounds[:1])
    as_(client, cast, LEAD)
    client.get(reverse("hearings:board"))
    with django_assert_max_num_queries(20) as few:
        client.get(reverse("hearings:board"))
    kept(rounds[1:])
    with django_assert_max_num_queries(len(few.captured_queries) + 1):
        page = client.get(reverse("hearings:board"))
    assert "100" in page.text
    assert client.get(reverse("hearings:board") + "?when=week&state=scheduled").status_code == 200
    assert client.get(reverse("hearings:board") + "?state=x&step=%00&after=zz").status_code == 200
