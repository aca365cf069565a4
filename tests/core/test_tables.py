"""Lists: sorting, columns, paging, escaping, hostile parameters."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.utils.html import format_html

from secmgmt.accounts.models import OrgUnit
from secmgmt.core.tables import Column, Table
from tests.support import make_unit

from .sample import TABLE

pytestmark = pytest.mark.django_db


def ask(query: str = "", table: Table = TABLE, **kwargs):
    return table.page(OrgUnit.objects.select_related("parent"), QueryDict(query), **kwargs)


def names(page) -> list[str]:
    return [row.obj.name for row in page.rows]


@pytest.fixture
def units():
    root = make_unit("根", kind="city")
    return [root, *(make_unit(f"单位{n:02}", root) for n in range(1, 13))]


def test_rows_come_sorted_by_the_declared_default(units):
    assert names(ask()) == [f"单位{n:02}" for n in range(1, 6)]


def test_a_minus_sorts_the_other_way_and_the_head_says_so(units):
    page = ask("sort=-name")
    assert names(page)[0] == "根"
    assert page.heads[0].direction == "descending"
    assert page.heads[0].url == "?sort=name"


@pytest.mark.parametrize(
    "asked", ["password", "parent__path", "name__regex", "pk", "?", "-", "name,kind", "id);DROP", "\x00"]
)
def test_a_sort_that_is_not_declared_is_ignored_with_a_sentence(units, asked):
    params = QueryDict(mutable=True)
    params["sort"] = asked
    page = TABLE.page(OrgUnit.objects.all(), params)
    assert names(page) == names(ask())
    assert page.problems == ["不能按所给的列排序，已按默认顺序显示。"]


def test_equal_values_keep_one_order_over_the_pages(units):
    seen = [name for n in (1, 2, 3) for name in names(ask(f"sort=kind&page={n}"))]
    assert sorted(seen) == sorted(unit.name for unit in units)


def test_a_column_that_cannot_be_sorted_has_no_link(units):
    assert {head.column.name: bool(head.url) for head in ask().heads}["depth"] is False


def test_chosen_columns_are_shown_and_the_heading_always_stays(units):
    page = ask("cols=code&cols=depth")
    assert [head.column.name for head in page.heads] == ["name", "code", "depth"]
    assert [head.column.name for head in ask("cols=code,depth").heads] == ["name", "code", "depth"]


def test_an_unknown_column_is_ignored_with_a_sentence(units):
    page = ask("cols=password")
    assert "有的列名不存在，已忽略。" in page.problems
    assert [head.column.name for head in page.heads] == ["name", "kind", "parent", "depth"]


@pytest.mark.parametrize("asked", ["0", "-1", "abc", "1e3", "９", "²", "9999999999999999999999", ""])
def test_a_page_that_makes_no_sense_is_the_first_one(units, asked):
    params = QueryDict(mutable=True)
    params["page"] = asked
    page = TABLE.page(OrgUnit.objects.all(), params)
    assert (page.pager.first, page.pager.last) == (1, 5)
    assert page.problems


def test_a_page_beyond_the_last_is_the_last(units):
    page = ask("page=99")
    assert (page.pager.first, page.pager.last, page.pager.total) == (11, 13, 13)


def test_links_keep_the_filters_of_the_address(units):
    page = ask("q=%E5%8D%95&sort=name&page=2")
    assert all("q=%E5%8D%95" in url for _label, url, _now in page.pager.links if url)
    assert "page" not in page.heads[1].url


def test_a_list_costs_two_queries_whatever_its_length(units, django_assert_num_queries):
    with django_assert_num_queries(2):
        ask()
    root = units[0]
    for n in range(30):
        make_unit(f"新{n}", root)
    with django_assert_num_queries(2):
        TABLE.page(OrgUnit.objects.select_related("parent"), QueryDict("page=2"))


def test_what_people_typed_is_escaped_in_every_cell(units):
    make_unit("<script>alert(1)</script>", units[0])
    table = Table(
        [
            Column("name", "名", link=True),
            Column("two", "二", render=lambda u: format_html("<b>{}</b>", u.name)),
        ]
    )
    row = next(
        row for row in ask(table=table).rows + ask("page=1", table=table).rows if "script" in row.obj.name
    )
    assert [cell.html for cell in row.cells] == [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<b>&lt;script&gt;alert(1)&lt;/script&gt;</b>",
    ]


def test_choices_show_their_label_and_nothing_is_a_dash(units):
    root = next(row for row in ask("sort=-name").rows if row.obj.name == "根")
    assert [cell.html for cell in root.cells] == ["根", "市", "—", "0"]


def test_an_export_has_the_chosen_columns_in_the_chosen_order(units):
    heads, rows = TABLE.export(OrgUnit.objects.select_related("parent"), QueryDict("cols=depth&sort=-name"))
    assert heads == ["单位名称", "层级"]
    rows = list(rows)
    assert rows[0] == ["根", 0]
    assert len(rows) == 13


def test_a_table_refuses_a_wrong_declaration():
    with pytest.raises(ValueError, match="share a name"):
        Table([Column("a", "A"), Column("a", "B")])
    with pytest.raises(ValueError, match="not a sortable"):
        Table([Column("a", "A")], default_sort="a")
