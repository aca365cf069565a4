"""Registry lines of secret-bearing systems: unit and number, nothing else, by whichever door."""

from __future__ import annotations

import io
import json

from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from assets.models import ProtectedObject
from secmgmt.core.models import Attachment, Comment

from ..factories import make_object, make_register_line


def test_a_line_takes_unit_and_number_and_drops_everything_else(browse, city):
    sent = {
        "unit": city.health.pk, "secret_number": "密登-2026-07", "version": 0, "name": "某某系统", "business": "用途",
        "kind": "system", "contact": "某人", "security_level": 3,
    }  # fmt: skip
    response = browse(city.lin).post("/registry/new/", sent)
    assert response.status_code == 302
    line = ProtectedObject.objects.get()
    assert line.is_secret_register and line.secret_number == "密登-2026-07"
    assert (line.name, line.business, line.kind, line.contact, line.security_level) == ("", "", "", "", None)


def test_the_form_asks_for_two_things_and_says_where_the_rest_belongs(browse, city):
    html = browse(city.lin).get("/registry/new/").content.decode()
    assert "另行归口，按分级保护管理" in html
    assert 'name="secret_number"' in html and 'name="unit"' in html
    for name in ("name", "business", "kind", "contact", "code"):
        assert f'name="{name}"' not in html


def test_a_line_needs_a_plain_number_used_once(browse, city):
    lin = browse(city.lin)
    base = {"unit": city.health.pk, "version": 0}
    assert lin.post("/registry/new/", {**base, "secret_number": ""}).status_code == 422
    assert lin.post("/registry/new/", {**base, "secret_number": "某系统 在三楼机房"}).status_code == 422
    for told in ("市公安局情报分析系统1", "涉密系统", "FB-1 三楼", "FB-1，市局"):
        assert lin.post("/registry/new/", {**base, "secret_number": told}).status_code == 422, told
    assert lin.post("/registry/new/", {**base, "secret_number": "FB-1"}).status_code == 302
    again = lin.post("/registry/new/", {**base, "secret_number": "FB-1"})
    assert again.status_code == 422 and "这个登记号已被使用" in again.content.decode()


def test_a_line_has_no_object_page_and_an_object_no_registry_page(browse, city):
    lin, line, obj = browse(city.lin), make_register_line(city.health, "FB-1"), make_object(city.health)
    assert lin.get(f"/objects/{line.pk}/").status_code == 404
    assert lin.get(f"/objects/{line.pk}/edit/").status_code == 404
    assert lin.get(f"/objects/{line.pk}/topology/").status_code == 404
    assert lin.get(f"/registry/{obj.pk}/").status_code == 404
    assert "FB-1" not in lin.get("/objects/").content.decode()
    assert "FB-1" in lin.get("/registry/").content.decode()


def test_nothing_is_hung_on_a_line(browse, city):
    lin, line = browse(city.lin), make_register_line(city.health, "FB-1")
    part = {
        "protected_object": line.pk,
        "kind": "server",
        "name": "服务器",
        "quantity": 1,
        "redundancy": "single",
    }
    assert lin.post("/components/new/", {**part, "version": 0}).status_code == 422
    net = {"protected_object": line.pk, "name": "网", "kind": "lan", "relation": "part", "version": 0}
    assert lin.post("/networks/new/", net).status_code == 422


def test_the_api_cannot_fill_a_line_either(browse, city):
    lin, line = browse(city.lin), make_register_line(city.health, "FB-1")
    response = lin.patch(
        f"/api/v1/objects/{line.pk}", json.dumps({"name": "某某系统", "kind": "system"}),
        content_type="application/json", headers={"If-Match": '"1"'},
    )  # fmt: skip
    assert response.status_code == 422
    line.refresh_from_db()
    assert line.name == "" and line.kind == ""


def test_neither_files_nor_remarks_nor_gradings_hang_on_a_line(browse, city):
    lin, line = browse(city.lin), make_register_line(city.health, "FB-1")
    where = {"kind": ContentType.objects.get_for_model(line).pk, "object_id": line.pk}
    upload = {"file": SimpleUploadedFile("说明.txt", "某系统的说明".encode()), "declared": "on"}
    for name, sent in (("core:file-attach", upload), ("core:comment-add", {"text": "某系统在三楼"})):
        answer = lin.post(reverse(name, kwargs=where), sent)
        assert answer.status_code == 409 and "只登记单位和登记号" in answer.content.decode(), name
    sent = {"protected_object": line.pk, "report_date": "2026-01-01", "rule_set": "2025", "version": 0}
    assert lin.post("/gradings/new/", sent).status_code == 422
    assert not Attachment.of(line).exists() and not Comment.of(line).exists()


def test_a_workbook_brings_in_no_line_and_changes_none(browse, city):
    lin, line = browse(city.lin), make_register_line(city.health, "FB-1")
    book = load_workbook(io.BytesIO(lin.get("/objects/import/rows/").content))
    assert book.worksheets[0].max_row == 1
    assert "登记号" not in [cell.value for cell in book.worksheets[0][1]]
    assert lin.get("/registry/import/").status_code == 404
    line.refresh_from_db()
    assert line.secret_number == "FB-1"
