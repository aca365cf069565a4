"""Reading a csv or xlsx table into records, with complaints that say which file, line and column.

Nothing here knows what the columns mean; `sources` does. All complaints of a file are collected, so that
a person mends them in one go instead of one by one.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from django.utils.translation import gettext as _

from secmgmt.core.filesafety import secrecy, workbook
from secmgmt.core.filesafety.refusal import FileRefused

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_PROBLEMS = 100
FREE_TEXT = 500  # a column this wide holds sentences, in which a secrecy mark may stand

Source = str | PathLike[str] | bytes
Meaning = TypeVar("Meaning")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_IGNORED_HEADERS = ("备注", "note")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file. line 0: the file as a whole; column "": the line as a whole.

    `cell` is the address in a workbook, as in "C7", on its `sheet`; "" in a csv, where a line need not be a row.
    """

    file: str
    line: int
    column: str
    message: str
    cell: str = ""
    sheet: str = ""

    def __str__(self) -> str:
        where = self.file
        if self.line:
            where += _(" 第 %(line)d 行") % {"line": self.line}
        if self.column:
            where += _("“%(column)s”列") % {"column": self.column}
        return _("%(where)s：%(message)s") % {"where": where, "message": self.message}


class SourceError(ValueError):
    """A file that cannot be taken in. `problems` lists what is wrong, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns a table may have: key → the headers it may stand under; `required` keys must be there.

    `ignored` headers stand in a template for the eye alone.
    """

    headers: Mapping[str, Sequence[str]]
    required: frozenset[str]
    ignored: frozenset[str] = frozenset()


