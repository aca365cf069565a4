"""Word templates an organization adapts: letterhead, page and styles are its own, the content is the document's.

A template is a docx with a few fields: ``{{ title }}``, ``{{ number }}``, ``{{ unit }}``, ``{{ date }}``,
``{{ maker }}``, ``{{ facts["责任单位"] }}``, ``{% if number %} … {% endif %}``, and a paragraph of its own that says
``{{ body }}``. Nothing else is understood: the tree of every expression is checked against a short list of node kinds
before it is compiled, so there is no attribute, call, filter or loop to escape by (A22, A23). The body is put in
after the fields were filled, so what people typed is never read as a template (A24).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from docx import Document as open_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt, RGBColor
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from secmgmt.core import errors

from . import document as blocks
from .archive import stable_zip
from .docx_parts import field_xml, run_xml
from .docx_styles import styled_book
from .text import _, chinese_date, display, local_time, printable_text

BODY = "\ue000body\ue000"  # what {{ body }} leaves behind: a private character nobody types
FIELDS = ("title", "number", "unit", "date", "maker", "made_on", "facts", "body")
RED = RGBColor(0xC0, 0, 0)
RULE = '<w:pBdr {}><w:bottom w:val="single" w:sz="18" w:space="1" w:color="C00000"/></w:pBdr>'
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.Not, nodes.And,
    nodes.Or, nodes.Compare, nodes.Operand, nodes.Getitem,
)  # fmt: skip


class TemplateRefused(errors.DomainError):
    """The template cannot be used; the message is for the person who made it, or who asked for a document in it."""

    status = 409
    code = "template-refused"


class Facts(dict[str, str]):
    """The labels and values of a document's forms; a label it lacks is empty."""

    def __missing__(self, key: str) -> str:
        return ""


class CheckedEnvironment(ImmutableSandboxedEnvironment):
    """Compiles only what ``ALLOWED`` names; has no globals, filters or tests."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()
        self.used: set[str] = set()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in walk(tree):
            check_node(node)
            if isinstance(node, nodes.Name):
                self.used.add(node.name)
        return tree


def walk(node: nodes.Node) -> Iterator[nodes.Node]:
    """The node and everything beneath it."""
    yield node
    for child in node.iter_child_nodes():
        yield from walk(child)


def check_node(node: nodes.Node) -> None:
    """One piece of an expression: known and harmless, or refused by what it says."""
    if not isinstance(node, ALLOWED):
        what = getattr(node, "attr", None) or getattr(node, "name", None) or type(node).__name__
        raise TemplateRefused(
            _("模板中有不允许的写法（%(what)s）。只能用 {{ 字段 }}、{{ facts[\"名称\"] }} 和 {%% if 字段 %%}。")
            % {"what": what}
        )
    if isinstance(node, nodes.Name) and node.name not in FIELDS:
        raise TemplateRefused(
            _("模板用了没有的字段“%(name)s”，可用的是：%(known)s。") % {"name": node.name, "known": "、".join(FIELDS)}
        )
    if isinstance(node, nodes.Getitem) and not (
        isinstance(node.node, nodes.Name) and node.node.name == "facts" and isinstance(node.arg, nodes.Const)
    ):
        raise TemplateRefused(_("方括号只能用在 facts[\"名称\"] 上。"))


def plain(text: str) -> str:
    """What ink can show, without the character that marks the body's place."""
    return printable_text(text).replace(BODY[0], "")


def values_of(document: blocks.Document) -> dict[str, Any]:
    """What the fields of a template are filled with: plain text and nothing that leads further."""
    ends, covers = document.of(blocks.SignOff), document.of(blocks.Cover)
    facts = Facts()
    for block in (*covers, *document.of(blocks.KeyValues)):
        for label, value in block.facts if isinstance(block, blocks.Cover) else block.pairs:
            facts.setdefault(label, plain(display(value)))
    unit = ends[0].unit if ends else covers[0].org if covers else ""
    day = ends[0].date if ends else covers[0].date if covers else ""
    number = document.meta.number or (covers[0].number if covers else "")
    return {
        "title": plain(document.title),
        "number": plain(number),
        "unit": plain(unit),
        "date": chinese_date(day) or "",
        "maker": plain(document.meta.generated_by),
        "made_on": chinese_date(local_time(document.meta.generated_at)) or "",
        "facts": facts,
        "body": BODY,
    }


