"""Word templates of an organization: what they may say, and that nobody's text is read as one (A22, A23, A24)."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import docx
import pytest

from secmgmt.core.reporting import templates
from secmgmt.core.reporting.document import Document, KeyValues, Meta, Paragraph, SignOff
from secmgmt.core.reporting.docx import render_docx


def template(*lines: str) -> bytes:
    """A Word file of these paragraphs."""
    book, output = docx.Document(), io.BytesIO()
    for line in lines:
        book.add_paragraph(line)
    book.save(output)
    return output.getvalue()


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def document(*blocks, **meta) -> Document:
    return Document("检查报告", blocks, meta=Meta(datetime(2026, 5, 1, 9), "林予安", **meta))


def test_the_fields_are_filled_and_the_body_stands_where_the_template_says():
    blocks = KeyValues([("责任单位", "市卫健委")]), Paragraph("正文。"), SignOff("市网信办", "2026-05-01")
    form = template("{{ unit }}文件", '抄送：{{ facts["责任单位"] }}', "{{ body }}", "{{ number }}止")
    lines = texts(render_docx(document(*blocks, number="〔2026〕3号"), form))
    assert lines[0] == "市网信办文件" and lines[1] == "抄送：市卫健委" and lines[-1] == "〔2026〕3号止"
    assert "检查报告" in lines and "正文。" in lines and "〔2026〕3号" not in lines  # said by the template


def test_the_starter_template_takes_every_block_and_gives_the_same_file_twice():
    made = templates.sample()
    assert render_docx(made, templates.starter()) == render_docx(made, templates.starter())


@pytest.mark.parametrize(
    "attack",
    [
        "{{ title.__class__.__mro__ }}", "{{ ''.__class__ }}", "{{ facts.__init__.__globals__ }}",
        "{{ title|attr('__class__') }}", "{{ self._TemplateReference__context }}", "{{ cycler.__init__ }}",
        "{{ lipsum.__globals__ }}", "{% for a in facts %}{{ a }}{% endfor %}", "{{ facts[title] }}",
        "{{ title[0] }}", "{{ 'a' * 99 }}", "{{ range(9) }}", "{% set x = 1 %}", "{% include 'x' %}",
        "{% import 'os' as os %}", "{{ title ~ title }}",
    ],
)  # fmt: skip
def test_a_template_that_reaches_for_more_is_refused(attack):
    with pytest.raises(templates.TemplateRefused, match=r"不允许的写法|没有的字段|方括号"):
        render_docx(document(), template(attack, "{{ body }}"))


def test_an_attack_in_a_header_is_refused_too():
    book, output = docx.Document(io.BytesIO(template("{{ body }}"))), io.BytesIO()
    book.sections[0].header.paragraphs[0].text = "{{ title.upper() }}"
    book.save(output)
    with pytest.raises(templates.TemplateRefused, match="不允许的写法"):
        render_docx(document(), output.getvalue())


def test_what_people_typed_is_never_read_as_a_template():
    typed = "{{ title }}{% for x in y %}{{ 7*7 }}"
    made = document(KeyValues([("名称", typed)]), Paragraph(typed), number="{{ 7*7 }}")
    lines = texts(render_docx(made, template('{{ facts["名称"] }}', "{{ number }}", "{{ body }}")))
    assert lines[0] == typed and lines[1] == "{{ 7*7 }}" and typed in lines[2:]


def test_typed_markup_stays_text():
    made = document(KeyValues([("名称", "<w:p/>&甲")]))
    assert texts(render_docx(made, template('{{ facts["名称"] }}', "{{ body }}")))[0] == "<w:p/>&甲"


@pytest.mark.parametrize(
    "lines, said",
    [
        (("{{ nothing }}", "{{ body }}"), "没有的字段“nothing”"),
        (("没有正文",), "单独成段"),
        (("{{ body }}", "{{ body }}"), "单独成段"),
        (("见{{ body }}",), "单独成段"),
        (("{% if title %}", "{{ body }}"), "不完整"),
    ],
)
def test_a_mistaken_template_says_what_to_mend(lines, said):
    with pytest.raises(templates.TemplateRefused, match=said):
        render_docx(document(), template(*lines))


def test_a_body_mark_typed_into_a_field_moves_nothing():
    made = document(KeyValues([("名称", templates.BODY)]), Paragraph("正文。"))
    assert "正文。" in texts(render_docx(made, template('{{ facts["名称"] }}', "{{ body }}")))


def test_a_template_that_would_fetch_from_elsewhere_is_refused():
    """A27: an attached template or linked picture is loaded by the reader's word processor."""
    source, output = zipfile.ZipFile(io.BytesIO(template("{{ body }}"))), io.BytesIO()
    with zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/_rels/document.xml.rels":
                link = b'<Relationship Id="rX" Type="x/attachedTemplate" Target="//h/s.dotm" TargetMode="External"/>'
                part = part.replace(b"</Relationships>", link + b"</Relationships>")
            target.writestr(name, part)
    with pytest.raises(templates.TemplateRefused, match="外部内容"):
        render_docx(document(), output.getvalue())


def test_a_demo_document_says_so_in_any_template():
    assert "演示数据" in texts(render_docx(document(demo=True), template("{{ title }}", "{{ body }}")))
