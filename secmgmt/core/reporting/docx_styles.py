"""Styles, fonts and page set-up of Word documents: GB/T 9704 margins, 仿宋 text, 黑体 and 楷体 headings."""

from functools import lru_cache
from io import BytesIO

from docx import Document as open_document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

FANG, HEI, KAI, TITLE = "仿宋", "黑体", "楷体", "方正小标宋简体"
LATIN = "Times New Roman"
# What a word processor takes when the font is missing, written into the font table.
FALLBACKS = {FANG: "仿宋_GB2312", HEI: "SimHei", KAI: "楷体_GB2312", TITLE: "华文中宋"}
COLUMN_MM = 156

_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
# name: east Asian font, size, line height, alignment, first-line indent in ems, space before, after, bold
_REPORT = {
    "Normal": (FANG, 12, 21, "justify", 0, 0, 0, False),
    "DocTitle": (TITLE, 22, 34, "center", 0, 0, 18, False),
    "DocNumber": (FANG, 12, 21, "center", 0, 0, 18, False),
    "CoverTitle": (TITLE, 26, 40, "center", 0, 110, 8, False),
    "CoverLine": (FANG, 14, 24, "center", 0, 0, 0, False),
    "Heading 1": (HEI, 16, 26, "left", 0, 16, 6, False),
    "Heading 2": (KAI, 14, 23, "left", 0, 12, 4, True),
    "Heading 3": (FANG, 12, 21, "left", 0, 8, 3, True),
    "Heading 4": (FANG, 12, 21, "left", 0, 6, 2, False),
    "BodyText": (FANG, 12, 21, "justify", 2, 0, 3, False),
    "Flush": (FANG, 12, 21, "justify", 0, 0, 3, False),
    "CoverNumber": (FANG, 12, 21, "right", 0, 0, 0, False),
    "Note": (FANG, 9.5, 15, "justify", 0, 2, 4, False),
    "CenteredNote": (FANG, 9.5, 15, "center", 0, 2, 8, False),
    "QuoteText": (KAI, 12, 21, "justify", 0, 4, 6, False),
    "Caption": (HEI, 10.5, 17, "center", 0, 6, 3, False),
    "TableText": (FANG, 9, 13, "left", 0, 0, 0, False),
    "TableHead": (HEI, 9, 13, "center", 0, 0, 0, False),
    "FormText": (FANG, 10.5, 16.5, "left", 0, 0, 0, False),
    "SignOff": (FANG, 12, 21, "right", 0, 0, 0, False),
    "TOC 1": (FANG, 12, 22, "left", 0, 0, 0, False),
    "TOC 2": (FANG, 11, 19, "left", 0, 0, 0, False),
    "TOC 3": (FANG, 11, 19, "left", 0, 0, 0, False),
    "TOC 4": (FANG, 11, 19, "left", 0, 0, 0, False),
    "Footer": (FANG, 9, 12, "center", 0, 0, 0, False),
    "Header": (FANG, 9, 12, "left", 0, 0, 0, False),
}
_OFFICIAL = {
    **_REPORT,
    "DocTitle": (TITLE, 22, 34, "center", 0, 0, 29, False),
    "DocNumber": (FANG, 16, 28.95, "center", 0, 0, 18, False),
    "Heading 1": (HEI, 16, 28.95, "left", 2, 0, 0, False),
    "Heading 2": (KAI, 16, 28.95, "left", 2, 0, 0, False),
    "Heading 3": (FANG, 16, 28.95, "left", 2, 0, 0, True),
    "Heading 4": (FANG, 16, 28.95, "left", 2, 0, 0, False),
    "BodyText": (FANG, 16, 28.95, "justify", 2, 0, 0, False),
    "Flush": (FANG, 16, 28.95, "justify", 0, 0, 0, False),
    "QuoteText": (KAI, 16, 28.95, "justify", 0, 0, 0, False),
    "Caption": (HEI, 14, 24, "center", 0, 4, 2, False),
    "TableText": (FANG, 12, 18, "left", 0, 0, 0, False),
    "TableHead": (HEI, 12, 18, "center", 0, 0, 0, False),
    "FormText": (FANG, 12, 19, "left", 0, 0, 0, False),
    "SignOff": (FANG, 16, 28.95, "right", 0, 0, 0, False),
    "Footer": ("宋体", 14, 18, "center", 0, 0, 0, False),
}


