"""What an import leaves on the disk until it is confirmed: nobody who reads the disk reads a person in it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from assets.models import ProtectedObject
from secmgmt.core import errors, previews, sheets_views
from tests.jobs import run_queued

PLAIN = ("欧阳明珠", "13812345678", "便民服务网")


def waiting(folder: str) -> dict[str, bytes]:
    """The files of a folder and what stands in them."""
    found = (Path(default_storage.location) / folder).glob("*")
    return {f"{folder}/{path.name}": path.read_bytes() for path in found}


def upload(lin, city, people: int = 1):
    """Send a workbook of objects with their contacts."""
    book = load_workbook(io.BytesIO(lin.get("/objects/import/template/").content))
    sheet, heads = book.worksheets[0], [cell.value for cell in book.worksheets[0][1]]
    values = {
        "责任单位": city.health.name, "对象类型": "信息系统", "运行状态": "在建设", "建设性质": "新建",
        "联系人": PLAIN[0], "联系电话": PLAIN[1],
    }  # fmt: skip
    for row in range(2, people + 2):
        for head, value in {**values, "名称": f"{PLAIN[2]}{row}"}.items():
            sheet.cell(row, heads.index(head) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return lin.post("/objects/import/", {"file": SimpleUploadedFile("a.xlsx", out.getvalue())}, follow=True)


def test_a_preview_that_waits_holds_nothing_to_read_and_is_stored_as_it_was(browse, city, disk):
    lin = browse(city.lin)
    page = upload(lin, city)
    (kept,) = waiting(previews.PREVIEWS).values()
    assert kept.startswith((b"aes.", b"sm4."))
    assert not [text for text in PLAIN if text.encode() in kept or ascii(text)[1:-1].encode() in kept]
    assert lin.post(page.redirect_chain[-1][0]).status_code == 302
    obj = ProtectedObject.objects.get()
    assert (obj.contact, obj.contact_phone) == PLAIN[:2]


def test_an_upload_that_waits_for_its_job_is_no_workbook_until_the_job_reads_it(
    browse, city, disk, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(sheets_views, "LARGE", 1)
    lin = browse(city.lin)
    upload(lin, city, people=3)
    ((key, kept),) = waiting(previews.UPLOADS).items()
    assert not zipfile.is_zipfile(io.BytesIO(kept)) and kept.startswith((b"aes.", b"sm4."))
    assert zipfile.is_zipfile(previews.upload_of(key))
    with django_capture_on_commit_callbacks(execute=True):
        (job,) = run_queued()
    assert not waiting(previews.UPLOADS)
    with django_capture_on_commit_callbacks(execute=True):
        lin.post(job.result["url"])
        run_queued()
    assert not waiting(previews.PREVIEWS)
    assert set(ProtectedObject.objects.values_list("name", flat=True)) == {f"{PLAIN[2]}{n}" for n in (2, 3, 4)}


def test_what_waits_is_bound_to_its_place(city, disk):
    token, other = previews.new_token(), previews.new_token()
    previews.keep(token, "assets.protectedobject", city.lin, {"a": 1})
    with default_storage.open(previews.place_of(token, "assets.protectedobject", city.lin), "rb") as handle:
        moved = previews.place_of(other, "assets.protectedobject", city.su)
        default_storage.save(moved, ContentFile(handle.read()))
    assert previews.kept(token, "assets.protectedobject", city.lin) == {"a": 1}
    with pytest.raises(errors.OutOfScope):
        previews.kept(other, "assets.protectedobject", city.su)


def test_a_preview_used_already_is_told_as_that_with_the_ways_on(
    browse, city, disk, django_capture_on_commit_callbacks
):
    lin = browse(city.lin)
    address = upload(lin, city).redirect_chain[-1][0]
    with django_capture_on_commit_callbacks(execute=True):
        assert lin.post(address).status_code == 302
    again = lin.post(address)
    html = again.content.decode()
    assert again.status_code == 404 and "已用过" in html and "没有这个页面" not in html
    assert 'href="/objects/"' in html and 'href="/objects/import/"' in html
