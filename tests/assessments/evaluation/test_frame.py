"""Starting a self-assessment: from where, of what, by which method."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from assessments.models import Assessment
from secmgmt.core.clock import today
from tests.assets.factories import make_object

from .test_figures import signed_in

CREATE = "assessments:assessment-create"


def begin(city: Any, graded: Any, **values: Any) -> Any:
    sent = {"protected_object": graded.pk, "title": "自评估", "report_date": "2026-03-01", "version": 0, **values}
    return signed_in(city.lin).post(reverse(CREATE), sent)


@pytest.mark.parametrize(
    ("day", "chosen", "template"),
    [("2025-03-19", "", "2021"), ("2025-03-20", "", "2025"), ("2026-03-01", "2019", "2019")],
)
def test_the_template_follows_the_report_date_unless_another_is_chosen(city, graded, day, chosen, template):
    assert begin(city, graded, report_date=day, template=chosen).status_code == 302
    assert Assessment.objects.get().template == template


@pytest.mark.parametrize("wrong", ["1.5", "-0.1"])
def test_an_attention_outside_0_to_1_is_refused(city, graded, wrong):
    refused = begin(city, graded, template="2021", attention=wrong)
    assert refused.status_code == 422 and "关注系数" in refused.content.decode()
    assert not Assessment.objects.exists()


def test_it_is_started_from_the_objects_page_named_and_dated(city, graded):
    client = signed_in(city.lin)
    address = f"{reverse(CREATE)}?object={graded.pk}"
    assert address in client.get(graded.get_absolute_url()).content.decode()
    form = client.get(address).context["form"]
    assert form["protected_object"].value() == graded.pk
    assert (form["title"].value(), form["report_date"].value()) == (f"{graded} {today().year} 年自评估", today())
    assert "按报告日期" in str(form["template"]) and form["template"].value() == ""
    assert address not in signed_in(city.zhou).get(graded.get_absolute_url()).content.decode()


def test_an_object_of_level_five_is_not_offered_a_start(city):
    obj = make_object(city.health, security_level=5, business_level=5, service_level=5)
    assert "开始自评估" not in signed_in(city.lin).get(obj.get_absolute_url()).content.decode()