def set_font(style, east: str, size: float, bold: bool) -> None:
    """Name the fonts of a style for all scripts; theme fonts, which would win, are removed."""
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for attribute, name in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", east)):
        fonts.set(qn(f"w:{attribute}"), name)
    properties.insert(0, fonts)
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)


def _shape_style(styles, style, east, size, leading, align, indent, before, after, bold) -> None:
    name = style.name
    if name != "Normal":
        style.base_style = styles["Normal"]
    set_font(style, east, size, bold)
    form = style.paragraph_format
    form.alignment = _ALIGN[align]
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = Pt(leading)
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.first_line_indent = Pt(indent * size)
    form.widow_control = True
    if indent:  # in characters too, so that a change of the font size keeps the two-character indent
        style.element.pPr.ind.set(qn("w:firstLineChars"), str(indent * 100))
    if name == "QuoteText":
        form.left_indent = form.right_indent = Pt(2 * size)
    if name.startswith("TOC"):
        form.left_indent = Pt(20 * (int(name[-1]) - 1))
        tabs = '<w:tabs {}><w:tab w:val="right" w:leader="dot" w:pos="{}"/></w:tabs>'
        style.element.get_or_add_pPr().insert(
            0, parse_xml(tabs.format(nsdecls("w"), round(COLUMN_MM * 56.6929)))
        )
    if name in ("Caption", "CoverTitle") or name.startswith("Heading"):
        form.keep_with_next = True


def apply_styles(book, official: bool) -> None:
    """Define all styles of a layout in `book`."""
    add_styles(book, official, replace=True)
    properties = book.styles["Normal"].element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    paragraph = book.styles["Normal"].element.get_or_add_pPr()
    for tag in ("w:kinsoku", "w:overflowPunct"):  # 避头尾 and hanging marks are the word processor's task
        if paragraph.find(qn(tag)) is None:
            element = OxmlElement(tag)
            paragraph.insert(0, element) if tag == "w:kinsoku" else paragraph.insert(1, element)


def add_styles(book, official: bool, *, replace: bool = False) -> None:
    """Give `book` the styles a layout needs; those of its own stay as they are unless `replace`."""
    styles = book.styles
    known = {style.name: style for style in styles}
    for name, values in (_OFFICIAL if official else _REPORT).items():
        if name in known and not replace:
            continue
        style = known.get(name) or styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _shape_style(styles, style, *values)
        if name == "SignOff":
            style.paragraph_format.right_indent = Pt(64 if official else 48)


@lru_cache(maxsize=2)
def _template(official: bool) -> bytes:
    book = open_document()
    page_of(book.sections[0])
    apply_styles(book, official)
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def styled_book(official: bool):
    """An empty Word file with page and styles set up; making it once saves half the time of a report."""
    return open_document(BytesIO(_template(official)))


def font_table(part: bytes) -> bytes:
    """The font table with our fonts and what may stand in for them."""
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in FALLBACKS.items()
    )
    return part.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")


def page_of(section) -> None:
    """A4 with the margins of GB/T 9704: 37, 35, 28 and 26 mm."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(28), Mm(25)


def new_section(book, restart: bool):
    """A section on a new page; `restart` begins its page numbers at 1 and unties its head and foot."""
    section = book.add_section(WD_SECTION.NEW_PAGE)
    page_of(section)
    if restart:
        number = OxmlElement("w:pgNumType")
        number.set(qn("w:start"), "1")
        section._sectPr.append(number)
        for part in (section.header, section.footer, section.even_page_header, section.even_page_footer):
            part.is_linked_to_previous = False
    return section
