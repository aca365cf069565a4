"""Nobody approves in the name of an authority he does not work for."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from assessments.grading import queries, rules
from secmgmt.accounts.models import Position
from secmgmt.core.clock import now, today
from tests.assets.factories import make_object
from tests.support import City

from .support import FORM, draft, proof, signed_in, state_of, take

pytestmark = pytest.mark.django_db


def before_approval(city: City, name: str):
    grading = draft(city, make_object(city.health, "检验平台", owner=city.lin), has_authority="on", authority_name=name)
    take(city.lin, grading, "submit")
    take(city.lin, grading, "record_pass_on", **proof())
    assert state_of(grading) == "authority"
    return grading


@pytest.mark.parametrize("step", ["approve", "reject"])
def test_a_reviewer_of_another_unit_does_not_decide_for_the_authority(city, step):
    grading = before_approval(city, "省卫生健康委")
    response = take(city.ye, grading, step)
    assert response.status_code == 403 and "主管部门是“省卫生健康委”" in response.content.decode()
    assert state_of(grading) == "authority" and list(queries.to_approve(city.ye)) == []
    assert "在系统外，由责任单位补录其核准意见" in signed_in(city.lin).get(grading.get_absolute_url()).content.decode()
    take(city.lin, grading, "record_approval", **proof("核准意见.txt"))
    assert state_of(grading) == "determined"


def test_the_reviewer_of_the_authority_named_approves(city):
    grading = before_approval(city, "颍川市")
    assert list(queries.to_approve(city.ye)) == [grading]
    take(city.ye, grading, "approve")
    assert state_of(grading) == "determined"


def test_the_form_says_which_authorities_decide_here(city):
    thing = make_object(city.health, "检验平台", owner=city.lin)
    page = signed_in(city.lin).get(f"{reverse('assessments:grading-create')}?object={thing.pk}").content.decode()
    assert "在系统内核准的部门：颍川市。" in page and "系统外的主管部门" in page


def test_an_authority_is_chosen_among_the_units_and_kept_by_its_name(city):
    thing = make_object(city.health, "检验平台", owner=city.lin)
    grading = draft(city, thing, has_authority="on", authority_unit=city.root.pk)
    assert grading.authority_name == "颍川市"
    form = signed_in(city.lin).get(f"{grading.get_absolute_url()}edit/").context["form"]
    assert (form["authority_unit"].value(), form["authority_name"].value()) == (city.root.pk, "")


def test_an_authority_kept_by_name_before_stands_as_the_unit_or_as_one_outside(city):
    thing = make_object(city.health, "检验平台", owner=city.lin)
    grading = draft(city, thing, has_authority="on", authority_name="省卫生健康委")
    page = f"{grading.get_absolute_url()}edit/"
    form = signed_in(city.lin).get(page).context["form"]
    assert (form["authority_unit"].value(), form["authority_name"].value()) == (None, "省卫生健康委")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"authority_unit": "", "authority_name": ""}, "请选择主管部门；不在本系统的"),
        ({"authority_unit": "root", "authority_name": "省卫生健康委"}, "主管部门已在上面选定"),
    ],
)
def test_neither_or_two_authorities_are_refused_at_the_field(city, values, sentence):
    thing = make_object(city.health, "检验平台", owner=city.lin)
    values = {name: city.root.pk if value == "root" else value for name, value in values.items()}
    data = {**FORM, "protected_object": thing.pk, "has_authority": "on", **values}
    response = signed_in(city.lin).post(reverse("assessments:grading-create"), data)
    assert response.status_code == 422 and sentence in response.content.decode()


def test_the_approval_of_an_authority_outside_waits_on_the_owners_desk_and_in_his_badge(city):
    before = queries.waiting_count(city.lin, now())
    grading = before_approval(city, "省卫生健康委")
    todos = signed_in(city.lin).get("/").context["todos"]
    assert [t.url for t in todos if t.title == "补录“检验平台”主管部门的核准意见"] == [grading.get_absolute_url()]
    assert queries.waiting_count(city.lin, now()) == before + 1
    take(city.lin, grading, "record_approval", **proof("核准意见.txt"))
    assert not any("主管部门的核准意见" in todo.title for todo in signed_in(city.lin).get("/").context["todos"])


def test_the_approval_of_an_authority_here_waits_for_its_reviewer_alone(city):
    grading = before_approval(city, "颍川市")
    assert grading not in queries.of_owner(city.lin, now())
    Position.objects.filter(user=city.ye).update(valid_until=today() - dt.timedelta(days=1))
    assert grading in queries.of_owner(city.lin, now()), "nobody is left there who could"


def test_the_objects_harmed_take_the_names_of_the_rules_as_the_date_changes(city):
    lin, address = signed_in(city.lin), reverse("assessments:grading-preview")
    for day, rule_set in (("2024-05-01", "2020"), ("2025-06-01", "2025")):
        names = rules.RULE_SETS[rule_set].object_labels
        told = lin.post(address, {"report_date": day}).content.decode()
        for side in ("business", "service"):
            for name, label in names.items():
                span = f"<span hx-swap-oob=\"innerHTML:label[for='id_{side}_{name}']\">{label}</span>"
                assert span in told, (day, name)
    made = lin.post(reverse("assessments:grading-create"), {"report_date": "2024-05-01"})
    assert made.status_code == 422  # without a script the names follow when it is sent
    names = rules.RULE_SETS["2020"].object_labels
    assert made.context["form"]["business_national_security"].label == names["national_security"]
