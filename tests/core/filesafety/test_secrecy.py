"""Marks are refused, phrases ask, talk about secrecy passes."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from secmgmt.core.filesafety import pdftext, secrecy, sniff, textlayers
from secmgmt.core.filesafety.refusal import FileRefused

from . import builders, samples

pytestmark = pytest.mark.pure


def verdict_of(sample) -> secrecy.Verdict:
    fileobj, name, media_type = builders.build(*sample)
    found = sniff.check_upload(fileobj, name, max_bytes=10**7)
    assert found.media_type == media_type
    return secrecy.examine(fileobj, name, media_type)


def test_the_samples_are_as_many_as_promised():
    assert len(samples.PASS) >= 30
    assert len(samples.REFUSE) >= 30


@pytest.mark.parametrize("sample", samples.PASS, ids=repr)
def test_talk_about_secrecy_passes_without_a_question(sample):
    assert verdict_of(sample) == secrecy.CLEAR


@pytest.mark.parametrize("sample", samples.ASK, ids=repr)
def test_a_phrase_like_a_mark_needs_a_confirmation(sample):
    verdict = verdict_of(sample)
    assert verdict.kind == "ask", verdict
    with pytest.raises(FileRefused) as refused:
        secrecy.require_clear(verdict, confirmed_not_secret=False)
    assert refused.value.code == "secrecy-confirm"
    secrecy.require_clear(verdict, confirmed_not_secret=True)


@pytest.mark.parametrize("sample", samples.REFUSE, ids=repr)
def test_a_mark_is_refused_and_no_confirmation_helps(sample):
    verdict = verdict_of(sample)
    assert verdict.kind == "refuse", verdict
    assert (
        verdict.where
        and verdict.mark
        and verdict.where in verdict.message
        and verdict.mark in verdict.message
    )
    with pytest.raises(FileRefused) as refused:
        secrecy.require_clear(verdict, confirmed_not_secret=True)
    assert refused.value.code == "secrecy-mark"


def test_the_refusal_says_which_page_and_line():
    assert verdict_of(("pdf-page-2", "机密")).where == "第 2 页第 1 行"
    assert verdict_of(("docx", "函\n秘密★1年")).where == "正文第 2 行"
    assert verdict_of(("xlsx", "名称\n秘密")).where == "工作表“Sheet”第 2 行"


def test_text_typed_into_a_form_follows_the_same_rules():
    assert secrecy.examine_text("机密★3年").kind == "refuse"
    assert secrecy.examine_text("说明\n密级：秘密", "备注").where == "备注第 2 行"
    assert secrecy.examine_text("严守国家机密").kind == "clear"


def test_a_watermark_in_a_word_header_is_a_mark():
    source = builders.word("docx-header", "页眉")
    header = builders.part_of(source, "word/header1.xml")
    shape = (
        '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="机密"/></v:shape>'
    )
    marked = header.replace("</w:p>", shape + "</w:pict></w:r></w:p>", 1)
    fileobj = builders.changed(source, {"word/header1.xml": marked})
    assert secrecy.examine(fileobj, "a.docx", sniff.MEDIA_TYPES["docx"]).where == "页眉"


def test_pictures_rest_on_the_declaration():
    assert secrecy.examine(builders.text_file("机密"), "a.png", "image/png") == secrecy.CLEAR


def test_a_pdf_with_a_password_is_refused_with_the_way_out():
    with pytest.raises(FileRefused, match="去掉密码") as refused:
        secrecy.examine(builders.pdf("pdf", "甲", password="x"), "a.pdf", "application/pdf")
    assert refused.value.code == "pdf-encrypted"


@pytest.mark.parametrize("content", [b"%PDF-1.7\n%%EOF", b"%PDF-1.4\n1 0 obj\n<<>>\nstartxref\n9\n%%EOF"])
def test_a_broken_pdf_is_refused_and_not_passed_unread(content):
    with pytest.raises(FileRefused) as refused:
        secrecy.examine(builders.io.BytesIO(content), "a.pdf", "application/pdf")
    assert refused.value.code == "pdf-broken"


def test_a_pdf_too_long_to_read_is_refused(monkeypatch):
    monkeypatch.setattr(textlayers, "MAX_PDF_PAGES", 1)
    with pytest.raises(FileRefused, match="超过 1 页"):
        secrecy.examine(builders.pdf("pdf-page-2", "乙"), "a.pdf", "application/pdf")


def fonts() -> DictionaryObject:
    """One font that every reader has, as ``/F1``."""
    font = {"/Type": NameObject("/Font"), "/Subtype": NameObject("/Type1"), "/BaseFont": NameObject("/Helvetica")}
    return DictionaryObject({NameObject("/F1"): DictionaryObject({NameObject(k): v for k, v in font.items()})})


def bomb_pdf(pages: int, size: int) -> io.BytesIO:
    """Pages that share one long content stream, so that a small file asks for hours."""
    writer = pypdf.PdfWriter()
    stream = StreamObject()
    stream.set_data(b"BT /F1 9 Tf " + b"(a) Tj " * (size // 7) + b"ET")
    content = writer._add_object(stream.flate_encode(9))
    for _number in range(pages):
        page = writer.add_blank_page(9, 9)
        page[NameObject("/Contents")] = content
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts()})
    out = io.BytesIO()
    writer.write(out)
    return out


def test_a_small_pdf_that_asks_for_hours_is_stopped_and_refused(monkeypatch):
    monkeypatch.setattr(pdftext, "CPU_SECONDS", 1)
    assert textlayers_read(bomb_pdf(1, 70)) == "aaaaaaaaaa"
    with pytest.raises(FileRefused, match="拆分") as refused:
        textlayers_read(bomb_pdf(400, 500_000))
    assert refused.value.code == "pdf-endless"


def test_a_pdf_that_asks_for_more_memory_than_there_may_be_is_refused(monkeypatch):
    monkeypatch.setattr(pdftext, "MEMORY", 110 * pdftext.MB)
    with pytest.raises(FileRefused) as refused:
        textlayers_read(bomb_pdf(1, 30_000_000))
    assert refused.value.code == "pdf-endless"


def form_pdf(padding: int) -> io.BytesIO:
    """A page whose mark stands in a form of its own, as long as ``padding`` makes it."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(99, 99)
    form, content = StreamObject(), StreamObject()
    form.set_data(b"BT /F1 9 Tf (within) Tj ET " + b" " * padding)
    form = form.flate_encode(9)
    form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    form[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts()})
    forms = DictionaryObject({NameObject("/X1"): writer._add_object(form)})
    content.set_data(b"/X1 Do BT /F1 9 Tf (beside) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(content)
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts(), NameObject("/XObject"): forms})
    out = io.BytesIO()
    writer.write(out)
    return out


