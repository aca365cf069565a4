"""整改方案 and 整改报告: what they say, in both formats, of one's own items only."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from docx import Document as Docx
from pypdf import PdfReader

from assessments.evaluation import rectified
from assessments.rectification import reports
from assessments.rectification.workflow import WORKFLOW
from secmgmt.core.clock import now
from secmgmt.core.reporting.document import KeyValues, Paragraph, Table
from secmgmt.core.reporting.render import render
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_object

from .support import make_item, prove

pytestmark = pytest.mark.django_db


def text_of(document):
    """Everything a document says, block by block."""
    found = [document.title]
    for block in document.blocks:
        if isinstance(block, Table):
            found += [str(cell) for row in block.rows for cell in row]
        elif isinstance(block, KeyValues):
            found += [f"{label}：{value}" for label, value in block.pairs]
        elif hasattr(block, "text"):
            found.append(block.text)
    return "\n".join(found)


def fire(item, name, by, **more):
    item.refresh_from_db()
    return WORKFLOW.fire(item, name, by=by, at=now(), seen=seen_token(item), **more)


@pytest.fixture
def obj(city):
    """An object with a hazard closed, one open, and a plan that waits."""
    obj = make_object(city.health, "区域卫生平台", security_level=3, owner=city.lin)
    asked = {"risk": "中", "asked_by": city.lin}
    waits = make_item(city.health, "plan_review", protected_object=obj, title="审计留存不足", **asked)
    done = make_item(
        city.health, "doing", protected_object=obj, title="缺异地备份", major=True, owner=city.lin, planned=True,
        after_result="met",
    )
    prove(done, city.lin)
    fire(done, "complete", city.lin)
    fire(done, "verify", city.zhou, opinion="属实")
    make_item(city.health, "doing", protected_object=obj, title="弱口令", major=True, owner=city.lin)
    return obj, waits, done


def test_a_plan_names_what_is_to_be_done_what_it_costs_and_who_approved(city, obj):
    thing, waits, _done = obj
    fire(waits, "approve", city.gao, opinion="同意，按期完成")
    text = text_of(reports.build_plan(thing, by=city.lin, at=now()))
    for said in ("区域卫生平台整改方案", "审计留存不足", "建设到灾备中心的实时复制",
                 "异地离线备份改为每日一次", "所需经费合计 172.00 万元", "同意，按期完成",
                 "1 项的方案尚未批准", "重大风险隐患：1（0个已整改）"):  # fmt: skip
        assert said in text, said
    assert "缺异地备份" not in text  # closed


def test_a_report_counts_done_and_left_and_shows_each_result_with_its_verifier(city, obj):
    thing, _waits, done = obj
    text = text_of(rectified.build(thing, by=city.lin, at=now()))
    for said in ("区域卫生平台整改报告", "共发现问题 3 项，已关闭 1 项，整改完成率 33.3%", "2（1个已整改）", "周",
                 "符合", "1 份", "弱口令", "没有接受的风险"):  # fmt: skip
        assert said in text, said
    single = text_of(reports.build_item_report(done, by=city.lin, at=now()))
    assert "缺异地备份" in single and "弱口令" not in single


def test_an_agencys_finding_is_closed_on_the_units_own_word(city, obj):
    thing, _waits, done = obj
    done.results.update(self_declared=True)
    text = text_of(rectified.build(thing, by=city.lin, at=now()))
    assert "符合（单位自述）" in text and "以再次测评为准" in text


@pytest.mark.parametrize(
    "number, said",
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (105, "一百〇五"), (210, "二百一十")],
)
def test_headings_count_as_officials_do(number, said):
    assert reports.numeral(number) == said


@pytest.mark.parametrize("kind", [reports.build_plan, rectified.build])
def test_both_formats_are_official_documents(city, obj, kind):
    document = kind(obj[0], by=city.lin, at=now())
    assert document.meta.layout == "official"
    pdf = PdfReader(io.BytesIO(render(document, "pdf")))
    assert document.title[:4] in pdf.pages[0].extract_text().replace("\n", "")
    assert document.title in [paragraph.text for paragraph in Docx(io.BytesIO(render(document, "docx"))).paragraphs]


def test_a_document_tells_its_maker_only_what_he_may_hand_out(city, obj, client):
    thing, waits, _done = obj
    assert not reports.items_for(thing, city.su) and len(reports.items_for(thing, city.lin)) == 3
    for person, status in ((city.lin, 200), (city.su, 404)):
        client.force_login(person)
        for code, subject in (("rectification-plan", thing), ("rectification-report", thing),
                              ("rectification-item-plan", waits), ("rectification-item-report", waits)):  # fmt: skip
            page = reverse("portal:report-preview", args=[code])
            assert client.get(page, {"subject": subject.pk}).status_code == status, (person, code)
    client.force_login(city.lin)
    assert "整改报告" in client.get(thing.get_absolute_url()).content.decode()
    assert "整改方案" in client.get(waits.get_absolute_url()).content.decode()


def test_nothing_found_is_said(city):
    empty = make_object(city.health, security_level=3, owner=city.lin)
    assert "没有未关闭的问题" in text_of(reports.build_plan(empty, by=city.lin, at=now()))
    assert "还没有关闭的问题" in text_of(rectified.build(empty, by=city.lin, at=now()))
    assert not [block for block in reports.build_plan(empty, by=city.lin, at=now()).blocks
                if isinstance(block, Paragraph) and block.kind == "note"]  # fmt: skip
