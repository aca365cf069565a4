"""Reading ``tests/permissions.csv`` and asking what it says.

Columns: ``url`` (URL names; ``{a,b}`` stands for several), ``method`` (several may share a row), ``given`` (words
``name=value``: ``row`` names a row of the cast other than the one the URL's name says, anything else is an argument
of the URL), then one column for the subjects in its heading, then a remark. A cell is the status code.

A column after the remark is headed ``subject:as`` and may be left empty: then the subject is answered as ``as`` is.
"""

from __future__ import annotations

import csv
import functools
import itertools
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.template.backends.django import Template as DjangoTemplate
from django.urls import URLPattern, get_resolver, reverse

from secmgmt.core import audit

from . import extras
from .cast import Cast

FILE = Path(__file__).resolve().parent.parent / "permissions.csv"
FIXED = ("url", "method", "given", "remark")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OF_THE_TESTS = ("api:thing-",)  # the sample feature of the kernel's own tests
KINDS = {
    "protectedobject": "object", "datacategory": "data", "interconnection": "link", **extras.gathered("KINDS")
}  # fmt: skip
ARGUMENTS = {
    "token": "0" * 32, "rest": "no/such", "form": "pdf", "step": "submit", "kind": "self-assessment",
    "invitation": 999_999, "figure": "filed", **extras.gathered("ARGUMENTS"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One URL by one method, and what each subject is answered."""

    url: str
    method: str
    given: tuple[tuple[str, str], ...]
    codes: dict[str, int]
    number: int

    def asked(self) -> Iterator[tuple[str, int]]:
        """One of each column's subjects and his code; another one in the next row."""
        for column in columns():
            subject = column[self.number % len(column)]
            yield subject, self.codes[subject]

    def __str__(self) -> str:
        words = " ".join(f"{name}={value}" for name, value in self.given)
        return f"line {self.number}: {self.method} {self.url}" + (f" ({words})" if words else "")


def braces(text: str) -> list[str]:
    """``a{b,c}`` is ab and ac."""
    parts = [part.split(",") for part in re.split(r"[{}]", text)]
    return ["".join(choice) for choice in itertools.product(*parts)]


@functools.cache
def columns() -> tuple[tuple[str, ...], ...]:
    """The subjects of each column."""
    with FILE.open(encoding="utf-8", newline="") as handle:
        heading = next(csv.reader(handle))
    return tuple(tuple(subjects_of(name)) for name in heading if name not in FIXED)


def subjects_of(heading: str) -> list[str]:
    """Who a column speaks of."""
    return heading.partition(":")[0].split()


def lines() -> Iterator[Line]:
    """Every row of the table, several URLs and methods of one row taken apart."""
    with FILE.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        for row in reader:
            if row["url"].startswith("#"):
                continue  # the heading of a part
            codes: dict[str, int] = {}
            for heading in reader.fieldnames or ():
                if heading not in FIXED:
                    code = int(row[heading] or codes[heading.partition(":")[2]])
                    codes |= dict.fromkeys(subjects_of(heading), code)
            given = tuple(tuple(word.split("=")) for word in row["given"].split())
            for url, method in itertools.product(braces(row["url"]), row["method"].split()):
                yield Line(url, method, given, codes, reader.line_num)


def urls() -> dict[str, set[str]]:
    """Every URL of the product by its name, with the names of its arguments."""
    found: dict[str, set[str]] = {}
    waiting = [(get_resolver(), "")]
    while waiting:
        resolver, before = waiting.pop()
        for entry in resolver.url_patterns:
            if isinstance(entry, URLPattern):
                name = f"{before}{entry.name}"
                if not name.startswith(OF_THE_TESTS):
                    found.setdefault(name, set()).update(entry.pattern.converters)
            else:
                waiting.append((entry, before + (f"{entry.namespace}:" if entry.namespace else "")))
    return found


def address(line: Line, cast: Cast, arguments: set[str]) -> str:
    """Where the line leads: to the row its URL is named after, unless the line names another."""
    given = dict(line.given)
    stem = line.url.rpartition(":")[2].rpartition("-")[0] or line.url.rpartition(":")[2]
    key = given.pop("row", "object" if "object_id" in arguments else KINDS.get(stem, stem.partition("-")[0]))
    values: dict[str, Any] = {name: given.get(name, ARGUMENTS.get(name)) for name in arguments}
    if "pk" in arguments:
        values["pk"] = cast.rows[key].pk
    if "object_id" in arguments:
        row = cast.rows[key]
        values |= {"kind": ContentType.objects.get_for_model(row).pk, "object_id": row.pk}
    return reverse(line.url, kwargs=values)


def answer(cast: Cast, subject: str, method: str, where: str) -> int:
    """The code ``subject`` gets for an empty request; whatever it did is undone."""
    client = cast.client(subject)
    body = {"content_type": "application/json", "data": "{}"} if where.startswith("/api/") and method != "GET" else {}
    with transaction.atomic():
        response = getattr(client, method.lower())(where, **body)
        transaction.set_rollback(True)
    return response.status_code


@contextmanager
def codes_only() -> Iterator[None]:
    """Neither pages are drawn nor refusals written down: other tests see to both, and they are most of the time."""
    logger = logging.getLogger("django.request")
    with (
        mock.patch.object(DjangoTemplate, "render", return_value=""),
        mock.patch.object(audit, "refuse"),
        mock.patch.object(logger, "disabled", True),
    ):
        yield
