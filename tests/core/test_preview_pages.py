"""Every row of an import's preview can be looked at, a page at a time."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from openpyxl import load_workbook

from assets.models import ProtectedObject
from secmgmt.core import sheets_import
from tests.assets.factories import make_object
from tests.core.test_sheets import book_of, new_row, put, send
from tests.support import CastClient, City

PARTS = 2
Entry = sheets_import.Entry


@pytest.fixture
def lin(city: City) -> CastClient:
    client = CastClient()
    client.force_login(city.lin)
    return client


@pytest.fixture
def address(lin, city, monkeypatch) -> str:
    """The preview of five new rows and three changed ones, two of them on a page."""
    monkeypatch.setattr(sheets_import, "PART", PARTS)
    monkeypatch.setattr("secmgmt.core.sheets_views.PART", PARTS)
    for number in range(3):
        make_object(city.health, f"旧{number}", owner=city.lin, in_operation_on=dt.date(2020, 1, 1))
    book = load_workbook(io.BytesIO(lin.get("/objects/import/rows/").content))
    for number in range(3):
        put(book, number + 2, 名称=f"改{number}")
    for number in range(5):
        new_row(book, number + 5, str(city.health), f"新{number}")
    return send(lin, book).redirect_chain[-1][0]


def named(client, url: str, mark: str) -> list[str]:
    return re.findall(rf"{mark}\d", client.get(url).content.decode())


def test_every_new_and_every_changed_row_is_on_one_of_the_pages(lin, address):
    for show, mark, count in (("adds", "新", 5), ("changes", "改", 3)):
        pages = [set(named(lin, f"{address}?show={show}&page={n}", mark)) for n in range(1, -(-count // PARTS) + 1)]
        assert all(0 < len(page) <= PARTS for page in pages)
        assert set.union(*pages) == {f"{mark}{n}" for n in range(count)}
    told = lin.get(f"{address}?show=adds&page=3").content.decode()
    assert "第 5–5 条，共 5 条" in told and "show=adds&amp;page=2" in told
    assert "第 1–2 条，共 5 条" in lin.get(address).content.decode()


@pytest.mark.parametrize(("asked", "stands"), [("0", "1–2"), ("99", "5–5"), ("x", "1–2"), ("-1", "1–2")])
def test_a_page_that_is_none_shows_the_nearest(lin, address, asked, stands):
    assert f"第 {stands} 条" in lin.get(f"{address}?show=adds&page={asked}").content.decode()


def test_a_page_reads_no_row_of_the_others_and_confirming_reads_them_all(lin, address, monkeypatch):
    read = []
    monkeypatch.setattr(sheets_import, "Entry", lambda **row: read.append(row["name"]) or Entry(**row))
    lin.get(f"{address}?show=adds&page=2")
    assert read == ["新2", "新3"]
    assert lin.post(f"{address}?show=adds&page=2").status_code == 302
    names = {f"改{n}" for n in range(3)} | {f"新{n}" for n in range(5)}
    assert set(ProtectedObject.objects.values_list("name", flat=True)) == names


def test_refusals_are_paged_too(lin, city, monkeypatch):
    monkeypatch.setattr(sheets_import, "PART", PARTS)
    monkeypatch.setattr("secmgmt.core.sheets_views.PART", PARTS)
    book = book_of(lin, "template")
    for number in range(3):
        new_row(book, number + 2, str(city.health), f"新{number}", 运行状态=f"飞行{number}")
    url = send(lin, book).redirect_chain[-1][0]
    assert set(named(lin, url, "飞行")) == {"飞行0", "飞行1"} and set(named(lin, f"{url}?page=2", "飞行")) == {"飞行2"}
