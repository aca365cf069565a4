"""The start page: what waits, what is late, what one may begin, by role; administrators read a sentence."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from assessments.calendar.services import load_shipped
from assessments.models import DutyRule
from secmgmt.core.clock import now, today
from secmgmt.core.models import Notice
from secmgmt.core.notices import notify
from tests.assessments.campaign.support import graded
from tests.assessments.test_rectification_figures import item
from tests.assets.factories import make_object

pytestmark = pytest.mark.django_db
HOME = "/"
DAY = dt.timedelta(days=1)


def test_the_tiles_open_what_they_count(client, city):
    obj = make_object(city.health, security_level=3, owner=city.lin)
    make_object(city.health, "没有定级的", owner=city.lin)
    for number, due in enumerate((-9, -2, 3, 40)):
        row = item(obj, number, due=due)
        row.owner = city.lin
        row.save()
    client.force_login(city.lin)
    page = client.get(HOME)
    for tile in page.context["tiles"][:2]:
        shown = client.get(HOME + tile["url"].partition("#")[0]).context["todos"]
        assert len(shown) == tile["count"] >= 1, tile
        assert all((todo.due < today()) == (tile["tone"] == "is-bad") for todo in shown)
    assert next(todo.due for todo in page.context["todos"] if todo.due) == today() - 9 * DAY
    none = client.get(f"{HOME}?when=late&kind=定级").content.decode()
    assert "没有这样的事项" in none and "看全部" in none


@pytest.mark.parametrize("person", ["lin", "zhou", "gao", "shen", "pan", "ye", "fang", "xu", "nobody", "sysadmin"])
def test_every_to_do_and_everything_one_may_begin_opens(client, city, person):
    obj = make_object(city.health, "平台", security_level=3, owner=city.lin)
    make_object(city.health, "没有定级的", owner=city.lin)
    make_object(city.health, "没有人管的")
    for number, state in enumerate(("planning", "plan_review", "verifying", "acceptance_review")):
        row = item(obj, number, state=state, risk="中" if state != "acceptance_review" else "高", due=-3)
        row.owner, row.decides_role = city.lin, "act_as_leader"
        row.save()
    user = getattr(city, person)
    client.force_login(user)
    context = client.get(HOME).context
    for url in [*(todo.url for todo in context["todos"]), *(entry["url"] for entry in context["begin"])]:
        assert client.get(url).status_code == 200, url
    for panel in [*context["panels"], *context["side_panels"]]:
        inside = panel["context"]
        for url in [inside.get("url"), *(line.get("url") for line in inside.get("lines", []))]:
            assert url is None or client.get(url).status_code == 200, url


def test_where_nothing_waits_the_page_says_what_one_may_do(client, city):
    client.force_login(city.su)
    html = client.get(HOME).content.decode()
    assert "没有等您办理的事项" in html and "您可以办理" in html and reverse("assets:object-create") in html
    client.force_login(city.nobody)
    html = client.get(HOME).content.decode()
    assert "没有等您办理的事项" in html and "您可以办理" not in html


def test_who_oversees_units_reads_where_they_are_weak(client, city):
    item(make_object(city.education, "学籍系统", security_level=3), 1)
    client.force_login(city.gao)
    assert "1 项高风险问题没有整改" in client.get(HOME).content.decode()
    client.force_login(city.zhou)
    html = client.get(HOME).content.decode()
    assert "需要您关注" in html and "高风险问题没有整改" not in html
    client.force_login(city.lin)
    assert "需要您关注" not in client.get(HOME).content.decode()


@pytest.mark.parametrize("person", ["sysadmin", "secadmin", "auditor"])
def test_administrators_read_a_sentence_instead_of_empty_lists(client, city, person):
    make_object(city.health, "健康平台")
    client.force_login(getattr(city, person))
    html = client.get(HOME).content.decode()
    assert "管理员与业务分开" in html and "全市一览" not in html
    for name in ("assets:object", "assessments:assessment", "assessments:grading", "assessments:rectification",
                 "assessments:project", "assessments:riskassessment"):  # fmt: skip
        response = client.get(reverse(f"{name}-list"))
        if response.status_code == 200:
            html = response.content.decode().partition("<main")[2]
            assert "管理员管账户、授权和审计" in html and "还没有" not in html and "健康平台" not in html, name


def test_who_has_no_position_is_told_whose_list_it_is(client, city):
    client.force_login(city.nobody)
    html = client.get(reverse("assets:object-list")).content.decode()
    assert "您的岗位不查看" in html and "单位网安负责人" in html
    client.force_login(city.xu)
    assert "还没有" not in client.get(reverse("assessments:grading-list")).content.decode().partition("<main")[2]


def test_a_notice_leads_to_the_thing_it_speaks_of(client, city):
    obj = make_object(city.health, "健康平台", owner=city.lin)
    notify(user=city.lin, text="平台有了变化", url=obj.get_absolute_url(), parent=obj, at=now())
    client.force_login(city.lin)
    html = client.get(HOME).content.decode()
    assert "平台有了变化" in html
    opened = client.post(reverse("core:notice-open", args=[Notice.objects.get().pk]))
    assert opened["Location"] == obj.get_absolute_url() and Notice.objects.get().read_at


def test_what_is_due_in_the_next_days_stands_beside(client, city):
    load_shipped()
    DutyRule.objects.exclude(code="DUTY-08").update(is_active=False)
    due = min(today() + 10 * DAY, dt.date(today().year, 12, 31))
    DutyRule.objects.filter(code="DUTY-08").update(deadline=f"{due:%m-%d}")
    graded(city.health, "预约系统", owner=city.lin, filed_on=dt.date(today().year, 1, 1))
    client.force_login(city.lin)
    side = {panel["title"]: panel["context"] for panel in client.get(HOME).context["side_panels"]}
    (line,) = side["未来 30 天"]["lines"]
    assert line["day"] == due and [str(duty.obj) for duty in line["duties"]] == ["预约系统"]
    assert client.get(side["未来 30 天"]["url"]).status_code == 200
    client.force_login(city.su)
    assert "未来 30 天" not in client.get(HOME).content.decode()
