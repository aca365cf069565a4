"""What attackers try on pages and files whatever they are about, through HTTP; each test has its guard."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from secmgmt.core import previews
from secmgmt.core.models import Attachment, AuditEvent, Job
from tests.assets.factories import make_object
from tests.core.filesafety import builders
from tests.core.filesafety.test_archives import LAUGHS, XXE, with_count
from tests.support import City, login

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
IMPORT = "/objects/import/"


@pytest.fixture
def obj(city: City) -> Any:
    """A system of the health bureau."""
    return make_object(city.health, "卫生平台", owner=city.lin)


@pytest.fixture
def lin(client, city: City) -> Client:
    """林予安's browser, signed in with the form."""
    assert login(client, city.lin).status_code == 302
    return client


def place(obj: Any) -> str:
    """Where files are uploaded to."""
    return f"/files/on/{ContentType.objects.get_for_model(obj).pk}/{obj.pk}/"


def upload(client: Client, obj: Any, name: str, content: bytes) -> Any:
    return client.post(place(obj), {"file": SimpleUploadedFile(name, content), "declared_not_secret": "on"})


def kept() -> set[str]:
    """Every file in the storage."""
    folders, found = [""], set()
    while folders:
        folder = folders.pop()
        if not default_storage.exists(folder):
            continue
        below, files = default_storage.listdir(folder)
        folders += [f"{folder}/{name}".lstrip("/") for name in below]
        found |= {f"{folder}/{name}".lstrip("/") for name in files}
    return found


# -- pages -------------------------------------------------------------------------------------------------


def test_no_cache_keeps_an_answer_to_a_person(lin, obj):
    """A16: pages, fragments, files, exports, the API, refusals; the sign-in page too."""
    upload(lin, obj, "日志.txt", "扫描通过".encode())
    pages = [
        "/", "/objects/", f"/objects/{obj.pk}/", f"/objects/{obj.pk}/edit/", "/objects/export/", "/search/?q=卫生",
        "/api/v1/objects", f"/api/v1/objects/{obj.pk}", f"/files/{Attachment.objects.get().pk}/", "/objects/999/",
        "/no/such/", "/objects/import/template/", "/notices/", "/accounts/login/", "/manage/users/",
    ]  # fmt: skip
    for page in pages:
        for headers in ({}, {"HX-Request": "true"}):
            told = lin.get(page, headers=headers).get("Cache-Control", "")
            assert {"no-store", "private"} <= set(re.split(r", *", told)), page


def test_a_form_sent_by_another_site_is_refused_with_a_page_and_a_row(city, obj):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(city.lin)
    response = browser.post(place(obj), {"file": SimpleUploadedFile("a.txt", b"a"), "declared_not_secret": "on"})
    html = response.content.decode()
    assert response.status_code == 403 and "页面已过期" in html and "刷新后重新提交" in html and "林予安" in html
    event = AuditEvent.objects.get(verb="refused.csrf")
    assert (event.result, event.actor_id, event.detail["path"]) == ("refused", city.lin.pk, place(obj))
    assert not Attachment.objects.exists()


def test_a_stranger_without_a_token_gets_the_page_and_cannot_fill_the_trail(city):
    browser = Client(enforce_csrf_checks=True)
    for _number in range(5):
        response = browser.post("/accounts/login/", {"login": "lin", "password": "x"})
        assert response.status_code == 403 and "Cookie" in response.content.decode()
    assert list(AuditEvent.objects.values_list("verb", "actor_name")) == [("refused.csrf", "未登录")]


# -- names and keys ----------------------------------------------------------------------------------------

NAMES = [
    ("../../../etc/cron.d/报告.txt", "报告.txt"),
    ("..\\..\\Windows\\报告.txt", "报告.txt"),
    ("a／b∕报告.txt", "报告.txt"),
    ("报告\u202etxt.exe.txt", "报告txt.exe.txt"),
    ('报告";x=y.txt', "报告__x=y.txt"),
]


@pytest.mark.parametrize(("sent", "shown"), NAMES, ids=range(len(NAMES)))
def test_a_files_name_is_shown_clean_and_never_becomes_a_path(lin, obj, sent, shown):
    """A30: the body as a client of one's own making would send it."""
    before = kept()
    line = f'Content-Disposition: form-data; name="file"; filename="{sent}"'.replace('";x', '\\";x')
    parts = ['--b\r\nContent-Disposition: form-data; name="declared_not_secret"\r\n\r\non\r\n']
    body = "".join([*parts, f"--b\r\n{line}\r\nContent-Type: text/plain\r\n\r\n扫描通过\r\n--b--\r\n"]).encode()
    assert lin.generic("POST", place(obj), body, content_type="multipart/form-data; boundary=b").status_code == 302
    row = Attachment.objects.get()
    assert row.name == shown
    assert [bool(re.fullmatch("attachments/[0-9a-f]{32}", name)) for name in kept() - before] == [True]
    assert "\n" not in lin.get(f"/files/{row.pk}/")["Content-Disposition"]


@pytest.mark.parametrize("token", ["a" * 300, "A" * 32, "0" * 31, "-", "1-assets-protectedobject"], ids=range(5))
def test_a_token_is_looked_at_before_it_becomes_part_of_a_path(lin, city, token):
    """A32: a name too long for the disk would be an error of the server."""
    previews.keep(previews.new_token(), "assets.protectedobject", city.lin, {})
    assert lin.get(f"{IMPORT}{token}/").status_code == 404
    assert lin.post(f"{IMPORT}{token}/").status_code == 404