def test_a_part_of_a_page_that_the_parser_leaves_out_does_not_pass_unread():
    assert textlayers_read(form_pdf(0)) == "withinbeside"
    with pytest.raises(FileRefused, match="第 1 页") as refused:
        textlayers_read(form_pdf(pdftext.STREAM + 1))
    assert refused.value.code == "pdf-broken"


def test_a_stream_that_unpacks_to_more_than_text_needs_is_refused():
    with pytest.raises(FileRefused) as refused:
        textlayers_read(bomb_pdf(1, pdftext.STREAM + 100))
    assert refused.value.code == "pdf-endless"


def test_so_many_pdfs_are_read_at_once_and_one_more_is_asked_to_come_again(monkeypatch):
    reading, release = threading.Event(), threading.Event()
    at_work: list[int] = []

    def slow(content, most):
        at_work.append(1)
        if len(at_work) == 2:
            reading.set()
        assert release.wait(2)
        return pdftext.Reading(["甲"], 1)

    monkeypatch.setattr(pdftext, "_in_child", slow)
    monkeypatch.setattr(pdftext, "PATIENCE", 0.05)
    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(pdftext.read, b"", 1) for _number in range(2)]
        assert reading.wait(5)
        with pytest.raises(FileRefused, match="再上传") as refused:
            textlayers_read(io.BytesIO(b"%PDF-1.7"))
        assert (refused.value.code, len(at_work)) == ("pdf-busy", 2)
        release.set()
        assert [future.result().pages for future in held] == [["甲"], ["甲"]]
    assert textlayers_read(io.BytesIO(b"%PDF-1.7")) == "甲", "a place that was given back is free"


def textlayers_read(fileobj: io.BytesIO) -> str:
    return "".join(line.text for line in textlayers.of_pdf(fileobj))


def test_the_process_that_reads_a_pdf_does_not_know_django():
    code = f"import sys, {pdftext.__name__}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=pdftext.ROOT, check=False).returncode == 0


TITLES = "<sheetData/><headerFooter>%s</headerFooter>"


@pytest.mark.parametrize("titles", ["<oddHeader>" * 20_000, "<oddHeader/>" * 20_000, "<oddHeader>" + "甲" * 10_000])
def test_more_page_headers_than_a_sheet_has_are_refused_at_once(titles):
    fileobj = builders.changed(
        builders.excel("xlsx", "甲"),
        {"xl/worksheets/sheet1.xml": f"<worksheet>{TITLES % titles}</worksheet>"},
    )
    started = time.process_time()
    with pytest.raises(FileRefused, match="已损坏"):
        list(textlayers.of_xlsx(fileobj))
    assert time.process_time() - started < 1


def test_page_headers_are_found_whatever_their_prefix_and_entities():
    sheet = '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</x:worksheet>'
    titles = "<x:sheetData/><x:headerFooter><x:evenFooter>&amp;C&#26426;<![CDATA[密]]></x:evenFooter></x:headerFooter>"
    fileobj = builders.changed(builders.excel("xlsx", "甲"), {"xl/worksheets/sheet1.xml": sheet % titles})
    assert secrecy.examine(fileobj, "a.xlsx", sniff.MEDIA_TYPES["xlsx"]).where == "工作表“Sheet”的页脚"
