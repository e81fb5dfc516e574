"""The province keeps versions of indicator systems; everybody else reads those in force."""

import json

import pytest
from django.http import Http404

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.performance import access, actions, shipped_systems
from cleanprod.stages.performance.indicators.loading import BadSystem, load
from cleanprod.stages.performance.models import IndicatorSystem
from cleanprod.stages.performance.rules import SystemStage
from cleanprod.stages.performance.tests.indicator_systems import plain, rich
from tests import flow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


def bring(cast, data=None, who="province-industry"):
    return actions.load_system(json.dumps(data or plain()).encode(), "体系.json", by=cast[who])


def test_a_loaded_system_is_a_draft_with_its_file_and_its_open_questions(cast):
    kept = actions.load_system(
        shipped_systems.content("electroplating-2015"), "电镀.json", by=cast["province-industry"]
    )
    assert (kept.version, kept.stage, kept.confirmed) == (1, SystemStage.DRAFT, False)
    assert (kept.trades, len(kept.file.sha256)) == ("3360", 64)
    kept.refresh_from_db()
    assert load(kept.body) == shipped_systems.system("electroplating-2015")
    assert bring(cast).confirmed


def test_the_same_content_again_changes_nothing(cast):
    first = bring(cast, rich())
    assert bring(cast, rich()).pk == first.pk
    assert File.objects.count() == 1
    assert Entry.objects.filter(act="indicators:load").count() == 1
    assert bring(cast, rich() | {"note": "修订"}).version == 2


def test_a_bad_file_keeps_nothing(cast):
    with pytest.raises(BadSystem):
        bring(cast, plain() | {"rules": []})
    assert not IndicatorSystem.objects.exists()
    assert not File.objects.exists()


def test_a_version_put_in_force_replaces_the_one_before(cast):
    by = cast["province-ecology"]
    first = actions.put_in_force(bring(cast).pk, by=by)
    second = bring(cast, plain() | {"note": "修订"})
    actions.put_in_force(second.pk, by=by)
    first.refresh_from_db()
    assert (first.stage, first.withdrawn_why) == (SystemStage.WITHDRAWN, "由第2版替代")
    assert [line.verb for line in Entry.objects.filter(act__startswith="indicators")] == [
        "导入指标体系", "启用指标体系", "导入指标体系", "停用指标体系", "启用指标体系",
    ]  # fmt: skip


def test_moves_that_are_not_in_the_table_are_refused(cast):
    by = cast["province-industry"]
    kept = bring(cast)
    with pytest.raises(Refused, match="请填写停用理由"):
        actions.withdraw(kept.pk, reason=" ", by=by)
    actions.withdraw(kept.pk, reason="重复导入", by=by)
    for act in (
        lambda: actions.put_in_force(kept.pk, by=by),
        lambda: actions.withdraw(kept.pk, reason="再次", by=by),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert bring(cast).version == 2


@pytest.mark.parametrize(
    "who", ["foshan-industry", "nanhai-industry", "red-star", "admin", "expert", "support"]
)
def test_nobody_but_the_province_keeps_systems(cast, who):
    kept = bring(cast)
    for act in (
        lambda: bring(cast, rich(), who),
        lambda: actions.put_in_force(kept.pk, by=cast[who]),
        lambda: actions.withdraw(kept.pk, reason="不需要", by=cast[who]),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_drafts_are_seen_by_their_keepers_only(cast):
    in_force, draft = flow.indicator_systems(cast)
    for name in ("province-ecology", "admin"):
        assert set(access.visible_to(cast[name])) == {in_force, draft}
    for name in ("foshan-industry", "nanhai-industry", "red-star", "consultancy", "auditor"):
        assert list(access.visible_to(cast[name])) == [in_force]
        with pytest.raises(Http404):
            access.get_or_404(cast[name], draft.pk)
    assert not access.visible_to(None).exists()


@pytest.mark.django_db(transaction=True)
def test_two_loadings_at_once_make_two_versions_or_one(cast):
    results = flow.at_once(
        lambda: bring(cast), lambda: bring(cast, plain() | {"note": "b"}), lambda: bring(cast)
    )
    assert {one.version for one in results} <= {1, 2, 3}
    assert IndicatorSystem.objects.count() == len({one.pk for one in results})


@pytest.mark.django_db(transaction=True)
def test_two_versions_put_in_force_at_once_leave_one_in_force(cast):
    first, second = bring(cast), bring(cast, plain() | {"note": "b"})
    by = cast["province-industry"]
    flow.at_once(
        lambda: actions.put_in_force(first.pk, by=by),
        lambda: actions.put_in_force(second.pk, by=by),
    )
    stages = sorted(IndicatorSystem.objects.values_list("stage", flat=True))
    assert stages.count(SystemStage.IN_FORCE) == 1
