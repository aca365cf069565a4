"""Files that are no filled template, sent to the page: each is told what is wrong and where, and changes nothing."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from assets.models import ProtectedObject
from secmgmt.core.models import AuditEvent, Job
from tests.core.filesafety.builders import changed, part_of, saved
from tests.core.test_sheets import book_of, new_row, send

PAGE, SHEET = "/objects/import/", "xl/worksheets/sheet1.xml"


@pytest.fixture
def lin(browse, city):
    return browse(city.lin)


def template(lin) -> Workbook:
    return book_of(lin, "template")


def filled(lin, city, name="甲系统") -> Workbook:
    book = template(lin)
    new_row(book, 2, str(city.health), name)
    return book


def with_part(book: Workbook, name: str, content: str | bytes) -> bytes:
    return changed(saved(book), {name: content}).getvalue()


def with_document_type(lin, city) -> bytes:
    source = saved(filled(lin, city))
    text = part_of(source, SHEET).replace("<worksheet", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1)
    return changed(source, {SHEET: text}).getvalue()


def merged(lin, city) -> Workbook:
    book = filled(lin, city)
    book.worksheets[0].merge_cells("A1:B1")
    return book


def other_sheet(lin, city) -> Workbook:
    book = filled(lin, city)
    book.worksheets[0].title = "别的"
    return book


def too_long(lin, city) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(template(lin).worksheets[0].title)
    sheet.append([cell.value for cell in template(lin).worksheets[0][1]])
    for number in range(10_001):
        sheet.append([f"X-{number}"])
    return saved(book).getvalue()


def formula(lin, city) -> Workbook:
    return filled(lin, city, "=1+1")


def control(lin, city) -> bytes:
    source = saved(filled(lin, city, "甲BELL系统"))
    return changed(source, {SHEET: part_of(source, SHEET).replace("BELL", "_x0007_")}).getvalue()


def twice(lin, city) -> Workbook:
    book = filled(lin, city)
    new_row(book, 3, str(city.health), "甲系统")
    return book


BAD = {
    "text": (lambda lin, city: b"a,b\n1,2\n", "不是 Excel"),
    "nothing": (lambda lin, city: b"", "空"),
    "bomb": (lambda lin, city: with_part(filled(lin, city), "xl/media/a.bin", b"0" * 80_000_000), "压缩"),
    "document type": (with_document_type, "DTD"),
    "macro": (lambda lin, city: with_part(filled(lin, city), "xl/vbaProject.bin", b"x" * 99), "宏"),
    "another sheet": (other_sheet, "没有找到工作表"),
    "merged header": (merged, "A1:B1"),
    "too many rows": (too_long, "10000"),
    "formula": (formula, "是公式（=1+1）"),
    "control character": (control, "控制字符"),
    "the same name twice": (twice, "与第 2 行重复"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_told_what_and_where_and_changes_nothing(lin, city, kind):
    make, sentence = BAD[kind]
    page = send(lin, make(lin, city))
    html = page.content.decode()
    assert sentence in html, html[html.find("<main") :][:3000]
    assert "确认导入" not in html and page.status_code in (200, 400, 413, 415, 422)
    if page.redirect_chain:
        lin.post(page.redirect_chain[-1][0])
    else:
        assert AuditEvent.objects.filter(verb="refused.import").exists()
    assert not ProtectedObject.objects.exists() and not Job.objects.exists()


def test_a_name_that_is_stored_already_is_told_at_its_cell(lin, city):
    page = send(lin, filled(lin, city))
    lin.post(page.redirect_chain[-1][0])
    again = send(lin, filled(lin, city)).content.decode()
    assert "该单位已有同名的定级对象" in again and "C2" in again
    assert ProtectedObject.objects.count() == 1


def test_a_file_without_a_name_of_ours_is_read_by_its_content(lin, city):
    data = saved(filled(lin, city)).getvalue()
    page = lin.post(PAGE, {"file": SimpleUploadedFile("台账.pdf", data)}, follow=True)
    assert page.status_code in (200, 415, 422) and not ProtectedObject.objects.exists()
    assert load_workbook(io.BytesIO(data))
