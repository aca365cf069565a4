"""Bombs, entities, macros and outside references stop before anything is parsed (A27, A33, A34)."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile

import pytest

from secmgmt.core.filesafety import archives
from secmgmt.core.filesafety.refusal import FileRefused

from . import builders

pytestmark = pytest.mark.pure
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
XXE = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'


def refusal_of(fileobj, **options) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        archives.open_archive(fileobj, **options)
    assert refused.value.message.endswith("。")
    return refused.value


def docx_with(parts):
    return builders.changed(builders.word("docx", "报告"), parts)


def relation(kind: str, target: str) -> str:
    item = f'<Relationship Id="r1" Type="{KIND}{kind}" Target="{target}" TargetMode="External"/>'
    return f'<Relationships xmlns="{RELS}">{item}</Relationships>'


def test_documents_of_the_usual_libraries_pass():
    for fileobj in (builders.word("docx-table", "甲\t乙"), builders.excel("xlsx", "甲"), builders.ofd("甲")):
        assert archives.open_archive(fileobj).names


def test_a_part_that_packs_a_thousandfold_is_a_bomb():
    refused = refusal_of(docx_with({"word/media/a.bin": b"\0" * (4 * archives.MB)}))
    assert (refused.code, "word/media/a.bin" in refused.message) == ("bomb", True)


def test_many_parts_and_a_large_whole_are_refused_from_the_directory():
    many = builders.zipped({f"{n}.txt": "x" for n in range(20)})
    assert refusal_of(many, limits=archives.Limits(entries=10)).code == "bomb"
    large = builders.zipped({f"{n}.bin": bytes(range(256)) * 400 for n in range(20)})
    assert refusal_of(large, limits=archives.Limits(total=archives.MB)).code == "bomb"


def with_count(parts: int, count: int) -> io.BytesIO:
    """An archive whose last record claims ``count`` parts."""
    content = bytearray(builders.zipped({f"{n}.txt": "x" for n in range(parts)}).getvalue())
    at = content.rfind(b"PK\x05\x06")
    content[at + 8 : at + 12] = struct.pack("<HH", count, count)
    return io.BytesIO(bytes(content))


@pytest.mark.parametrize("count", [200, 1])
def test_a_long_directory_is_refused_before_it_is_loaded(count, monkeypatch):
    fileobj = with_count(200, count)
    monkeypatch.setattr(archives.zipfile, "ZipFile", lambda *_args: pytest.fail("the directory was loaded"))
    assert refusal_of(fileobj, limits=archives.Limits(entries=10)).code == "bomb"


def test_a_directory_that_claims_fewer_parts_than_it_lists_is_refused():
    assert refusal_of(with_count(200, 1), limits=archives.Limits(entries=100)).code == "bomb"


def test_a_part_larger_than_declared_is_noticed_while_reading():
    body = b"<a>" + b"x" * 5000 + b"</a>"
    content = builders.zipped({"a.xml": body}).getvalue()
    forged = content.replace(struct.pack("<I", len(body)), struct.pack("<I", 100))
    assert forged != content
    refused = refusal_of(io.BytesIO(forged))
    assert (refused.code, "声明不符" in refused.message) == ("bomb", True)


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "a/../../b", "a\\..\\b", "C:/x", "%2e%2e/x"])
def test_a_part_may_not_point_outside(name):
    content = builders.zipped({"x" * len(name): "x"}).getvalue()
    forged = content.replace(b"x" * len(name), name.encode())
    assert refusal_of(io.BytesIO(forged)).code == "path-traversal"


def test_two_parts_of_one_name_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("Word/Document.xml", "<b/>")
    assert refusal_of(out).code == "duplicate-part"


def test_an_encrypted_part_and_an_odd_packing_are_refused():
    content = bytearray(builders.zipped({"a.xml": "<a/>"}).getvalue())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    assert refusal_of(io.BytesIO(bytes(content))).code == "encrypted"
    assert refusal_of(builders.zipped({"a.xml": "<a/>"}, packing=zipfile.ZIP_BZIP2)).code == "packing"


BODIES = {
    "billion laughs": LAUGHS,
    "outside entity": XXE,
    "utf-16 with mark": LAUGHS.encode("utf-16"),
    "utf-16 without mark": LAUGHS.encode("utf-16-le"),
    "far behind a comment": "<!--" + "x" * 300_000 + "--><!DOCTYPE l><l/>",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("part", ["word/document.xml", "customXml/item1.xml", "word/odd.bin"])
def test_a_dtd_in_any_part_is_refused(body, part):
    assert refusal_of(docx_with({part: body})).code == "dtd"


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "iso-2022-jp"])
def test_an_encoding_that_could_hide_a_dtd_is_refused(encoding):
    body = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + LAUGHS[21:].encode(encoding)
    assert refusal_of(docx_with({"word/document.xml": body})).code in ("encoding", "dtd")
    assert refusal_of(docx_with({"word/document.xml": LAUGHS.encode("cp037")})).code == "encoding"


@pytest.mark.parametrize(
    "part",
    [
        "word/vbaProject.bin",
        "xl/vbaProjectSignature.bin",
        "xl/macrosheets/sheet1.xml",
        "word/activeX/activeX1.xml",
    ],
)
def test_macros_and_controls_are_refused(part):
    assert refusal_of(docx_with({part: "<a/>"})).code == "macro"


def test_a_macro_type_behind_a_plain_extension_is_refused():
    source = builders.word("docx", "x")
    types = builders.part_of(source, "[Content_Types].xml")
    types = types.replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert refusal_of(builders.changed(source, {"[Content_Types].xml": types})).code == "macro"


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("image", "http://10.0.0.1/x.png"),
        ("image", "file:///etc/passwd"),
        ("oleObject", "https://evil.example/x"),
        ("attachedTemplate", "http://evil.example/t.dotm"),
        ("attachedTemplate", "file://server/share/t.dotm"),
        ("attachedTemplate", "\\\\server\\share\\t.dotm"),
        ("hyperlink", "file:///etc/passwd"),
        ("hyperlink", "\\\\server\\share"),
        ("hyperlink", "%66ile:///etc/passwd"),
        ("hyperlink", "javascript:alert(1)"),
        ("externalLinkPath", "file:///C:/other.xlsx"),
        ("frame", "https://evil.example/"),
    ],
)
def test_what_loads_from_outside_is_refused_with_its_target(kind, target):
    refused = refusal_of(docx_with({"word/_rels/x.xml.rels": relation(kind, target)}))
    assert (refused.code, target in refused.message) == ("external", True)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "https://www.gov.cn/"),
        ("hyperlink", "mailto:a@b.cn"),
        ("attachedTemplate", "file:///C:\\Users\\wang\\Normal.dotm"),
    ],
)
def test_a_link_one_clicks_and_a_template_s_path_pass(kind, target):
    assert archives.open_archive(docx_with({"word/_rels/x.xml.rels": relation(kind, target)}))


def test_an_embedded_workbook_is_checked_and_other_archives_are_refused():
    chart = builders.excel("xlsx", "甲")
    place = "word/embeddings/data.xlsx"
    assert archives.open_archive(docx_with({place: chart.getvalue()}))
    bad = builders.changed(chart, {"xl/vbaProject.bin": b"x"})
    assert refusal_of(docx_with({place: bad.getvalue()})).code == "macro"
    deeper = builders.changed(chart, {"xl/embeddings/data.xlsx": chart.getvalue()})
    assert refusal_of(docx_with({place: deeper.getvalue()})).code == "nested"
    assert refusal_of(docx_with({"word/media/a.png": chart.getvalue()})).code == "nested"


@pytest.mark.parametrize("cut", [10, 200, 2000])
def test_a_file_cut_off_is_refused_as_broken(cut):
    content = builders.word("docx", "x").getvalue()
    assert refusal_of(io.BytesIO(content[:-cut])).code == "broken"


def test_a_flipped_bit_is_noticed():
    content = bytearray(
        builders.zipped({"a.xml": "<a>" + "x" * 500 + "</a>"}, packing=zipfile.ZIP_STORED).getvalue()
    )
    content[100] ^= 1
    assert refusal_of(io.BytesIO(bytes(content))).code == "broken"
