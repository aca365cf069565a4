"""The whole cycle of a protected object, across features, each act by the person whose act it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.catalog.services import load_shipped
from assessments.inspection import shipped
from assessments.models import (
    Assessment,
    Department,
    Inspection,
    InspectionItem,
    IssuedNotice,
    NoticeKind,
    Rectification,
    RectifiedResult,
)
from secmgmt.core import attachments
from secmgmt.core.clock import now, today
from tests.assessments.evaluation.reusing import confirmed, graded, on_platform
from tests.support import City

from .support import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.slow(reason="a year of work over the whole standard")]
ROOM = "8.1.1.1a"  # the platform's under every way of hosting
OPEN = "8.1.4.1a"  # the system's own: identification at its login


@pytest.fixture
def thing(city: City, at: dt.datetime) -> Any:
    """A system of the health bureau on the city's cloud, both assessed a year ago, the room of the cloud not met."""
    load_shipped()
    shipped.load()
    before = at - dt.timedelta(days=300)
    cloud = graded(city.data, "政务云", offers_hosting=True, owner=city.qin)
    confirmed(cloud, city.qin, city.luo, before, {ROOM: "unmet"})
    obj = graded(city.health, "预约挂号系统", owner=city.lin)
    confirmed(obj, city.lin, city.zhou, before, {OPEN: "unmet"})
    on_platform(obj, cloud)
    return obj


def assessed(city: City, thing: Any, lin: Desk) -> Assessment:
    """This year's self-assessment, begun from the last one and from the platform, answered, handed in, confirmed."""
    last = thing.assessments.get()
    form = {
        "protected_object": thing.pk, "title": "今年自评估", "report_date": today().isoformat(), "version": 0,
        "template": "2025", "formula": "simple", "attention": "0.5", "previous": last.pk,
    }  # fmt: skip
    lin.post(reverse("assessments:assessment-create"), form)
    made = Assessment.objects.latest("pk")
    room, own = made.answers.get(code=ROOM), made.answers.get(code=OPEN)
    assert (room.duty, room.result, room.platform_result) == ("platform", "unmet", "unmet")  # inherited
    assert own.pending and own.result == "unmet" and not own.answered_by  # last time's answer, still to be confirmed
    page = lin.get(made.answer_url)
    assert "政务云" in page and "待确认" in page
    refused = lin.step(made, "submit", expect=422)
    assert "还有" in refused
    save = reverse("assessments:answer-save", args=[own.pk])
    lin.post(save, {"version": own.version, "result": "unmet", "found": "仍是弱口令", "risk": "高", "opened": "1"})
    rated = {"version": room.version, "result": "unmet", "risk": "中", "opened": "1"}
    lin.post(reverse("assessments:answer-save", args=[room.pk]), rated)
    made.answers.filter(pending="").filter(result="").update(result="met", value=1)
    for row in made.answers.exclude(pending=""):
        row.pending, row.result, row.value = "", "met", 1
        row.own_result = "met" if row.duty == "joint" else row.own_result
        row.save()
    lin.step(made, "submit")
    Desk(city.zhou).step(made, "confirm")
    return made


def rectified(city: City, item: Rectification, lin: Desk) -> None:
    """A problem's plan is written, approved in leadership's queue, done, and verified."""
    url = reverse("assessments:rectification-update", args=[item.pk])
    item.refresh_from_db()
    plan = {
        "version": item.version, "owner": city.lin.pk, "root_cause": "没有口令策略",
        "measure": "启用口令复杂度和定期更换",
        "expected": "不少于 12 位", "interim": "限制来源地址", "cost": "0",
    }  # fmt: skip
    lin.post(url, plan)
    lin.step(item, "submit")
    assert item.state == "plan_review" and item.decides_role == "act_as_leader"
    gao = Desk(city.gao)
    queue = gao.get(reverse("portal:decisions"))
    assert item.title in queue and "启用口令复杂度" in queue and "预约挂号系统" in queue
    token = f"rectification-plan_review:{item.pk}:{item.frozen_digest}"
    assert token in queue
    gao.post(reverse("portal:decide"), {"row": [token], "act": "agree", "opinion": "同意"})
    item.refresh_from_db()
    assert item.state == "doing"
    proof = SimpleUploadedFile("策略.txt", f"{item.number} 口令策略已启用".encode())
    attachments.attach(parent=item, upload=proof, by=city.lin, at=now())
    lin.step(item, "complete", outcome="已启用口令策略", after_result="met")


