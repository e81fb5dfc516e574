import stat
from datetime import UTC, datetime

import pytest

from cleanprod.foundation.engine.home import Home
from cleanprod.kernel.errors import Refused

URL = "postgresql://li%40gz:p%2Fw@db.example:6432/province?sslmode=require"


def test_the_secret_key_is_made_once_and_only_we_may_read_it(home):
    key = home.secret_key()
    assert len(key) >= 50
    assert home.secret_key() == key
    assert stat.S_IMODE((home.path / "secret-key").stat().st_mode) == 0o600
    assert [file.name for file in home.path.iterdir()] == ["secret-key"]


def test_the_embedded_database_is_used_as_the_app_unless_told_otherwise(home, monkeypatch):
    assert home.django_database()["USER"] == "cleanprod_app"
    monkeypatch.setenv("CLEANPROD_DB_AS", "owner")
    assert home.django_database()["USER"] == "cleanprod_owner"


def test_the_owner_of_an_outside_server_is_the_user_of_the_address(home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("CLEANPROD_DB_AS", "owner")
    settings = home.django_database()
    assert (settings["USER"], settings["PASSWORD"]) == ("li@gz", "p/w")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == (
        "db.example",
        "6432",
        "province",
    )
    assert settings["OPTIONS"] == {"sslmode": "require"}


def test_the_app_takes_a_lesser_role_on_the_same_login(home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", URL + "&options=-c%20statement_timeout%3D9000")
    options = home.django_database()["OPTIONS"]["options"]
    assert options == "-c statement_timeout=9000 -c role=cleanprod_app"


def test_the_app_may_have_a_login_of_its_own(home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("DATABASE_APP_URL", "postgresql://clerk@db.example/province")
    assert home.django_database()["USER"] == home.app_role == "clerk"
    assert "options" not in home.django_database()["OPTIONS"]


def test_an_address_may_come_from_a_file(home, monkeypatch, tmp_path):
    file = tmp_path / "url"
    file.write_text(URL + "\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(file))
    assert home.django_database()["NAME"] == "province"


@pytest.mark.parametrize("address", ["mysql://a@b/c", "db.example", "postgresql://a@b:port/c"])
def test_an_address_that_cannot_be_used_is_refused_in_one_line(home, monkeypatch, address):
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(Refused, match="^DATABASE_URL：[^\n]*$"):
        home.django_database()


def test_a_demo_home_has_a_fixed_business_date(home):
    assert (home.is_demo, home.business_date) == (False, None)
    home.make()
    home.demo_marker.write_text('{"business_date": "2023-09-28"}')
    assert home.is_demo
    assert str(home.business_date) == "2023-09-28"
    assert home.entered_since is None
    home.demo_marker.write_text(
        '{"business_date": "2023-09-28", "entered_since": "2026-01-02T03:04:05+00:00"}'
    )
    assert home.entered_since == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_environment_names_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("CLEANPROD_HOME", str(tmp_path / "here"))
    assert Home.from_environment() == Home(tmp_path / "here")
