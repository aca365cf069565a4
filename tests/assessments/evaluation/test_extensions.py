"""The result of an object that rents a cloud: an extension's layers and control points stand apart and are named."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assessments.evaluation import reports, results
from assessments.models import Assessment
from secmgmt.core.reporting.document import BarChart, GroupRow, Table
from tests.support import City

from .test_figures import give, words_of
from .test_journey import fill, signed_in, take

BORDER, POINT, CLOUD = "安全区域边界", "访问控制", "云计算扩展 · 安全区域边界"


@pytest.fixture
def answered(cloudy: Assessment) -> Assessment:
    """Every item 符合 but those of the extension's access control at the border."""
    fill(cloudy)
    count = cloudy.answers.filter(scope="云计算", layer=BORDER, control_point=POINT).count()
    give(cloudy, "unmet", count, scope="云计算", layer=BORDER, control_point=POINT)
    cloudy.answers.filter(result="unmet").update(risk="中")
    return cloudy


def points_of(summary: results.Summary) -> dict[tuple[str, str], str]:
    """(layer, control point) → its result in words."""
    found = [((layer.name, point.name), point.label) for layer in summary.layers for point in layer.points]
    assert len(found) == len(dict(found)), "every name stands once"
    return dict(found)


def test_a_general_and_an_extension_control_point_of_one_name_have_results_of_their_own(answered, city: City):
    summary = results.summary(answered)
    found = points_of(summary)
    assert (found[BORDER, POINT], found[CLOUD, POINT]) == ("符合", "不符合")
    layers = {layer.name: layer for layer in summary.layers}
    assert (layers[BORDER].unmet, layers[BORDER].rate) == (0, "100.00") and layers[CLOUD].unmet > 0
    assert sum(layer.total for layer in summary.layers) == summary.items == answered.answers.count()
    said = words_of(signed_in(city.lin), answered)
    assert [where for where, text in said.items() if CLOUD not in text] == []
    assert f"{CLOUD} · {POINT}：不符合" in said["page"] and f"<li>{BORDER} · {POINT}：符合</li>" in said["page"]


def test_tables_and_charts_of_the_report_name_the_extension(answered, city: City, at):
    blocks = reports.build(answered, by=city.lin, at=at).blocks
    charts = [block for block in blocks if isinstance(block, BarChart)]
    assert len(charts) == 2, "too many layers for a radar"
    assert all({BORDER, CLOUD} <= set(chart.labels) for chart in charts)
    assert charts[0].finding.startswith(f"{CLOUD}符合率最低")
    tables = [block for block in blocks if isinstance(block, Table)]
    layers = next(table for table in tables if table.columns[0] == "层面")
    assert {row[0] for row in layers.rows} >= {BORDER, CLOUD}
    heads = [str(row) for table in tables for row in table.rows if isinstance(row, GroupRow)]
    for wanted in (CLOUD, f"{CLOUD} · {POINT}", f"{BORDER} · {POINT}"):
        assert heads.count(str(GroupRow(wanted))) == 1


def test_the_class_mean_of_2019_still_takes_the_ten_classes(answered):
    classes = len(set(answered.answers.values_list("layer", flat=True)))
    rows = answered.answers.filter(layer=BORDER)
    unmet, total = rows.filter(result="unmet").count(), rows.exclude(result="not_applicable").count()
    Assessment.objects.filter(pk=answered.pk).update(template="2019")
    score = float(results.summary(Assessment.objects.get(pk=answered.pk)).total)
    assert score == pytest.approx(100 - 100 * unmet / total / classes, abs=0.005)


def test_a_result_confirmed_when_layers_were_not_kept_apart_reads_as_it_was_kept(answered, city: City, at):
    take(signed_in(city.lin), answered, "submit")
    take(signed_in(city.zhou), answered, "confirm")
    kept = Assessment.objects.get(pk=answered.pk).result
    kept["layers"] = [layer for layer in kept["layers"] if "扩展" not in layer["name"]]
    del kept["printed"]
    Assessment.objects.filter(pk=answered.pk).update(result=kept)
    old = Assessment.objects.get(pk=answered.pk)
    assert points_of(results.standing(old))[BORDER, POINT] == "符合"
    assert reports.build(old, by=city.lin, at=at).blocks
    assert signed_in(city.lin).get(reverse("assessments:assessment-detail", args=[old.pk])).status_code == 200
