"""Standards and overlays as workbooks: what is downloaded, and what an uploaded one would change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from secmgmt.core.clock import now
from secmgmt.core.reporting.xlsx_cells import append_rows, set_cell, sheet_title, style_header

from . import services, sources
from .files import Columns
from .models import CHANGES, SIDES, WEIGHTS, CatalogItem, Standard
from .rows import CatalogueRow, GuidanceRow
from .selection import COVERED_LEVELS, SCOPES

CHANGE_WORDS, SIDE_WORDS, WEIGHT_WORDS = dict(CHANGES), dict(SIDES), dict(WEIGHTS)
WIDE = {"summary": 60, "official_text": 80, "check": 60, "remedy": 60, "evidence": 40, "typical_gap": 40}
ITEM_OPTIONS: dict[str, Sequence[Any]] = {
    "level": COVERED_LEVELS,
    "scope": SCOPES,
    "domain": sources.DOMAINS,
    "sag": ("S", "A", "G"),
    "same_as_lower": tuple(CHANGE_WORDS.values()),
    "applies_to": tuple(SIDE_WORDS.values()),
    "weight": tuple(WEIGHT_WORDS.values()),
}
ITEM_NOTES = (
    gettext_lazy("每行一个要求项。“等级、条款、安全层面、控制点、领域、要求”必填，其余可以不填，也可以不要这一列。"),
    gettext_lazy("条款与项合起来是要求项的编码（如 8.1.4.1 与 a），整张表不能重复。"),
    gettext_lazy("范围不填为“通用”；云计算等扩展要求按对象的技术类型选取。"),
    gettext_lazy("SAG 不填为 G：S 随业务信息等级，A 随系统服务等级，G 随两者中较高的。"),
    gettext_lazy("“不变”“增强”须写低一级条款，“新增”不写；第一级都不写。高风险判例写指引的编号，多个用空格隔开。"),
)


OVERLAY_NOTES = (
    gettext_lazy("只填“官方原文、重要程度、适用责任”三列；等级、范围、控制点、要求概述供对照，改了不起作用。"),
    gettext_lazy("表里有的条款，三列的单元格是什么就变成什么，空白就是清除；表里没有的条款、没有的列，都不变。"),
    gettext_lazy("重要程度：一般、重要、关键（或 1、2、3）。没有标注的在计分时按“一般”。"),
    gettext_lazy("适用责任只用于云计算扩展要求：云服务商、云服务客户、双方。"),
    gettext_lazy("官方原文须是本单位有权使用的文本。"),
)


GUIDANCE_NOTES = (
    gettext_lazy("一行指引可以管多个条款，编码用空格隔开；测评对象用“；”隔开。"),
    gettext_lazy("每个条款至多出现一次，没有指引的条款不写。"),
)


def heads_of(columns: Columns) -> dict[str, str]:
    """Column → the name it is written under."""
    return {key: names[0] for key, names in columns.headers.items()}


def workbook(
    title: str, heads: dict[str, str], rows: Iterable[Sequence[Any]], options: dict[str, Sequence[Any]], notes: Any
) -> bytes:
    """A sheet with a header, drop-downs and ``rows``; what to know stands on a second one."""
    book = Workbook()
    sheet, second = book.active, book.create_sheet(_("填写说明"))
    sheet.title = sheet_title(title, [second.title])
    for index, (key, head) in enumerate(heads.items(), 1):
        set_cell(sheet.cell(1, index), head)
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = WIDE.get(key, 14)
        if key in options:
            listed = ",".join(map(str, options[key]))
            rule = DataValidation("list", formula1=f'"{listed}"', allow_blank=True)
            rule.add(f"{letter}2:{letter}20001")
            sheet.add_data_validation(rule)
    style_header(sheet, 1, len(heads))
    second.column_dimensions["A"].width = 100
    for index, text in enumerate(notes, 1):
        set_cell(second.cell(index, 1), str(text))
    return append_rows(book, sheet, rows, len(heads), now())


# -- a standard ----------------------------------------------------------------------------------------------


def row_of(item: CatalogItem) -> CatalogueRow:
    """An item as the row of its file."""
    values = {name: getattr(item, name) for name in services.ITEM_FIELDS}
    return CatalogueRow(**values, high_risk_2025=tuple(item.high_risk))


def standard_workbook(standard: Standard | None) -> bytes:
    """The items of a standard, without the overlay; read again it gives the same rows. None: a blank one."""
    heads = heads_of(sources.CATALOGUE_COLUMNS)
    rows = [] if standard is None else [row_of(item) for item in standard.items.order_by("order")]
    title = _("条款") if standard is None else str(standard)
    return workbook(title, heads, ([cell_of(row, key) for key in heads] for row in rows), ITEM_OPTIONS, ITEM_NOTES)


def cell_of(row: CatalogueRow, key: str) -> Any:
    """A value as its file writes it."""
    value = getattr(row, key)
    words = {"same_as_lower": CHANGE_WORDS, "applies_to": SIDE_WORDS, "weight": WEIGHT_WORDS}
    if key in words:
        return str(words[key].get(value, ""))
    return " ".join(value) if isinstance(value, tuple) else value


def guidance_workbook(standard: Standard | None) -> bytes:
    """The guidance of a standard; None: a blank one."""
    heads = heads_of(sources.GUIDANCE_COLUMNS)
    rows = [] if standard is None else stored_guidance(standard)
    return workbook(_("指引"), heads, rows, {"risk": sources.RISKS}, GUIDANCE_NOTES)


def stored_guidance(standard: Standard) -> list[tuple[str, ...]]:
    """The guidance of a standard in the columns of its file."""
    kept = ("key", "objects_text", "check_text", "evidence", "typical_gap", "remedy", "risk")
    return list(standard.guidance.order_by("pk").values_list(*kept))


def guidance_cells(row: GuidanceRow) -> tuple[str, ...]:
    """A row of guidance as its file writes it."""
    return (" ".join(row.codes), "；".join(row.objects), row.check, row.evidence, row.typical_gap, row.remedy, row.risk)


@dataclass
class StandardPlan:
    """What storing an uploaded standard would do; ``changed``: (code, column, before, after)."""

    code: str
    name: str
    file: str
    rows: list[CatalogueRow]
    guidance: list[GuidanceRow] | None
    seen: str
    added: list[str] = field(default_factory=list)
    changed: list[tuple[str, str, str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    is_new: bool = True
    is_same: bool = False


def plan_of(code: str, name: str, file: str, rows: Sequence[Any], guidance: Sequence[Any] | None) -> StandardPlan:
    """Compare an uploaded standard with what is stored under its code. Conflict: it may not be replaced."""
    standard = Standard.objects.filter(code=code).first()
    services.check_replaceable(standard)
    notes = None if guidance is None else list(guidance)
    found = StandardPlan(code, name, file, list(rows), notes, standard.digest if standard else "")
    if standard is None:
        found.added = [row.code for row in rows]
        return found
    found.is_new = False
    heads, items = heads_of(sources.CATALOGUE_COLUMNS), list(standard.items.order_by("order"))
    stored = {item.code: row_of(item) for item in items}
    for row in rows:
        before = stored.pop(row.code, None)
        if before is None:
            found.added.append(row.code)
            continue
        pairs = ((head, str(cell_of(before, key) or ""), str(cell_of(row, key) or "")) for key, head in heads.items())
        found.changed += [(row.code, head, old, new) for head, old, new in pairs if old != new]
    found.removed = list(stored)
    same_order = [item.code for item in items] == [row.code for row in rows]
    same_guidance = notes is None or stored_guidance(standard) == [guidance_cells(row) for row in notes]
    found.is_same = not found.changed and same_order and same_guidance and standard.name == name
    return found


# -- an overlay ----------------------------------------------------------------------------------------------


def overlay_workbook(standard: Standard) -> bytes:
    """All items of a standard with the overlay as it is now, to be filled in and uploaded."""
    heads = {
        "code": _("条款"), "level": _("等级"), "scope": _("范围"), "control_point": _("控制点"),
        "summary": _("要求概述"), "official_text": _("官方原文"), "weight": _("重要程度"), "applies_to": _("适用责任"),
    }  # fmt: skip
    rows = (
        [
            item.code, item.level, item.scope, item.control_point, item.summary, item.official_text,
            told(item.weight_own), told(item.applies_to_own),
        ]
        for item in standard.items.order_by("order")
    )  # fmt: skip
    options = {name: ITEM_OPTIONS[name] for name in ("weight", "applies_to")}
    return workbook(str(standard), heads, rows, options, OVERLAY_NOTES)


def overlay_changes(standard: Standard, overlay: sources.Overlay) -> list[dict[str, Any]]:
    """What an overlay would change, cell by cell: {code, line, cell, field, column, before, after}.

    An empty cell clears; items and columns the file does not have stay.
    """
    heads = heads_of(sources.OVERLAY_COLUMNS)
    fields = {column: name for column, name in services.OVERLAY_FIELDS.items() if column in overlay.columns}
    items = {item.code: item for item in standard.items.all()}
    found = []
    for row in overlay.rows:
        for column, name in fields.items():
            before, after = getattr(items[row.code], name), getattr(row, column)
            if before != after:
                found.append(
                    {"code": row.code, "line": row.line, "cell": row.cells.get(column, ""), "field": name,
                     "column": heads[column], "before": before, "after": after}
                )  # fmt: skip
    return found


def told(value: Any) -> str:
    """An overlay's value in words, as the file writes it."""
    return str(WEIGHT_WORDS.get(value) or SIDE_WORDS.get(value) or value or "")
