"""Lists, declared once: columns, sorting, choice of columns, paging. The URL is the saved view.

Only declared names reach ``order_by`` (A28); everything a person typed is escaped (A18, A19); a list costs
the same number of queries whatever the number of rows. A parameter that makes no sense is ignored, and the
page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .bounds import whole_number
from .templatetags.ui import choice_labels, shown

PER_PAGE = 50
BATCH = 2000
SORT, COLS, PAGE = "sort", "cols", "page"
Limits = Callable[[list[Any]], dict[Any, frozenset[str] | None]]


@dataclass(frozen=True)
class Column:
    """One column.

    ``value``: dotted path from the row or function row → plain value (default: ``name``); used for the page
    and for exports. ``render``: row → HTML made with format_html, for the page only. ``sort``: the field(s)
    to order by, none = not sortable. ``align``: "" or "num". ``link``: this cell is the row's heading and
    leads to its page. ``default``: shown unless the person chose columns. ``css``: class of the cell.
    """

    name: str
    label: Any
    value: str | Callable[[Any], Any] = ""
    render: Callable[[Any], Any] | None = None
    sort: str | tuple[str, ...] = ()
    align: str = ""
    link: bool = False
    default: bool = True
    css: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """The fields this column orders by."""
        return (self.sort,) if isinstance(self.sort, str) else self.sort

    def plain(self, row: Any) -> Any:
        """The column's value of ``row``; choices give their label."""
        return self.reader(type(row))(row)

    def reader(self, model: type) -> Callable[[Any], Any]:
        """``plain`` for the rows of ``model``, with what is alike for all of them done once."""
        if callable(self.value):
            return self.value
        *parents, last = (self.value or self.name).replace("__", ".").split(".")
        texts = {} if parents else _texts(model, last)

        def read(row: Any) -> Any:
            known = texts
            for part in parents:
                row = getattr(row, part, None)
                if row is None:
                    return None
                known = _texts(type(row), last)
            value = getattr(row, last, None)
            if known:
                return known.get(value, str(value)) if value is not None else None
            return value() if callable(value) else value

        return read

    def html(self, row: Any, read: Callable[[Any], Any] | None = None) -> str:
        """The cell's content, escaped unless ``render`` made it with format_html; ``read``: the column's reader."""
        return conditional_escape(self.render(row) if self.render else shown((read or self.plain)(row)))

    def is_in(self, limit: frozenset[str] | None) -> bool:
        """Whether somebody who was shown only the fields ``limit`` (None = all) sees this column's value."""
        return limit is None or self.name in limit

    @property
    def opening(self) -> str:
        """The opening tag of the column's cells; on a narrow screen a cell says its column's name."""
        if self.link:
            return SafeString('<th scope="row">')
        css = f"{self.align} {self.css}".strip()
        return format_html('<td data-k="{}"{}>', self.label, format_html(' class="{}"', css) if css else "")


@dataclass(frozen=True)
class Cell:
    """A cell's content, and where it leads."""

    column: Column
    html: str
    url: str = ""

    def drawn(self, opening: str) -> str:
        """The whole cell."""
        inside = format_html('<a href="{}">{}</a>', self.url, self.html) if self.url else self.html
        return f"{opening}{inside}</th>" if self.column.link else f"{opening}{inside}</td>"


@dataclass(frozen=True)
class Row:
    """A row with its cells and the buttons this user has on it: (label, url)."""

    obj: Any
    cells: list[Cell]
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Head:
    """A column head: ``url`` sorts by it, ``direction`` is "", "ascending" or "descending"."""

    column: Column
    url: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Pager:
    """Where the page stands: rows ``first``–``last`` of ``total``; ``links`` are (label, url, is current)."""

    first: int
    last: int
    total: int
    links: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class TablePage:
    """One page of a table, ready to draw. ``problems``: sentences about parameters that were ignored."""

    heads: list[Head]
    rows: list[Row]
    pager: Pager
    choices: list[tuple[Column, bool]]
    problems: list[str]
    sort: str
    has_buttons: bool
    selectable: bool

    def drawn(self) -> Iterator[tuple[Row, str]]:
        """Each row with its cells as HTML: drawn here, because a template for each of hundreds is most of a page."""
        openings = [head.column.opening for head in self.heads]
        for row in self.rows:
            cells = [cell.drawn(opening) for cell, opening in zip(row.cells, openings, strict=True)]
            links = format_html_join(
                "", '<a href="{}">{}<span class="vh">{}</span></a>', ((u, text, row.obj) for text, u in row.buttons)
            )
            if self.has_buttons:
                cells.append(f'<td class="row-actions">{links}</td>')
            yield row, SafeString("".join(cells))  # every part is escaped or made by format_html


