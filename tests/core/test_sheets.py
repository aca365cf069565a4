"""Import and export of workbooks, through the pages of protected objects."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from assets.inventory.sheets import OBJECT_SHEET
from assets.models import ProtectedObject
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent
from tests.assets.factories import make_object
from tests.support import CastClient, City

PAGE = "/objects/import/"


@pytest.fixture
def lin(city: City) -> CastClient:
    client = CastClient()
    client.force_login(city.lin)
    return client


def book_of(client, page="rows"):
    return load_workbook(io.BytesIO(client.get(f"{PAGE}{page}/").content))


def send(client, book, name="a.xlsx"):
    data = book
    if isinstance(book, Workbook):
        out = io.BytesIO()
        book.save(out)
        data = out.getvalue()
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data)}, follow=True)


def put(book, row, **values):
    """Fill cells of a row by the Chinese heads."""
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    for head, value in values.items():
        sheet.cell(row, heads.index(head) + 1).value = value


def address(book, row, head):
    sheet = book.worksheets[0]
    return sheet.cell(row, [cell.value for cell in sheet[1]].index(head) + 1).coordinate


def new_row(book, row, unit, name, **values):
    """The least that is valid, by field, under whatever head the form gives it."""
    fields = OBJECT_SHEET.make_form(None, False).fields
    cells = {"unit": unit, "name": name, "contact": "某人"}
    for field, stored in (("kind", "system"), ("status", "building"), ("construction", "new")):
        labels = {str(k): str(v) for k, v in fields[field].choices}
        cells[field] = labels.get(stored) or list(labels.values())[-1]
    put(book, row, **{str(fields[field].label): value for field, value in cells.items()})
    put(book, row, **values)


def test_a_filled_template_adds_its_rows_only_after_confirming(
    lin, city, django_capture_on_commit_callbacks
):
    book = book_of(lin, "template")
    new_row(book, 2, str(city.health), "甲系统")
    new_row(book, 3, str(city.health), "乙系统")
    page = send(lin, book)
    assert "新增 2 条" in page.content.decode()
    assert not ProtectedObject.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        lin.post(page.redirect_chain[-1][0])
    codes = set(ProtectedObject.objects.values_list("code", flat=True))
    assert len(codes) == 2
    event = AuditEvent.objects.get(verb="assets.protectedobject.import")
    assert event.detail["added"] == 2 and event.detail["count"] == 2
    assert lin.post(page.redirect_chain[-1][0]).status_code == 404


def test_an_exported_row_is_changed_and_its_version_goes_up(lin, city):
    obj = make_object(city.health, "旧名", owner=city.lin, in_operation_on=dt.date(2020, 1, 1))
    book = book_of(lin)
    put(book, 2, 名称="新名")
    page = send(lin, book)
    shown = page.content.decode()
    assert "<del>旧名</del>" in shown and "<ins>新名</ins>" in shown and address(book, 2, "名称") in shown
    lin.post(page.redirect_chain[-1][0])
    old = obj.version
    obj.refresh_from_db()
    assert obj.name == "新名" and obj.version == old + 1 and obj.updated_by == city.lin


@pytest.mark.parametrize("name", ["=1+1", "@cmd", "普通", "-2", "甲\n乙", " 001"])
def test_what_is_exported_and_imported_again_changes_nothing(lin, city, name):
    make_object(city.health, "对象" + name, business=name.strip(), owner=city.lin, in_operation_on=dt.date(2020, 1, 1))
    make_object(city.hospital, "=2+3", owner=city.lin, in_operation_on=dt.date(2021, 2, 3), user_count=12)
    content = send(lin, lin.get(f"{PAGE}rows/").content).content.decode()
    assert "新增 0 条，修改 0 条，不变 2 条，不能导入 0 处" in content, content


def test_a_name_that_looks_like_a_formula_is_exported_as_text(lin, city):
    make_object(city.health, "=HYPERLINK(1)", owner=city.lin, in_operation_on=dt.date(2020, 1, 1))
    for data in (lin.get(f"{PAGE}rows/").content, lin.get("/objects/export/").content):
        cells = [c for r in load_workbook(io.BytesIO(data)).worksheets[0] for c in r if c.value == "=HYPERLINK(1)"]
        assert cells and all(cell.data_type != "f" for cell in cells)


def test_a_stale_row_is_refused_with_who_and_when(lin, city):
    obj = make_object(city.health, "甲", owner=city.lin, in_operation_on=dt.date(2020, 1, 1))
    book = book_of(lin)
    put(book, 2, 名称="乙")
    ProtectedObject.objects.filter(pk=obj.pk).update(version=9, updated_by=city.zhou, updated_at=now())
    page = send(lin, book).content.decode()
    assert "周砚" in page and address(book, 2, "版本") in page
    assert "确认导入" not in page


def test_a_change_between_preview_and_confirmation_stores_nothing(lin, city):
    one = make_object(city.health, "甲", owner=city.lin, in_operation_on=dt.date(2020, 1, 1))
    book = book_of(lin)
    put(book, 2, 名称="乙")
    new_row(book, 3, str(city.health), "丙")
    url = send(lin, book).redirect_chain[-1][0]
    ProtectedObject.objects.filter(pk=one.pk).update(version=9)
    assert lin.post(url).status_code == 409
    assert list(ProtectedObject.objects.values_list("name", flat=True)) == ["甲"]
    assert not AuditEvent.objects.filter(verb="assets.protectedobject.import").exists()


def test_a_foreign_unit_and_a_bad_choice_are_refused_by_cell(lin, city):
    book = book_of(lin, "template")
    new_row(book, 2, str(city.education), "甲", 运行状态="飞行")
    label = str(OBJECT_SHEET.make_form(None, False).fields["unit"].label)
    page = send(lin, book).content.decode()
    assert address(book, 2, label) in page and address(book, 2, "运行状态") in page
    assert "确认导入" not in page


def test_a_foreign_row_is_never_overwritten_by_its_code(lin, city):
    theirs = make_object(city.education, "教育", code="XT-00077", owner=city.su, in_operation_on=dt.date(2020, 1, 1))
    for version in (None, theirs.version):
        book = book_of(lin, "template")
        new_row(book, 2, str(city.health), "冒名", 编号="XT-00077", 版本=version)
        page = send(lin, book)
        assert "确认导入" not in page.content.decode()
        lin.post(page.redirect_chain[-1][0])
    theirs.refresh_from_db()
    assert theirs.name == "教育"
    assert ProtectedObject.objects.count() == 1


def test_another_person_cannot_see_or_confirm_a_preview(lin, city):
    book = book_of(lin, "template")
    new_row(book, 2, str(city.health), "甲")
    url = send(lin, book).redirect_chain[-1][0]
    su = CastClient()
    su.force_login(city.su)
    assert su.get(url).status_code == 404
    assert su.post(url).status_code == 404
    assert not ProtectedObject.objects.exists()


def test_files_that_are_not_the_template_are_refused_in_chinese(lin, city):
    assert "不是 Excel" in send(lin, b"a,b\n1,2\n").content.decode()
    wrong = Workbook()
    wrong.active.append(["甲"])
    assert "没有找到工作表" in send(lin, wrong).content.decode()
    book = book_of(lin, "template")
    book.worksheets[0]["A1"] = "随便"
    assert "A1“随便”不是模板中的列" in send(lin, book).content.decode()
    assert "没有数据" in send(lin, book_of(lin, "template")).content.decode()
    assert not ProtectedObject.objects.exists()


def test_a_code_given_twice_is_refused_with_the_other_row(lin, city):
    book = book_of(lin, "template")
    for row in (2, 3):
        new_row(book, row, str(city.health), f"系统{row}", 编号="XT-1")
    page = send(lin, book).content.decode()
    assert "与第 2 行重复" in page and address(book, 3, "编号") in page


def test_who_may_not_import_is_refused(city):
    client = CastClient()
    client.force_login(city.gao)
    assert client.get(PAGE).status_code == 403


def test_the_preview_of_a_new_row_shows_every_filled_cell_by_its_address(lin, city):
    book = book_of(lin, "template")
    new_row(book, 2, str(city.health), "甲系统", 业务描述="挂号与缴费")
    page = send(lin, book).content.decode()
    for head, text in (("业务描述", "挂号与缴费"), ("名称", "甲系统"), ("联系人", "某人")):
        assert f'<span class="mono">{address(book, 2, head)}</span> {head}</dt><dd>{text}</dd>' in page, head


def test_a_refusal_names_cell_column_value_and_what_is_expected_once(lin, city):
    book, count = book_of(lin, "template"), str(OBJECT_SHEET.make_form(None, False).fields["user_count"].label)
    new_row(book, 2, str(city.health), "长" * 200, **{"投入运行日期": "去年春天", count: "-5"})
    page = send(lin, book).content.decode()
    for head, value, told in (
        ("投入运行日期", "去年春天", "日期，如 2026-01-31"),
        (count, "-5", "整数，如 12"),
        ("名称", "长" * 40 + "…", "不超过 100 字"),
    ):
        row = next(part for part in page.split("<tr>") if f">{address(book, 2, head)}</th>" in part)
        assert head in row and value in row and told in row, head
    assert page.count(f">{address(book, 2, '名称')}</th>") == 1 and "没有填写" not in page


def test_an_export_to_read_is_refused_with_the_name_of_the_export_to_change(lin, city):
    make_object(city.health, "甲", owner=city.lin)
    assert "请用“导出修改”" in send(lin, lin.get("/objects/export/").content).content.decode()
    assert "只供查阅，不能再导入" in lin.get("/objects/").content.decode()


def test_the_sheet_of_notes_says_of_every_column_what_it_takes(lin, city):
    notes = book_of(lin, "template")["填写说明"]
    rows = {row[0]: row for row in notes.iter_rows(min_row=5, values_only=True)}
    assert set(rows) == {str(OBJECT_SHEET.make_form(None, False).fields[name].label) for name in OBJECT_SHEET.columns}
    assert rows["名称"][1:3] == ("必填", "文字，不超过 100 字")
    assert rows["投入运行日期"][2] == "日期，如 2026-01-31"
    assert "已运行" in rows["运行状态"][3] and all(row[2] for row in rows.values())
