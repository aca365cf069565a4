"""A kind of document that is made of the records of one model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class ReportKind:
    """A kind of document about one record of ``model``, for whoever may do ``action`` on it.

    ``build(subject, *, by, at) -> Document``; ``related``: what ``select_related`` loads with the subject;
    ``options``: a form class of what may be said of how it is made (``standard(day) -> params``, ``params()``); then
    ``build`` takes ``params`` as well. ``private``: it tells what its maker may see, so it is his alone.
    ``keep_days``: how long its file is kept.
    ``among``: rows → those of which there is such a report, None = all.
    ``note``: one line that says what the report is for; ``line(subject)``: what tells a record from its like where
    one of them is chosen.
    """

    code: str
    label: Any
    model: str
    build: Callable[..., Any]
    formats: tuple[str, ...] = ("pdf", "docx", "xlsx")
    action: str = "export"
    related: tuple[str, ...] = ()
    note: Any = ""
    line: Callable[[Any], str] = str
    options: Any = None
    private: bool = False
    keep_days: int = 180
    among: Callable[[QuerySet], QuerySet] | None = None
