"""Chapters of the compliance report that list records: the most pressing of them, and how many more there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from .figures import HIT, Counted, Figure, FigureScope, ReportScope, known_to, rows
from .reporting.document import Heading, Paragraph, Table

LISTED = 200
NUMBERS = "一二三四五"
TEXT = 120  # characters of a long text that a cell shows


@dataclass(frozen=True)
class Listing:
    """A table of records in a chapter.

    ``query``: scope → rows there are, before it is looked at who may see them. ``loaded``: their order, the most
    pressing first, and what the columns need, for this reader. ``columns``: head, relative width, row → text.
    ``to_unit``, ``to_level``, ``to_object``: as in ``Figure``.
    """

    title: Any
    model: str
    query: Callable[[FigureScope], QuerySet]
    loaded: Callable[[QuerySet, FigureScope], QuerySet]
    columns: Sequence[tuple[Any, float, Callable[[Any], Any]]]
    to_unit: str = "protected_object__unit"
    to_level: str = "protected_object__security_level"
    to_object: str = "protected_object"

    @property
    def figure(self) -> Figure:
        """Its rows as those of a figure, so that the scope and the reader's rights are laid over them likewise."""
        return Figure(
            "listing", self.title, "", self.model, lambda scope: Counted(self.query(scope)), "",
            to_unit=self.to_unit, to_level=self.to_level, to_object=self.to_object,
        )  # fmt: skip


def chapter_of(*listings: Listing) -> Callable[[ReportScope], list[Any]]:
    """What builds a chapter of these tables; of what its maker's position does not show it says so."""

    def build(told: ReportScope) -> list[Any]:
        shown = [one for one in listings if known_to(told.scope.user, [one.figure], invited=told.of_object)]
        if not shown:
            return [Paragraph(_("制作人的岗位不能查看这方面的记录。"))]
        made = [(one, table) for one in shown if (table := _table(one, told))]
        if len(listings) == 1:
            return [table for _one, table in made]
        titled = [(f"（{NUMBERS[n]}）{one.title}", table) for n, (one, table) in enumerate(made)]
        return [block for title, table in titled for block in (Heading(2, title), table)]

    return build


def _table(listing: Listing, told: ReportScope) -> Table | None:
    found = rows(listing.figure, told.scope, HIT)
    listed = list(listing.loaded(found, told.scope)[: LISTED + 1])
    if not listed:
        return None
    note = ""
    if len(listed) > LISTED:
        words = {"n": LISTED, "more": found.count() - LISTED}
        note = _("只列出最紧要的前 %(n)d 条，另有 %(more)d 条，在系统中查看。") % words
    lines = [tuple(cell(row) for _head, _width, cell in listing.columns) for row in listed[:LISTED]]
    heads, widths = [str(head) for head, _w, _c in listing.columns], [width for _h, width, _c in listing.columns]
    return Table(heads, lines, widths=widths, align="l" * len(heads), note=note)


def day(value: Any) -> str:
    """A date, — where there is none."""
    return value.isoformat() if value else "—"


def short(text: str) -> str:
    """A long text cut to what a cell holds, — where there is none."""
    text = " ".join(text.split())
    return f"{text[:TEXT]}…" if len(text) > TEXT else text or "—"


def in_use(scope: FigureScope) -> Q:
    """Rows of objects that are not retired; in the report of one object all of them."""
    return Q() if scope.subject is not None else ~Q(protected_object__status="retired")
