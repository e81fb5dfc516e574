"""The command writes the blank workbook of every import, and needs no database."""

import pytest
from click.testing import CliRunner

from cleanprod.faces.cli.template import TEMPLATES, template
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import State


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_blank_workbook_is_known_as_the_empty_template(kind, tmp_path):
    path = tmp_path / "blank.xlsx"
    answer = CliRunner().invoke(template, [kind, "-o", str(path)])
    assert answer.exit_code == 0, answer.output
    table = read(path, TEMPLATES[kind], max_rows=100, max_bytes=1 << 20)
    assert table.lacks is State.EMPTY
    assert set(table.columns) == {column.key for column in TEMPLATES[kind].columns}


def test_another_kind_of_file_is_refused(tmp_path):
    assert CliRunner().invoke(template, ["list", "-o", str(tmp_path / "x.pdf")]).exit_code == 2
