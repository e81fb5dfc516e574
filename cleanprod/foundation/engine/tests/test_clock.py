from datetime import UTC, date, datetime, timedelta
from threading import Thread

from cleanprod.foundation.engine import clock
from cleanprod.foundation.engine.home import Home

DAY = date(2023, 9, 28)


def test_the_business_date_is_the_date_in_china(monkeypatch, settings, tmp_path):
    settings.HOME = Home(tmp_path)
    monkeypatch.setattr(clock, "now", lambda: datetime(2023, 12, 31, 16, 30, tzinfo=UTC))
    assert clock.today() == date(2024, 1, 1)


def test_a_demo_home_fixes_the_business_date_and_not_the_time(settings, tmp_path):
    settings.HOME = Home(tmp_path)
    settings.HOME.demo_marker.write_text('{"business_date": "2023-09-28"}')
    assert clock.today() == DAY
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_fixed_day_nests_and_ends():
    before = clock.today()
    with clock.fixed(DAY):
        with clock.fixed(date(2024, 2, 29)):
            assert clock.today() == date(2024, 2, 29)
        assert clock.today() == DAY
    assert clock.today() == before


def test_other_threads_see_a_fixed_day():
    seen = []
    with clock.fixed(DAY):
        thread = Thread(target=lambda: seen.append(clock.today()))
        thread.start()
        thread.join()
    assert seen == [DAY]