def inspected(city: City, thing: Any) -> tuple[Inspection, InspectionItem]:
    """An inspection finds the same item wanting that the unit calls rectified."""
    shen, day = Desk(city.shen), today().isoformat()
    form = {
        "protected_object": thing.pk, "title": "年度检查", "lead": Department.objects.get(code="CAC").pk,
        "basis": "年度检查方案", "starts_on": day, "ends_on": day, "layers": ["安全计算环境"], "version": 0,
    }  # fmt: skip
    shen.post(reverse("assessments:inspection-create"), form)
    row = Inspection.objects.get()
    shen.step(row, "start")
    item = row.items.get(code=OPEN)
    found = {"version": item.version, "method": "test", "result": "unmet", "risk": "高", "found": "仍可用空口令登录"}
    shen.post(reverse("assessments:inspectionitem-update", args=[item.pk]), found)
    row.items.exclude(pk=item.pk).update(result="met", method="examine")
    shen.step(row, "gather")
    page = shen.get(row.get_absolute_url())
    assert "自评估" in page and OPEN in page  # what the unit says beside what was found
    kind = NoticeKind.objects.get(department=row.lead, name="整改通知")
    later = (today() + dt.timedelta(days=20)).isoformat()
    shen.step(row, "issue", kind=kind.pk, deadline=later, text="请整改。", opinion="按期整改")
    return row, item


def test_from_the_answer_to_the_closure_of_what_an_inspection_found(city: City, thing: Any):
    lin = Desk(city.lin)
    made = assessed(city, thing, lin)
    item = Rectification.objects.get(protected_object=thing, clause=OPEN)
    assert (item.origin, item.state, item.risk) == ("evaluation", "planning", "高")
    assert not Rectification.objects.filter(protected_object=thing, clause=ROOM).exists()  # the platform's to mend
    rectified(city, item, lin)
    lin.get(reverse("assessments:rectification-transition", args=[item.pk, "verify"]), expect=403)
    Desk(city.zhou).step(item, "verify", opinion="已核实")
    assert item.state == "closed" and RectifiedResult.objects.get().result == "met"
    made.refresh_from_db()
    assert made.answers.get(code=OPEN).result == "unmet"  # what was confirmed stays
    page = lin.get(made.get_absolute_url())
    assert "整改后" in page and "评估时" in page

    row, found = inspected(city, thing)
    notice = IssuedNotice.objects.get(inspection=row)
    lin.step(notice, "receive")
    again = Rectification.objects.get(protected_object=thing, origin="inspection")
    assert again.clause == OPEN and again.due_on == notice.deadline
    rectified(city, again, lin)
    Desk(city.zhou).get(reverse("assessments:rectification-transition", args=[again.pk, "verify"]), expect=403)
    lin.step(notice, "reply", reply="口令策略已对全部账户启用")
    shen = Desk(city.shen)
    shen.step(again, "verify", opinion="现场核实")
    shen.step(row, "reinspect")
    found.refresh_from_db()
    shen.post(
        reverse("assessments:inspectionitem-update", args=[found.pk]),
        {"version": found.version, "recheck": "fixed", "recheck_found": ""},
    )
    shen.step(row, "conclude", opinion="问题已整改")
    notice.refresh_from_db()
    assert (again.state, row.state, notice.state) == ("closed", "concluded", "closed")
    trail = lin.get(again.get_absolute_url())
    assert "同意" in trail and "现场核实" in trail
