"""The figures people read, on the page and in the report, against figures worked out by hand."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from docx import Document as WordFile
from openpyxl import load_workbook

from assessments.evaluation import reports, results
from assessments.models import Answer, Assessment
from secmgmt.core.reporting.document import Paragraph, Table
from tests.support import CastClient

VALUES = {"met": 1, "partial": Decimal("0.5"), "unmet": 0, "not_applicable": None}
BY_DEFAULT = "默认全部为“一般”（官方权重未公开）"
OWN = "本单位导入的重要程度，未标注的按“一般”"


def signed_in(user: Any) -> CastClient:
    client = CastClient()
    client.force_login(user)
    return client


def give(assessment: Assessment, result: str, count: int, *, weight: int = 1, **which: str) -> None:
    """Answer the next ``count`` items that are 符合 so far (of a domain or layer) as ``result``."""
    rows = assessment.answers.filter(result="met", **which).order_by("order")
    numbers = list(rows.values_list("pk", flat=True)[:count])
    assert len(numbers) == count
    values = {"result": result, "value": VALUES[result], "weight": weight, "found": "现状"}
    Answer.objects.filter(pk__in=numbers).update(**values)


@pytest.fixture
def answered(assessment: Assessment) -> Assessment:
    """Two hundred items that apply, all of them 符合, and eleven that do not."""
    assessment.answers.update(result="met", value=1)
    give(assessment, "not_applicable", 11, domain="管理")
    return assessment


def framed(assessment: Assessment, **values: Any) -> Assessment:
    """With another method."""
    Assessment.objects.filter(pk=assessment.pk).update(**values)
    return Assessment.objects.get(pk=assessment.pk)


def words_of(client: CastClient, assessment: Assessment) -> dict[str, str]:
    """What the page, the preview, the Word file and the workbook say."""
    page = client.get(assessment.get_absolute_url()).content.decode()
    address = reverse("portal:report-preview", args=["self-assessment"])
    preview = client.get(address, {"subject": assessment.pk}).content.decode()
    word, book = (
        client.get(reverse("assessments:assessment-report", args=[assessment.pk, form])).content
        for form in ("docx", "xlsx")
    )
    file = WordFile(io.BytesIO(word))
    cells = [cell.text for table in file.tables[:2] for row in table.rows for cell in row.cells]
    texts = [paragraph.text for paragraph in file.paragraphs]
    sheets = load_workbook(io.BytesIO(book), read_only=True)
    lines = [str(value) for sheet in sheets for row in sheet.iter_rows(values_only=True) for value in row if value]
    return {"page": page, "preview": preview, "docx": "\n".join(texts + cells), "xlsx": "\n".join(lines)}


def check(city: Any, assessment: Assessment, *words: str) -> dict[str, str]:
    """Every output says every one of ``words``; what each says."""
    said = words_of(signed_in(city.lin), assessment)
    assert [(where, word) for where, text in said.items() for word in words if word not in text] == []
    return said


def lacking_as_worked(assessment: Assessment) -> None:
    """Technical 4×关键×1 + 6×重要×½ + 10×一般×1 = 28, management 2×重要×1 + 8×一般×½ = 8, each of them 100/200."""
    give(assessment, "unmet", 4, domain="技术", weight=3)
    give(assessment, "partial", 6, domain="技术", weight=2)
    give(assessment, "unmet", 10, domain="技术")
    give(assessment, "unmet", 2, domain="管理", weight=2)
    give(assessment, "partial", 8, domain="管理")


def test_the_deficit_score_of_2021_is_36_and_46_of_82(city, answered):
    lacking_as_worked(answered)
    found = framed(answered, template="2021", weights="own")
    summary = results.summary(found)
    assert (summary.technical, summary.management, summary.total) == ("36.00", "46.00", "82.00")
    assert summary.conclusion == "良"
    sentence = f"测评报告模板 2021 版（缺陷扣分法）；关注系数：0.50；重要程度：{OWN}"
    said = check(city, found, "82.00", "技术部分 36.00，管理部分 46.00", "良", sentence)
    assert "关键 4 项，重要 8 项，一般 199 项" in said["docx"] and "得分" in said["page"]


def test_a_high_risk_that_remains_makes_the_same_score_poor(answered):
    lacking_as_worked(answered)
    answered.answers.filter(pk=answered.answers.filter(result="unmet").first().pk).update(risk="高")
    summary = results.summary(framed(answered, template="2021", weights="own"))
    assert (summary.total, summary.conclusion) == ("82.00", "差")


def test_the_deficit_score_can_be_the_formula_of_the_2025_rate(city, answered):
    lacking_as_worked(answered)
    found = framed(answered, template="2025", formula="deficit2021", weights="own")
    sentence = f"符合率公式：2021 版缺陷扣分；关注系数：0.50；重要程度：{OWN}"
    check(city, found, "82.00", "技术部分 36.00，管理部分 46.00", "基本符合", sentence)
    page = signed_in(city.lin).get(reverse("assessments:assessment-create")).content.decode()
    assert "2021 版缺陷扣分" in page


@pytest.mark.parametrize(
    ("partial", "unmet", "formula", "rate", "conclusion"),
    [
        (6, 4, "simple", "95.00", "符合"),
        (6, 4, "half", "96.50", "符合"),
        (30, 20, "simple", "75.00", "基本符合"),
        (30, 20, "half", "82.50", "基本符合"),
        (0, 20, "simple", "90.00", "基本符合"),
        (1, 80, "simple", "59.50", "不符合"),
    ],
)
def test_the_conformity_rate_of_2025(answered, partial, unmet, formula, rate, conclusion):
    give(answered, "partial", partial)
    give(answered, "unmet", unmet)
    summary = results.summary(framed(answered, template="2025", formula=formula))
    assert (summary.total, summary.conclusion, summary.technical) == (rate, conclusion, "")


def test_the_conformity_rate_names_its_formula_in_every_output(city, answered):
    give(answered, "partial", 30)
    give(answered, "unmet", 20)
    found = framed(answered, template="2025", formula="half")
    sentence = "测评报告模板 2025 版（符合率与重大风险隐患）；符合率公式：折半符合率；不使用重要程度权重"
    check(city, found, "82.50", "基本符合", "符合率（%）", sentence)


def test_one_major_hazard_keeps_a_rate_above_ninety_from_being_met(answered):
    give(answered, "unmet", 1)
    row = answered.answers.filter(result="unmet")
    assert results.summary(framed(answered, template="2025")).conclusion == "符合"
    row.update(high_risk_applies=["6.1.1.1"])
    summary = results.summary(framed(answered, template="2025"))
    assert (summary.total, summary.conclusion, summary.major_hazards) == ("99.50", "基本符合", 1)


def test_page_and_report_count_an_item_with_two_cases_once_and_leave_the_judgement_to_people(answered, city, at):
    give(answered, "unmet", 1)
    answered.answers.filter(result="unmet").update(high_risk_applies=["6.1.1.1", "6.2.1.2"], found="机房无门禁")
    row = framed(answered, template="2025")
    blocks = reports.build(row, by=city.lin, at=at).blocks
    table, = (block for block in blocks if isinstance(block, Table) and "高风险判例" in block.columns)
    (_code, cases, found), = table.rows
    assert ("6.1.1.1" in cases, "6.2.1.2" in cases, found) == (True, True, "机房无门禁")
    told, = (block.text for block in blocks if isinstance(block, Paragraph) and "可能构成" in block.text)
    assert "1 项问题" in told and "须按相关性、严重性、高发性研判" in told
    data = {"summary": results.summary(row), "assessment": row}
    page = render_to_string("assessments/assessment/result.html", {"data": data})
    assert "可能构成重大风险隐患" in page and "1 项，须研判" in page


def test_the_2019_template_takes_the_mean_deficit_of_the_ten_classes(city, assessment):
    assessment.answers.update(result="met", value=1)
    assert assessment.answers.filter(layer="安全物理环境").count() == 22
    assert assessment.answers.filter(layer="安全通信网络").count() == 8
    give(assessment, "unmet", 11, layer="安全物理环境")  # 11 of 22
    give(assessment, "partial", 4, layer="安全通信网络")  # half of 4 of 8
    # 100 − 100 × (1/2 + 1/4) / 10
    found = framed(assessment, template="2019")
    assert results.summary(found).total == "92.50"
    check(city, found, "92.50", f"测评报告模板 2019 版；重要程度：{BY_DEFAULT}")


def test_a_big_data_object_is_told_that_its_extension_was_not_assessed(city, answered):
    type(answered.protected_object).objects.filter(pk=answered.protected_object_id).update(is_big_data=True)
    check(city, framed(answered, template="2025"), "对象采用大数据技术；该扩展要求不在所用标准条款之内")


def test_the_list_says_how_each_result_came_about(city, answered):
    kept = results.summary(answered).as_json()
    Assessment.objects.filter(pk=answered.pk).update(state="confirmed", result=kept)
    client = signed_in(city.lin)
    page = client.get(reverse("assessments:assessment-list"), {"cols": "outcome,method"}).content.decode()
    assert "结论（参考）" in page and "符合，符合率（%） 100.00" in page and "符合率公式：简单符合率" in page


def test_the_report_is_previewed_from_the_assessment(city, answered):
    client = signed_in(city.lin)
    page = client.get(answered.get_absolute_url()).content.decode()
    address = f"{reverse('portal:report-preview', args=['self-assessment'])}?subject={answered.pk}"
    assert address in page
    assert "网络安全等级保护自评估报告" in client.get(address).content.decode()


def test_an_assessment_is_found_by_the_search_of_the_house(city, answered):
    asked = (reverse("core:search"), {"q": "区域卫生信息"})
    assert answered.get_absolute_url() in signed_in(city.lin).get(*asked).content.decode()
    assert answered.get_absolute_url() not in signed_in(city.su).get(*asked).content.decode()


def test_control_points_take_their_result_from_the_items_that_apply_and_the_report_says_so(city, assessment, at):
    assessment.answers.update(result="met", value=1)
    wanted = {  # layer, control point → the results of its first items, the others 符合; what comes of it
        ("安全物理环境", "物理位置选择"): ("met not_applicable", "符合"),
        ("安全物理环境", "防静电"): ("not_applicable unmet", "不符合"),
        ("安全物理环境", "防火"): ("not_applicable partial", "部分符合"),
        ("安全物理环境", "电力供应"): ("unmet", "部分符合"),
        ("安全物理环境", "电磁防护"): ("not_applicable not_applicable", "不适用"),
    }
    for (layer, point), (given, _result) in wanted.items():
        rows = assessment.answers.filter(layer=layer, control_point=point).order_by("order")
        for row, result in zip(rows, given.split(), strict=False):
            Answer.objects.filter(pk=row.pk).update(result=result, value=VALUES[result], found="现状")
    layers = {layer.name: layer for layer in results.summary(assessment).layers}
    found = {(name, point.name): point.label for name, layer in layers.items() for point in layer.points}
    assert {key: found[key] for key in wanted} == {key: result for key, (_given, result) in wanted.items()}
    layer = layers["安全物理环境"]  # 22 items: 5 do not apply, 1 partly, 2 not; 14 of 17
    counts = (layer.total, layer.met, layer.partial, layer.unmet, layer.not_applicable, layer.rate)
    assert counts == (22, 14, 1, 2, 5, "82.35")
    blocks = reports.build(assessment, by=city.lin, at=at).blocks
    assert any("有适用项时，不适用项不计" in block.text for block in blocks if isinstance(block, Paragraph))
