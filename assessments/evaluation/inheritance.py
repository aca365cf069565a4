"""Inheritance: what the platforms that host a system answer for it, item by item, and how that is kept up to date.

Of a platform its tenants learn result, date and who assessed it; findings and evidence only by its owner's share.
Nothing is inherited from what is not valid: the item then waits with the reason and is never 符合.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.catalog.lineage import LOWER, Lineage, lineage_of
from assets.connections.queries import platforms_of
from assets.inventory.models import level_label
from secmgmt.core import audit

from . import carrying, points
from .models import Answer, Assessment, AssessmentState
from .responsibility import BADNESS, JOINT, OWN, PLATFORM, Table, combined, table_of, worse_of, worst_of
from .reuse_models import AnswerSource
from .reuse_rules import PLATFORM_AGE, days_of

KEPT = ("duty", "own_result", "platform_result", "pending", "result", "value")
Tables = list[tuple[Any, Table]]
Difference = tuple[Answer, dict[str, Any], list[AnswerSource]]


@dataclass(frozen=True)
class Standing:
    """What holds of a platform. ``answers``: code → item; ``level``: by which it was assessed; ``why_not``: nothing."""

    answers: dict[str, Answer]
    level: int
    why_not: str


@dataclass(frozen=True)
class Taken:
    """What one platform says of an item; ``reason``: why it says nothing that holds."""

    hosting: Any
    origin: Answer | None
    code: str
    reason: str

    @property
    def result(self) -> str:
        """What it says, "" where that does not hold."""
        return "" if self.reason or self.origin is None else self.origin.result

    def of(self, row: Answer) -> AnswerSource:
        """As it is kept with the answer."""
        known = self.origin.assessment if self.origin and self.result else None
        return AnswerSource(
            answer=row, kind="platform", origin=self.origin if known else None, hosting=self.hosting,
            name=str(self.hosting.platform)[:160], agency=known.assessor[:120] if known else "", code=self.code,
            noun=known.noun if known else "", result=self.result, dated=known.report_date if known else None,
            reason=self.reason[:200],
        )  # fmt: skip


@dataclass(frozen=True)
class Part:
    """The platforms' part of one item."""

    duty: str
    sources: tuple[Taken, ...]

    @property
    def result(self) -> str:
        """The worst of what the platforms say, "" while one of them says nothing that holds."""
        if any(source.reason for source in self.sources):
            return ""
        return worst_of(source.result for source in self.sources)


