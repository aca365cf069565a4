"""What attackers try on the inventory, signed in as real people of other units; each test has its guard."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from assets.models import Component, Network, ProtectedObject
from secmgmt.core import permissions, search
from tests.core.test_sheets import book_of, new_row, put, send

from .factories import (
    make_component,
    make_data,
    make_hosting,
    make_link,
    make_network,
    make_object,
    make_zone,
)

SCRIPT = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
SECRETS = ("区域卫生信息共享平台", "卫生专网", "边界防火墙", "档案服务器", "居民健康档案", "10.8.1.0")


def own_rows(world: Any) -> dict[str, Any]:
    """Address part → one row of the health bureau."""
    return {
        "objects": world.platform, "networks": world.network, "zones": world.zone, "components": world.server,
        "data": world.data, "links": world.outside, "hostings": world.hosting,
    }  # fmt: skip


def call(client: Any, method: str, path: str, body: Any = None) -> Any:
    """One request to the API on the first version."""
    data = None if body is None else json.dumps(body)
    return getattr(client, method)(f"/api/v1{path}", data, content_type="application/json", headers={"If-Match": '"1"'})


# -- rows of others ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["su", "he", "duan"])
def test_no_row_of_another_unit_is_reached_by_its_number(browse, city, world, name):
    """Another bureau, a unit beneath, a county: by every page and every method of the API (A01)."""
    other = browse(getattr(city, name))
    for part, row in own_rows(world).items():
        for page in ("", "edit/", "delete/", "history/"):
            assert other.get(f"/{part}/{row.pk}/{page}").status_code == 404, (part, page)
        for page in ("edit/", "delete/"):
            sent = {"version": row.version, "name": "夺取", "note": "夺取"}
            assert other.post(f"/{part}/{row.pk}/{page}", sent).status_code == 404, (part, page)
        for method, path in (("get", ""), ("patch", ""), ("delete", ""), ("get", "/history")):
            answer = call(other, method, f"/{part}/{row.pk}{path}", {} if method == "patch" else None)
            assert answer.status_code == 404 and "卫生" not in answer.content.decode(), (part, method)
    for row in own_rows(world).values():
        assert type(row).objects.get(pk=row.pk).version == row.version


def test_no_list_count_picture_or_suggestion_tells_of_another_bureau(browse, city, world):
    """Names and numbers alike (A06)."""
    for model in (ProtectedObject, Network, Component):
        search.refresh_many(model.objects.all())
    other = browse(city.su)
    pages = ["/", "/search/?q=卫生", "/search/?q=档案", "/reports/", "/notices/", "/jobs/"]
    pages += [f"/{part}/" for part in own_rows(world)] + [f"/objects/{world.school.pk}/topology/"]
    pages += [f"/objects/{world.school.pk}/", "/objects/?q=平台&sort=-name", "/components/?kind=server"]
    for page in pages:
        html = other.get(page, headers={"HX-Request": "true"} if "q=档案" in page else {}).content.decode()
        assert [secret for secret in SECRETS if secret in html] == [], page
    for part in own_rows(world):
        answer = call(other, "get", f"/{part}").json()
        expected = 1 if part == "objects" else 0
        assert answer["total"] == len(answer["items"]) == expected, part
    assert len(other.get("/objects/").context["page"].rows) == 1
    assert sum(chip.count for chip in other.get("/objects/").context["chips"][:1]) == 1


# -- pointing to rows of others ----------------------------------------------------------------------------


def foreign_keys(world: Any, school: dict[str, Any]) -> list[tuple[str, Any, str, Any]]:
    """(address part, own row, field, row of another bureau that the field must not take)."""
    return [
        ("objects", world.platform, "parent_system", world.school),
        ("networks", world.network, "protected_object", world.school),
        ("zones", world.zone, "network", school["network"]),
        ("components", world.server, "protected_object", world.school),
        ("components", world.server, "zone", school["zone"]),
        ("data", world.data, "protected_object", world.school),
        ("links", world.outside, "from_object", world.school),
        ("links", world.inner, "to_component", school["component"]),
        ("hostings", world.hosting, "tenant", world.school),
        ("hostings", world.hosting, "platform", world.school),
    ]


@pytest.fixture
def school(world) -> dict[str, Any]:
    """Parts of the education bureau's system."""
    network = make_network(world.school, "教育城域网")
    return {
        "network": network, "zone": make_zone(network, "校园区"),
        "component": make_component(world.school, "学籍服务器"),
    }  # fmt: skip


