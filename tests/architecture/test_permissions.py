"""Every URL by every method to everybody, against the table kept by hand (``tests/permissions.csv``).

While a feature grows, ``URLS=filing`` in the environment asks only the URLs whose name holds the word.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from secmgmt.core import permissions

from . import table
from .cast import ALONE, Cast

pytestmark = pytest.mark.django_db  # inside the module's transaction
LINES = list(table.lines())
WORD = os.environ.get("URLS", "")
ASKED = [line for line in LINES if WORD in line.url]
PARTS = 60
HOW = (
    "\nEvery URL has a row in tests/permissions.csv:"
    "\n  url name, method(s), given, then the status code of each column's people for a request without data,"
    "\n  e.g. copy the row of a page of the same kind and put the new name into its braces."
    "\nA row of a new model needs one such row in tests/architecture/cast.py (its name is the URL's, less its end)."
    "\nWhat is right: docs/permissions.md."
)


@pytest.fixture(scope="module")
def cast(django_db_setup, django_db_blocker) -> Iterator[Cast]:
    """The people and rows, made once; the transaction around them is taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic(), table.codes_only():
        cast = Cast()
        for column in table.columns():
            for subject in column:
                cast.client(subject)
        yield cast
        transaction.set_rollback(True)


def test_every_url_is_in_the_table_and_nothing_else_is():
    listed, known = {line.url for line in LINES}, set(table.urls())
    assert not known - listed, f"not in the table: {', '.join(sorted(known - listed))}{HOW}"
    assert not listed - known, f"in the table, but no URL any more: {', '.join(sorted(listed - known))}"


def test_no_row_says_the_same_thing_twice():
    seen = [(line.url, line.method, line.given) for line in LINES]
    assert not {str(entry) for entry in seen if seen.count(entry) > 1}


@pytest.mark.slow(reason="everybody asks for the API's own description too, which is built anew for each")
@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_is_answered_what_the_table_says(cast: Cast, part: int):
    """Of the people who share a column, each row asks one in turn; that they are alike is tested below."""
    arguments, wrong = table.urls(), []
    for line in ASKED[part::PARTS]:
        if line.url not in arguments:
            continue  # said by the test above
        where = table.address(line, cast, arguments[line.url])
        for subject, code in line.asked():
            found = table.answer(cast, subject, line.method, where)
            if found != code:
                wrong.append(f"{line}: {subject} gets {found}, not {code}")
    assert not wrong, "\n" + "\n".join(wrong) + HOW


def test_who_shares_a_column_may_do_the_same(cast: Cast):
    """Rights come from grants alone, so two people with the same grants are answered the same."""
    for first, *others in table.columns():
        wanted = rights_of(cast.person(first))
        for subject in others:
            differing = sorted(rights_of(cast.person(subject)) ^ wanted)
            assert not differing, f"{subject} and {first} need columns of their own: {differing}"


def rights_of(user: Any) -> set[tuple[str, str]]:
    """What a person may do to which model somewhere, and whether he needs a second factor."""
    if user is None:
        return set()
    found = {
        (model._meta.label, action)
        for model in apps.get_models()
        if model._meta.app_label != "testapp"
        for action in permissions.actions_of(model)
        if permissions.may(user, model, action)
    }
    return found | ({("second factor", "")} if user.needs_second_factor else set())


@pytest.mark.parametrize("part", range(2))
def test_no_url_takes_a_method_the_table_does_not_name(cast: Cast, part: int):
    arguments, wrong = table.urls(), []
    for url in sorted(url for url in arguments if WORD in url)[part::2]:
        rows = [line for line in LINES if line.url == url]
        if not rows:
            continue
        line = rows[0]
        subject = next((s for s, code in line.codes.items() if code in (200, 409, 422, 428)), "owner@own")
        if line.codes[subject] == 403:  # an administrators' area: one of its own, who is led on
            subject = next((s for s, code in line.codes.items() if s in ALONE and code != 403), subject)
        where = table.address(line, cast, arguments[url])
        for method in set(table.METHODS) - {row.method for row in rows}:
            code = table.answer(cast, subject, method, where)
            turned_away = code in (302, 403) and code == line.codes[subject]  # before the method is looked at
            if code not in (404, 405) and not turned_away:
                wrong.append(f"{method} {url}: {subject} gets {code}, not 405")
    assert not wrong, "\n" + "\n".join(sorted(wrong)) + HOW
