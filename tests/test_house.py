"""The house rules that no linter knows; each is also shown to fail on a small bad example."""

import ast
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, OneToOneField
from django.urls import resolve

from cleanprod.faces.cli.main import COMMANDS
from tests.house import charts, floors, secrets, source, templates
from tests.house.url_map import routes

# Everything else asks for sign-in. A route belongs here only if a visitor needs it.
OPEN = {
    "portal:home",
    "portal:search",
    "portal:lists",
    "portal:list",
    "portal:verify",
    "portal:compare",
    "portal:health",
    "statistics:public",
    "statistics:public-table",
    "registration:claim",
    "registration:lost",
    "registration:wish",
    "disclosures:public",
    "disclosures:public-round",
    "results:public",
    "results:public-batch",
    "results:public-workbook",
    "results:object",
    "results:answer",
    "registration:answer",
    "experts:register",
    "experts:application",
    "accounts:demo",
    "accounts:demo_pick",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
}
ACCOUNTS = "cleanprod.foundation.accounts"
RELATIONS = (ForeignKey, OneToOneField, ManyToManyField)


def broken(check, paths):
    return [
        f"{path.relative_to(source.ROOT)} {what}"
        for path in paths
        for what in check(path.read_text(encoding="utf-8"))
    ]


def test_a_package_is_one_docstring():
    packages = [path for path in source.modules() if path.name == "__init__.py"]
    assert packages
    assert broken(source.more_than_a_docstring, packages) == []
    assert source.more_than_a_docstring('"""A package."""\nfrom os import path\n')
    assert source.more_than_a_docstring("")


def test_no_module_has_a_name_that_says_nothing():
    assert [found for path in source.modules() for found in source.vague_name(path)] == []
    assert source.vague_name(Path("cleanprod/stages/audits/utils.py"))
    assert source.vague_name(Path("cleanprod/common/dates.py"))


def test_nobody_listens_to_model_signals():
    assert broken(source.signals, source.modules()) == []
    assert source.signals("@receiver(post_save, sender=Round)\ndef told(sender): ...")
    assert source.signals("signals.post_delete.connect(forget)")
    assert not source.signals("@receiver(user_logged_in)\ndef seen(sender): ...")


def test_nobody_overrides_save():
    models = [path for path in source.modules() if path.name == "models.py"]
    assert models
    assert broken(source.save_overrides, models) == []
    assert source.save_overrides("class Round(Model):\n    def save(self): ...")
    assert not source.save_overrides("def save(path): ...")


def test_pages_never_get_a_record_without_asking_who_may_see_it():
    views = [path for path in source.modules() if path.name in {"views.py", "api.py"}]
    assert views
    assert broken(source.unguarded_gets, views) == []
    assert source.unguarded_gets("def page(r, pk):\n    return Round.objects.get(pk=pk)")
    assert source.unguarded_gets("def page(r, pk):\n    return get_object_or_404(Round, pk=pk)")
    assert not source.unguarded_gets("def page(r, pk):\n    return access.get_or_404(r.s, pk)")


def test_migrations_are_named_in_words():
    ours = [
        path.stem
        for path in source.CODE.rglob("migrations/*.py")
        if path.name != "__init__.py" and "tests" not in path.parts
    ]
    assert ours
    assert [name for name in ours if source.numbered_only(name)] == []
    for bad in ("0001_initial", "0002_auto_20231001_1200", "0003"):
        assert source.numbered_only(bad)


def test_no_unfinished_work_is_noted_in_the_code():
    texts = [
        path
        for path in secrets.own_files()
        if path.suffix in {".py", ".html", ".js", ".css", ".sh", ".md", ".toml"}
    ]
    assert broken(source.unfinished, texts) == []
    assert source.unfinished("x = 1  # " + "TO" + "DO: mend")


def test_no_test_is_skipped_without_an_issue_number():
    marks = re.compile(r"\bmark\.(?:skip|xfail)\b|\bpytest\.(?:skip|xfail)\(")

    def silent(text):
        return [line for line in text.splitlines() if marks.search(line) and "#" not in line]

    tests = [*source.CODE.rglob("tests/**/*.py"), *(source.ROOT / "tests").rglob("*.py")]
    others = [path for path in tests if path != Path(__file__)]
    assert broken(silent, others) == []
    assert silent("@pytest.mark.skip")


