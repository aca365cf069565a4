"""Telephone numbers in the inventory: unreadable in the database, whole in the form and the workbook."""

from __future__ import annotations

import importlib
import io
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from openpyxl import load_workbook

from assets.models import ProtectedObject

from ..factories import make_object

NUMBERS = {"contact_phone": "13812345678", "operator_phone": "0374-2988888"}


def stored(obj) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_phone, operator_phone FROM assets_protectedobject WHERE id = %s", [obj.pk])
        return cursor.fetchone()


@pytest.fixture
def obj(city):
    return make_object(city.health, "门户", owner=city.lin, in_operation_on="2020-01-01", **NUMBERS)


def test_the_database_holds_no_number_that_can_be_read(obj):
    for text, number in zip(stored(obj), NUMBERS.values(), strict=True):
        assert number not in text and text.split(".")[0] in ("aes", "sm4")
    again = ProtectedObject.objects.get(pk=obj.pk)
    assert (again.contact_phone, again.operator_phone) == tuple(NUMBERS.values())


def test_the_workbook_carries_the_number_there_and_back_encrypted(browse, city, obj):
    lin = browse(city.lin)
    data = lin.get("/objects/import/rows/").content
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, heads.index("联系电话") + 1).value == "13812345678"
    page = lin.post("/objects/import/", {"file": SimpleUploadedFile("a.xlsx", data)}, follow=True)
    assert "新增 0 条，修改 0 条，不变 1 条" in page.content.decode()
    sheet.cell(2, heads.index("联系电话") + 1).value = "13900001111"
    out = io.BytesIO()
    book.save(out)
    page = lin.post("/objects/import/", {"file": SimpleUploadedFile("a.xlsx", out.getvalue())}, follow=True)
    lin.post(page.redirect_chain[-1][0])
    obj.refresh_from_db()
    assert obj.contact_phone == "13900001111" and "13900001111" not in stored(obj)[0]


def test_numbers_stored_plainly_before_are_encrypted_and_can_be_brought_back(obj):
    step = importlib.import_module("assets.migrations.0004_phones_encrypted")
    editor = SimpleNamespace(connection=connection)
    step.decrypt(None, editor)
    assert stored(obj) == tuple(NUMBERS.values())
    step.encrypt(None, editor)
    assert "13812345678" not in stored(obj)[0]
    assert ProtectedObject.objects.get(pk=obj.pk).contact_phone == "13812345678"
