"""保护工作方案: for objects of level 3 and above, with what the 2025 answer names, from the records there are."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from assessments.evaluation.results import summary
from assessments.models import Assessment
from assessments.protection import queries, reports
from assets.models import ProtectedObject
from secmgmt.core.clock import now, today
from secmgmt.core.models import ReportRun
from secmgmt.core.reporting.document import Heading, Paragraph, Table
from tests.assessments.test_rectification_figures import item
from tests.assets.factories import make_component, make_object
from tests.jobs import run_queued
from tests.portal.test_figures import LEVEL, confirmed

pytestmark = pytest.mark.django_db
PREVIEW = "/reports/protection-plan/preview/"


@pytest.fixture
def obj(city) -> ProtectedObject:
    """A level-3 object with parts, a confirmed result of this year and problems in several states."""
    row = make_object(city.health, "健康平台", security_level=3, owner=city.lin, **LEVEL)
    make_component(row, name="核心交换机", kind="network", is_key=True, redundancy="single")
    make_component(row, name="堡垒机", kind="security")
    result = confirmed(row)
    told = {**summary(result, []).as_json(), "conclusion": "基本符合"}
    Assessment.objects.filter(pk=result.pk).update(result=told)
    for number, values in enumerate(({"major": True}, {"major": True, "closed": 2}, {"risk": "低"})):
        problem = item(row, number, **values)
        problem.root_cause, problem.measure, problem.cost = "没有专人", "落实专人", 3
        problem.save()
    return row


def text_of(document) -> str:
    told = [block.text for block in document.of(Heading, Paragraph)]
    cells = [str(cell) for table in document.of(Table) for row in table.rows for cell in row]
    return "\n".join([document.title, *told, *cells])


def test_it_tells_assets_measures_causes_remedies_and_what_follows(city, obj):
    made = reports.build(obj, by=city.lin, at=now(), params={"year": today().year})
    told = text_of(made)
    assert made.title == f"健康平台 {today().year} 年网络安全保护工作方案" and made.meta.layout == "official"
    for heading in ("资产情况", "现有安全保护措施", "存在的问题和成因", "整改思路和措施", "后续工作计划"):
        assert heading in told
    assert "核心交换机" in told and "关键部件中没有冗余的：核心交换机" in told and "堡垒机" in told
    assert "重大风险隐患 2（1个已整改）。" in told and "没有专人" in told
    assert "待整改 2 项，经费 6" in told and "自评估结论（参考）为基本符合" in told
    before = text_of(reports.build(obj, by=city.lin, at=now(), params={"year": today().year - 1}))
    later = now() + dt.timedelta(days=366)
    after = text_of(reports.build(obj, by=city.lin, at=later, params={"year": today().year + 1}))
    assert "还没有已审定的测评、评估结果" in after and f"以下引用 {today()} 已审定的" in after
    assert "还没有已审定的测评、评估结果" in before and "没有可以引用的" in before and "没有登记应整改的问题" in before


@pytest.mark.parametrize("fmt", ["pdf", "docx"])
def test_it_is_made_from_the_objects_page_and_kept(client, city, obj, fmt):
    client.force_login(city.lin)
    page = client.get(obj.get_absolute_url()).content.decode()
    assert f"{PREVIEW}?subject={obj.pk}" in page and "还没有编制" in page
    html = client.get(f"{PREVIEW}?subject={obj.pk}").content.decode()
    assert "网络安全保护工作方案" in html and "落实专人" in html
    client.post(PREVIEW, {"subject": obj.pk, "fmt": fmt, "year": today().year})
    assert [job.error for job in run_queued()] == [""]
    run = ReportRun.objects.get()
    assert run.params["options"] == {"year": today().year}
    assert client.get(reverse("portal:report-file", args=[run.pk])).status_code == 200
    assert run.title in client.get(obj.get_absolute_url()).content.decode()


def test_objects_beneath_level_three_have_none(client, city):
    low = make_object(city.health, "门诊系统", security_level=2, owner=city.lin)
    client.force_login(city.lin)
    assert client.get(f"{PREVIEW}?subject={low.pk}").status_code == 404
    assert client.post(PREVIEW, {"subject": low.pk, "fmt": "pdf", "year": 2026}).status_code == 404
    assert PREVIEW not in client.get(low.get_absolute_url()).content.decode()


def test_nobody_beyond_the_object_has_it(client, city, obj):
    for person in (city.su, city.nobody, city.sysadmin):
        client.force_login(person)
        assert client.get(f"{PREVIEW}?subject={obj.pk}").status_code == 404, person


def test_the_yearly_duty_is_done_by_the_plan_of_its_year(client, city, obj):
    day = today()
    low = make_object(city.health, security_level=2)
    assert queries.duty_facts([obj.pk, low.pk], day).keys() == {obj.pk}
    assert queries.duty_facts([obj.pk], day)[obj.pk].done is None
    client.force_login(city.lin)
    for year in (day.year - 1, day.year):
        client.post(PREVIEW, {"subject": obj.pk, "fmt": "pdf", "year": year})
        run_queued()
        done = queries.duty_facts([obj.pk], day)[obj.pk].done
        assert done == (day if year == day.year else None)
    assert isinstance(done, dt.date)
