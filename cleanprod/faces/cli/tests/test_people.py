import pytest

from cleanprod.faces.cli.people import make_admin
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.kernel.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


def test_first_administrator_must_change_the_password_and_use_codes():
    person = make_admin("guanli", "赵管", "Chushi-mima-77")
    assert person.must_change_password
    assert person.needs_code
    assert person.check_password("Chushi-mima-77")


def test_administrator_is_appointed_in_one_operator():
    for username in ("guanli", "guanli2"):
        make_admin(username, "赵管", "Chushi-mima-77")
    assert Organisation.objects.filter(kind="operator").count() == 1
    assert set(Membership.objects.values_list("role", flat=True)) == {"admin"}


def test_taken_name_or_weak_password_leaves_nothing_behind():
    make_admin("guanli", "赵管", "Chushi-mima-77")
    with pytest.raises(Conflict):
        make_admin("Guanli", "别人", "Chushi-mima-77")
    with pytest.raises(Refused):
        make_admin("other", "别人", "123")
    assert Person.objects.count() == 1
    assert Membership.objects.count() == 1


def test_first_sign_in_leads_to_password_then_to_codes(client):
    make_admin("guanli", "赵管", "Chushi-mima-77")
    client.post("/accounts/login/", {"login": "guanli", "password": "Chushi-mima-77"})
    assert client.get("/accounts/security/")["Location"] == "/accounts/password/change/"
    new = "Ziji-de-mima-88"
    client.post(
        "/accounts/password/change/",
        {"oldpassword": "Chushi-mima-77", "password1": new, "password2": new},
    )
    assert client.get("/accounts/security/")["Location"] == "/accounts/codes/activate/"
