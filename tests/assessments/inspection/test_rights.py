"""Who may do what in an inspection, and what is not passed over on its way."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from assessments.inspection import services
from assessments.inspection.forms import ItemForm
from assessments.inspection.sheets import write
from assessments.inspection.workflow import WORKFLOW
from assessments.models import Department, InspectionItem, NoticeKind
from secmgmt.core import errors, ports
from secmgmt.core.clock import now, today
from secmgmt.core.workflow import seen_token
from tests.assessments.grading.support import signed_in
from tests.support import make_position

from .test_journey import fill, issued, plan, record, take, thing  # noqa: F401 - thing is a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def onsite(city, thing):  # noqa: F811
    """On site, led by a department whose people are the city's."""
    row = plan(city, thing)
    take(city.shen, row, "start")
    return row


def test_who_neither_leads_nor_was_invited_records_nothing(city, onsite):
    make_position(city.wei, city.root, "act_as_inspector")
    Department.objects.filter(code="CAC").update(unit=city.data)
    item = onsite.items.first()
    assert record(city.wei, item, result="met").status_code == 403
    data = {"result": "met", "method": "examine", "found": "情况", "version": item.version}
    with pytest.raises(errors.NotAllowed):
        write(data | {"control_point": item.control_point, "summary": item.summary}, item.pk, by=city.wei, at=now())
    with pytest.raises(errors.NotAllowed):
        services.save_item(form=ItemForm(data, instance=InspectionItem.objects.get(pk=item.pk), user=city.wei),
                           by=city.wei, at=now())  # fmt: skip
    item.refresh_from_db()
    assert item.result == ""


def test_a_member_sees_the_inspection_he_was_invited_to_and_no_other(city, onsite, thing, at):  # noqa: F811
    other = plan(city, thing, title="另一次检查")
    services.invite_member(inspection=onsite, user=city.su, until=today(), by=city.shen, at=at)
    client = signed_in(city.su)
    assert client.get(onsite.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(other.items.first().get_absolute_url()).status_code == 404
    listed = client.get(reverse("assessments:inspection-list")).content.decode()
    assert "2026 年检查" in listed and "另一次检查" not in listed


def test_own_below_and_other_see_the_notice_as_far_as_it_is_theirs(city, thing):  # noqa: F811
    _row, notice = issued(city, thing)
    for person in (city.lin, city.zhou, city.tang, city.gao, city.shen):  # the unit, its head, leadership, inspectors
        assert signed_in(person).get(notice.get_absolute_url()).status_code == 200
    for person in (city.he, city.su, city.qin):  # a unit beneath, others
        assert signed_in(person).get(notice.get_absolute_url()).status_code == 404
    assert take(city.shen, notice, "receive").status_code == 403  # only the unit takes and answers it
    assert take(city.tang, notice, "receive").status_code == 403
    assert take(city.zhou, notice, "receive").status_code == 302
    assert take(city.shen, notice, "reply", reply="代答").status_code == 403
    assert take(city.lin, notice, "reply", reply=" ").status_code == 422


def test_a_department_issues_its_own_documents_only(city, onsite, at):
    police = NoticeKind.objects.exclude(department=onsite.lead).first()
    day = today() + dt.timedelta(days=5)
    with pytest.raises(errors.Invalid):
        services.keep_draft(inspection=onsite, kind=police, deadline=day, text="请整改。", by=city.shen, at=at)
    fill(onsite)
    take(city.shen, onsite, "gather")
    sent = {"kind": police.pk, "deadline": day.isoformat(), "text": "请整改。"}
    assert take(city.shen, onsite, "issue", **sent).status_code == 422


def test_a_deadline_is_still_to_come(city, onsite, at):
    kind = NoticeKind.objects.filter(department=onsite.lead).first()
    past = today() - dt.timedelta(days=1)
    with pytest.raises(errors.Invalid):
        services.keep_draft(inspection=onsite, kind=kind, deadline=past, text="请整改。", by=city.shen, at=at)


def test_nothing_is_summed_up_before_every_item_has_its_result(city, onsite):
    onsite.items.exclude(pk=onsite.items.first().pk).update(result="met", method="examine")
    assert take(city.shen, onsite, "gather").status_code == 422 and onsite.state == "onsite"


def test_re_inspection_waits_for_the_reply_or_the_deadline(city, thing):  # noqa: F811
    row, notice = issued(city, thing)
    assert take(city.shen, row, "reinspect").status_code == 422
    type(notice).objects.filter(pk=notice.pk).update(deadline=today())
    assert take(city.shen, row, "reinspect").status_code == 302


def test_nothing_is_concluded_before_every_finding_was_looked_at_again(city, thing):  # noqa: F811
    row, notice = issued(city, thing)
    type(notice).objects.filter(pk=notice.pk).update(deadline=today())
    take(city.shen, row, "reinspect")
    row.refresh_from_db()
    with pytest.raises(errors.Incomplete):
        WORKFLOW.fire(row, "conclude", by=city.shen, at=now(), opinion="结束。", seen=seen_token(row))


def test_a_closed_rectification_is_shown_in_words_on_page_report_and_workbook(city, thing, at):  # noqa: F811
    row, _notice = issued(city, thing)
    item = row.items.get(result="unmet")
    item.self_result = "met"
    item.save()
    ports.corrective_action_changed("inspection", item.pk, "closed", by=city.shen, at=at)
    client = signed_in(city.shen)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "已关闭" in page and ">closed<" not in page and "差于自评" in page
    told = client.get(item.get_absolute_url()).content.decode()
    assert "已关闭" in told and ">closed<" not in told
    url = reverse("portal:report-preview", args=["inspection"])
    report = client.get(url, {"subject": row.pk}).content.decode()
    assert "已关闭" in report and "其中不一致的项" in report
    sheet = load_workbook(io.BytesIO(client.get(reverse("assessments:inspection-export")).content)).active
    assert any(row.title in [cell.value for cell in line] for line in sheet.iter_rows())