def filled(template: bytes, document: blocks.Document) -> tuple[Any, Any, frozenset[str]]:
    """(the template as a Word document with its fields filled, the paragraph the body goes before, fields used).

    Raises TemplateRefused, which says what is wrong with the template.
    """
    check_relations(template)
    environment = CheckedEnvironment()
    try:
        made = DocxTemplate(BytesIO(template))
        made.render(values_of(document), jinja_env=environment, autoescape=True)
        output = BytesIO()
        made.save(output)
        book = open_document(BytesIO(output.getvalue()))
    except TemplateRefused:
        raise
    except UndefinedError as error:
        raise TemplateRefused(_("模板用了没有的字段：%s。") % error) from error
    except TemplateError as error:
        raise TemplateRefused(_("模板中的写法不完整：%s。") % error) from error
    except (etree.XMLSyntaxError, BadZipFile, KeyError, ValueError) as error:
        raise TemplateRefused(_("这个文件不能作为 Word 模板打开，请用 .docx 重新保存。")) from error
    marks = [paragraph for paragraph in book.paragraphs if BODY in paragraph.text]
    if len(marks) != 1 or marks[0].text.strip() != BODY:
        message = _("模板正文中要有且只有一个单独成段的 {{ body }}，表示报告内容放在哪里（不能放在表格里）。")
        raise TemplateRefused(message)
    return book, marks[0]._element, frozenset(environment.used)


def check_relations(template: bytes) -> None:
    """Nothing that a word processor would fetch from elsewhere (A27); a hyperlink is only followed by a click."""
    try:
        with ZipFile(BytesIO(template)) as archive:
            parts = [archive.read(name) for name in archive.namelist() if name.endswith(".rels")]
    except BadZipFile as error:
        raise TemplateRefused(_("这个文件不是 .docx 文档。")) from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for part in parts:
        for relation in etree.fromstring(part, parser):
            if relation.get("TargetMode") == "External" and not relation.get("Type", "").endswith("/hyperlink"):
                raise TemplateRefused(_("模板引用了外部内容“%s”，请去掉后再上传。") % relation.get("Target", "")[:120])


def starter() -> bytes:
    """A template to begin with: red letterhead, number, title, body and page numbers after GB/T 9704."""
    book = styled_book(official=True)
    head = book.add_paragraph("{{ unit }}", style="DocTitle")
    head.runs[0].font.color.rgb, head.runs[0].font.size = RED, Pt(30)
    book.add_paragraph("{% if number %}{{ number }}{% endif %}", style="DocNumber")
    line = book.add_paragraph(style="Flush")
    line._element.get_or_add_pPr().append(parse_xml(RULE.format(nsdecls("w"))))
    book.add_paragraph("{{ title }}", style="DocTitle")
    book.add_paragraph("{{ body }}", style="BodyText")
    foot = book.sections[0].footer.paragraphs[0]
    foot.style, foot.alignment = book.styles["Footer"], WD_ALIGN_PARAGRAPH.CENTER
    for child in (run_xml("— "), field_xml("PAGE"), run_xml(" —")):
        for element in parse_xml(f"<w:p {nsdecls('w')}>{child}</w:p>"):
            foot._element.append(element)
    output = BytesIO()
    book.save(output)
    return stable_zip(output.getvalue(), datetime(2026, 1, 1))


def sample() -> blocks.Document:
    """A small document of every kind of field, to try a template with."""
    return blocks.Document(
        _("文书样例"),
        [
            blocks.KeyValues([(_("责任单位"), _("示例单位")), (_("系统名称"), _("示例系统"))]),
            blocks.Heading(1, _("一、标题")),
            blocks.Paragraph(_("正文一段。")),
            blocks.Table([_("项目"), _("内容")], [(_("甲"), 1)]),
            blocks.BarChart(_("图 1"), [_("甲"), _("乙")], [blocks.Series(_("数量"), [1, 2])], _("乙最多，2 个。")),
            blocks.SignOff(_("示例单位"), date(2026, 1, 5)),
        ],
        meta=blocks.Meta(datetime(2026, 1, 5, 9), _("制作人"), number="〔2026〕1号", layout="official"),
    )
