"""Workbooks that people import: checked as a whole before a single cell is read.

``open_workbook`` refuses what cannot be imported and hands over header and rows; single bad cells come as
``sheetxml.BadCell`` markers, so that a preview can name each one by its address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter, range_boundaries

from . import archives, sheetxml, sniff
from .refusal import FileRefused
from .sheetxml import BadCell, CellError, ControlText, Formula, Value

__all__ = [
    "BadCell",
    "CellError",
    "ControlText",
    "Formula",
    "SheetRows",
    "Value",
    "cell_address",
    "open_workbook",
]

_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]+\d+:[A-Z]+\d+)["']""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")


@dataclass(frozen=True)
class SheetRows:
    """``header``: texts of row 1. ``rows``: (row number, one value per header), blank rows left out.

    ``count``: rows beneath the header, blank ones included. ``rows`` is read while you iterate and may still
    refuse (too many rows, a value beside the header).
    """

    sheet: str
    header: list[str]
    rows: Iterator[tuple[int, tuple[Value, ...]]]
    count: int = 0


def cell_address(row: int, column: int) -> str:
    """Row number and 0-based column → ``B7``."""
    return f"{get_column_letter(column + 1)}{row}"


def open_workbook(
    fileobj: IO[bytes], *, max_rows: int, max_bytes: int, sheet: str | None = None
) -> SheetRows:
    """Check a workbook and start reading ``sheet`` (else the first visible); refuses with ``FileRefused``."""
    sniff.check_size(fileobj, max_bytes)
    archive = check_is_workbook(fileobj)
    main = sheetxml.main_part(archive)
    parts = archives.relations(archive, main)
    root = archives.parse(archive, main)
    title, part = pick_sheet(root, parts, sheet)
    rows, merges = survey(archive, part)
    check_row_count(rows, max_rows)
    check_merges(merges)
    stream = sheetxml.read_rows(archive, part, sheetxml.book_context(archive, main))
    number, cells = next(stream, (0, {}))
    header = check_header(number, cells)
    return SheetRows(title, header, check_rows(stream, len(header), max_rows), max(0, rows - 1))


def check_is_workbook(fileobj: IO[bytes]) -> archives.Archive:
    """An .xlsx by content, past every archive guard."""
    found, archive = sniff.look_into(fileobj)
    if found != "xlsx" or archive is None:
        what = _("文本（例如改了扩展名的 CSV）") if found == "txt" else f".{found}"
        message = _("这不是 Excel 工作簿，内容是%s。请在模板（.xlsx）里填写后再导入。")
        raise FileRefused("not-a-workbook", message % what)
    return archive


def pick_sheet(root, parts: dict[str, tuple[str, str]], wanted: str | None) -> tuple[str, str]:
    """(title, part) of the wanted or first visible sheet; a hidden one is never read silently."""
    sheets = []
    for item in root.iterfind("{*}sheets/{*}sheet"):
        identity = next((value for key, value in item.attrib.items() if key.endswith("}id")), "")
        kind, path = parts.get(identity, ("", ""))
        if kind == "worksheet":
            sheets.append((item.get("name", ""), path, item.get("state", "visible") == "visible"))
    for title, path, visible in sheets:
        if title == wanted or (wanted is None and visible):
            if not visible:
                raise FileRefused(
                    "hidden-sheet", _("工作表“%s”是隐藏的。请取消隐藏并核对内容后再导入。") % title
                )
            return title, path
    there = "、".join(title for title, _path, visible in sheets if visible) or _("没有可见的工作表")
    message = _("没有找到工作表“%(wanted)s”，文件里是：%(there)s。请用下载的模板填写，不要改工作表名。")
    raise FileRefused("wrong-sheet", message % {"wanted": wanted or _("第一个"), "there": there[:200]})


def survey(archive: archives.Archive, part: str) -> tuple[int, list[str]]:
    """Rows and merged ranges of a sheet by a search over its bytes, without parsing it."""
    rows, merges, tail = 0, {}, b""
    for chunk in archive.utf8_chunks(part):
        text = tail + chunk
        cut = text.rfind(b"<")  # the last tag may go on in the next chunk
        tail = text[cut:] if cut >= 0 and len(text) - cut < 4096 else b""
        text = text[: len(text) - len(tail)]
        rows += sum(1 for _hit in _ROW.finditer(text))
        merges.update(dict.fromkeys(hit.decode() for hit in _MERGE.findall(text)))
    return rows, list(merges)


def check_row_count(rows: int, max_rows: int) -> None:
    """Refuse before any cell is read (the header is one row more)."""
    if rows > max_rows + 1:
        message = _(
            "表里有 %(n)d 行，超过一次导入的上限 %(max)d 行。请分成几个文件；若下方是空行，请整行删除。"
        )
        raise FileRefused("too-many-rows", message % {"n": rows, "max": max_rows})


def check_merges(merges: list[str]) -> None:
    """Merged cells keep one value for several places: which was meant cannot be known."""
    for ref in merges:
        if range_boundaries(ref)[1] == 1:
            raise FileRefused(
                "merged-header", _("表头 %s 是合并单元格。请取消合并，第一行每列一个列名。") % ref
            )
        raise FileRefused("merged-cells", _("%s 是合并单元格。请取消合并，并在每一行填写内容。") % ref)


def check_header(number: int, cells: dict[int, Value]) -> list[str]:
    """Row 1 names every column once."""
    if number != 1 or not cells:
        raise FileRefused(
            "no-header", _("第 1 行没有列名。请用下载的模板填写，第一行保留列名，从第二行起填数据。")
        )
    header: list[str] = []
    for column in range(max(cells) + 1):
        value = cells.get(column)
        address = cell_address(1, column)
        if isinstance(value, BadCell):
            raise FileRefused("bad-header", value.sentence(address))
        text = "" if value is None else str(value).strip()
        if not text:
            raise FileRefused("blank-header", _("表头 %s 是空的。请填写列名，或删除这一列。") % address)
        if text in header:
            message = _("列名“%(name)s”出现了两次（%(first)s 和 %(second)s）。请删除多余的一列。")
            values = {"name": text, "first": cell_address(1, header.index(text)), "second": address}
            raise FileRefused("duplicate-header", message % values)
        header.append(text)
    return header


def check_rows(stream, width: int, max_rows: int) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """Filled rows as tuples of the header's width, never more than ``max_rows``."""
    columns = range(width)
    for count, (number, cells) in enumerate(stream, 1):
        check_row_count(count, max_rows - 1)
        if max(cells) >= width:
            message = _("%s 有内容，但这一列没有列名。请补上列名，或清除这一格。")
            raise FileRefused("beside-header", message % cell_address(number, max(cells)))
        yield number, tuple(map(cells.get, columns))
