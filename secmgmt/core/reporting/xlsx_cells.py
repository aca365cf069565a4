"""How values become spreadsheet cells, for reports and for every export.

Two rules hold everywhere: a user's text is text even when it looks like a formula (A25), and nothing
goes in that a workbook cannot hold.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.worksheet import Worksheet

from .archive import stable_zip
from .text import _, clean_text, display, em_width, escape_markup, local_time

CELL_LIMIT = 32767
SHEET_TITLE_LIMIT = 31
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORBIDDEN_IN_TITLE = re.compile(r"[\[\]:*?/\\']")

_LINE = Side(style="thin", color="B9C3CF")
HEADER_FONT = Font(name="微软雅黑", size=10, bold=True, color="1C2733")
BODY_FONT = Font(name="微软雅黑", size=10)
HEADER_FILL = PatternFill("solid", fgColor="E9EEF5")
BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
WRAP = Alignment(vertical="top", wrap_text=True)
HEADER_ALIGN = Alignment(horizontal="center", vertical="center", wrap_text=True)
DATE_FORMAT = "yyyy-mm-dd"
TIME_FORMAT = "yyyy-mm-dd hh:mm"


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could take `text` for a formula or a command."""
    return text.startswith(_FORMULA_START)


def literal(text: str) -> str:
    """`text` so that a spreadsheet does not take what looks like its own code of a character (_x000D_) for one."""
    return _CODE.sub("_x005F_", text)


def as_text_cell(cell: Cell, text: str) -> None:
    """Put `text` into `cell` so that it is text and stays text when somebody edits it (A25)."""
    cell.value = literal(text)
    if looks_like_formula(text):
        cell.data_type = "s"
        cell.quotePrefix = True


def limited(text: str) -> str:
    """`text` without control characters and, where a cell cannot hold it, cut with a remark that it was."""
    text = clean_text(text)
    if len(text) <= CELL_LIMIT:
        return text
    remark = _("…（超出单元格长度，已截断）")
    return text[: CELL_LIMIT - len(remark)] + remark


