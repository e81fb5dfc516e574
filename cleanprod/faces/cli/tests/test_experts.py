"""`cleanprod experts redraw` answers from the record alone."""

import json

import pytest
from click.testing import CliRunner

from cleanprod.faces.cli.main import cleanprod
from cleanprod.foundation.engine import clock
from cleanprod.stages.experts import queries
from cleanprod.stages.experts.models import Draw, Expert
from cleanprod.stages.experts.tests import cast as experts
from tests import world


def run(*words):
    return CliRunner().invoke(cleanprod, ["experts", "redraw", *words])


@pytest.mark.django_db(transaction=True)
def test_a_draw_is_drawn_again_identically_and_a_forged_one_is_found():
    with clock.fixed(world.TODAY):
        people = world.make_cast()
        experts.pool(people)
        experts.drawn(people)
    draw = Draw.objects.get()
    Expert.objects.update(level="other", employer="都在同一单位")
    good = run(str(draw.pk))
    assert good.exit_code == 0, good.output
    assert "结果一致" in good.output
    told = json.loads(run(str(draw.pk), "--format", "json").output)
    assert told["identical"]
    assert told["redrawn"] == draw.result
    assert queries.differing_draws() == []
    Draw.objects.update(result=draw.result[::-1])  # the owner of the database could
    bad = run(str(draw.pk))
    assert bad.exit_code == 1
    assert "结果不一致" in bad.output
    assert queries.differing_draws() == [draw.pk]
    Draw.objects.update(pool=[])
    assert "结果不一致" in run(str(draw.pk)).output
    missing = run("999999")
    assert "没有编号为999999" in str(missing.exception)
