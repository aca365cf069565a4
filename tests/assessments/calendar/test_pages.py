"""The calendar's pages: what is due and why, whose it is, its rules and how far they may be changed."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from assessments.calendar import queries
from assessments.calendar.services import load_shipped
from assessments.catalog.services import SHIPPED
from assessments.models import Assessment, DutyRule, Standard
from secmgmt.core.clock import now, today
from secmgmt.core.manifest import todos_for
from tests.assessments.campaign.support import graded
from tests.support import CastClient

pytestmark = pytest.mark.django_db
LONG_AGO = dt.date(2020, 1, 1)


def inside(user) -> CastClient:
    client = CastClient()
    client.force_login(user)
    return client


@pytest.fixture
def rule(city):
    """The yearly self-assessment, due in ten days or at the year's end; nobody else's data are looked at."""
    load_shipped()
    row = DutyRule.objects.get(code="DUTY-08")
    DutyRule.objects.exclude(pk=row.pk).update(is_active=False)
    row.deadline = min(today() + dt.timedelta(days=10), dt.date(today().year, 12, 31)).strftime("%m-%d")
    row.save()
    return row


@pytest.fixture
def objects(city, rule):
    return (
        graded(city.health, "预约系统", owner=city.lin, filed_on=LONG_AGO),
        graded(city.education, "学籍系统", owner=city.su, filed_on=LONG_AGO),
    )


def confirmed(obj, day=None):
    standard = Standard.objects.get_or_create(code=SHIPPED[0], defaults={"name": "要求", "digest": "0"})[0]
    at = now()
    return Assessment.objects.create(
        protected_object=obj, title="自评估", standard=standard, standard_code=standard.code, level=3, business_level=3,
        service_level=3, report_date=at.date(), state="confirmed", created_at=at, updated_at=at,
    )  # fmt: skip


def test_each_sees_the_duties_of_his_objects_with_day_reason_and_basis(city, rule, objects):
    page = inside(city.lin).get(reverse("assessments:duty-list")).content.decode()
    assert "预约系统" in page and "学籍系统" not in page
    assert "没有完成记录" in page and rule.basis in page and "待核对" in page
    whole = inside(city.pan).get(reverse("assessments:duty-list") + "?by=unit").content.decode()
    assert "市卫生健康委" in whole and "市教育局" in whole


def test_a_finished_duty_waits_for_next_year_and_leaves_the_todos(city, rule, objects):
    assert [t.title for t in todos_for(city.lin, today()) if t.kind == "定期义务"] == [rule.name]
    confirmed(objects[0])
    assert [t for t in todos_for(city.lin, today()) if t.kind == "定期义务"] == []
    [duty] = queries.duties_of(queries.mine(city.lin), today())
    assert duty.state == "done" and duty.day.year == today().year + 1


def test_a_duty_no_feature_knows_of_is_not_in_use_never_due_and_not_counted(city, rule, objects):
    DutyRule.objects.filter(code="DUTY-28").update(is_active=True)
    assert {duty.rule.code for duty in queries.duties_of(queries.subjects(city.pan), today())} == {"DUTY-08"}
    page = inside(city.pan).get(reverse("assessments:dutyrule-list") + "?q=DUTY-28").content.decode()
    assert "未启用" in page


def test_the_workbook_holds_what_the_page_shows(city, rule, objects):
    response = inside(city.lin).get(reverse("assessments:duty-export"))
    cells = [str(cell.value) for row in load_workbook(BytesIO(response.content)).active for cell in row]
    assert any("预约系统" in cell for cell in cells) and not any("学籍系统" in cell for cell in cells)


def test_filters_that_make_no_sense_filter_nothing(city, rule, objects):
    client, url = inside(city.lin), reverse("assessments:duty-list")
    for query in ("?unit=x&rule=-1&state=%00&page=zz", "?page=99999999999999999999", "?unit=9223372036854775808"):
        assert client.get(url + query).status_code == 200


def test_a_duty_of_law_is_tightened_but_not_loosened_nor_switched_off(city, rule):
    row = DutyRule.objects.get(code="DUTY-01")
    row.is_active, row.period = True, "P20D"
    row.full_clean()
    row.is_active, row.period, row.min_level = False, "P60D", 3
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert set(refused.value.message_dict) == {"period", "min_level", "is_active"}


def test_what_the_office_changed_survives_the_next_loading(city, rule):
    client = inside(city.pan)
    form = {
        "name": rule.name, "text": rule.text, "is_active": "on", "min_level": 2, "max_level": 5, "period": "P1Y",
        "deadline": "09-30", "remind_days": "40 10", "basis": rule.basis, "confidence": "K", "version": rule.version,
    }  # fmt: skip
    assert client.post(reverse("assessments:dutyrule-update", args=[rule.pk]), form).status_code == 302
    DutyRule.objects.filter(pk=rule.pk).update(shipped={})
    load_shipped()
    rule.refresh_from_db()
    assert (rule.deadline, rule.is_edited, rule.shipped["deadline"]) == ("09-30", True, "10-31")
