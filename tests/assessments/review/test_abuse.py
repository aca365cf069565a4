"""Nobody skips a gate, speaks for a department that was not asked, decides for another, or lets himself through."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from assessments.models import GateDepartment, GateReview, Project
from assessments.review import queries, services
from assets.models import ProtectedObject
from secmgmt.core import errors
from secmgmt.core.clock import now, today
from tests.assets.factories import make_object
from tests.support import make_position, make_user

from .support import signed_in


def test_a_gate_is_not_skipped(scene):
    project = scene.project()
    owner = signed_in(scene.city.lin)
    assert owner.post(reverse("assessments:project-start", args=[project.pk, "GATE-4"])).status_code == 409
    scene.start(project, "GATE-1")
    assert owner.post(reverse("assessments:project-start", args=[project.pk, "GATE-1"])).status_code == 409
    assert GateReview.objects.count() == 1


def test_who_was_not_invited_neither_sees_nor_speaks(scene):
    project = scene.project()
    review = scene.submitted(project, "GATE-1")
    scene.invite(review, GateDepartment.objects.get(gate="GATE-1", code="PSB"), scene.police)
    opinion = review.opinions.get()
    url = reverse("assessments:gateopinion-give", args=[opinion.pk])
    assert signed_in(scene.secrecy).post(url, {"verdict": "agree", "version": 1}).status_code == 404
    assert signed_in(scene.secrecy).get(review.get_absolute_url()).status_code == 404
    assert signed_in(scene.lead).post(url, {"verdict": "agree", "version": 1}).status_code == 403
    assert signed_in(scene.police).get(review.get_absolute_url()).status_code == 200
    with pytest.raises(errors.NotAllowed):
        services.check_was_asked(opinion, scene.lead)


def test_secrecy_sees_the_one_document_it_judges(scene):
    review = scene.submitted(scene.project(), "GATE-1")
    scene.invite(review, GateDepartment.objects.get(code="SEC"), scene.secrecy)
    client = signed_in(scene.secrecy)
    assert client.get(review.opinions.get().get_absolute_url()).status_code == 200
    assert client.get(review.items.get(code="GATE-1-02").get_absolute_url()).status_code == 200
    assert client.get(review.items.get(code="GATE-1-01").get_absolute_url()).status_code == 404
    assert client.get(review.get_absolute_url()).status_code == 404


def test_another_department_and_the_submitter_do_not_conclude(scene):
    review = scene.submitted(scene.project(), "GATE-1")
    scene.heard(review)
    scene.examined(review)
    assert scene.take(scene.other_lead, review, "pass_").status_code == 403
    rest = reverse("assessments:gatereview-rest", args=[review.pk])
    assert signed_in(scene.other_lead).post(rest).status_code == 403
    scene.city.lin.unit = scene.city.data  # the submitter moves to the leading department
    scene.city.lin.save(update_fields=["unit"])
    make_position(scene.city.lin, scene.city.root, "act_as_authority")
    assert scene.take(scene.city.lin, review, "pass_").status_code == 403
    assert scene.take(scene.lead, review, "pass_").status_code == 302


def test_nobody_but_who_gives_opinions_is_invited_and_not_for_a_day_that_is_past(scene):
    review = scene.submitted(scene.project(), "GATE-1")
    department = GateDepartment.objects.get(gate="GATE-1", code="PSB")
    assert scene.invite(review, department, scene.city.lin).status_code == 422
    assert scene.invite(review, department, scene.police, by=scene.other_lead).status_code == 403
    with pytest.raises(errors.Invalid):
        services.invite_department(
            review=review, department=department, user=scene.police, until=today() - dt.timedelta(days=1),
            by=scene.lead, at=now(),
        )  # fmt: skip
    assert not review.opinions.exists()


def test_documents_stay_as_they_were_handed_in(scene):
    review = scene.submitted(scene.project(), "GATE-1")
    item = review.items.first()
    url = reverse("assessments:gatereviewitem-update", args=[item.pk])
    sent = {"statement": "换一份", "version": item.version}
    assert signed_in(scene.city.lin).post(url, sent).status_code == 409
    project = review.project
    url = reverse("assessments:project-update", args=[project.pk])
    assert signed_in(scene.city.lin).post(url, {"version": project.version, "level": 1}).status_code == 409
    project.refresh_from_db()
    assert project.level == 3


def test_a_project_is_seen_by_its_unit_and_who_oversees_it(scene):
    project = scene.project()
    review = scene.start(project, "GATE-1")
    for user, code in ((scene.city.zhou, 200), (scene.city.gao, 200), (scene.city.su, 404), (scene.police, 404)):
        assert {signed_in(user).get(row.get_absolute_url()).status_code for row in (project, review)} == {code}
    assert project.name not in signed_in(scene.city.su).get(reverse("assessments:project-list")).content.decode()


def test_only_the_leadership_lets_a_project_go_ahead_and_says_why(scene):
    project = scene.project()
    for user, error in (
        (scene.city.lin, errors.NotAllowed), (scene.lead, errors.NotAllowed), (scene.city.su, errors.OutOfScope),
        (scene.city.gao, errors.Invalid),
    ):  # fmt: skip
        reason = "  " if error is errors.Invalid else "急用"
        with pytest.raises(error):
            services.override_go_live(project=project, reason=reason, version=project.version, by=user, at=now())
    assert Project.objects.get().override_at is None


def test_no_object_leaves_a_project_that_was_submitted_and_its_level_does_not_fall(scene):
    other = make_object(scene.city.health, "统计平台", owner=scene.city.lin)  # runs already: nothing else holds it
    project = scene.project(targets=[scene.target.pk, other.pk])
    review = scene.submitted(project, "GATE-1")
    assert scene.take(scene.lead, review, "return_").status_code == 302
    client, url = signed_in(scene.city.lin), reverse("assessments:project-update", args=[project.pk])
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in (None, False)}
    for change in ({"targets": [scene.target.pk]}, {"level": 2}):
        assert client.post(url, {**sent, **change}).status_code == 422
    assert client.post(url, {**sent, "content": "增加统计功能。"}).status_code == 302
    assert project.targets.count() == 2


def test_the_owner_alone_takes_no_object_around_the_gates_and_deletes_no_project_that_blocks_one(scene):
    city = scene.city
    keeper = make_user("gui", unit=city.root, name="桂规则")
    running = make_object(city.health, "旧平台", owner=city.lin)
    make_position(keeper, city.root, "act_as_rules_keeper")
    project = scene.project(targets=[scene.target.pk, running.pk])
    url, gone = (reverse(f"assessments:project-{page}", args=[project.pk]) for page in ("update", "delete"))
    owner = signed_in(city.lin)
    form = owner.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in (None, False)}

    def changed(user, **values) -> tuple[int, str]:
        response = signed_in(user).post(url, {**sent, **values})
        return response.status_code, response.content.decode()

    for status in ("building", "retired"):  # what is retired may be put into service again
        ProtectedObject.objects.filter(pk=scene.target.pk).update(status=status)
        code, page = changed(city.lin, targets=[running.pk])
        assert code == 422 and "须由业务规则管理员或安全领导移除：预约平台" in page
    assert changed(city.lin, level=1)[0] == 422
    refused = owner.post(gone, {"version": project.version})
    assert refused.status_code == 403 and "须由业务规则管理员或安全领导删除" in refused.content.decode()
    etag = {"HTTP_IF_MATCH": f'"{project.version}"'}
    assert owner.delete(f"/api/v1/projects/{project.pk}", **etag).status_code == 403
    assert queries.go_live_blockers(scene.target) and project.targets.count() == 2
    assert changed(city.lin, targets=[scene.target.pk])[0] == 302  # what runs already is not blocked
    project.refresh_from_db()
    sent["version"] = project.version
    assert changed(keeper, targets=[running.pk])[0] == 302
    assert queries.go_live_blockers(scene.target) == ()
    other = scene.project(name="另一项目")
    gone = reverse("assessments:project-delete", args=[other.pk])
    assert signed_in(city.gao).post(gone, {"version": other.version}).status_code == 302
    assert not Project.objects.filter(pk=other.pk).exists()
