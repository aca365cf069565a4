"""The workbook itself: written protected with open answer cells, read back with every complaint named by its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from copy import copy
from io import BytesIO
from typing import IO, Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from secmgmt.core.filesafety import secrecy
from secmgmt.core.filesafety.refusal import FileRefused
from secmgmt.core.filesafety.workbook import BadCell, SheetRows, Value, cell_address, open_workbook
from secmgmt.core.reporting import xlsx_cells as cells

from . import offline, points, services
from .models import RISKS, Answer, Assessment
from .responsibility import inherited_whole, worse_of

ANSWERS, IDENTITY = "填报", "身份"  # names of the format, in no other language
MAX_BYTES, MAX_ROWS = 5 * 1024 * 1024, 1000
COLUMNS = (
    ("code", "条款", 12), ("layer", "层面", 14), ("control_point", "控制点", 14), ("summary", "要求", 46),
    ("check", "怎么核查", 40), ("result", "结果", 10), ("found", "现状说明", 44), ("risk", "风险", 7),
    ("cases", "符合的高风险判例", 16), ("possible", "可选判例", 16), ("who", "填写", 18),
    ("base", "校验，勿改", 12),
)  # fmt: skip
OPEN = ("result", "found", "risk", "cases")
PLACE = {key: place for place, (key, _title, _width) in enumerate(COLUMNS)}
RESULTS = {str(label): code for code, label in points.RESULT_LABELS.items()}
_ANSWERED = PatternFill("solid", fgColor="FFFBE6")


# -- out -----------------------------------------------------------------------------------------------------


def workbook_of(assessment: Assessment, rows: Sequence[Answer], *, by: Any, at: dt.datetime) -> bytes:
    """The protected workbook of an assessment; ``rows`` with ``editable`` said of each (answering.dress)."""
    exported = at.isoformat()
    book = Workbook()
    sheet = book.active
    sheet.title = ANSWERS
    for place, (_key, title, width) in enumerate(COLUMNS, 1):
        cell = sheet.cell(1, place, title)
        cell.font, cell.fill, cell.border, cell.alignment = (
            cells.HEADER_FONT, cells.HEADER_FILL, cells.BORDER, cells.HEADER_ALIGN,
        )  # fmt: skip
        sheet.column_dimensions[get_column_letter(place)].width = width
    styles = _styles(sheet)
    for number, row in enumerate(rows, 2):
        _write(sheet, number, row, exported, styles)
    _choices(sheet, len(rows) + 1)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(rows) + 1}"
    cells.for_paper(sheet)
    _protect(sheet)
    _identity(book.create_sheet(IDENTITY), assessment, rows, exported, by)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _styles(sheet: Worksheet) -> tuple[Any, Any]:
    """The look of a locked and of an open cell, made once: styling each of 2,500 cells takes a second."""
    locked, opened = Cell(sheet), Cell(sheet)
    for cell in (locked, opened):
        cell.font, cell.border, cell.alignment = cells.BODY_FONT, cells.BORDER, cells.WRAP
    opened.number_format, opened.fill, opened.protection = "@", _ANSWERED, Protection(locked=False)
    return locked._style, opened._style


def _write(sheet: Worksheet, number: int, row: Answer, exported: str, styles: tuple[Any, Any]) -> None:
    given = offline.given_of(row)
    texts = {
        "code": row.code, "layer": row.layer, "control_point": row.control_point, "summary": row.summary,
        "check": row.guidance.check_text[:1000] if row.guidance else "",
        "result": offline.told("result", given["result"]) if given["result"] else "",
        "found": given["found"], "risk": given["risk"], "cases": "、".join(given["high_risk_applies"]),
        "possible": "、".join(row.high_risk), "who": _who(row), "base": offline.base_of(row, exported),
    }  # fmt: skip
    for place, (key, _title, _width) in enumerate(COLUMNS, 1):
        may = key in OPEN and row.editable and not (key == "result" and (row.by_component or inherited_whole(row)))
        cell = sheet.cell(number, place)
        cell._style = copy(styles[may])
        cells.as_text_cell(cell, cells.limited(texts[key]))
    longest = max(len(texts["summary"]) / 22, len(texts["check"]) / 19, len(texts["found"]) / 21, 1)
    sheet.row_dimensions[number].height = min(15 * (int(longest) + 1), 200)


def _who(row: Answer) -> str:
    if not row.editable:
        return _("不由您填写")
    if row.by_component:
        return _("按部件作答，结果在网上填")
    if inherited_whole(row):
        return _("由承载平台提供，结果不填")
    if row.pending:
        last = row.get_result_display()
        return _("%(why)s，上次%(last)s") % {"why": row.get_pending_display(), "last": last or _("未答")}
    return _("共同：填本方，平台为%s") % row.get_platform_result_display() if row.platform_result else ""


def _choices(sheet: Worksheet, last: int) -> None:
    """Drop-downs of result and risk, and the limit of the text."""
    lists = (("result", ",".join(RESULTS)), ("risk", ",".join(code for code, _label in RISKS)))
    for key, choices in lists:
        rule = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True, showErrorMessage=True)
        rule.error, rule.errorTitle = _("请从下拉列表中选择。"), ANSWERS
        letter = get_column_letter(PLACE[key] + 1)
        rule.add(f"{letter}2:{letter}{last}")
        sheet.add_data_validation(rule)
    most = str(services.FOUND_LENGTH)
    rule = DataValidation(type="textLength", operator="lessThanOrEqual", formula1=most, showErrorMessage=True)
    rule.error, rule.errorTitle = _("现状说明不超过 %s 字。") % most, ANSWERS
    letter = get_column_letter(PLACE["found"] + 1)
    rule.add(f"{letter}2:{letter}{last}")
    sheet.add_data_validation(rule)


def _protect(sheet: Worksheet) -> None:
    """Against slips only: what guards the content are the seals."""
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
    sheet.protection.enable()


def _identity(sheet: Worksheet, assessment: Assessment, rows: Sequence[Answer], exported: str, by: Any) -> None:
    lines = [
        (_("格式"), offline.FORMAT), (_("自评估编号"), str(assessment.pk)), (_("条款集摘要"), offline.item_set(rows)),
        (_("导出时刻"), exported), (_("自评估"), assessment.title), (_("对象"), str(assessment.protected_object)),
        (_("等级"), assessment.level_line), (_("标准"), assessment.standard_code), (_("项数"), str(len(rows))),
        (_("导出人"), str(by)), (_("导出时间"), f"{localtime(dt.datetime.fromisoformat(exported)):%Y-%m-%d %H:%M}"),
    ]  # fmt: skip
    lines = [(name, cells.limited(value).strip()) for name, value in lines]
    lines.append((_("校验码"), offline.sealed(*(value for _name, value in lines))))
    for number, line in enumerate([(_("项目"), _("内容")), *lines], 1):
        for place, text in enumerate(line, 1):
            cell = sheet.cell(number, place)
            cells.as_text_cell(cell, text)
            cell.font, cell.border, cell.alignment = cells.BODY_FONT, cells.BORDER, cells.WRAP
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 60
    _protect(sheet)


# -- in ------------------------------------------------------------------------------------------------------


def read(upload: IO[bytes], assessment: Assessment) -> list[offline.Filled]:
    """The rows of a returned workbook of ``assessment``. Raises FileRefused: what, where, how to mend."""
    exported = check_identity(_opened(upload, IDENTITY), assessment)
    sheet = _opened(upload, ANSWERS)
    if sheet.header != [title for _key, title, _width in COLUMNS]:
        raise FileRefused("changed-header", _("工作表“%s”第 1 行的列名与导出时不同。请用导出的工作簿填写。") % ANSWERS)
    known = {row.code: row for row in assessment.answers.all()}
    found: list[offline.Filled] = []
    seen: dict[str, int] = {}
    wrong: list[str] = []
    for number, values in sheet.rows:
        entry, complaints = _row(number, values, known, assessment.pk, exported)
        if entry is not None and entry.code in seen:
            complaints = [_("%(cell)s：条款 %(code)s 在第 %(n)d 行已有。") % {
                "cell": cell_address(number, 0), "code": entry.code, "n": seen[entry.code]
            }]  # fmt: skip
        if entry is not None and not complaints:
            seen[entry.code] = number
            found.append(entry)
        wrong += complaints
    if wrong:
        more = _("\n……共 %d 处") % len(wrong) if len(wrong) > 20 else ""
        raise FileRefused("bad-cells", _("整份文件都没有采用，请改正后再上传：\n") + "\n".join(wrong[:20]) + more)
    if not found:
        raise FileRefused("no-rows", _("工作表“%s”没有数据行。") % ANSWERS)
    return found


def _opened(upload: IO[bytes], sheet: str) -> SheetRows:
    upload.seek(0)
    try:
        return open_workbook(upload, max_rows=MAX_ROWS, max_bytes=MAX_BYTES, sheet=sheet)
    except FileRefused as error:
        if error.code != "wrong-sheet":
            raise
        hint = _("这不是本页导出的离线填报工作簿。")
        raise FileRefused(error.code, f"{hint}{error.message}") from error


def check_identity(sheet: SheetRows, assessment: Assessment) -> str:
    """When the workbook was exported. Raises FileRefused: tampered, of another assessment, of other items."""
    values = [str(row[1]) if len(row) > 1 and row[1] is not None else "" for _number, row in sheet.rows]
    if len(values) < 5 or values[0] != offline.FORMAT:
        message = _("工作表“%s”的 B2 不是本系统离线填报的格式。请用本页导出的工作簿填写。")
        raise FileRefused("not-offline", message % IDENTITY)
    if not offline.is_sealed(values[-1], *values[:-1]):
        message = _("工作表“%(sheet)s”的 B2:B%(n)d 与导出时不一致，身份信息被改动过，不能导入。请重新导出后填写。")
        raise FileRefused("tampered", message % {"sheet": IDENTITY, "n": len(values) + 1})
    if values[1] != str(assessment.pk):
        message = _("这份工作簿属于另一次自评估（工作表“%(sheet)s” B3、B6：%(pk)s“%(name)s”），不能导入“%(here)s”。")
        words = {"sheet": IDENTITY, "pk": values[1], "name": values[4], "here": assessment}
        raise FileRefused("other-assessment", message % words)
    if values[2] != offline.item_set(assessment.answers.order_by("order")):
        message = _("这份工作簿的条款与自评估现在的条款不是同一套（工作表“%s” B4）。请重新导出后填写。")
        raise FileRefused("other-items", message % IDENTITY)
    return values[3]


def _row(
    number: int, values: Sequence[Value], known: dict[str, Answer], pk: int, exported: str
) -> tuple[offline.Filled | None, list[str]]:
    texts, wrong = {}, []
    for key, place in PLACE.items():
        if key in ("code", "base", *OPEN):
            texts[key], complaint = _text(values[place], cell_address(number, place))
            wrong += complaint
    row = known.get(texts["code"])
    if row is None:
        return None, wrong or [_("%(cell)s：本次自评估没有条款“%(code)s”。") % {
            "cell": cell_address(number, 0), "code": texts["code"][:40]
        }]  # fmt: skip
    base = offline.base_state(texts["base"], assessment=pk, exported=exported, code=row.code)
    if base is None:
        wrong.append(_("%s：校验码被改动过，认不出导出时的作答。请重新导出。") % cell_address(number, PLACE["base"]))
    wrong += list(_complaints(number, texts, row))
    if wrong:
        return None, wrong
    result = RESULTS.get(texts["result"], "")
    whole = worse_of(result, row.platform_result) if result and row.duty and row.platform_result else result
    gap = whole in (points.PARTIAL, points.UNMET) or bool(row.pending and not result)
    given = {
        "result": result,
        "found": texts["found"],
        "risk": texts["risk"] if gap else "",
        "high_risk_applies": sorted(cases_in(texts["cases"])) if gap else [],
    }
    return offline.Filled(row.code, number, base or "", given), []


def cases_in(text: str) -> set[str]:
    """The case numbers a cell names, apart by 、, commas, semicolons or blanks."""
    for mark in "、，,；;\n":
        text = text.replace(mark, " ")
    return set(text.split())


def _complaints(number: int, texts: dict[str, str], row: Answer) -> Iterator[str]:
    def at(key: str) -> str:
        return cell_address(number, PLACE[key])

    if texts["result"] and texts["result"] not in RESULTS:
        yield _("%(cell)s：结果“%(text)s”只能是符合、部分符合、不符合或不适用。") % {
            "cell": at("result"), "text": texts["result"][:20]
        }  # fmt: skip
    if texts["risk"] and texts["risk"] not in dict(RISKS):
        yield _("%(cell)s：风险“%(text)s”只能是高、中或低。") % {"cell": at("risk"), "text": texts["risk"][:20]}
    if len(texts["found"]) > services.FOUND_LENGTH:
        words = {"cell": at("found"), "n": services.FOUND_LENGTH, "now": len(texts["found"])}
        yield _("%(cell)s：现状说明不超过 %(n)d 字，现有 %(now)d 字。") % words
    strange = cases_in(texts["cases"]) - set(row.high_risk)
    if strange:
        yield _("%(cell)s：判例“%(case)s”不属于这一项。") % {"cell": at("cases"), "case": sorted(strange)[0][:20]}
    for key in ("found", "cases"):
        if (verdict := secrecy.examine_text(texts[key])).kind == "refuse":
            yield f"{at(key)}：{verdict.message}"


def _text(value: Value, address: str) -> tuple[str, list[str]]:
    if value is None:
        return "", []
    if isinstance(value, BadCell):
        return "", [value.sentence(address)]
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        return "", [_("%s 被存成了日期或逻辑值，请设为文本格式后重填。") % address]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\r\n", "\n").strip(), []