def test_no_secret_no_machine_path_and_no_download_address_is_kept():
    assert secrets.scan() == []
    for bad in (
        "-----BEGIN RSA PRIVATE" + " KEY-----",
        "pip install --index" + "-url=x",
        f"open('{Path.home()}/x')"
        if Path.home() not in secrets.ORDINARY
        else "--find" + "-links=x",
        "postgresql://ann" + ":hunter22@db/x",
        "password = '" + "a-long-one-in-the-code'",
    ):
        assert secrets.findings(bad), bad
    assert not secrets.findings("postgresql://user:password@host/db")


def test_foreign_keys_point_down_the_floors():
    keys = [
        (model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, RELATIONS)
    ]
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model, field in keys
        if not floors.may_know(model.__module__, field.related_model.__module__)
    ]
    assert keys
    assert wrong == []
    assert not floors.may_know(
        "cleanprod.foundation.organisations.models", "cleanprod.stages.audits.models"
    )
    assert not floors.may_know(
        "cleanprod.foundation.trail.models", "cleanprod.foundation.territory.models"
    )
    assert floors.may_know("cleanprod.stages.audits.models", "cleanprod.stages.audits.models")


def test_no_model_points_at_anything_and_everything():
    generic = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("cleanprod.")
        for field in model._meta.private_fields
        if type(field).__name__.startswith("Generic")
    ]
    assert generic == []


def test_routes_are_closed_unless_named_here():
    everything = routes()
    assert {route.name for route in everything if route.open} == OPEN
    assert [route.address for route in everything if not route.name.rpartition(":")[2]] == []
    names = [route.name for route in everything]
    assert len(names) == len(set(names))


def test_templates_name_routes_of_their_own_floor_or_below():
    # A view of another's package stands in the slice whose map names it.
    homes = {
        route.name: route.module if floors.package_of(route.module) else ACCOUNTS
        for route in routes()
    }
    pages = templates.pages()
    assert pages
    found = [
        f"{page.relative_to(source.ROOT)}: {what}"
        for page in pages
        for what in templates.names_above(
            templates.slice_of(page), page.read_text(encoding="utf-8"), homes
        )
    ]
    assert found == []
    up = '<a href="{{ url("desk:round", 1) }}">'
    assert templates.names_above("cleanprod.stages.audits", up, homes)
    assert not templates.names_above("cleanprod.faces.portal", up, homes)
    assert templates.names_above("cleanprod.faces.desk", '{{ url("gone") }}', homes)


def test_addresses_are_written_out_only_for_the_two_pages_of_the_contract():
    texts = [*templates.pages(), *templates.python_of_slices()]
    assert broken(templates.written_addresses, texts) == []
    for start in templates.CONTRACT:
        resolve(f"{start}1/")
    assert templates.written_addresses('<a href="/statistics/annex1/">')
    assert templates.written_addresses('redirect(f"/desk/{pk}")')
    assert not templates.written_addresses('redirect(f"/rounds/{pk}/")')
    assert not templates.written_addresses('<a href="{{ url("desk:home") }}">')


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself_and_has_a_test(name):
    told = subprocess.run(
        [sys.executable, "-m", "cleanprod", name, "--help"], capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    assert "用法" in told.stdout
    tests = [*source.CODE.rglob("tests/**/*.py"), *(source.ROOT / "tests").rglob("test_*.py")]
    words = (f'"{name}"', f"cleanprod {name}")
    assert any(
        word in path.read_text(encoding="utf-8")
        for path in tests
        if path != Path(__file__)
        for word in words
    ), f"no test runs `cleanprod {name}`"


def test_the_package_list_in_the_docs_equals_the_code():
    page = (source.ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"\b[a-z]+\b", page.split("```")[1]))
    packages = {
        path.parent.name
        for path in source.CODE.glob("*/*/__init__.py")
        if "tests" not in path.parts
    } | {path.parent.name for path in source.CODE.glob("*/__init__.py")}
    assert packages - drawn == set(), "docs/architecture.md does not draw these"
    listed = set(re.findall(r"\b[a-z]+\b", re.sub(r"  {2,}[A-Z].*", "", page.split("```")[1])))
    known = {name.rpartition(".")[2] for name in floors.order()}
    assert (listed & known) - packages == set(), "docs/architecture.md draws what is not there"


def test_every_slice_has_a_floor():
    slices = {
        ".".join(path.parent.relative_to(source.ROOT).parts)
        for wing in ("faces", "insight", "stages", "foundation")
        for path in source.CODE.glob(f"{wing}/*/__init__.py")
    }
    assert slices - set(floors.order()) == set()