@pytest.mark.parametrize("number", range(10))
def test_a_row_is_not_pointed_at_another_bureaus(browse, city, world, school, number):
    """By the API, which sends the rest of the row as it stands (A03)."""
    part, row, field, foreign = foreign_keys(world, school)[number]
    before = getattr(row, f"{field}_id")
    body = {field: foreign.pk, **({"is_subsystem": True} if field == "parent_system" else {})}
    answer = call(browse(city.lin), "patch", f"/{part}/{row.pk}", body)
    assert answer.status_code == 422 and field in answer.json()["errors"], answer.content.decode()
    assert "教育" not in answer.content.decode() and "学籍" not in answer.content.decode()
    row.refresh_from_db()
    assert getattr(row, f"{field}_id") == before


def test_a_row_is_not_moved_to_another_bureau_nor_given_to_its_people(browse, city, world):
    lin = browse(city.lin)
    for body in ({"unit": city.education.pk}, {"unit": city.root.pk}, {"owner": city.su.pk}):
        answer = call(lin, "patch", f"/objects/{world.platform.pk}", body)
        assert answer.status_code == 422 and set(answer.json()["errors"]) == set(body)
    form = lin.get(f"/objects/{world.platform.pk}/edit/").content.decode()
    assert "市教育局" not in form and "苏晚晴" not in form
    world.platform.refresh_from_db()
    assert (world.platform.unit, world.platform.owner) == (city.health, city.lin)


# -- workbooks ---------------------------------------------------------------------------------------------


def test_a_workbook_with_others_numbers_among_mine_changes_nothing(browse, city, world):
    """Rows without a code of their own carry their number in the database (A04)."""
    theirs = make_component(world.school, "学籍服务器")
    lin = browse(city.lin)
    page = "/components/import/"
    book = load_workbook(io.BytesIO(lin.get(f"{page}rows/").content))
    put(book, 2, 名称="改名")
    last = book.worksheets[0].max_row + 1
    for column in range(1, book.worksheets[0].max_column + 1):
        book.worksheets[0].cell(last, column).value = book.worksheets[0].cell(2, column).value
    put(book, last, 记录号=theirs.pk, 版本=theirs.version, 名称="夺取")
    out = io.BytesIO()
    book.save(out)
    sent = lin.post(page, {"file": SimpleUploadedFile("a.xlsx", out.getvalue())}, follow=True)
    html = sent.content.decode()
    assert "没有找到这一条，或您不能修改它" in html and "确认导入" not in html
    assert lin.post(sent.redirect_chain[-1][0]).status_code == 409
    assert set(Component.objects.values_list("name", flat=True)) == {"边界防火墙", "档案服务器", "学籍服务器"}


def test_who_may_only_add_overwrites_nothing_by_naming_its_code_and_version(browse, city, monkeypatch):
    """A05: the right to import and to add, the code and the version of a row that is there."""
    monkeypatch.setattr(permissions, "_by_role", copy.deepcopy(permissions._by_role))
    permissions._by_role["assets.protectedobject"]["change"].discard("act_as_owner")
    mine = make_object(city.health, "原名", code="XT-00077")
    lin = browse(city.lin)
    for version in (mine.version, None):
        book = book_of(lin, "template")
        new_row(book, 2, str(city.health), "改名", 编号="XT-00077", 版本=version)
        page = send(lin, book)
        assert "确认导入" not in page.content.decode(), version
        assert lin.post(page.redirect_chain[-1][0]).status_code == 409
    mine.refresh_from_db()
    assert (mine.name, ProtectedObject.objects.count()) == ("原名", 1)
    book = book_of(lin, "template")
    new_row(book, 2, str(city.health), "新系统")
    assert "新增 1 条" in send(lin, book).content.decode()  # what he may, he can


