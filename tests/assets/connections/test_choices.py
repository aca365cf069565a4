"""What the form of an interconnection offers: a person's own at this end, what he sees at the other, and no more."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ..factories import make_component, make_object


def offered(page: str, name: str) -> str:
    return page.split(f'<select name="{name}"')[1].split("</select>")[0]


def test_a_link_begins_at_a_component_of_ones_own_and_nothing_of_others_is_offered(browse, city):
    own, other = make_object(city.health, "卫生平台"), make_object(city.education, "学籍系统")
    make_component(own, "应用服务器")
    make_component(other, "数据库服务器")
    page = browse(city.lin).get("/links/new/").content.decode()
    assert "卫生平台 · 应用服务器" in offered(page, "from_component")
    for name in ("from_component", "to_component", "from_object", "to_object"):
        assert "学籍系统" not in offered(page, name)


@pytest.mark.parametrize("path", ["/links/new/", "/components/new/", "/hostings/new/", "/objects/new/"])
def test_a_form_asks_the_database_no_more_for_many_choices_than_for_few(browse, city, path):
    lin = browse(city.lin)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert lin.get(path).status_code == 200
        return len(seen)

    make_component(make_object(city.health, offers_hosting=True))
    asked()  # what a process asks once only is asked
    few = asked()
    for _number in range(40):
        make_component(make_object(city.health, offers_hosting=True))
    assert asked() <= few