def plain_value(value: object) -> object:
    """`value` as a workbook holds it: numbers and dates stay, times become local, the rest is text."""
    if value is None or (isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        return local_time(value).replace(tzinfo=None)
    if isinstance(value, date):
        return value
    if isinstance(value, (list, tuple)):
        return limited("、".join(display(part) for part in value))
    return limited(value if isinstance(value, str) else display(value))


def set_cell(cell: Cell, value: object) -> None:
    """Put any value into `cell` safely, with the number format of dates and times."""
    value = plain_value(value)
    if isinstance(value, str):
        as_text_cell(cell, value)
        return
    cell.value = value
    if isinstance(value, datetime):
        cell.number_format = TIME_FORMAT
    elif isinstance(value, date):
        cell.number_format = DATE_FORMAT


def sheet_title(wanted: str, taken: Iterable[str]) -> str:
    """A legal sheet name like `wanted` that is not in `taken` (names differ by more than case)."""
    used = {name.lower() for name in taken}
    base = _FORBIDDEN_IN_TITLE.sub(" ", clean_text(wanted).replace("\n", " ")).strip() or _("工作表")
    title, number = base[:SHEET_TITLE_LIMIT].strip(), 1
    while title.lower() in used:
        number += 1
        mark = f" ({number})"
        title = base[: SHEET_TITLE_LIMIT - len(mark)].strip() + mark
    return title


def for_paper(sheet: Worksheet, orientation: str = "landscape") -> None:
    """A4, one page wide, the header on every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = orientation, 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = "1:1"


def style_header(sheet: Worksheet, row: int, columns: int) -> None:
    """Give a header row its look and keep it, and all above it, in view."""
    for index in range(1, columns + 1):
        cell = sheet.cell(row, index)
        cell.font, cell.fill, cell.border, cell.alignment = HEADER_FONT, HEADER_FILL, BORDER, HEADER_ALIGN
    sheet.freeze_panes = f"A{row + 1}"


def set_widths(
    sheet: Worksheet, columns: Sequence[str], rows: Sequence[Sequence], widest: float = 60
) -> None:
    """Column widths after the longest line of the first 300 rows, between 6 and `widest` characters."""
    for index, name in enumerate(columns):
        texts = [display(row[index]) for row in rows[:300]]
        lines = [line for text in [display(name), *texts] for line in text.split("\n")]
        width = max(map(em_width, lines), default=4) * 2 + 2
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(max(width, 6), widest)


class _FastRows:
    """Rows of a sheet as XML text: about five times as fast as one object per cell."""

    def __init__(self, first_row: int, columns: int, styles: dict[str, int]):
        self.row, self.styles = first_row, styles
        self.letters = [get_column_letter(index) for index in range(1, columns + 1)]

    def cell(self, place: str, value: object) -> str:
        value = plain_value(value)
        if value is None or value == "":
            return ""
        if isinstance(value, str):
            style = self.styles["quoted" if looks_like_formula(value) else "text"]
            text = escape_markup(literal(value))
            return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        if isinstance(value, date):
            style = self.styles["time" if isinstance(value, datetime) else "date"]
            return f'<c r="{place}" s="{style}"><v>{to_excel(value)}</v></c>'
        return f'<c r="{place}" s="{self.styles["text"]}"><v>{value}</v></c>'

    def xml(self, rows: Iterable[Sequence]) -> str:
        parts, row_number = [], self.row
        for row in rows:
            cells = "".join(
                self.cell(f"{letter}{row_number}", value)
                for letter, value in zip(self.letters, row, strict=True)
            )
            parts.append(f'<row r="{row_number}">{cells}</row>')
            row_number += 1
        self.row = row_number
        return "".join(parts)


def _style_ids(sheet: Worksheet) -> dict[str, int]:
    """The style numbers that fast rows refer to, made on a cell that is taken away again."""
    ids = {}
    for name, number_format, quoted in (
        ("text", "General", False),
        ("quoted", "General", True),
        ("date", DATE_FORMAT, False),
        ("time", TIME_FORMAT, False),
    ):
        cell = Cell(sheet, row=1, column=1)
        cell.font, cell.alignment, cell.number_format = BODY_FONT, WRAP, number_format
        cell.quotePrefix = quoted
        ids[name] = cell.style_id
    return ids


def append_rows(
    book: Workbook, sheet: Worksheet, rows: Iterable[Sequence], columns: int, moment: datetime
) -> bytes:
    """Save `book` with `rows` added below what `sheet` already holds (header, notes, validations stay).

    The way out for exports of many rows; `rows` may be a generator and each has `columns` values.
    """
    start = sheet.max_row + 1
    fast = _FastRows(start, columns, _style_ids(sheet))
    body = fast.xml(rows).encode()
    if fast.row > start and sheet.auto_filter.ref:
        sheet.auto_filter.ref = f"A{start - 1}:{get_column_letter(columns)}{fast.row - 1}"
    output = BytesIO()
    book.save(output)
    path = f"xl/worksheets/sheet{book.worksheets.index(sheet) + 1}.xml"

    def splice(part: bytes) -> bytes:
        size = f'<dimension ref="A1:{get_column_letter(columns)}{max(fast.row - 1, 1)}"'.encode()
        part = re.sub(rb'<dimension ref="[^"]*"', size, part, count=1)
        return part.replace(b"</sheetData>", body + b"</sheetData>", 1)

    return stable_zip(output.getvalue(), moment, {path: splice}, level=4)


def export_rows(
    columns: Sequence[str], rows: Sequence[Sequence], *, title: str, moment: datetime, widths: bool = True
) -> bytes:
    """One sheet of `rows` under a styled, frozen header with a filter: the plain export of a list."""
    book = Workbook()
    sheet = book.active
    sheet.title = sheet_title(title, [])
    for index, name in enumerate(columns, 1):
        set_cell(sheet.cell(1, index), name)
    style_header(sheet, 1, len(columns))
    if widths:
        set_widths(sheet, columns, rows)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}1"
    for_paper(sheet)
    return append_rows(book, sheet, rows, len(columns), moment)
