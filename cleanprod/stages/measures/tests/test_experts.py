"""An expert reads the numbers of the rounds on whose panels he or she has taken a seat."""

from django.urls import reverse

from cleanprod.stages.experts import appointing, seats
from cleanprod.stages.experts.models import Expert
from cleanprod.stages.experts.tests import cast as make
from tests.world import TODAY

READ = ("sheet", "account", "economics", "export", "years", "years-workbook", "level", "workings")


def test_an_expert_reads_the_sheet_from_the_accepted_seat_to_its_release(cast, client):
    make.pool(cast)
    first, second = make.rounds(cast)
    panel = make.panel(cast, [first], on=TODAY)
    appointing.draw_panel(panel.pk, by=cast[make.LEAD])
    seat = panel.appointments.first()
    Expert.objects.filter(person=cast.people["expert"]).update(person=None)
    Expert.objects.filter(pk=seat.expert_id).update(person=cast.people["expert"])
    client.force_login(cast.people["expert"])

    def answers(audit):
        return {client.get(reverse(f"measures:{n}", args=[audit.pk])).status_code for n in READ}

    assert answers(first) == {404}  # drawn, but not accepted
    make.accept_all(cast, panel)
    assert answers(first) == {200}
    assert answers(second) == {404}
    page = client.get(reverse("measures:sheet", args=[first.pk])).content.decode()
    assert f'href="/rounds/{first.pk}/"' not in page  # which is not for experts
    assert client.get(reverse("measures:edit", args=[first.pk])).status_code == 403
    seats.release(seat.pk, reason="更换", by=cast[make.LEAD])
    assert answers(first) == {404}
