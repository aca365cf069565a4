"""Of what the overview and the figures are asked: units a person oversees, a level, a year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from secmgmt.accounts.models import OrgUnit
from secmgmt.core import errors, manifest, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.figures import Figure, FigureScope, known_to

OVERSEE = "oversee"
YEARS = 5
LEVELS = (4, 3, 2, 1)


@dataclass(frozen=True)
class Asked:
    """What was asked for, as far as it makes sense; ``unit`` None: all that the person oversees.

    ``alone``: the unit without what is beneath it. ``level``: 0 = not graded yet.
    ``subject``: the number of one object instead of units. ``problems``: sentences about what was set aside.
    """

    user: Any
    today: dt.date
    year: int
    unit: Any = None
    alone: bool = False
    level: int | None = None
    subject: int | None = None
    problems: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The units it is about, each with everything beneath."""
        if self.subject is not None:
            return ()
        if self.unit is not None:
            return (self.unit.path,)
        return tuple(permissions.paths_for(self.user, OrgUnit, OVERSEE))

    def scope(self, year: int | None = None) -> FigureScope:
        """For the figures, of its year or another."""
        asked = year or self.year
        since, until = dt.date(asked, 1, 1), dt.date(asked, 12, 31)
        return FigureScope(self.user, since, until, self.today, self.paths, self.alone, self.level, self.subject)

    def query(self, **changes: Any) -> str:
        """The address of it with some replaced, None removes one: ``?unit=3&year=2026``."""
        mine = {"unit": self.unit.pk if self.unit else None, "level": self.level, "object": self.subject}
        mine |= {"own": 1 if self.alone else None}
        mine |= {"year": self.year if self.year != self.today.year else None, **changes}
        return f"?{urlencode({name: value for name, value in mine.items() if value is not None})}"

    @property
    def years(self) -> list[int]:
        """The years there are to choose from, and those the trend is drawn over."""
        return list(range(self.today.year, self.today.year - YEARS, -1))


def may_oversee(user: Any) -> bool:
    """Whether the overview is for ``user``."""
    return permissions.may(user, OrgUnit, OVERSEE)


def units_overseen(user: Any) -> Any:
    """The units there are to choose from."""
    return OrgUnit.objects.visible_to(user, OVERSEE).filter(merged_into__isnull=True).order_by("path")


def unit_overseen(user: Any, pk: Any) -> Any:
    """One of them: 404 for one that is not beneath a position of his."""
    found = units_overseen(user).filter(pk=whole_number(pk) or 0).first()
    if found is None:
        raise errors.OutOfScope(model=OrgUnit._meta.label, lookup=str(pk)[:40])
    return found


def require_overseer(user: Any) -> None:
    """Raise NotAllowed for whoever oversees nothing."""
    if not may_oversee(user):
        who = permissions.who_may(OrgUnit, OVERSEE)
        raise errors.NotAllowed(_("一览由安全领导、领导小组办公室、检查人员和单位负责人查看。"), who_may=who)


def asked(user: Any, sent: Any, today: dt.date, *, objects: bool = False) -> Asked:
    """What the parameters ``sent`` ask for. ``objects``: one object may be named, for whoever sees its rows.

    Raises OutOfScope for a unit beyond the person's, NotAllowed where he oversees none.
    """
    subject = whole_number(sent.get("object")) if objects else None
    if subject is None:
        require_overseer(user)
    problems: list[str] = []
    year = _one_of(sent.get("year", ""), range(today.year - 20, today.year + 1), _("年度"), problems) or today.year
    level = _one_of(sent.get("level", ""), range(6), _("等级"), problems)
    named = sent.get("unit", "") if subject is None else ""
    unit = unit_overseen(user, named) if named else None
    alone = unit is not None and bool(sent.get("own"))
    return Asked(user, today, year, unit, alone, level, subject, tuple(problems))


def _one_of(sent: str, known: range, label: str, problems: list[str]) -> int | None:
    number = 0 if sent == "0" else whole_number(sent)
    if sent and number not in known:
        problems.append(_("筛选条件“%(label)s”没有采用：没有这个选项。") % {"label": label})
        return None
    return number


def figures() -> list[Figure]:
    """All figures in their order."""
    return sorted(manifest.collect("figures"), key=lambda figure: figure.order)


def figures_for(user: Any, subject: int | None = None) -> list[Figure]:
    """Those of which ``user`` can have been shown a row; of one object (``subject``) also by invitation."""
    return known_to(user, figures(), invited=subject is not None)


def figure_named(code: str, asked: Asked) -> Figure:
    """One figure, or a 404: also where its rows are of a kind that is never shown to who asks."""
    found = next((figure for figure in figures_for(asked.user, asked.subject) if figure.code == code), None)
    if found is None:
        raise errors.OutOfScope(model="figure", lookup=code[:40])
    return found
