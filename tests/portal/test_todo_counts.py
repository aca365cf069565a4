"""The desk says how much waits, also where it does not list it all."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.assets.factories import make_object
from tests.support import CastClient, City

pytestmark = pytest.mark.django_db


def test_what_is_not_listed_is_counted_and_led_to(city: City):
    for number in range(25):
        make_object(city.health, f"待定级系统{number:02d}", owner=city.lin)
    client = CastClient()
    client.force_login(city.lin)
    response = client.get(reverse("portal:home"))
    page = response.content.decode()
    assert response.context["total"] == 25 and '<span class="count">25</span>' in page
    assert "还有 5 个系统没有开始定级" in page
    assert response.context["todos"][-1].stands_for == 5  # after what is listed
    tile = response.context["tiles"][-1]
    assert (tile["count"], tile["note"]) == (25, "其中 25 项没有期限")
    listed = client.get(response.context["todos"][-1].url).content.decode()
    assert "待定级系统00" in listed and "待定级系统24" in listed


def test_as_many_as_are_listed_need_no_line_for_the_rest(city: City):
    for _number in range(20):
        make_object(city.health, owner=city.lin)
    client = CastClient()
    client.force_login(city.lin)
    assert "还有" not in str([todo.title for todo in client.get(reverse("portal:home")).context["todos"]])