class Table:
    """A list's declaration. ``default_sort``: a declared name, "-" in front for descending."""

    def __init__(
        self, columns: Iterable[Column], *, default_sort: str = "", per_page: int = PER_PAGE
    ) -> None:
        self.columns = tuple(columns)
        self.by_name = {column.name: column for column in self.columns}
        self.default_sort = default_sort
        self.per_page = per_page
        if len(self.by_name) != len(self.columns):
            raise ValueError("two columns share a name")
        if default_sort and not self._sortable(default_sort):
            raise ValueError(f"{default_sort!r} is not a sortable column")

    def _sortable(self, name: str) -> bool:
        column = self.by_name.get(name.removeprefix("-"))
        return bool(column and any(column.order))

    def sort_of(self, params: QueryDict, problems: list[str]) -> str:
        """The sort a request asks for, or the default when it is none of the declared names."""
        asked = params.get(SORT, "")
        if not asked:
            return self.default_sort
        if self._sortable(asked):
            return asked
        problems.append(_("不能按所给的列排序，已按默认顺序显示。"))
        return self.default_sort

    def chosen(self, params: QueryDict, problems: list[str] | None = None) -> list[Column]:
        """The columns a request asks for (``cols=a,b`` or repeated), heading columns always first."""
        asked = [name for value in params.getlist(COLS) for name in value.split(",") if name]
        known = [name for name in asked if name in self.by_name]
        if problems is not None and len(known) < len(asked):
            problems.append(_("有的列名不存在，已忽略。"))
        if not known:
            return [column for column in self.columns if column.default or column.link]
        return [column for column in self.columns if column.link or column.name in known]

    def ordered(self, queryset: QuerySet, sort: str) -> QuerySet:
        """``queryset`` in a stable order: the sort's fields, then the primary key."""
        if not sort:
            return queryset.order_by("pk")
        down = sort.startswith("-")
        fields = self.by_name[sort.removeprefix("-")].order
        names = [
            name.removeprefix("-") if down and name.startswith("-") else f"-{name}" if down else name
            for name in fields
        ]
        return queryset.order_by(*names, "-pk" if down else "pk")

    def page(
        self,
        queryset: QuerySet,
        params: QueryDict,
        *,
        link: Callable[[Any], str] | None = None,
        buttons: Callable[[list[Any]], dict[Any, list[tuple[str, str]]]] | None = None,
        limits: Limits | None = None,
        selectable: bool = False,
        total: int | None = None,
    ) -> TablePage:
        """The page of ``queryset`` that ``params`` ask for: two queries (count and rows) plus ``buttons``.

        ``link``: row → its address; ``buttons``: rows → {pk: [(label, url)]}, called once for the page;
        ``limits``: rows → {pk: the fields the person was shown of the row}, likewise;
        ``total``: the number of rows, when it is known already.
        """
        problems: list[str] = []
        sort = self.sort_of(params, problems)
        columns = self.chosen(params, problems)
        total = queryset.order_by().count() if total is None else total
        number, pages = self._number(params, total, problems)
        start = (number - 1) * self.per_page
        found = list(self.ordered(queryset, sort)[start : start + self.per_page]) if total else []
        by_row = buttons(found) if buttons and found else {}
        shown_of = limits(found) if limits and found else {}
        readers = [(column, column.reader(queryset.model)) for column in columns]
        return TablePage(
            heads=[self._head(column, sort, params) for column in columns],
            rows=[self._row(obj, readers, link, by_row.get(obj.pk, []), shown_of.get(obj.pk)) for obj in found],
            pager=Pager(start + bool(found), start + len(found), total, page_links(params, number, pages)),
            choices=[(column, column in columns) for column in self.columns],
            problems=problems,
            sort=sort,
            has_buttons=any(by_row.values()),
            selectable=selectable,
        )

    def _number(self, params: QueryDict, total: int, problems: list[str]) -> tuple[int, int]:
        pages = max(1, -(-total // self.per_page))
        asked = whole_number(params.get(PAGE, "1"))
        if not asked:
            problems.append(_("页码不是数字，已显示第 1 页。"))
            return 1, pages
        return min(asked, pages), pages

    def _head(self, column: Column, sort: str, params: QueryDict) -> Head:
        if not any(column.order):
            return Head(column)
        direction = {column.name: "ascending", f"-{column.name}": "descending"}.get(sort, "")
        wanted = f"-{column.name}" if direction == "ascending" else column.name
        return Head(column, url_with(params, **{SORT: wanted, PAGE: None}), direction)

    def _row(
        self,
        obj: Any,
        readers: list[tuple[Column, Callable[[Any], Any]]],
        link: Any,
        buttons: list[tuple[str, str]],
        limit: frozenset[str] | None,
    ) -> Row:
        cells = [
            Cell(c, c.html(obj, read) if c.is_in(limit) else unseen(c, obj), link(obj) if c.link and link else "")
            for c, read in readers
        ]
        return Row(obj, cells, buttons)

    def export(
        self, queryset: QuerySet, params: QueryDict, limits: Limits | None = None
    ) -> tuple[list[str], Iterator[list[Any]]]:
        """(heads, rows of plain values) of all rows in the request's order, in its columns, streamed."""
        columns = self.chosen(params)
        rows = self.ordered(queryset, self.sort_of(params, []))
        return [str(column.label) for column in columns], self._values(rows, columns, limits)

    def _values(self, rows: QuerySet, columns: list[Column], limits: Limits | None) -> Iterator[list[Any]]:
        readers = [(column, column.reader(rows.model)) for column in columns]
        found = rows.iterator(chunk_size=BATCH)
        while batch := list(islice(found, BATCH)):
            shown_of = limits(batch) if limits else {}
            for row in batch:
                limit = shown_of.get(row.pk)
                yield [read(row) if column.is_in(limit) else None for column, read in readers]


def _texts(model: type, field: str) -> dict[Any, str]:
    return {value: str(label) for value, label in choice_labels(model, field).items()}


def unseen(column: Column, row: Any) -> str:
    """The cell of a field the person was not shown: nothing; a row's heading is its name as on its page."""
    return conditional_escape(str(row)) if column.link else "—"


def url_with(params: QueryDict, **changes: Any) -> str:
    """``?…`` of ``params`` with some replaced; None removes one."""
    copy = params.copy()
    for name, value in changes.items():
        copy.pop(name, None)
        if value is not None:
            copy[name] = str(value)
    return f"?{copy.urlencode()}"


def page_links(params: QueryDict, number: int, pages: int) -> list[tuple[str, str, bool]]:
    """The pager's links: first, neighbours, last, next; nothing when all fits on one page."""
    if pages <= 1:
        return []
    near = sorted({1, pages, *range(max(1, number - 2), min(pages, number + 2) + 1)})
    links: list[tuple[str, str, bool]] = []
    previous = 0
    for page in near:
        if page - previous > 1:
            links.append(("…", "", False))
        links.append((str(page), url_with(params, page=page), page == number))
        previous = page
    if number > 1:
        links.insert(0, (_("上一页"), url_with(params, page=number - 1), False))
    if number < pages:
        links.append((_("下一页"), url_with(params, page=number + 1), False))
    return links


def two_lines(first: Any, second: Any) -> str:
    """A cell of two lines, the second small: both escaped."""
    return format_html('{}<br><span class="sm mut">{}</span>', first, second)