class Platforms:
    """The platforms of assessments begun or renewed on one day; each is read once."""

    def __init__(self, day: dt.date) -> None:
        self.day = day
        self._standings: dict[tuple[int, str], Standing] = {}

    def tables_of(self, obj: Any) -> Tables:
        """The hostings of ``obj`` that hold on the day, each with its table."""
        return [(hosting, table_of(hosting)) for hosting in platforms_of(obj, self.day)]

    def standing(self, platform: Any, standard_code: str) -> Standing:
        """What there is to inherit from ``platform``."""
        key = (platform.pk, standard_code)
        if key not in self._standings:
            self._standings[key] = self._read(platform, standard_code)
        return self._standings[key]

    def _read(self, platform: Any, standard_code: str) -> Standing:
        """The agency's last evaluation while it holds, else the last self-assessment that does.

        A later self-assessment does not improve on what the agency found, but what it says is worse counts.
        """
        confirmed = carrying.confirmed_of(platform, standard_code).select_related(
            "protected_object__unit", "engagement__agency"
        )
        found = (confirmed.filter(engagement__isnull=own).first() for own in (False, True))
        agency, own = (one if one and self.day <= valid_until(one) else None for one in found)
        base = own if agency is None or (own and own.level > agency.level) else agency
        if base is None:
            return Standing({}, 0, _why_none(platform, confirmed.first()))
        answers = _by_code(base)
        if base is agency and own and own.report_date >= agency.report_date:
            for code, row in _by_code(own).items():
                if code in answers and BADNESS.get(row.result, 0) > BADNESS.get(answers[code].result, 0):
                    answers[code] = row
        return Standing(answers, base.level, "")

    def part(self, code: str, assessment: Assessment, tables: Tables, lineage: Lineage) -> Part | None:
        """The platforms' part of an item, None where all of it is the tenant's own."""
        shares = [(hosting, table.share(code, lineage)) for hosting, table in tables]
        duty = combined(share for _hosting, share in shares)
        if duty == OWN:
            return None
        return Part(duty, tuple(self._taken(h, code, assessment, lineage) for h, share in shares if share != OWN))

    def _taken(self, hosting: Any, code: str, assessment: Assessment, lineage: Lineage) -> Taken:
        standing = self.standing(hosting.platform, assessment.standard_code)
        if standing.why_not:
            return Taken(hosting, None, "", standing.why_not)
        name = {"name": hosting.platform, "level": level_label(standing.level)}
        if standing.level < assessment.level:
            return Taken(hosting, None, "", _("平台“%(name)s”按%(level)s评估，低于本系统等级") % name)
        kin = lineage.kin_among(code, standing.answers)
        if not kin:
            return Taken(hosting, None, "", _("平台“%(name)s”的评估没有与本项对应的条款") % name)
        if any(one.relation == LOWER for one in kin):
            reason = _("平台“%(name)s”对应条款 %(code)s 的要求低于本项")
            return Taken(hosting, None, kin[0].code, reason % {**name, "code": kin[0].code})
        rows = [standing.answers[one.code] for one in kin]
        worst = worst_of(row.result for row in rows)
        origin = next(row for row in rows if row.result == worst)
        return Taken(hosting, origin, origin.code, "")


def valid_until(assessment: Assessment) -> dt.date:
    """Until when tenants may rest on a confirmed assessment: an agency's until its next is due, by the rules."""
    due = assessment.engagement.next_due_on if assessment.engagement else None
    return due or assessment.report_date + dt.timedelta(days=days_of(PLATFORM_AGE))


def _by_code(assessment: Assessment) -> dict[str, Answer]:
    rows = assessment.answers.order_by().only("code", "result", "assessment")
    return {row.code: row for row in rows}  # each with this very assessment


def _why_none(platform: Any, last: Assessment | None) -> str:
    if last is None:
        return _("平台“%(name)s”还没有已确认的评估") % {"name": platform}
    words = {"name": platform, "day": last.report_date, "noun": last.noun, "until": valid_until(last)}
    return _("平台“%(name)s”最近的%(noun)s为 %(day)s，有效期至 %(until)s，已过期") % words


def lay_on(row: Answer, part: Part) -> None:
    """Put the platforms' part on an item that is not answered yet."""
    row.duty, row.platform_result = part.duty, part.result
    if not part.result:
        row.pending = "waiting"
    elif part.duty == PLATFORM:
        row.result, row.value = part.result, points.result_value(part.result)


# -- kept up to date until submitted -----------------------------------------------------------------------


def renewed(row: Answer, part: Part | None) -> dict[str, Any]:
    """What of ``row`` is different with this part of the platforms, {} when nothing is."""
    before = {name: getattr(row, name) for name in KEPT}
    duty, known = (part.duty, part.result) if part else ("", "")
    if (row.duty, row.platform_result) == (duty, known):
        return {}
    own = _own(row)
    waits = row.pending if row.pending != "waiting" else ""
    after: dict[str, Any] = {"duty": duty, "platform_result": known, "own_result": own if duty == JOINT else ""}
    if not duty:
        result, pending = own, waits
    elif not known:
        result, pending = "", "waiting"
    elif duty == PLATFORM:
        result, pending = known, ""
    else:
        result, pending = (worse_of(own, known) if own else ""), waits
    after |= {"result": result, "pending": pending, "value": points.result_value(result) if result else None}
    return {name: value for name, value in after.items() if before[name] != value}


