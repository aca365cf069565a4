"""The board and the calendar: the rows of the table under its filters, bounded, as cheap for many as for few."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.rectification import boards
from secmgmt.core.clock import today
from tests.assets.factories import make_object

from .support import make_item

pytestmark = pytest.mark.django_db
BOARD, MONTH = reverse("assessments:rectification-board"), reverse("assessments:rectification-calendar")
LIST = reverse("assessments:rectification-list")
STATES = ("planning", "plan_review", "doing", "extension_review", "verifying", "accepted", "closed")
DAY = dt.date(2026, 11, 23)


def page(client, address, **params):
    """(response, how many queries) the second time somebody looks."""
    client.get(address, params)
    with CaptureQueriesContext(connection) as seen:
        response = client.get(address, params)
    return response, len(seen.captured_queries)


def test_the_board_puts_every_state_in_its_column_with_what_a_card_must_say(city, client):
    late = today() - dt.timedelta(days=3)
    for state in STATES:
        make_item(city.health, state, title=f"在{state}", due_on=late, closed_on=late if state == "closed" else None)
    client.force_login(city.gao)
    response, _n = page(client, BOARD)
    text = response.content.decode()
    columns = {str(column.stage.label): column for column in response.context["columns"]}
    assert {label: column.total for label, column in columns.items()} == {
        "待制定": 1, "方案待审批": 1, "整改中": 2, "待验证": 1, "接受风险": 1, "已关闭": 1
    }  # fmt: skip
    assert columns["整改中"].late == 2 and columns["待验证"].late == columns["已关闭"].late == 0
    for said in ("在planning", "第三级", "高风险", "逾期 3 天"):
        assert said in text
    assert f"{LIST}?state=extension_review" in text


def test_board_and_calendar_keep_to_the_filters_and_hand_them_on(city, client):
    obj = make_object(city.health, "甲系统", security_level=3)
    make_item(city.health, "doing", protected_object=obj, title="要找的", risk="低", due_on=DAY)
    make_item(city.health, "doing", title="别的", risk="高", due_on=DAY)
    client.force_login(city.gao)
    for address, more in ((BOARD, {}), (MONTH, {"month": "2026-11"})):
        text = client.get(address, {"risk": "低", **more}).content.decode()
        assert "要找的" in text and "别的" not in text
        assert f"{BOARD}?risk=" in text and f"{MONTH}?risk=" in text and f"{LIST}?risk=" in text
    assert f"{BOARD}?risk=" in client.get(LIST, {"risk": "低"}).content.decode()


def test_the_month_counts_each_day_and_draws_its_gravest(city, client):
    for number, risk in enumerate(("低", "低", "中", "高")):
        make_item(city.health, "doing", title=f"第{number}项", risk=risk, due_on=DAY)
    make_item(city.health, "closed", title="办完的", due_on=DAY, closed_on=DAY)
    make_item(city.health, "doing", title="十月的", due_on=dt.date(2026, 10, 31))
    client.force_login(city.gao)
    response, _n = page(client, MONTH, month="2026-11")
    cell = next(cell for week in response.context["weeks"] for cell in week if cell and cell.day == DAY)
    assert (cell.total, [row.title for row in cell.rows], cell.rest) == (5, ["第3项", "第2项", "第0项"], 2)
    text = response.content.decode()
    assert "2026 年 11 月" in text and "十月的" not in text
    assert f"{LIST}?due_from=2026-11-23&amp;due_until=2026-11-23" in text


@pytest.mark.parametrize("month", ["2026-13", "11", "x" * 200, "２０２６-11"])
def test_what_is_no_month_is_said_and_shows_this_one(city, client, month):
    client.force_login(city.gao)
    text = client.get(MONTH, {"month": month}).content.decode()
    assert "月份须写成" in text and f"{today().year} 年 {today().month} 月" in text


def test_both_are_of_ones_own_scope(city, client):
    make_item(city.health, "doing", title="卫健的", due_on=DAY)
    for person, sees in ((city.lin, True), (city.gao, True), (city.su, False)):
        client.force_login(person)
        for address, params in ((BOARD, {}), (MONTH, {"month": "2026-11"})):
            assert ("卫健的" in client.get(address, params).content.decode()) is sees


@pytest.mark.parametrize("address, params", [(BOARD, {}), (MONTH, {"month": "2026-11"})])
def test_many_rows_cost_as_few_queries_and_draw_a_bounded_page(city, client, address, params):
    client.force_login(city.gao)
    objects = [make_object(city.health, f"系统{n}", security_level=3) for n in range(5)]
    costs, drawn = [], []
    for count in (14, 140):
        for number in range(count):
            state = STATES[number % len(STATES)]
            made = {"protected_object": objects[number % 5], "owner": city.lin, "due_on": DAY}
            make_item(city.health, state, **made, closed_on=DAY if state == "closed" else None)
        response, cost = page(client, address, **params)
        costs.append(cost)
        drawn.append(response.content.decode().count("异地实时备份能力缺失"))
    assert costs[0] == costs[1] <= 25
    assert drawn[1] <= boards.CARDS * len(boards.STAGES)
    assert "全部" in response.content.decode() or "还有" in response.content.decode()


def test_nothing_to_show_says_so(city, client):
    client.force_login(city.gao)
    assert "没有整改事项" in client.get(BOARD).content.decode()
    assert "没有符合条件的整改事项" in client.get(BOARD, {"risk": "低"}).content.decode()
    assert "没有到期的整改事项" in client.get(MONTH).content.decode()
