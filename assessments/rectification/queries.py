"""Which rectification items there are for whom, and what they count."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from assessments.grading.queries import people_with
from secmgmt.accounts.models import User
from secmgmt.core import permissions

from .choices import OPEN, RUNNING, WAITING, State
from .models import Rectification, RectifiedResult

RELATED = ("protected_object__unit", "owner", "asked_by", "updated_by")


def searched_text(row: Rectification) -> str:
    """What of an item the site-wide search looks in."""
    told = (row.number, row.title, row.finding, row.clause, row.component, row.measure)
    return " ".join([*told, str(row.protected_object), str(row.protected_object.unit)])


def holds(user: Any, role: str, path: str) -> bool:
    """Whether ``user`` holds ``role`` over the unit at ``path`` now."""
    return any(grant.role == role and path.startswith(grant.path) for grant in user.grants())


def to_decide(user: Any, *states: str) -> QuerySet:
    """The items that wait for a decision of ``user``: the longest waiting first.

    By the role frozen at submission, over the units where he holds it; never what he asked for or answers for.
    """
    condition = Q(pk__in=[])
    by_role: dict[str, list[str]] = defaultdict(list)
    for grant in user.grants() if getattr(user, "is_active", False) else ():
        by_role[grant.role].append(grant.path)
    for role, paths in by_role.items():
        condition |= Q(decides_role=role) & beneath(paths)
    # an administrator's role is no position and decides on no business matter
    rows = Rectification.objects.filter(condition, state__in=states or WAITING).exclude(decides_role="")
    rows = rows.exclude(asked_by=user).exclude(owner=user)
    return rows.select_related(*RELATED).order_by("asked_at", "pk")


def beneath(paths: list[str]) -> Q:
    """The condition that an item's object belongs to a unit under one of ``paths``."""
    if any(permissions.covers_everything(path) for path in paths):
        return Q()
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(protected_object__unit__path__startswith=path)
    return found


def to_work(user: Any) -> QuerySet:
    """The items that wait for ``user`` to plan or do them: his own, and those without an owner in his units."""
    rows = Rectification.objects.visible_to(user, "plan").filter(state__in=(State.PLANNING, State.DOING))
    mine = Q(owner=user) | Q(owner__isnull=True, protected_object__owner=user)
    return rows.filter(mine).select_related(*RELATED).order_by("due_on", "pk")


def overdue(rows: QuerySet, today: dt.date) -> QuerySet:
    """Those of ``rows`` whose due date is past and still counts."""
    return rows.filter(state__in=RUNNING, due_on__lt=today)


class Hazards(NamedTuple):
    """重大风险隐患 as the 2025 report counts them: found, and put right since."""

    found: int
    closed: int

    @property
    def label(self) -> str:
        """「10（5个已整改）」 (公安机关 2025 年等级保护工作答复，第 22 问)."""
        return _("%(found)d（%(closed)d个已整改）") % {"found": self.found, "closed": self.closed}


def major_hazards(rows: QuerySet) -> Hazards:
    """How many of ``rows`` are 重大风险隐患, and how many of these are closed: the one source of this figure."""
    counted = rows.filter(major=True).aggregate(
        found=Count("pk"), closed=Count("pk", filter=Q(state=State.CLOSED))
    )
    return Hazards(counted["found"], counted["closed"])


def hazards_in(items: Iterable[Rectification]) -> Hazards:
    """The same of items that are loaded already."""
    states = [item.state for item in items if item.major]
    return Hazards(len(states), states.count(State.CLOSED))


def counts_by_state(rows: QuerySet) -> dict[str, int]:
    """State → how many of ``rows`` stand there."""
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


def deciders(item: Rectification, day: dt.date) -> list[User]:
    """The people whose decision ``item`` waits for on ``day``."""
    if not item.decides_role:
        return []
    people = people_with(item.decides_role, item.protected_object.unit.path, day)
    return [person for person in people if person.pk not in (item.asked_by_id, item.owner_id)]


def next_word(item: Rectification, day: dt.date) -> str:
    """Who has the next word on it, in words."""
    if item.state == State.CLOSED:
        return _("已办结")
    if item.state == State.ACCEPTED:
        return _("风险接受至 %(day)s，到期自动恢复整改") % {"day": item.accepted_until}
    if not item.decides_role:
        return str(item.owner or item.protected_object.owner_line or _("责任单位系统负责人"))
    names = "、".join(person.name for person in deciders(item, day)[:6])
    role = item.get_decides_role_display()
    return f"{role}：{names}" if names else _("%(role)s（目前无人任职）") % {"role": role}


def results_after(origin: str, kind: int, ids: Iterable[int]) -> dict[int, RectifiedResult]:
    """Source row → the 整改后结果 that stands, for rows ``ids`` of content type ``kind``: one query.

    ``origin``: by whom it was found, e.g. ``Origin.EVALUATION``.
    """
    rows = RectifiedResult.objects.filter(
        revoked_on__isnull=True, item__sources__origin=origin, item__sources__content_type=kind,
        item__sources__object_id__in=list(ids),
    )  # fmt: skip
    return {row.source: row for row in rows.annotate(source=F("item__sources__object_id")).select_related("item")}


def standing_results(items: Iterable[Rectification]) -> dict[int, RectifiedResult]:
    """Item → the 整改后结果 that stands: one query."""
    rows = RectifiedResult.objects.filter(revoked_on__isnull=True, item__in=[item.pk for item in items])
    return {row.item_id: row for row in rows}


def items_of(origin: str, kind: int, ids: QuerySet | Iterable[int]) -> QuerySet:
    """The items that follow up rows ``ids`` of content type ``kind``, each once."""
    found = Q(sources__origin=origin, sources__content_type=kind, sources__object_id__in=ids)
    return Rectification.objects.filter(found).distinct()


def open_of(objects: Iterable[Any]) -> QuerySet:
    """The items of ``objects`` that are not closed."""
    return Rectification.objects.filter(protected_object__in=list(objects), state__in=OPEN)
