"""Real files for the tests, made with the usual libraries or, where those are too honest, by hand."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from secmgmt.core.filesafety import sniff

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOX = f"""<w:r {W}><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:Choice Requires="wps">
<wps:wsp><wps:txbx><w:txbxContent><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp>
</mc:Choice><mc:Fallback/></mc:AlternateContent></w:r>"""


def saved(document) -> io.BytesIO:
    out = io.BytesIO()
    document.save(out)
    out.seek(0)
    return out


def text_file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def word(carrier: str, text: str) -> io.BytesIO:
    document = docx.Document()
    if carrier == "docx":
        for line in text.split("\n"):
            document.add_paragraph(line)
    elif carrier == "docx-table":
        cells = text.split("\t")
        table = document.add_table(rows=1, cols=len(cells))
        for cell, value in zip(table.rows[0].cells, cells, strict=True):
            cell.text = value
    elif carrier == "docx-box":
        document.add_paragraph("说明")._p.append(parse_xml(BOX % text))
    else:
        document.add_paragraph("正文")
        section = document.sections[0]
        if carrier == "docx-second-section":
            section = document.add_section(WD_SECTION.NEW_PAGE)
            section.header.is_linked_to_previous = False
        part = section.footer if carrier == "docx-footer" else section.header
        part.paragraphs[0].text = text
    return saved(document)


def excel(carrier: str, text: str) -> io.BytesIO:
    book = openpyxl.Workbook()
    sheet = book.active
    if carrier in ("xlsx", "xlsx-second-sheet"):
        sheet = book.create_sheet("第二页") if carrier == "xlsx-second-sheet" else sheet
        for row in text.split("\n"):
            sheet.append(row.split("\t"))
    else:
        sheet.append(["名称", "地址"])
        part = sheet.oddFooter if carrier == "xlsx-footer" else sheet.oddHeader
        part.center.text, part.center.size, part.center.font = text, 14, "宋体,常规"
        part.right.text = "第 &P 页"
    return saved(book)


def pdf(carrier: str, text: str, *, password: str | None = None) -> io.BytesIO:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    page = canvas.Canvas(out, encrypt=password)
    for lines in (["首页"], text.split("\n")) if carrier == "pdf-page-2" else (text.split("\n"),):
        for number, line in enumerate([*lines, "甲", "乙", "丙", "丁"]):
            page.setFont("STSong-Light", 12)
            page.drawString(72, 780 - 20 * number, line)
        page.showPage()
    page.save()
    out.seek(0)
    return out


def ofd(text: str) -> io.BytesIO:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    objects = "".join(
        f"<ofd:TextObject><ofd:TextCode>{t}</ofd:TextCode></ofd:TextObject>" for t in text.split("\n")
    )
    return zipped(
        {
            "OFD.xml": f"<ofd:OFD {space}/>",
            "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {space}>{objects}</ofd:Page>",
        }
    )


def zipped(parts: dict[str, str | bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    out.seek(0)
    return out


def changed(source: io.BytesIO, parts: dict[str, str | bytes | None]) -> io.BytesIO:
    """The same archive with parts added, replaced, or (None) left out."""
    with zipfile.ZipFile(source) as archive:
        content: dict[str, str | bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    content.update(parts)
    return zipped({name: body for name, body in content.items() if body is not None})


def part_of(source: io.BytesIO, name: str) -> str:
    with zipfile.ZipFile(source) as archive:
        return archive.read(name).decode()


def build(carrier: str, text: str) -> tuple[io.BytesIO, str, str]:
    """(file, name, media type) of one sample."""
    if carrier == "name":
        return text_file("正文"), text, sniff.MEDIA_TYPES["txt"]
    kind = carrier.split("-")[0]
    makers = {
        "txt": lambda: text_file(text),
        "csv": lambda: text_file(text, "gb18030"),
        "ofd": lambda: ofd(text),
        "docx": lambda: word(carrier, text),
        "xlsx": lambda: excel(carrier, text),
        "pdf": lambda: pdf(carrier, text),
    }
    return makers[kind](), f"材料.{kind}", sniff.MEDIA_TYPES[kind]