def test_a_name_that_is_a_formula_is_text_in_every_workbook(browse, city, world):
    """A25: the list, the rows to change, the drop-downs of the template."""
    names = ['=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)"]
    for name in names:
        make_component(world.platform, name)
    make_object(city.health, names[0])
    lin = browse(city.lin)
    for path in ("/components/export/", "/components/import/rows/", "/components/import/template/"):
        response = lin.get(path)
        book = load_workbook(io.BytesIO(response.getvalue()))
        cells = [cell for sheet in book for row in sheet for cell in row if str(cell.value or "")[:1] in "=+-@"]
        cells = [cell for cell in cells if cell.value]
        assert cells, path
        assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}, path


# -- text --------------------------------------------------------------------------------------------------


def test_script_in_a_name_is_text_on_every_page(browse, city, world):
    """The protected error of a deletion, the confirmation, lists, forms, pictures, messages, search (A18)."""
    lin = browse(city.lin)
    bad = make_object(city.health, SCRIPT, offers_hosting=True, owner=city.lin, status="building")
    part = make_component(bad, SCRIPT, is_key=True, redundancy="single")
    make_hosting(world.platform, bad)
    make_link(bad, world.platform, purpose=SCRIPT)
    make_data(bad, SCRIPT)
    network = make_network(bad, SCRIPT)
    search.refresh_many([bad, part, network])
    pages = [
        "/", "/objects/", f"/objects/{bad.pk}/", f"/objects/{bad.pk}/edit/", f"/objects/{bad.pk}/delete/",
        f"/objects/{bad.pk}/topology/", f"/objects/{bad.pk}/history/", "/components/", f"/components/{part.pk}/",
        "/components/new/", "/networks/", f"/networks/{network.pk}/topology/", "/links/", "/hostings/", "/data/",
        "/search/?q=script", "/reports/", f"/objects/?q={SCRIPT}", f"/components/?protected_object={bad.pk}",
    ]  # fmt: skip
    answers = [lin.get(page) for page in pages]
    refused = lin.post(f"/objects/{bad.pk}/delete/", {"version": bad.version})
    assert refused.status_code == 409 and "不能删除" in refused.content.decode()
    assert lin.post(f"/components/{part.pk}/delete/", {"version": part.version}).status_code == 302
    told = lin.get("/components/")
    assert "已删除" in told.content.decode()
    for answer in (*answers, refused, told):
        html = answer.content.decode()
        where = answer.request["PATH_INFO"]
        assert answer.status_code in (200, 409), where
        assert "<script>alert" not in html and "<img src=x" not in html and "%3Cscript%3Ealert" not in where, where
    assert all("&lt;script&gt;alert" in answer.content.decode() for answer in (refused, answers[1], answers[2], told))


# -- addresses ---------------------------------------------------------------------------------------------

ORDERS = ("owner__password", "unit__path", "-password", "name;DROP TABLE assets_component", "name--", "pk) OR 1=1", "?")


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_from_the_address_is_a_declared_one_or_none(browse, city, world, order):
    """Neither reaching into other tables nor into the statement (A28)."""
    lin = browse(city.lin)
    page = lin.get("/objects/", {"sort": order})
    assert page.status_code == 200 and "不能按所给的列排序" in page.content.decode()
    answer = lin.get("/api/v1/objects", {"sort": order})
    assert answer.status_code == 422 and "sort" in answer.json()["errors"]
    assert lin.get("/objects/export/", {"sort": order, "cols": order}).status_code == 200


@pytest.mark.parametrize("name", ["owner__password", "unit__path__startswith", 'name") OR 1=1 --', "pk__in", "extra"])
def test_a_filter_nobody_declared_narrows_nothing_and_is_refused_by_the_api(browse, city, world, name):
    lin = browse(city.lin)
    assert len(lin.get("/objects/", {name: "x' OR '1'='1"}).context["page"].rows) == 1
    answer = lin.get("/api/v1/objects", {name: "x' OR '1'='1"})
    assert answer.status_code == 422 and ProtectedObject.objects.count() == 4
