"""The cells of a worksheet, fast: a small reader over expat.

10,000 rows × 40 columns take about 1.4 seconds, where the usual library needs six. Values only: nothing is
evaluated, and what an import may not hold comes as a ``BadCell`` with a sentence for its address.
Runs after the archive guard; a document type stops it nevertheless.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from . import archives

_ESCAPE = re.compile(r"_x(005F(?=_x)|00[01][0-9A-F])_")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_COLUMNS = {get_column_letter(n): n - 1 for n in range(1, 16385)}
_DIGITS = "0123456789"
PAGE_TITLES = {f"{page}{kind}" for page in ("odd", "even", "first") for kind in ("Header", "Footer")}
MAX_TITLE_CHARS = 8192  # the usual programs write at most 255
_CHINESE_DATES = {*range(27, 37), *range(50, 59)}  # built-in numbers whose format depends on the locale


@dataclass(frozen=True)
class BadCell:
    """A cell whose content an import does not take; ``sentence`` tells the person."""

    text: str

    def sentence(self, address: str) -> str:
        raise NotImplementedError


class Formula(BadCell):
    def sentence(self, address: str) -> str:
        return _("%(cell)s 是公式（%(text)s）。请复制后“选择性粘贴—数值”，再导入。") % {
            "cell": address,
            "text": self.text[:60],
        }


class CellError(BadCell):
    def sentence(self, address: str) -> str:
        return _("%(cell)s 是错误值 %(text)s。请改为正确的内容再导入。") % {
            "cell": address,
            "text": self.text,
        }


class ControlText(BadCell):
    def sentence(self, address: str) -> str:
        return _("%s 含有看不见的控制字符。请删除后重新填写，再导入。") % address


Value = str | int | float | bool | dt.date | dt.datetime | dt.time | BadCell | None


@dataclass(frozen=True)
class Book:
    """What cells refer to: string table, date styles (style → shows a time), first day of the calendar."""

    strings: list[str | BadCell] = field(default_factory=list)
    dates: dict[str, bool] = field(default_factory=dict)
    epoch: dt.datetime = CALENDAR_WINDOWS_1900


def main_part(archive: archives.Archive) -> str:
    """The part that lists the sheets."""
    found = (part for kind, part in archives.relations(archive, "").values() if kind == "officeDocument")
    return next(found, "xl/workbook.xml")


def book_context(archive: archives.Archive, main: str) -> Book:
    """Strings, date styles and calendar of the workbook whose main part is ``main``."""
    parts = dict(archives.relations(archive, main).values())
    strings = shared_strings(archive, parts["sharedStrings"]) if "sharedStrings" in parts else []
    dates = date_styles(archive, parts["styles"]) if "styles" in parts else {}
    props = archives.parse(archive, main).find("{*}workbookPr")
    mac = props is not None and props.get("date1904") in ("1", "true")
    return Book(strings, dates, CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900)


def shared_strings(archive: archives.Archive, part: str) -> list[str | BadCell]:
    """The workbook's string table; phonetic guides are left out."""
    found = []
    for item in archives.stream(archive, part, "{*}si"):
        texts = (t.text or "" for t in item.iter("{*}t") if not t.getparent().tag.endswith("}rPh"))
        found.append(clean_text("".join(texts)))
    return found


def clean_text(text: str) -> str | BadCell:
    """Undo the format's ``_x000D_`` escapes; what is then left of control characters is marked."""
    if "_x" not in text:  # the parser itself refuses bare control characters
        return text
    text = _ESCAPE.sub(lambda hit: chr(int(hit.group(1), 16)), text)
    return ControlText(text) if _CONTROL.search(text) else text


def date_styles(archive: archives.Archive, part: str) -> dict[str, bool]:
    """Cell style number → whether its date format shows a time, for date styles only."""
    root = archives.parse(archive, part)
    formats = {
        item.get("numFmtId"): item.get("formatCode", "") for item in root.iterfind("{*}numFmts/{*}numFmt")
    }
    found = {}
    for number, style in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
        identity = style.get("numFmtId", "0")
        code = formats.get(identity) or BUILTIN_FORMATS.get(int(identity), "")
        elapsed = is_timedelta_format(code)  # [h]:mm counts hours, it is no point in time
        if int(identity) in _CHINESE_DATES or (is_date_format(code) and not elapsed):
            bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code).lower()
            found[str(number)] = "h" in bare or "s" in bare
    return found


def to_number(text: str, style: str | None, book: Book) -> Value:
    """A number, or the date or time its style shows it as."""
    if style in book.dates:
        return to_moment(text, book.dates[style], book.epoch)
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return CellError(text)


