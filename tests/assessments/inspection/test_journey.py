"""An inspection from its plan to its conclusion, as people do it in the browser."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from assessments.catalog.services import load_shipped
from assessments.inspection import reports, services, shipped
from assessments.inspection.workflow import WORKFLOW
from assessments.models import Department, Inspection, InspectionItem, IssuedNotice, NoticeKind
from secmgmt.core import errors, ports
from secmgmt.core.clock import now, today
from secmgmt.core.manifest import todos_for
from secmgmt.core.reporting.render import render
from secmgmt.core.workflow import seen_token
from tests.assessments.grading.support import signed_in
from tests.assets.factories import make_component, make_object
from tests.support import make_position

pytestmark = pytest.mark.django_db
ROOM = "安全物理环境"


@pytest.fixture
def thing(city):
    load_shipped()
    shipped.load()
    obj = make_object(city.health, "区域平台", security_level=3, business_level=3, service_level=3, owner=city.lin)
    for name in ("甲", "乙", "丙"):
        make_component(obj, f"服务器{name}", redundancy="single")
    return obj


def plan(city, thing, **values: Any) -> Inspection:
    day = today()
    form = {
        "protected_object": thing.pk, "title": "2026 年检查", "lead": Department.objects.get(code="CAC").pk,
        "basis": "年度检查方案", "starts_on": day.isoformat(), "ends_on": day.isoformat(), "layers": [ROOM],
        "version": 0, **values,
    }  # fmt: skip
    response = signed_in(city.shen).post(reverse("assessments:inspection-create"), form)
    assert response.status_code == 302, response.content.decode()[-4000:]
    return Inspection.objects.latest("pk")


def take(user, row, step, **values: Any):
    row.refresh_from_db()
    name = "issuednotice" if isinstance(row, IssuedNotice) else "inspection"
    url = reverse(f"assessments:{name}-transition", args=[row.pk, step])
    response = signed_in(user).post(url, {"seen": seen_token(row), "opinion": "同意。", **values})
    row.refresh_from_db()
    return response


def record(user, item: InspectionItem, **values: Any):
    url = reverse("assessments:inspectionitem-update", args=[item.pk])
    data = {"version": item.version, "method": "examine", "found": "情况", "risk": "", **values}
    return signed_in(user).post(url, data)


def fill(row: Inspection, finding: bool = True) -> InspectionItem:
    row.items.update(result="met", method="examine")
    item = row.items.first()
    if finding:
        row.items.filter(pk=item.pk).update(result="unmet", risk="高", found="没有门禁。")
        Inspection.objects.filter(pk=row.pk).update(finding_count=1)
    return InspectionItem.objects.get(pk=item.pk)


def draft(row: Inspection, name: str) -> dict[str, Any]:
    kind = NoticeKind.objects.get(department=row.lead, name=name)
    deadline = (today() + dt.timedelta(days=20)).isoformat()
    return {"kind": kind.pk, "deadline": deadline, "text": "请整改。"}


def issued(city, thing) -> tuple[Inspection, IssuedNotice]:
    row = plan(city, thing)
    take(city.shen, row, "start")
    fill(row)
    take(city.shen, row, "gather")
    assert take(city.shen, row, "issue", **draft(row, "整改通知")).status_code == 302
    return row, IssuedNotice.objects.get(inspection=row)


def test_the_whole_way_from_the_plan_to_the_conclusion(city, thing, monkeypatch):
    opened: list[ports.Shortcoming] = []
    monkeypatch.setattr(ports.open_corrective_action, "provider", lambda what, *, by, at: opened.append(what))
    row = plan(city, thing)
    assert row.items.exists() and set(row.items.values_list("layer", flat=True)) == {ROOM}
    assert row.samples.count() == 2  # third level: two of a class
    assert take(city.shen, row, "start").status_code == 302
    items = list(row.items.all())
    assert record(city.shen, items[0], result="unmet", risk="").status_code == 422
    assert record(city.shen, items[0], result="unmet", risk="高").status_code == 302
    refused = take(city.shen, row, "gather")
    assert refused.status_code == 422 and "没有检查结果" in refused.content.decode()
    for item in items[1:]:
        item.result, item.method = "met", "examine"
    InspectionItem.objects.bulk_update(items[1:], ["result", "method"])
    assert take(city.shen, row, "gather").status_code == 302
    assert take(city.shen, row, "issue", **draft(row, "督办函")).status_code == 422  # needs a signature
    assert take(city.shen, row, "propose", **draft(row, "督办函")).status_code == 302
    assert not IssuedNotice.objects.exists()
    assert any("签发" in todo.title for todo in todos_for(city.gao, today()))
    assert take(city.gao, row, "sign").status_code == 302
    notice = IssuedNotice.objects.get()
    assert notice.number == f"网办督〔{today().year}〕1号"
    assert [(what.origin, what.clause, what.due) for what in opened] == [("inspection", items[0].code, notice.deadline)]
    assert any("签收" in todo.title for todo in todos_for(city.lin, today()))
    assert take(city.lin, notice, "receive").status_code == 302
    assert take(city.shen, row, "reinspect").status_code == 422  # neither replied nor due
    assert take(city.lin, notice, "reply", reply="已装门禁。").status_code == 302
    assert take(city.shen, row, "reinspect").status_code == 302
    item = InspectionItem.objects.get(pk=items[0].pk)
    assert take(city.shen, row, "conclude").status_code == 422
    recheck = reverse("assessments:inspectionitem-update", args=[item.pk])
    sent = {"version": item.version, "recheck": "open", "recheck_found": "只装了一处。"}
    assert signed_in(city.shen).post(recheck, sent).status_code == 302
    later = (today() + dt.timedelta(days=40)).isoformat()
    assert take(city.shen, row, "send_back", deadline=later).status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.round, notice.reply, notice.deadline.isoformat()) == ("received", 2, "", later)
    assert take(city.lin, notice, "reply", reply="两处都装了。").status_code == 302
    assert take(city.shen, row, "reinspect").status_code == 302
    item.refresh_from_db()
    sent = {"version": item.version, "recheck": "fixed", "recheck_found": ""}
    assert signed_in(city.shen).post(recheck, sent).status_code == 302
    assert take(city.shen, row, "conclude", opinion="问题已整改。").status_code == 302
    notice.refresh_from_db()
    assert (row.state, row.conclusion) == ("concluded", "问题已整改。")
    assert (notice.state, notice.replies.count()) == ("closed", 2)
    for build, subject in ((reports.build_report, row), (reports.build_notice, notice)):
        assert items[0].code in printed(build(subject, by=city.shen, at=now()))


def printed(document: Any) -> str:
    """The text of its PDF."""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(render(document, "pdf"))).pages)


def test_the_inspected_unit_sees_the_notice_and_nothing_before_it(city, thing):
    row, notice = issued(city, thing)
    client = signed_in(city.lin)
    for name, pk in (("inspection", row.pk), ("inspectionitem", row.items.first().pk)):
        assert client.get(reverse(f"assessments:{name}-detail", args=[pk])).status_code == 404
    assert client.get(notice.get_absolute_url()).status_code == 200
    assert signed_in(city.su).get(notice.get_absolute_url()).status_code == 404
    page = client.get(thing.get_absolute_url()).content.decode()
    assert notice.number in page and "2026 年检查" not in page


def test_numbers_of_a_kind_and_year_follow_each_other_without_gaps(city, thing):
    numbers = [issued(city, thing)[1].sequence for _n in range(3)]
    assert numbers == [1, 2, 3]


def test_nobody_of_the_inspected_unit_joins_the_team_and_a_member_leaves_with_his_term(city, thing, at):
    row = plan(city, thing)
    day = today()
    with pytest.raises(errors.Invalid):
        services.invite_member(inspection=row, user=city.lin, until=day, by=city.shen, at=at)
    part = services.invite_member(inspection=row, user=city.su, until=day, by=city.shen, at=at)
    take(city.shen, row, "start")
    item = row.items.first()
    assert record(city.su, item, result="met").status_code == 302
    assert take(city.su, row, "gather").status_code == 403
    assert signed_in(city.su).get(reverse("assessments:inspection-team", args=[row.pk])).status_code == 403
    part.until = at - dt.timedelta(minutes=1)
    part.save()
    assert signed_in(city.su).get(row.get_absolute_url()).status_code == 404
    item.refresh_from_db()
    assert record(city.su, item, result="met").status_code == 404


def test_only_the_leading_departments_inspectors_run_it(city, thing):
    row = plan(city, thing)
    Department.objects.filter(code="CAC").update(unit=city.data)
    assert take(city.shen, row, "start").status_code == 403
    row.refresh_from_db()
    with pytest.raises(errors.NotAllowed):
        WORKFLOW.fire(row, "start", by=city.shen, at=now(), seen=seen_token(row))


def test_whoever_put_the_notice_forward_does_not_sign_it(city, thing):
    row = plan(city, thing)
    take(city.shen, row, "start")
    fill(row)
    take(city.shen, row, "gather")
    make_position(city.gao, city.root, "act_as_inspector")
    assert take(city.gao, row, "propose", **draft(row, "督办函")).status_code == 302
    assert take(city.gao, row, "sign").status_code == 403


def test_the_sample_is_changed_only_with_a_reason(city, thing, at):
    row = plan(city, thing)
    chosen = list(thing.components.values_list("pk", flat=True))
    with pytest.raises(errors.Invalid):
        services.choose_samples(inspection=row, chosen=chosen, reason=" ", by=city.shen, at=at)
    services.choose_samples(inspection=row, chosen=chosen, reason="全部查看", by=city.shen, at=at)
    assert row.samples.count() == 3 and row.samples.filter(reason="全部查看").count() == 1


def test_results_of_samples_give_the_result_of_the_item(city, thing):
    row = plan(city, thing)
    take(city.shen, row, "start")
    first, second = row.samples.all()
    given = {f"sample_{first.pk}": "met", f"sample_{second.pk}": "unmet", "result": "", "risk": "中"}
    assert record(city.shen, row.items.first(), **given).status_code == 302
    item = row.items.first()
    assert (item.result, item.sample_results.count()) == ("partial", 2)
    row.refresh_from_db()
    assert row.finding_count == 1


def test_a_question_of_the_teams_own_joins_the_checklist(city, thing):
    row = plan(city, thing)
    before = row.items.count()
    sent = {"inspection": row.pk, "control_point": "专项", "summary": "是否关停了旧系统", "version": 0}
    assert signed_in(city.shen).post(reverse("assessments:inspectionitem-create"), sent).status_code == 302
    added = row.items.get(is_custom=True)
    assert row.items.count() == before + 1 and added.code.startswith("自定-")


def test_what_becomes_of_the_rectification_is_shown_beside_the_finding(city, thing, at):
    row, _notice = issued(city, thing)
    item = row.items.filter(result="unmet").get()
    ports.corrective_action_changed("inspection", item.pk, "closed", by=city.shen, at=at)
    item.refresh_from_db()
    assert item.rectification == "closed"