def _own(row: Answer) -> str:
    """What was answered here; while the platform's part is not known the newest answer stands in the result."""
    if row.duty and row.platform_result:
        return row.own_result if row.duty == JOINT else ""
    return row.result or row.own_result


def differences(assessment: Assessment, platforms: Platforms) -> list[Difference]:
    """The items whose inherited part is no longer what the platforms and tables say."""
    if assessment.by_agency:
        return []  # an agency says of every item what it found
    lineage, tables = lineage_of(assessment.standard), platforms.tables_of(assessment.protected_object)
    rows = list(assessment.answers.order_by("order"))
    if not tables and not any(row.duty for row in rows):
        return []
    kept: dict[int, set[tuple[Any, ...]]] = defaultdict(set)
    for answer, *told in AnswerSource.objects.filter(answer__assessment=assessment, kind="platform").values_list(
        "answer_id", "hosting_id", "origin_id", "reason"
    ):
        kept[answer].add(tuple(told))
    found = []
    for row in rows:
        part = platforms.part(row.code, assessment, tables, lineage)
        sources = [source.of(row) for source in part.sources] if part else []
        changed = renewed(row, part)
        if changed or kept[row.pk] != {(one.hosting_id, one.origin_id, one.reason) for one in sources}:
            found.append((row, changed, sources))
    return found


@audit.audited
def renew(*, assessment: Assessment, by: Any, at: dt.datetime, platforms: Platforms) -> int:
    """Bring the inherited items of an open assessment up to date. Returns how many changed.

    A submitted one stays as it was submitted.
    """
    fresh = Assessment.objects.select_for_update(of=("self",)).select_related("standard").get(pk=assessment.pk)
    if not fresh.is_open:
        return 0
    found = differences(fresh, platforms)
    if not found:
        return 0
    rows = [row for row, _changed, _sources in found]
    for row, changed, _sources in found:
        for name, value in changed.items():
            setattr(row, name, value)
        row.version += bool(changed)
    Answer.objects.bulk_update(rows, [*KEPT, "version"], batch_size=200)
    AnswerSource.objects.filter(answer__in=rows, kind="platform").delete()
    AnswerSource.objects.bulk_create(
        [source for _row, _changed, sources in found for source in sources], batch_size=300
    )
    codes = [row.code for row, changed, _sources in found if changed]
    detail = {"codes": codes, "looked_at": len(rows)}
    audit.record("assessments.assessment.inherit", fresh, by=by, at=at, detail=detail)
    return len(codes)


def open_of(obj: Any) -> Assessment | None:
    """The self-assessment of a system that its people may still change."""
    states = (AssessmentState.IN_PROGRESS, AssessmentState.RETURNED)
    return Assessment.objects.filter(protected_object=obj, engagement=None, state__in=states).first()


def open_on(platform_ids: Iterable[int], standard_code: str) -> Sequence[Assessment]:
    """The open assessments of what runs directly on these platforms."""
    states = (AssessmentState.IN_PROGRESS, AssessmentState.RETURNED)
    rows = Assessment.objects.filter(
        protected_object__hosted_on__platform__in=list(platform_ids), state__in=states, standard_code=standard_code,
        engagement=None,
    )  # fmt: skip
    return list(rows.select_related("protected_object__unit", "standard").distinct().order_by("pk"))


def renew_all(at: dt.datetime) -> int:
    """Every open assessment of a hosted system, brought up to date by the hourly housekeeping: terms run out.

    Returns how many items changed.
    """
    platforms, count = Platforms(timezone.localdate(at)), 0
    states = (AssessmentState.IN_PROGRESS, AssessmentState.RETURNED)
    rows = Assessment.objects.filter(protected_object__hosted_on__isnull=False, engagement=None, state__in=states)
    rows = rows.distinct()
    for assessment in rows.select_related("protected_object__unit", "standard").order_by("pk"):
        with transaction.atomic():
            count += renew(assessment=assessment, by=None, at=at, platforms=platforms)
    return count