@dataclass(slots=True)
class Record:
    """One data line: text by key, and the problems found so far in the whole file."""

    file: str
    line: int
    values: Mapping[str, str]
    headers: Mapping[str, str]
    cells: Mapping[str, str]
    problems: list[Problem] = field(repr=False)
    sheet: str = ""

    def complain(self, key: str, message: str) -> None:
        header = self.headers.get(key, key)
        cell = self.cells.get(key, "")
        self.problems.append(Problem(self.file, self.line, header, message, cell, self.sheet if cell else ""))

    def text(self, key: str, *, limit: int, required: bool = False, default: str = "") -> str:
        value = self.values.get(key, "") or default
        if required and not value:
            self.complain(key, _("不能为空"))
        if len(value) > limit:
            self.complain(
                key, _("长 %(length)d 字，超过 %(limit)d 字") % {"length": len(value), "limit": limit}
            )
        if limit >= FREE_TEXT and (verdict := secrecy.examine_text(value)).kind == "refuse":
            self.complain(key, verdict.message)
        return value

    def choice(self, key: str, choices: Mapping[str, Meaning], *, default: Meaning) -> Meaning:
        """The meaning of the cell's word; `default` where it is empty or unknown, the latter a problem."""
        value = self.values.get(key, "")
        if not value:
            return default
        if value not in choices:
            allowed = _("、").join(choices)
            self.complain(
                key, _("“%(value)s”不在可选值中：%(allowed)s") % {"value": value, "allowed": allowed}
            )
            return default
        return choices[value]

    def words(self, key: str, *, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """The cell's words between blanks, each of the given form, none twice."""
        words = tuple(self.values.get(key, "").split())
        for word in words:
            if not pattern.fullmatch(word):
                self.complain(key, _("“%(word)s”的写法不对") % {"word": word})
        if len(set(words)) < len(words):
            self.complain(key, _("有重复的值"))
        return words


def refuse(problems: Sequence[Problem]) -> None:
    """Raise what was found, the first hundred of it; do nothing when nothing was."""
    if problems:
        raise SourceError(sorted(problems, key=lambda problem: problem.line)[:MAX_PROBLEMS])


def read_records(source: Source, columns: Columns, *, name: str = "") -> tuple[list[Record], list[Problem]]:
    """The data lines of a csv or xlsx (told apart by content), and the list their problems go to.

    source: a path, or the bytes of an upload with `name` for the messages. Headers stand in the first
    line; blank lines are passed over. SourceError where the table itself cannot be read.
    """
    file, content = _load(source, name)
    is_workbook = content.startswith(b"PK\x03\x04")
    sheet, lines = _xlsx_lines(content, file) if is_workbook else ("", _csv_lines(content, file))
    number, header = next(lines, (1, []))
    keys = _header_keys(header, number, file, columns)
    headers = {key: header[index] for index, key in keys.items()}
    problems: list[Problem] = []
    records: list[Record] = []
    for number, cells in lines:
        if not any(cells):
            continue
        if len(records) == MAX_ROWS:
            raise _whole(file, _("超过 %(rows)d 行") % {"rows": MAX_ROWS})
        if any(cells[len(header) :]):
            problems.append(Problem(file, number, "", _("单元格比表头多")))
        values = {key: cells[index] for index, key in keys.items() if index < len(cells)}
        places = {key: workbook.cell_address(number, index) for index, key in keys.items()} if is_workbook else {}
        record = Record(file, number, MappingProxyType(values), MappingProxyType(headers), places, problems, sheet)
        for key, value in values.items():
            if _CONTROL.search(value):
                record.complain(key, _("含有控制字符"))
        records.append(record)
    if not records:
        raise _whole(file, _("没有数据行"))
    return records, problems


def _whole(file: str, message: str) -> SourceError:
    return SourceError([Problem(file, 0, "", message)])


def _load(source: Source, name: str) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        file, content = name or _("上传的文件"), source
    else:
        path = Path(source)
        file = name or path.name
        try:
            if path.stat().st_size > MAX_BYTES:
                raise _whole(file, _("文件超过 %(size)d MB") % {"size": MAX_BYTES // 1024**2})
            content = path.read_bytes()
        except OSError as error:
            raise _whole(file, _("无法读取：%(reason)s") % {"reason": error.strerror}) from error
    if len(content) > MAX_BYTES:
        raise _whole(file, _("文件超过 %(size)d MB") % {"size": MAX_BYTES // 1024**2})
    return file, content


def _header_keys(header: list[str], line: int, file: str, columns: Columns) -> dict[int, str]:
    known = {spelling: key for key, spellings in columns.headers.items() for spelling in (key, *spellings)}
    keys: dict[int, str] = {}
    problems = []
    for index, title in enumerate(header):
        if not title or title in _IGNORED_HEADERS or title in columns.ignored:
            continue
        if title not in known:  # a misspelt optional column would be lost in silence
            problems.append(Problem(file, line, title, _("不认识的列")))
        elif known[title] in keys.values():
            problems.append(Problem(file, line, title, _("列重复")))
        else:
            keys[index] = known[title]
    for key in columns.headers:
        if key in columns.required and key not in keys.values():
            problems.append(Problem(file, line, columns.headers[key][0], _("缺少这一列")))
    refuse(problems)
    return keys


def _csv_lines(content: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _whole(file, _("是旧版 xls 或加密文件，请另存为未加密的 xlsx"))
    text = _decoded(content, file)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for cells in reader:
            yield number, [cell.strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as error:
        message = _("不是完整的 csv：%(reason)s") % {"reason": error}
        raise SourceError([Problem(file, number, "", message)]) from error


def _decoded(content: bytes, file: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # the second is what Excel saves on a Chinese desktop
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _whole(file, _("不是 UTF-8 或 GB18030 编码的文本，也不是 xlsx"))


def _xlsx_lines(content: bytes, file: str) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """The sheet's title and its lines."""
    try:
        book = workbook.open_workbook(io.BytesIO(content), max_rows=MAX_ROWS, max_bytes=MAX_BYTES)
    except FileRefused as error:
        raise _whole(file, error.message) from error
    return book.sheet, _sheet_lines(book, file)


def _sheet_lines(book: workbook.SheetRows, file: str) -> Iterator[tuple[int, list[str]]]:
    yield 1, book.header
    try:
        for number, values in book.rows:
            cells = enumerate(values)
            yield (
                number,
                [_cell_text(cell, number, workbook.cell_address(number, n), file) for n, cell in cells],
            )
    except FileRefused as error:
        raise _whole(file, error.message) from error


def _cell_text(value: workbook.Value, line: int, address: str, file: str) -> str:
    if value is None:
        return ""
    if isinstance(value, workbook.BadCell):
        message = value.sentence(address)
    elif isinstance(value, datetime.date | datetime.time):
        message = _("%(cell)s 被存成了日期，请设为文本格式后重填") % {"cell": address}
    elif isinstance(value, bool):
        message = _("%(cell)s 不是文本") % {"cell": address}
    elif isinstance(value, float) and value.is_integer():
        return str(int(value))
    else:
        return str(value).strip()
    raise SourceError([Problem(file, line, "", message)])
