"""Nobody approves in the name of an authority he does not work for."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assessments.grading import queries
from tests.assets.factories import make_object
from tests.support import City

from .support import draft, proof, signed_in, state_of, take

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