@functools.lru_cache(maxsize=8192)  # a column of dates repeats itself
def to_moment(text: str, shows_time: bool, epoch: dt.datetime) -> Value:
    """Days since ``epoch``: a date, with a time when the style shows one; below one day a time."""
    try:
        moment = from_excel(float(text), epoch)
    except (ValueError, OverflowError):
        return CellError(text)
    if isinstance(moment, dt.datetime) and not shows_time and moment.time() == dt.time():
        return moment.date()
    return moment


def read_rows(archive: archives.Archive, part: str, book: Book) -> Iterator[tuple[int, dict[int, Value]]]:
    """(row number, 0-based column → value) of each row that holds any value, as the file is unpacked."""
    ready: list[tuple[int, dict[int, Value]]] = []
    parser = sheet_parser(book, ready.append)
    try:
        for chunk in archive.chunks(part):
            parser.Parse(chunk, False)
            yield from ready
            ready.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise archives.broken_part(part) from error
    yield from ready


def page_titles(archive: archives.Archive, part: str) -> list[tuple[str, str]]:
    """(``oddHeader`` …, its text with codes such as ``&C``) of a sheet, once the part is read to its end."""
    found: list[tuple[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype

    def start(name: str, _attributes: dict[str, str]) -> None:
        if (title := name.rpartition(":")[2]) in PAGE_TITLES:
            found.append((title, ""))
            check_titles(found)
            parser.CharacterDataHandler, parser.EndElementHandler = text, end

    def text(piece: str) -> None:
        title, before = found[-1]
        found[-1] = (title, before + piece)
        check_titles(found)

    def end(name: str) -> None:
        if name.rpartition(":")[2] in PAGE_TITLES:
            parser.CharacterDataHandler = parser.EndElementHandler = None

    parser.StartElementHandler = start
    try:
        for chunk in archive.chunks(part):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise archives.broken_part(part) from error
    return found


def check_titles(found: list[tuple[str, str]]) -> None:
    """No more headers and footers, and no longer ones, than a sheet has: they are read within every upload."""
    if len(found) > len(PAGE_TITLES) or len(found[-1][1]) > MAX_TITLE_CHARS:
        raise ValueError("more headers and footers than a sheet has")


def refuse_doctype(*_args) -> NoReturn:
    raise ValueError("a document type has no place in a sheet")


def sheet_parser(book: Book, emit) -> expat.XMLParserType:
    """A parser that calls ``emit((row number, cells))`` for each row with values."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype

    def begin(name: str, _attributes: dict[str, str]) -> None:
        """The root's prefix (mostly none) is that of every element: fix the names once, then compare."""
        handle_cells(parser, name.removesuffix("worksheet"), book, emit)

    parser.StartElementHandler = begin
    return parser


def handle_cells(parser: expat.XMLParserType, prefix: str, book: Book, emit) -> None:
    """Set the handlers for rows and cells. Closures: look-ups on ``self`` would be half of the time."""
    row_, c, v, t, f, guide = (prefix + tag for tag in ("row", "c", "v", "t", "f", "rPh"))
    texts: list[str] = []
    cells: dict[int, Value] = {}
    attrs: dict[str, str] = {}
    row, column, phonetic = 0, -1, False
    raw = formula = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, cells, column, attrs, raw, formula, phonetic
        if name == c:
            attrs, raw, formula = attributes, None, None
            column = _COLUMNS[attributes["r"].rstrip(_DIGITS)] if "r" in attributes else column + 1
        elif name == row_:
            row, column, cells = int(attributes.get("r", row + 1)), -1, {}
        elif name == guide:
            phonetic = True
        if texts:
            texts.clear()

    def end(name: str) -> None:
        nonlocal raw, formula, phonetic
        if name == v:
            raw = texts[0] if len(texts) == 1 else "".join(texts)
        elif name == c:
            if formula is not None:
                cells[column] = Formula("=" + formula)
            elif raw:
                cells[column] = value_of(attrs.get("t"), raw, attrs.get("s"), book)
        elif name == t:
            raw = raw if phonetic else (raw or "") + "".join(texts)
        elif name == row_ and cells:
            emit((row, cells))
        elif name == f:
            formula = "".join(texts)
        elif name == guide:
            phonetic = False

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = texts.append


def value_of(kind: str | None, raw: str, style: str | None, book: Book) -> Value:
    """One cell's text as the value its type says it is."""
    if kind is None or kind == "n":
        return to_number(raw, style, book)
    if kind == "s":
        return book.strings[int(raw)] or None
    if kind == "b":
        return raw == "1"
    if kind == "e":
        return CellError(raw)
    if kind == "d":
        return dt.datetime.fromisoformat(raw)
    return clean_text(raw)
