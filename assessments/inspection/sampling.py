"""Which components are looked at: GB/T 28449-2018 附录 D, by the object's level.

Level 1 takes at least one component of each class, 2 and 3 at least two, 4 covers every kind of product in a class.
The draw is reproducible: key components first, then by a digest of the seed and the component's name.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

LEAST = {1: 1, 2: 2, 3: 2, 4: 2}


def propose(components: Iterable[Any], *, level: int, seed: str) -> list[Any]:
    """The components drawn, class by class. ``level`` 1–4 (ValueError); ``seed``: object and day of the inspection."""
    if level not in LEAST:
        raise ValueError(f"level must be 1 to 4, not {level!r}")
    classes: dict[str, list[Any]] = defaultdict(list)
    for component in components:
        classes[component.kind].append(component)
    drawn: list[Any] = []
    for kind in sorted(classes):
        ordered = sorted(classes[kind], key=lambda row: (not row.is_key, _place(seed, row.name), row.name))
        first = _one_of_each(ordered) if level == 4 else []
        rest = [row for row in ordered if row not in first]
        drawn += [*first, *rest[: max(0, LEAST[level] - len(first))]]
    return drawn


def short_of(components: Iterable[Any], chosen: Iterable[Any], *, level: int) -> list[str]:
    """The classes of which fewer are chosen than the standard takes at least."""
    there: dict[str, int] = defaultdict(int)
    taken: dict[str, int] = defaultdict(int)
    for row in components:
        there[row.kind] += 1
    for row in chosen:
        taken[row.kind] += 1
    return [kind for kind in sorted(there) if taken[kind] < min(LEAST[level], there[kind])]


def _one_of_each(ordered: list[Any]) -> list[Any]:
    """The first of every kind of product (vendor, model, version)."""
    seen, found = set(), []
    for row in ordered:
        product = (row.vendor, row.model, row.version_text)
        if product not in seen:
            seen.add(product)
            found.append(row)
    return found


def _place(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}|{name}".encode()).hexdigest()
