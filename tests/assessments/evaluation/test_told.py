"""What those who confirm and those who answer are told on the way."""

from __future__ import annotations

from django.urls import reverse

from assessments.models import Grading
from assets.home import my_objects
from secmgmt.core.manifest import todos_for
from secmgmt.core.models import Notice
from secmgmt.core.pages import done_text
from tests.assessments.grading.support import draft
from tests.assets.factories import make_object
from tests.support import City

from .conftest import DAY
from .test_journey import fill, signed_in, take


def test_who_confirms_gets_a_notice_of_each_submission_and_the_submitter_none(assessment, city: City):
    fill(assessment)
    owner, lead = signed_in(city.lin), signed_in(city.zhou)
    assert take(owner, assessment, "submit").status_code == 302
    told = Notice.objects.get(user=city.zhou)
    assert "请审定" in told.text and told.url == assessment.get_absolute_url()
    assert not Notice.objects.filter(user=city.lin).exists()
    take(lead, assessment, "return_", "补充证据")
    take(owner, assessment, "submit")
    assert Notice.objects.filter(user=city.zhou).count() == 2


def test_a_return_shows_its_opinion_in_the_to_do_and_above_the_items(assessment, city: City):
    fill(assessment)
    owner = signed_in(city.lin)
    take(owner, assessment, "submit")
    take(signed_in(city.zhou), assessment, "return_", "第三项证据不足")
    notes = [todo.note for todo in todos_for(city.lin, DAY) if todo.kind == "自评估"]
    assert notes and notes[0].startswith("退回意见：第三项证据不足（周砚")
    page = owner.get(reverse("assessments:assessment-answer", args=[assessment.pk])).content.decode()
    assert "退回意见：第三项证据不足" in page


def test_many_open_items_are_ten_lines_and_the_rest_folded(assessment, city: City):
    page = take(signed_in(city.lin), assessment, "submit").content.decode()
    assert page.split("<details>")[0].count("#item-") == 10
    assert "不能提交：安全物理环境 " in page
    assert f"还有 {assessment.total - 10} 项</summary>" in page


def test_a_step_named_like_its_state_is_said_once():
    assert done_text("退回", "已退回") == "已退回。"
    assert done_text("提交", "待审定") == "已提交，现在是“待审定”。"


def test_a_unit_lead_sees_the_units_objects_besides_those_in_own_charge(graded, city: City):
    own = make_object(city.health, "甲系统", owner=city.zhou)
    shown = my_objects(city.zhou, DAY)
    assert shown is not None
    assert shown["objects"][0] == own and graded in shown["objects"]


def test_a_determined_grading_leads_to_the_self_assessment_and_the_object(graded, city: City):
    grading = draft(city, graded)
    page = reverse("assessments:grading-detail", args=[grading.pk])
    begin = f"{reverse('assessments:assessment-create')}?object={graded.pk}"
    owner = signed_in(city.lin)
    assert begin not in owner.get(page).content.decode()
    Grading.objects.filter(pk=grading.pk).update(state="determined")
    shown = owner.get(page).content.decode()
    assert begin in shown and "查看保护对象" in shown


def test_a_submitted_assessment_leads_to_its_object(assessment, city: City):
    fill(assessment)
    owner = signed_in(city.lin)
    take(owner, assessment, "submit")
    assert "查看保护对象" in owner.get(assessment.get_absolute_url()).content.decode()