def test_the_lifecycle_charts_in_the_docs_equal_the_code():
    assert len(charts.lifecycles()) >= 2
    assert charts.PAGE.read_text(encoding="utf-8") == charts.page(), "run `make docs`"


def test_every_dependency_has_its_line_in_the_decisions():
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    page = (source.ROOT / "docs" / "decisions" / "0011-dependencies.md").read_text(encoding="utf-8")
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = [re.split(r"[\[<>=;~ ]", line)[0] for line in wanted]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_glossary_says_truly_where_a_word_lives():
    page = (source.ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    places = re.findall(r"`((?:kernel|foundation|stages|insight|faces)\.[\w.]+)`", page)
    assert len(places) > 40
    for place in places:
        assert pkgutil.resolve_name(f"cleanprod.{place}") is not None


def test_every_setting_is_explained_to_the_operator():
    page = (source.ROOT / "docs" / "how-to" / "operate.md").read_text(encoding="utf-8")
    names = {
        name
        for path in source.modules()
        for name in re.findall(r"\b(?:CLEANPROD|DATABASE)_[A-Z_]+\b", path.read_text("utf-8"))
    }
    assert "CLEANPROD_HOME" in names
    wanted = {name.removesuffix("_FILE") for name in names} - {"DATABASE_NAME"}
    assert {name for name in wanted if f"`{name}`" not in page} == set()


def test_every_threat_points_to_tests_that_exist():
    page = (source.ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    threats = [row for row in rows if not row.startswith("| what they try")]
    assert len(threats) > 20
    for row in threats:
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", row.split("|")[3])
        assert named, row
        for path, test in named:
            wing = "faces" if path.startswith("cli/") else "stages"
            code = (source.ROOT / "cleanprod" / wing / path).read_text(encoding="utf-8")
            assert f"def {test}(" in code, test


def test_every_page_of_the_docs_is_reached_and_every_link_leads_somewhere():
    pages = [
        path
        for path in secrets.own_files()
        if path.suffix == ".md" and path.relative_to(source.ROOT).parts[0] not in {"cleanprod"}
    ]
    link = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
    dead, reached = [], {source.ROOT / "README.md"}
    for page in pages:
        for target in link.findall(page.read_text(encoding="utf-8")):
            there = (page.parent / target).resolve()
            reached |= {there} | (set(there.glob("*.md")) if there.is_dir() else set())
            if not there.exists():
                dead.append(f"{page.relative_to(source.ROOT)} -> {target}")
    assert dead == []
    assert [str(page) for page in pages if page.resolve() not in reached] == []


BAD_IMPORTS = {
    "upward": ("foundation/obligations/queries.py", "import cleanprod.stages.audits.rules\n"),
    "hidden in a function": (
        "stages/programme/rules.py",
        "def hidden():\n    from cleanprod.stages.review import rules\n    return rules\n",
    ),
    "Django in the rules": ("stages/audits/rules.py", "from django.db import models\n"),
    "Django in the accounting": (
        "stages/performance/accounting/energy.py",
        "import django\n",
    ),
    "Django in the kernel": ("kernel/period.py", "import django\n"),
    "a neighbour": (
        "foundation/trail/queries.py",
        "import cleanprod.foundation.territory.models\n",
    ),
    "views in the rules of one slice": (
        "stages/audits/queries.py",
        "import cleanprod.stages.audits.views\n",
    ),
}


@pytest.mark.slow
def test_the_import_contracts_catch_what_they_are_for(tmp_path):
    shutil.copytree(
        source.CODE, tmp_path / "cleanprod", ignore=shutil.ignore_patterns("static", "__pycache__")
    )
    shutil.copy(source.ROOT / "pyproject.toml", tmp_path)

    def lint():
        return subprocess.run(
            [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path), "LANG": "C.UTF-8"},
        )

    good = lint()
    assert good.returncode == 0, good.stdout + good.stderr
    for what, (name, line) in BAD_IMPORTS.items():
        path = tmp_path / "cleanprod" / name
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text}\n{line}", encoding="utf-8")
        assert ast.parse(path.read_text(encoding="utf-8"))
        assert lint().returncode == 1, f"not caught: {what}"
        path.write_text(text, encoding="utf-8")
    assert lint().returncode == 0
