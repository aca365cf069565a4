"""The sheet of notes of a template tells every condition the form has, before anybody fills it in."""

from __future__ import annotations

import io

import pytest
from django import forms
from openpyxl import load_workbook

from assets.components.sheets import COMPONENT_SHEET
from assets.connections.sheets import LINK_SHEET
from assets.datasets.sheets import DATA_SHEET
from assets.inventory.basis import AssetForm
from assets.inventory.sheets import NETWORK_SHEET, OBJECT_SHEET

SHEETS = (OBJECT_SHEET, NETWORK_SHEET, COMPONENT_SHEET, DATA_SHEET, LINK_SHEET)


def notes_of(sheet, user) -> dict[str, dict[str, str]]:
    """For each column by its heading what the notes say under each of their own headings."""
    notes = load_workbook(io.BytesIO(sheet.template(user)))["填写说明"]
    heads, *rows = notes.iter_rows(min_row=4, values_only=True)
    return {row[0]: dict(zip(heads, (cell or "" for cell in row), strict=True)) for row in rows}


def answers(form):
    """Each answer of each closed column by itself, the ticks of the columns it depends on with it."""
    for name, field in form.fields.items():
        if isinstance(field, forms.BooleanField):
            yield {name: "on"}
        elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            above = field.widget.attrs.get("data-of", "")
            yield from ({name: key, above: "on"} for key, _label in field.choices if key)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.model.__name__)
def test_every_condition_under_which_the_form_asks_for_a_column_is_told_at_the_column(city, sheet, monkeypatch):
    asked: dict[str, str] = {}
    monkeypatch.setattr(AssetForm, "need", lambda form, name, why: asked.setdefault(name, why))
    form = sheet.make_form(city.lin, False)
    for data in answers(form):
        sheet.form_class(data, user=city.lin).is_valid()
    assert asked
    notes = notes_of(sheet, city.lin)
    told = {name: notes[str(form.fields[name].label)] for name in asked}
    assert not {name: why for name, why in asked.items() if not told[name]["条件"] and "必填" not in told[name]["说明"]}


def test_a_conditional_column_names_column_and_answer_and_its_place_on_the_filing_form(city):
    notes = notes_of(OBJECT_SHEET, city.lin)
    cloud = notes["云责任主体"]
    assert cloud["条件"] == "采用云计算=是 时填，否则留空" and "采用云计算时必填" in cloud["说明"]
    assert notes["停用日期"]["条件"] == "运行状态=已停用 时填，否则留空"
    assert notes["其他服务范围"]["条件"] == "服务范围=其他 时填，否则留空"
    places = {head: notes[head]["官方表格"] for head in ("责任单位", "业务类型", "云服务模式", "编号")}
    assert list(places.values()) == ["备案表 表一：单位名称", "备案表 表二", "备案表 表四", ""]
    assert notes["运行状态"]["示例"] == "在建设" and notes["投入运行日期"]["示例"] == "2026-01-31"
    assert notes_of(DATA_SHEET, city.lin)["数据名称"]["官方表格"] == "备案表 表六"
