"""A project through its gates: blocked, passed with conditions, refused and handed in again, released, let go ahead."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from assessments.models import GateCondition, GateDepartment, GateReview, Project
from assessments.review import queries, reports, services
from assets.models import ProtectedObject
from secmgmt.core import ports
from secmgmt.core.clock import now, today
from secmgmt.core.models import AuditEvent
from secmgmt.core.reporting.render import render

from .support import GATES, signed_in


def go_live(scene) -> int:
    """The owner sets the object to running; the status of the answer."""
    client, url = signed_in(scene.city.lin), reverse("assets:object-update", args=[scene.target.pk])
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: "" if value is None else value for name, value in sent.items() if value is not False}
    sent |= {"status": "running", "in_operation_on": today().isoformat()}
    return client.post(url, sent).status_code


def test_a_project_is_blocked_until_acceptance_and_then_released(scene, followed):
    project = scene.project()
    assert "还没有通过工程验收" in queries.go_live_blockers(scene.target)[0].text
    assert go_live(scene) == 422
    for gate in GATES:
        scene.passed(project, gate)
        project.refresh_from_db()
    assert project.stage == "accepted"
    assert queries.go_live_blockers(scene.target) == ()
    assert go_live(scene) == 302
    assert ProtectedObject.objects.get(pk=scene.target.pk).status == "running"
    rate = queries.synchronized_rate(Project.objects.all(), today())
    assert (rate.done, rate.due, rate.percent) == (1, 1, 100.0)


def test_conditions_are_followed_as_corrective_actions_and_hold_back_until_they_are_settled(scene, followed):
    project = scene.project()
    for gate in GATES[:3]:
        scene.passed(project, gate)
    day = (today() + dt.timedelta(days=20)).isoformat()
    review = scene.submitted(project, "GATE-4")
    scene.heard(review)
    scene.examined(review)
    wrong = scene.take(scene.lead, review, "pass_with", conditions="尽快补充测评报告")
    assert (wrong.status_code, "第 1 行" in wrong.content.decode()) == (422, True)
    assert not GateCondition.objects.exists()
    assert scene.take(scene.lead, review, "pass_with", conditions=f"{day}，补充测评报告").status_code == 302
    condition = GateCondition.objects.get()
    assert [(what.origin, what.source, what.obj, what.due) for what in followed] == [
        ("gate", condition, scene.target, dt.date.fromisoformat(day))
    ]
    assert "1 项通过条件" in queries.go_live_blockers(scene.target)[0].text
    page = signed_in(scene.city.lin).get(project.get_absolute_url()).content.decode()
    assert "补充测评报告" in page
    assert "/rectification/1/" in page
    assert ports.corrective_action_changed("gate", condition.pk, "closed", by=scene.lead, at=now())
    assert queries.go_live_blockers(scene.target) == ()


def test_a_refused_gate_is_handed_in_again_with_what_was_written(scene):
    project = scene.project()
    review = scene.submitted(project, "GATE-1")
    scene.heard(review)
    scene.examined(review)
    assert scene.take(scene.lead, review, "fail").status_code == 302
    project.refresh_from_db()
    assert project.stage == "GATE-1"
    again = scene.start(project, "GATE-1")
    assert (again.round, again.state, review.pk != again.pk) == (2, "preparing", True)
    assert scene.take(scene.city.lin, again, "submit").status_code == 422  # its files are to be handed in anew


def test_what_is_wanting_is_listed_and_a_blocking_document_cannot_be_passed_over(scene):
    project = scene.project()
    review = scene.submitted(project, "GATE-1")
    text = scene.take(scene.lead, review, "pass_").content.decode()
    assert "未审查：GATE-1-01 方案" in text
    assert "缺少意见：市公安局" in text
    scene.heard(review)
    item = review.items.get(code="GATE-1-01")
    url = reverse("assessments:gatereviewitem-examine", args=[item.pk])
    assert signed_in(scene.lead).post(url, {"result": "bad", "version": item.version}).status_code == 422
    sent = {"result": "bad", "remark": "缺少盖章页", "version": item.version}
    assert signed_in(scene.lead).post(url, sent).status_code == 302
    scene.examined(review)
    for step in ("pass_", "pass_with"):
        assert scene.take(scene.lead, review, step, conditions=f"{today()}，补章").status_code == 422
    assert scene.take(scene.lead, review, "return_").status_code == 302
    review.refresh_from_db()
    assert review.state == "preparing"


def test_the_leadership_lets_a_project_go_ahead_with_its_reason_in_sight(scene):
    project, city = scene.project(), scene.city
    url = reverse("assessments:project-override", args=[project.pk])
    assert signed_in(city.lin).post(url, {"reason": "急", "version": project.version}).status_code == 403
    assert signed_in(scene.lead).post(url, {"reason": "急", "version": project.version}).status_code == 403
    assert signed_in(city.gao).post(url, {"reason": " ", "version": project.version}).status_code == 422
    sent = {"reason": "防汛值守须先行启用，限内网访问。", "version": project.version}
    assert signed_in(city.gao).post(url, sent).status_code == 302
    assert queries.go_live_blockers(scene.target) == ()
    event = AuditEvent.objects.get(verb="assessments.project.override")
    assert event.actor_id == city.gao.pk
    for page in (project.get_absolute_url(), scene.target.get_absolute_url()):
        text = signed_in(city.lin).get(page).content.decode()
        assert "防汛值守须先行启用" in text
        assert "高远" in text
    rate = queries.synchronized_rate(Project.objects.all(), today())
    assert (rate.done, rate.due) == (0, 1)
    assert go_live(scene) == 302


def test_the_checklist_follows_level_and_conditions(scene):
    first = scene.project(level=1)
    queries.GateItem.objects.filter(code="GATE-1-01").update(from_level=3)
    queries.GateItem.objects.filter(code="GATE-1-02").update(condition="使用云平台")
    assert queries.lines_for(first, "GATE-1") == []
    other = scene.project(name="另一项目", level=3, uses_cloud="on")
    assert [row.code for row in queries.lines_for(other, "GATE-1")] == ["GATE-1-01", "GATE-1-02"]


def test_the_document_says_who_judged_what(scene, followed):
    project = scene.project()
    review = scene.passed(project, "GATE-1")
    url = reverse("assessments:gatereview-meeting", args=[review.pk])
    assert signed_in(scene.lead).post(url, {}).status_code == 409  # concluded
    document = reports.build(GateReview.objects.get(pk=review.pk), by=scene.lead, at=now())
    texts = " ".join(block.text for block in document.blocks if hasattr(block, "text"))
    assert "结论：通过" in texts
    for form in ("pdf", "docx"):
        assert len(render(document, form)) > 2000


def test_board_lists_to_dos_and_search_show_the_project(scene):
    project = scene.project()
    owner = signed_in(scene.city.lin)
    assert "办理“预约平台建设”的下一关口" in owner.get("/").content.decode()
    review = scene.submitted(project, "GATE-1")
    assert "审查“预约平台建设 立项初审”" in signed_in(scene.lead).get("/").content.decode()
    scene.invite(review, GateDepartment.objects.get(gate="GATE-1", code="PSB"), scene.police)
    assert "对“预约平台建设 立项初审”出具意见" in signed_in(scene.police).get("/").content.decode()
    for name in ("project-board", "project-list", "gatereview-list", "gateopinion-list", "gateitem-list"):
        assert owner.get(reverse(f"assessments:{name}")).status_code == 200
    assert project.get_absolute_url() in owner.get(reverse("core:search"), {"q": "预约平台"}).content.decode()
    assert services.ORIGIN == "gate"
