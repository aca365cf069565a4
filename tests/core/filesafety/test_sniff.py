"""The content decides, the extension must agree (A35, A36)."""

from __future__ import annotations

import io

import pytest

from secmgmt.core.filesafety import sniff
from secmgmt.core.filesafety.refusal import FileRefused

from . import builders

pytestmark = pytest.mark.pure
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20 + b"IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0" + b"\x00" * 20 + b"\xff\xd9"
OLE = sniff.OLE + b"\x00" * 600


def ole(stream: str) -> io.BytesIO:
    return io.BytesIO(OLE + stream.encode("utf-16-le"))


def refusal_of(fileobj, name: str, max_bytes: int = 10**7) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        sniff.check_upload(fileobj, name, max_bytes=max_bytes)
    assert refused.value.message.endswith("。")
    return refused.value


@pytest.mark.parametrize(
    ("make", "name", "extension"),
    [
        (lambda: io.BytesIO(PNG), "屏幕.PNG", "png"),
        (lambda: io.BytesIO(JPG), "照片.jpeg", "jpg"),
        (lambda: io.BytesIO(b"GIF89a" + b"\x00" * 20), "a.gif", "gif"),
        (lambda: builders.pdf("pdf", "报告"), "报告.pdf", "pdf"),
        (lambda: builders.word("docx", "报告"), "报告.docx", "docx"),
        (lambda: builders.excel("xlsx", "报告"), "报告.xlsx", "xlsx"),
        (lambda: builders.ofd("报告"), "公文.ofd", "ofd"),
        (lambda: builders.text_file("日志\n第二行"), "a.log", "log"),
        (lambda: builders.text_file("名称,地址", "gb18030"), "a.csv", "csv"),
        (lambda: builders.text_file("说明", "utf-16"), "a.txt", "txt"),
        (lambda: builders.text_file("GET /?q=<script>alert(1)</script> 403"), "waf.log", "log"),
    ],
)
def test_evidence_types_are_taken(make, name, extension):
    fileobj = make()
    found = sniff.check_upload(fileobj, name, max_bytes=10**7)
    assert (found.extension, found.media_type) == (extension, sniff.MEDIA_TYPES[extension])
    assert fileobj.tell() == 0
    assert found.size == len(fileobj.read())


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><p>x",
        "\ufeff  <html><body>",
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        '<?xml version="1.0"?><svg/>',
        "<script>alert(1)</script>",
        "<!-- x --><script>",
        "#!/bin/sh\nid",
        "<?php system('id');",
        "@echo off",
    ],
)
def test_a_page_a_picture_with_script_or_a_program_is_no_text(text):
    assert refusal_of(builders.text_file(text), "a.txt").code == "active-content"


@pytest.mark.parametrize(
    "name", ["a.svg", "a.html", "a.exe", "a.zip", "a", "a.pdf.exe", "a.hta", "a.pptx", "a.doc"]
)
def test_an_extension_outside_the_list_is_refused_with_the_list(name):
    refused = refusal_of(builders.text_file("x"), name)
    assert refused.code == "type-not-allowed"
    assert "docx" in refused.message


@pytest.mark.parametrize("name", ["a.docm", "a.xlsm", "a.xlsb"])
def test_a_macro_format_is_refused_by_its_extension(name):
    assert refusal_of(builders.text_file("x"), name).code == "macro"


@pytest.mark.parametrize(
    ("fileobj", "name"),
    [
        (io.BytesIO(PNG), "a.jpg"),
        (io.BytesIO(PNG), "a.txt"),
        (builders.word("docx", "x"), "a.xlsx"),
        (builders.text_file("名称,地址"), "a.xlsx"),
        (builders.text_file("报告"), "a.pdf"),
    ],
)
def test_extension_and_content_must_agree(fileobj, name):
    assert refusal_of(fileobj, name).code == "type-mismatch"


@pytest.mark.parametrize(
    "content", [b"MZ\x90\x00" + b"\x00" * 60, b"\x7fELF\x02\x00\x00", b"Rar!\x1a\x07\x00\x00"]
)
def test_programs_and_other_archives_are_refused_under_any_name(content):
    for name in ("a.txt", "a.pdf", "a.png"):
        assert refusal_of(io.BytesIO(content), name).code == "type-not-allowed"


def test_a_plain_zip_is_refused_as_one():
    assert "zip" in refusal_of(builders.zipped({"a.txt": "x"}), "a.docx").message


@pytest.mark.parametrize(
    ("stream", "code", "words"),
    [
        ("EncryptedPackage", "encrypted", "去掉密码"),
        ("Workbook", "old-format", ".xls"),
        ("WordDocument", "old-format", ".doc"),
    ],
)
def test_old_and_encrypted_office_files_say_how_to_mend(stream, code, words):
    refused = refusal_of(ole(stream), "a.docx")
    assert refused.code == code
    assert words in refused.message


def test_empty_oversized_and_cut_off_files_are_refused():
    assert refusal_of(io.BytesIO(), "a.txt").code == "empty"
    assert refusal_of(io.BytesIO(b"x" * 101), "a.txt", 100).code == "too-large"
    assert sniff.check_upload(io.BytesIO(b"x" * 100), "a.txt", max_bytes=100).size == 100
    assert refusal_of(io.BytesIO(PNG[:-8]), "a.png").code == "incomplete"
