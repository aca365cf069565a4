"""Who answers an item of a hosted system: the ready-made tables, what a hosting agreed on, and the rules of both parts.

The ready-made tables are practice and not clause text: a contract overrides them line by line (shown as such).
Their codes are those of level 3 of GB/T 22239-2019; other levels find theirs by lineage, what is in no table is 自行.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from assessments.catalog.lineage import Lineage
from secmgmt.core import errors

from . import points
from .reuse_models import OWN_RANK, SHARES, ResponsibilityLine

FILE = Path(__file__).parent / "data" / "hosting-responsibility.csv"
MODELS = ("colocation", "iaas", "paas", "saas")
OWN, JOINT, PLATFORM = "own", "joint", "platform"
CODES = {str(label): code for code, label in SHARES}
BADNESS = {points.MET: 0, points.PARTIAL: 1, points.UNMET: 2}


class Ready(NamedTuple):
    """A line of a ready-made table."""

    share: str
    note: str


@cache
def ready_made(model: str) -> Mapping[str, Ready]:
    """Item → share of the ready-made table for one way of hosting; ValueError names another."""
    if model not in MODELS:
        raise ValueError(f"unknown way of hosting {model!r}")
    with FILE.open(encoding="utf-8", newline="") as handle:
        return {
            row["code"]: Ready({"平台": PLATFORM, "共同": JOINT, "自行": OWN}[row[model]], row["note"])
            for row in csv.DictReader(handle)
        }


def most_own(shares: Iterable[str]) -> str:
    """Of several shares the one that leaves most to the tenant."""
    return max(shares, key=OWN_RANK.__getitem__)


def in_force(line: Any, ready: Mapping[str, Ready]) -> str:
    """What a line comes to: more for the platform than the ready-made table has it only with its agreement."""
    usual = ready[line.code].share if line.code in ready else OWN
    if OWN_RANK[line.share] >= OWN_RANK[usual] or line.share == line.agreed:
        return line.share
    return usual


class Table:
    """Who answers which item under one hosting."""

    def __init__(self, model: str, lines: Iterable[Any] = ()) -> None:
        """``lines``: those kept for the hosting; where there are none the ready-made table holds as it is."""
        ready, kept = ready_made(model), list(lines)
        self.shares = {line.code: in_force(line, ready) for line in kept}
        if not kept:
            self.shares = {code: line.share for code, line in ready.items()}

    def share(self, code: str, lineage: Lineage) -> str:
        """The share of an item of any level."""
        kin = lineage.kin_among(code, self.shares)
        return most_own(self.shares[one.code] for one in kin) if kin else OWN


def table_of(hosting: Any) -> Table:
    """The table that holds for a hosting."""
    return Table(hosting.model, ResponsibilityLine.objects.filter(hosting=hosting))


def worse_of(own: str, platform: str) -> str:
    """Of both parts' results the worse; a part that does not apply leaves it to the other."""
    if points.NOT_APPLICABLE in (own, platform):
        return platform if own == points.NOT_APPLICABLE else own
    return max(own, platform, key=BADNESS.__getitem__)


def worst_of(results: Iterable[str]) -> str:
    """The worst of several results; ValueError when there is none."""
    listed = list(results)
    whole = listed[0]
    for result in listed[1:]:
        whole = worse_of(whole, result)
    return whole


def combined(shares: Iterable[str]) -> str:
    """The share of an item over all hostings of a system: the platform's alone only where it is under each of them."""
    found = set(shares)
    if found <= {OWN}:
        return OWN
    return PLATFORM if found == {PLATFORM} else JOINT


def whole_of(row: Any, result: str) -> str:
    """The item's result when ``result`` is answered here: with the platform's part where it has one.

    Raises Invalid: the platform's result cannot be answered otherwise here, and where it is not known never 符合.
    """
    if not row.duty:
        return result
    if not row.platform_result:
        if result == points.MET:
            text = _("平台结果不可用，这一项不能答为“符合”：待平台有有效的评估，或在责任分担表中改为自行。")
            raise errors.Invalid({"result": [text]})
        return result
    if row.duty == PLATFORM:
        if result != row.platform_result:
            raise errors.Invalid({"result": [_("这一项由承载平台提供，结果取自平台的评估，不能在这里改。")]})
        return result
    return worse_of(result, row.platform_result) if result else ""


def inherited_whole(row: Any) -> bool:
    """Whether the whole result is the platform's, who also explains it."""
    return bool(row.duty == PLATFORM and row.platform_result)


def settles(row: Any, result: str) -> dict[str, Any]:
    """What else an answer changes on the row, {} for an item that is neither inherited nor waits."""
    changed: dict[str, Any] = {}
    if row.duty == JOINT and row.platform_result:
        changed["own_result"] = result
    if row.pending:
        unknown = row.duty and not row.platform_result and not result
        changed["pending"] = row.pending if unknown else ""
    return changed
