"""Every page of the product as somebody sees it: the permission table asks for it, the test client draws it.

A page that a table of its own would have to name cannot be forgotten this way: a new URL needs its row in
``tests/permissions.csv``, and every row that answers with a page is looked at (``test_pages.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from unittest import mock

from django.db import transaction

from secmgmt.core import audit
from tests.architecture import table
from tests.architecture.cast import Cast

# who looks; a page that several see alike is opened once
SUBJECTS = (
    "anonymous", "nobody", "owner@own", "unit_lead@own", "expert@invited", "authority@below", "rules_keeper@below",
    "system_admin", "security_admin", "audit_admin",
)  # fmt: skip
PAGES = (200, 409, 422, 428)  # refusals (403, 404) are one page for all and looked at by themselves


@dataclass(frozen=True)
class Sight:
    """A page: what it answers to, who sees it, its markup and its policy."""

    name: str
    subject: str
    html: str
    policy: str


class Skeleton(HTMLParser):
    """Elements and classes without texts, names and numbers: what two people's views of a page differ in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        names = " ".join(sorted(given))
        self.elements.append(f"{tag} {given.get('class') or ''} {given.get('type') or ''} {names}")

    @classmethod
    def of(cls, html: str) -> frozenset[str]:
        """The kinds of elements of a page."""
        return frozenset(cls(html).elements)


def sight_of(name: str, subject: str, response: Any) -> Sight | None:
    """The page a response is, if it is a whole one and not a file, a part or a redirect."""
    if not response.get("Content-Type", "").startswith("text/html") or response.streaming:
        return None
    html = response.content.decode()
    if "<html" not in html:
        return None
    return Sight(name, subject, html, response.get("Content-Security-Policy", ""))


def drawn(cast: Cast, line: table.Line, subject: str, where: str) -> Sight | None:
    """What the subject is shown; whatever the request did is undone."""
    client = cast.client(subject)
    with transaction.atomic():
        response = getattr(client, line.method.lower())(where)
        transaction.set_rollback(True)
    return sight_of(f"{line} {response.status_code}", subject, response)


def of_line(cast: Cast, line: table.Line, known: Set[str]) -> Iterator[Sight]:
    """The different pages of a row of the table: one, and those that show kinds of elements no page did before."""
    where, seen, first = table.address(line, cast, table.urls()[line.url]), set[str](), True
    for subject in SUBJECTS:
        if line.codes[subject] not in PAGES:
            continue
        sight = drawn(cast, line, subject, where)
        if sight and ((new := Skeleton.of(sight.html) - seen - known) or first):
            seen |= new
            first = False
            yield sight


@contextmanager
def quietly() -> Iterator[None]:
    """Refusals are neither written down nor logged."""
    with mock.patch.object(audit, "refuse"), mock.patch.object(logging.getLogger("django.request"), "disabled", True):
        yield
