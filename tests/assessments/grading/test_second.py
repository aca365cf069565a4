"""One grading of an object at a time, and what the site finds of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from assessments.grading.models import Grading
from secmgmt.core import errors
from tests.assets.factories import make_object
from tests.support import City

from .support import FORM, certificate, draft, proof, signed_in, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def thing(city: City) -> Any:
    return make_object(city.health, "区域卫生信息共享平台", owner=city.lin)


def test_a_second_grading_is_refused_with_a_link_to_the_open_one(city, thing):
    first = draft(city, thing)
    client, create = signed_in(city.lin), reverse("assessments:grading-create")
    sent = {**FORM, "protected_object": thing.pk}
    asked = f"{create}?object={thing.pk}"
    for response in (client.get(asked), client.post(create, sent), client.post(asked, sent)):
        page = response.content.decode()
        assert response.status_code == 409
        assert "已有一次没有办完的定级（拟定第三级，草拟）" in page and first.get_absolute_url() in page
    assert Grading.objects.count() == 1


def test_the_open_grading_is_named_to_nobody_who_may_not_grade_the_object(city, thing):
    draft(city, thing)
    for person in (city.su, city.zhou, city.ye):
        response = signed_in(person).get(f"{reverse('assessments:grading-create')}?object={thing.pk}")
        assert "没有办完的定级" not in response.content.decode()


def test_a_conflict_about_a_row_that_was_never_stored_leads_nowhere():
    page = render_to_string("409.html", {"error": errors.Conflict("同时有人登记。", obj=Grading(level=2))})
    assert "同时有人登记。" in page and "看现在的内容" not in page


def test_an_object_is_found_by_its_filing_number_everywhere(city, thing):
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    take(city.lin, grading, "record_pass", **proof())
    take(city.lin, grading, "record_filing", **certificate())
    client, asked = signed_in(city.lin), {"q": "41100043001-25017"}
    found = client.get(reverse("core:search"), asked).content.decode()
    assert thing.get_absolute_url() in found and grading.get_absolute_url() in found
    assert str(thing) in client.get(reverse("assets:object-list"), asked).content.decode()
    assert str(thing) not in client.get(reverse("assets:object-list"), {"q": "41100043001-99999"}).content.decode()
    elsewhere = signed_in(city.su).get(reverse("core:search"), asked).content.decode()
    assert thing.get_absolute_url() not in elsewhere and grading.get_absolute_url() not in elsewhere
