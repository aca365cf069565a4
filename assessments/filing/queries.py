"""What filings say of objects: rules in force, where each object stands, who decides. All in bulk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.grading.models import Grading, GradingState
from assessments.grading.queries import people_with
from assets.inventory.queries import Basics, basics
from assets.models import ProtectedObject
from secmgmt.accounts import roles
from secmgmt.core.context import asked_once, origin
from secmgmt.core.manifest import DutyFact, Rows

from .models import OPEN, Filing, FilingKind, FilingState, Prolongation, TermRule
from .terms import Terms, shipped_values

FILED_FROM = 2  # level 2 and above is filed with the police


def terms() -> Terms:
    """The rules in force: as shipped, and over it what the rules keeper set. One query."""
    stored = {row.code: row.day or row.number for row in TermRule.objects.all()}
    return Terms({**shipped_values(), **{code: value for code, value in stored.items() if value is not None}})


@dataclass(frozen=True)
class FiledState:
    """Where an object stands with its filing on a day.

    ``must``: level 2 or above, open and in use. ``is_filed``: it has a certificate whose term is not over.
    ``due``: by when it must be filed, None where not (filed, level 1, not running yet). ``window``: from which day an
    extension may be asked for. ``open``: the matter under way, if any.
    """

    must: bool
    number: str
    filed_on: dt.date | None
    valid_until: dt.date | None
    due: dt.date | None
    window: dt.date | None
    is_filed: bool
    is_expired: bool
    is_expiring: bool
    is_late: bool
    open_id: int | None
    open_state: str

    @property
    def word(self) -> str:
        """One word for lists: 已备案, 证明将到期, 证明已过期, 逾期未备案, 办理中, 未备案, 不需备案."""
        if self.is_expired:
            return _("证明已过期")
        if self.is_filed:
            return _("证明将到期") if self.is_expiring else _("已备案")
        if not self.must:
            return _("不需备案")
        if self.is_late:
            return _("逾期未备案")
        return _("办理中") if self.open_id else _("未备案")


def filed_state(ids: Iterable[int], today: dt.date) -> dict[int, FiledState]:
    """Object pk → where it stands, in four queries whatever the number; registry lines and unknown ids are left out.

    Basis of the dates: the rules of ``terms()`` (公通字〔2007〕43 号 §15, §17; 1846 号函 Q6).
    """
    ids = ids if isinstance(ids, QuerySet) else list(ids)
    rules = asked_once("filing.terms", ids, terms)
    standing = Grading.objects.filter(
        protected_object__in=ids, state__in=(GradingState.DETERMINED, GradingState.FINAL), determined_at__isnull=False
    )
    determined = dict(standing.order_by("determined_at").values_list("protected_object", "determined_at"))
    under_way = {
        obj: (pk, state)
        for obj, pk, state in Filing.objects.filter(protected_object__in=ids, state__in=OPEN).values_list(
            "protected_object", "pk", "state"
        )
    }
    return {
        pk: _state(values, determined.get(pk), under_way.get(pk, (None, "")), rules, today)
        for pk, values in basics(ids).items()
    }


def _state(values: Basics, determined: Any, matter: tuple[Any, str], rules: Terms, today: dt.date) -> FiledState:
    level, status, operating, number, filed_on, until, _graded = values
    must = bool(level and level >= FILED_FROM and status != "retired")
    running = operating or (today if status == "running" else None)
    due = rules.filing_due(timezone.localdate(determined) if determined else None, running) if must else None
    expired = bool(number and until and until < today)
    return FiledState(
        must=must,
        number=number,
        filed_on=filed_on,
        valid_until=until,
        due=None if number else due,
        window=rules.window_opens(until) if until else None,
        is_filed=bool(number) and not expired,
        is_expired=expired and must,
        is_expiring=bool(until and not expired and rules.remind_from(until) <= today and must),
        is_late=bool(not number and due and due < today),
        open_id=matter[0],
        open_state=matter[1],
    )


def _told(ids: Rows, today: dt.date) -> dict[int, FiledState]:
    """``filed_state`` for three duties of one request, asked once."""
    asked = str(ids.query) if isinstance(ids, QuerySet) else tuple(ids)
    cache, key = origin().cache, ("filing", asked, today)
    if key not in cache:
        cache[key] = filed_state(ids, today)
    return cache[key]


def filing_duty(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """Duty "filing": from when the term runs, and when it was filed."""
    found = {}
    days = asked_once("filing.terms", ids, terms)["filing_days"]
    for pk, state in _told(ids, today).items():
        if state.must:
            start = state.due - dt.timedelta(days=days) if state.due else None
            found[pk] = DutyFact(start=start, done=state.filed_on, due=state.due)
    return found


def certificate_duty(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """Duty "certificate": the end of each object's certificate."""
    states = _told(ids, today).items()
    return {pk: DutyFact(start=s.filed_on, due=s.valid_until) for pk, s in states if s.must and s.valid_until}


def extension_duty(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """Duty "certificate-extension": an extension is asked for between the window's first day and the end."""
    found = {}
    for pk, state in _told(ids, today).items():
        if state.must and state.valid_until:
            note = _("%(day)s 起可以申请延期") % {"day": state.window}
            found[pk] = DutyFact(start=state.window, due=state.valid_until, note=note)
    return found


def prolonged_months(objects: Iterable[ProtectedObject], rules: Terms) -> dict[int, int]:
    """Object pk → months by which the term of its present certificate was lengthened: one query."""
    rows = {obj.pk: obj for obj in objects if obj.filing_number and obj.filed_on}
    total: dict[int, int] = defaultdict(int)
    for row in Prolongation.objects.filter(protected_object__in=rows):
        obj = rows[row.protected_object_id]
        if row.certificate_number == obj.filing_number and obj.filed_on and row.on >= rules.valid_from(obj.filed_on):
            total[obj.pk] += row.months
    return total


def open_filing(obj: ProtectedObject) -> Filing | None:
    """The matter of the object that is under way."""
    return Filing.objects.filter(protected_object=obj, state__in=OPEN).first()


def officers(path: str, day: dt.date) -> QuerySet:
    """The police officers who handle filings of the unit at ``path``."""
    return people_with(roles.POLICE.code, path, day)


def kind_for(obj: ProtectedObject) -> FilingKind:
    """What an object most likely needs next."""
    return FilingKind.CHANGE if obj.filing_number else FilingKind.FIRST


def of_owner(user: Any) -> QuerySet:
    """Matters the owner has to go on with: being prepared, sent back, or waiting for an answer he records."""
    rows = Filing.objects.visible_to(user, "submit").select_related("protected_object__unit")
    mine = rows.filter(state__in=(FilingState.PREPARING, FilingState.RETURNED))
    outside = rows.filter(outside=True, state__in=(FilingState.SUBMITTED, FilingState.REVIEWING))
    return (mine | outside).order_by("due_on", "pk")


def of_officer(user: Any) -> QuerySet:
    """Matters that wait for the police officer."""
    rows = Filing.objects.visible_to(user, "handle").select_related("protected_object__unit")
    waiting = rows.filter(outside=False, state__in=(FilingState.SUBMITTED, FilingState.REVIEWING))
    return waiting.order_by("answer_due_on", "pk")


def searched_text(filing: Filing) -> str:
    """What of a filing the site-wide search looks in."""
    unit = filing.protected_object.unit
    return " ".join([str(filing), str(unit), filing.reason, filing.certificate_number, filing.get_state_display()])
