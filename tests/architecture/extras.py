"""What each feature adds to the tests of the whole house, kept beside its own tests.

``tests/<app>/<feature>/cast_rows.py``, or that of a package without features, may define

``rows(cast) -> dict``      name → row of the health bureau, for the table of permissions
``CAPACITIES``              name of a row → capacity of those who take part in rows of its kind
``KINDS``, ``ARGUMENTS``    first word of a URL's name → name of the row; argument of a URL → value
``LISTS``                   first word of a list's name → (subject, function (cast, n) that makes one more row)
``BOUNDED``                 such a word → why the list is never long
``MAKERS``, ``PAGES``       model → function (stage, state) that makes a row ready for its steps; → its URL of steps
``OTHERS``                  field named in ``row`` of transitions.csv → function value → a value for which the step is
                            not meant
``GIVEN``                   word of ``row`` in transitions.csv → function (row, value), where it is no field of the row
``HATS``                    word of ``never`` → function (row, person) that lets the person have done it
``WORN``                    model → the words of ``never`` to try on rows of it
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

TESTS = Path(__file__).resolve().parent.parent


@cache
def modules() -> tuple[ModuleType, ...]:
    """The ``cast_rows`` of every feature."""
    found = sorted([*TESTS.glob("*/cast_rows.py"), *TESTS.glob("*/*/cast_rows.py")])
    parts = (path.relative_to(TESTS).with_suffix("").parts for path in found)
    return tuple(importlib.import_module(".".join(("tests", *names))) for names in parts)


def gathered(name: str) -> dict[str, Any]:
    """The features' entries of one kind."""
    return {key: value for module in modules() for key, value in getattr(module, name, {}).items()}


def rows(cast: Any) -> dict[str, Any]:
    """Every feature's rows."""
    return {name: row for module in modules() if hasattr(module, "rows") for name, row in module.rows(cast).items()}