# -- contents ----------------------------------------------------------------------------------------------


def workbook(**parts: Any) -> bytes:
    """A workbook of protected objects with parts changed."""
    book = Workbook()
    book.active.title = "定级对象"
    return builders.changed(builders.saved(book), parts).getvalue()


def hostile() -> dict[str, tuple[bytes, str]]:
    """What is sent → (bytes, a word of the refusal)."""
    many = "".join(f'<row r="{n}"><c r="A{n}"><v>{n * 7919}</v></c></row>' for n in range(1, 20_001))
    return {
        "ratio": (workbook(**{SHEET: "<worksheet>" + " " * (8 * MB) + "</worksheet>"}), "压缩炸弹"),
        "directory": (with_count(4000, 4000).getvalue(), "超过上限 3000 个"),
        "dtd": (workbook(**{SHEET: LAUGHS}), "DTD"),
        "xxe": (workbook(**{"xl/workbook.xml": XXE}), "DTD"),
        "hidden dtd": (workbook(**{SHEET: LAUGHS.encode("utf-16")}), "DTD"),
        "macro": (workbook(**{"xl/vbaProject.bin": b"x"}), "宏"),
        "outside": (workbook(**{"../evil.xml": "<a/>"}), "之外"),
        "rows": (workbook(**{SHEET: f"<worksheet><sheetData>{many}</sheetData></worksheet>"}), "超过一次导入的上限"),
    }


HOSTILE = hostile()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_workbook_is_refused_by_the_import_and_nothing_is_kept(lin, kind):
    """A33, A34."""
    content, word = HOSTILE[kind]
    before = kept()
    response = lin.post(IMPORT, {"file": SimpleUploadedFile("表.xlsx", content)})
    assert response.status_code == 422 and word in response.content.decode(), response.content.decode()[-1500:]
    assert kept() == before and not Job.objects.exists()
    assert AuditEvent.objects.filter(verb="refused.import", result="refused").count() == 1


@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if kind != "rows"])
def test_a_hostile_document_is_refused_as_a_file_and_nothing_is_kept(lin, obj, kind):
    content, word = HOSTILE[kind]
    before = kept()
    response = upload(lin, obj, "证据.xlsx", content)
    assert response.status_code == 422 and word in response.content.decode()
    assert kept() == before and not Attachment.objects.exists()


ACTIVE = {
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "page.html": b"<script>alert(1)</script>",
    "page.txt": b"<!doctype html><script>alert(1)</script>",
    "drawing.png": b"<svg onload=alert(1)>",
    "picture.png": b"GIF89a" + b"\0" * 40,
    "program.log": b"MZ\x90\0\x03" + b"\0" * 40,
}


@pytest.mark.parametrize("name", ACTIVE)
def test_what_a_browser_would_run_is_no_evidence(lin, obj, name):
    """A35: by its extension, by its content, by the two together."""
    assert upload(lin, obj, name, ACTIVE[name]).status_code == 422
    assert not Attachment.objects.exists()


def test_of_several_files_in_one_field_none_gets_round_the_checks(lin, obj):
    """The one that is kept, the last, is the one that was looked at."""
    for names in (("page.html", "a.txt"), ("a.txt", "page.html")):
        files = [SimpleUploadedFile(name, ACTIVE.get(name, b"text")) for name in names]
        lin.post(place(obj), {"file": files, "declared_not_secret": "on"})
    assert list(Attachment.objects.values_list("name", flat=True)) == ["a.txt"]


def test_a_file_over_the_limit_is_refused_by_its_real_size(lin, obj, settings):
    """A36: the file alone is over, the body with its announced length is not."""
    settings.UPLOAD_MAX_BYTES = 1000
    assert upload(lin, obj, "大.txt", b"a" * 2000).status_code == 422
    assert not Attachment.objects.exists()
    book = io.BytesIO(HOSTILE["macro"][0])
    assert "超过上限" in lin.post(IMPORT, {"file": SimpleUploadedFile("a.xlsx", book.read())}).content.decode()


@pytest.mark.parametrize("text", ["half \\ud800 a pair", "\\udfff"])
def test_a_body_with_a_text_that_no_database_takes_is_refused_and_nothing_breaks(lin, city, obj, text):
    """A36: it would end in an internal error, different on each database."""
    lin.raise_request_exception = False
    headers = {"If-Match": '"1"'}
    for ask, page in ((lin.post, "/api/v1/objects"), (lin.patch, f"/api/v1/objects/{obj.pk}")):
        response = ask(page, f'{{"name": "{text}"}}', content_type="application/json", headers=headers)
        assert response.status_code == 400, (page, response.content)
        assert response["Content-Type"].startswith("application/problem+json")
    obj.refresh_from_db()
    assert obj.name == "卫生平台"


@pytest.mark.parametrize("text", [r"C:\\u0000", r"\\\\u0000", r"\\u0000\\\\\\u0000b"])
def test_a_text_that_reads_like_an_escape_is_kept_and_its_trail_is_whole(lin, obj, text):
    body, headers = f'{{"business": "{text}", "in_operation_on": "2020-01-01"}}', {"If-Match": '"1"'}
    response = lin.patch(f"/api/v1/objects/{obj.pk}", body, content_type="application/json", headers=headers)
    assert response.status_code == 200, response.content
    obj.refresh_from_db()
    event = AuditEvent.objects.filter(verb="assets.protectedobject.change").latest("seq")
    assert event.after["business"] == obj.business == json.loads(f'"{text}"')
