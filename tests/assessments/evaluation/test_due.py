"""An assessment is due in time to come; who answered does not confirm."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from assessments.evaluation.todos import confirming_todos
from assessments.models import Assessment
from secmgmt.core.clock import today
from secmgmt.core.workflow import seen_token
from tests.assessments.grading.support import signed_in

pytestmark = pytest.mark.django_db


def test_a_new_assessment_is_not_due_before_today(city, graded):
    sent = {"protected_object": graded.pk, "title": "自评估", "report_date": "2026-03-01", "version": 0}
    create, client = reverse("assessments:assessment-create"), signed_in(city.lin)
    response = client.post(create, {**sent, "due_on": today() - dt.timedelta(days=1)})
    assert response.status_code == 422 and "截止日期不能早于今天" in response.content.decode()
    assert client.post(create, {**sent, "due_on": today()}).status_code == 302


def test_a_due_day_that_has_passed_stays_but_is_not_set_anew(city, assessment):
    passed = dt.date(2026, 3, 2)
    Assessment.objects.filter(pk=assessment.pk).update(due_on=passed)
    page, client = reverse("assessments:assessment-update", args=[assessment.pk]), signed_in(city.lin)
    sent = {"title": "改名", "report_date": "2026-03-01", "version": 1, "due_on": passed}
    assert client.post(page, {**sent, "due_on": "2026-03-03"}).status_code == 422
    assert client.post(page, sent).status_code == 302


@pytest.mark.parametrize("part", ["answered_by", "assignee"])
def test_who_answered_or_was_to_answer_does_not_confirm_and_is_told_why(city, assessment, part):
    assessment.answers.update(result="met", value=1)
    Assessment.objects.filter(pk=assessment.pk).update(state="submitted")
    assert len(list(confirming_todos(city.zhou, today()))) == 1
    first = assessment.answers.first()
    type(first).objects.filter(pk=first.pk).update(**{part: city.zhou})
    assessment.refresh_from_db()
    page = reverse("assessments:assessment-transition", args=[assessment.pk, "confirm"])
    response = signed_in(city.zhou).post(page, {"seen": seen_token(assessment)})
    assert response.status_code == 403 and "您参加了这次自评估的作答" in response.content.decode()
    assert list(confirming_todos(city.zhou, today())) == []
