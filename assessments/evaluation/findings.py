"""What a confirmed assessment sets in motion: its gaps become items, whose results come back beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments.rectification import queries as rectification
from assessments.rectification import services
from assessments.rectification.choices import Origin, State
from assessments.rectification.models import RectifiedResult
from secmgmt.core import audit
from secmgmt.core.ports import Shortcoming

from . import points, results
from .models import Answer, Assessment, AssessmentState, ComponentResult

SEVERITY = {"高": "high", "中": "medium", "低": "low"}
PLATFORM = "platform"  # what the hosting platform provides is the platform's to mend


def origin_of(assessment: Assessment) -> str:
    """Whether an agency found it or the unit itself."""
    return Origin.AGENCY if assessment.by_agency else Origin.EVALUATION


def open_items(assessment: Assessment, answers: list[Answer], by: Any, at: dt.datetime) -> list[Any]:
    """An item for each 不符合 and 部分符合 of a confirmed assessment, in one act; what is open already is linked."""
    gaps = [row for row in answers if row.is_gap and getattr(row, "duty", "") != PLATFORM]
    return services.open_many(found=[shortcoming(assessment, row) for row in gaps], by=by, at=at)


def shortcoming(assessment: Assessment, answer: Answer) -> Shortcoming:
    """A gap as rectification takes it over, with the wording of the assessment."""
    guidance = answer.guidance
    return Shortcoming(
        origin=origin_of(assessment),
        source=answer,
        obj=assessment.protected_object,
        title=_("%(point)s：%(what)s") % {"point": answer.control_point, "what": first_line(answer)},
        description=answer.found or answer.summary,
        severity=SEVERITY.get(answer.risk, "medium"),
        requirement=answer.summary,
        standard=assessment.standard_code,
        clause=answer.code,
        high_risk_case=(answer.high_risk_applies or [""])[0],
        major=bool(answer.high_risk_applies),
        level=assessment.level,
        measure=guidance.remedy if guidance is not None else "",
    )


def first_line(answer: Answer) -> str:
    """What is missing, short enough for a title."""
    text = answer.found.strip().splitlines()[0] if answer.found.strip() else answer.summary
    return text if len(text) <= 60 else text[:59] + "…"


def tested_again(assessment: Assessment, answers: list[Answer], by: Any, at: dt.datetime) -> None:
    """What an agency finds met now is no longer the unit's own word (单位自述) on earlier problems."""
    met = [row.code for row in answers if row.result in (points.MET, points.NOT_APPLICABLE)]
    rows = RectifiedResult.objects.filter(
        self_declared=True, revoked_on__isnull=True, item__protected_object=assessment.protected_object,
        item__standard=assessment.standard_code, item__clause__in=met,
    )  # fmt: skip
    numbers = list(rows.values_list("item__number", flat=True)) if assessment.by_agency else []
    if numbers:
        rows.update(self_declared=False)
        detail = {"items": numbers}
        audit.record("assessments.assessment.tested_again", assessment, by=by, at=at, detail=detail)


@dataclass(frozen=True)
class After:
    """评估时 and 整改后 side by side. ``self_declared``: 单位自述, nobody of the agency tested again."""

    before: results.Summary
    now: results.Summary
    hazards: rectification.Hazards
    items: int
    closed: int
    self_declared: bool

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """(figure, 评估时, 整改后)."""
        counts = [[sum(getattr(layer, name) for layer in s.layers) for s in (self.before, self.now)] for name in KINDS]
        return [
            (_("符合率或得分"), self.before.total or "—", self.now.total or "—"),
            (_("结论（参考）"), self.before.conclusion or "—", self.now.conclusion or "—"),
            *((str(label), str(was), str(now)) for label, (was, now) in zip(KINDS.values(), counts, strict=True)),
            (_("高风险"), str(self.before.high_risks), str(self.now.high_risks)),
            (_("中风险"), str(self.before.medium_risks), str(self.now.medium_risks)),
            (_("重大风险隐患"), str(self.before.major_hazards), self.hazards.label),
        ]


KINDS = dict(points.RESULT_LABELS)


def items_of(assessment: Assessment) -> QuerySet:
    """The rectification items that follow up an assessment."""
    kind = ContentType.objects.get_for_model(Answer).pk
    return rectification.items_of(origin_of(assessment), kind, assessment.answers.values("pk"))


def after(assessment: Assessment, answers: list[Answer] | None = None) -> After | None:
    """What became of a confirmed assessment's gaps; None before it is confirmed or where nothing is followed up.

    The confirmed result stays as it is; the scores are counted anew, by the same rules, over the answers with the
    results of the items that are closed.
    """
    if assessment.state != AssessmentState.CONFIRMED:
        return None
    found = items_of(assessment)
    items = found.count()
    if not items:
        return None
    if answers is None:
        answers = list(assessment.answers.order_by("order").prefetch_related("component_results"))
    kind = ContentType.objects.get_for_model(Answer).pk
    closed = rectification.results_after(origin_of(assessment), kind, [row.pk for row in answers if row.is_gap])
    before = results.standing(assessment, answers)
    return After(
        before=before,
        now=results.summary(assessment, [mended(row, closed.get(row.pk)) for row in answers]),
        hazards=rectification.major_hazards(found),
        items=items,
        closed=found.filter(state=State.CLOSED).count(),
        self_declared=any(result.self_declared for result in closed.values()),
    )


def mended(answer: Answer, result: Any) -> Answer:
    """The answer as it counts after rectification; the stored one is left alone."""
    if result is None:
        return answer
    values = {field.attname: getattr(answer, field.attname) for field in Answer._meta.concrete_fields}
    copy = Answer(**values)
    copy.result, copy.value, copy.high_risk_applies = result.result, points.result_value(result.result), []
    copy._prefetched_objects_cache = {"component_results": ComponentResult.objects.none()}  # it counts as a whole now
    return copy


def newest_after(rows: QuerySet) -> tuple[Assessment, After] | None:
    """The newest confirmed one of ``rows`` (assessments of one object) whose gaps are followed up, with its figures."""
    for assessment in rows.filter(state=AssessmentState.CONFIRMED).order_by("-report_date", "-pk")[:RECENT]:
        found = after(assessment)
        if found is not None:
            return assessment, found
    return None


RECENT = 3  # an older one's gaps are history


def object_after(obj: Any, user: Any) -> dict[str, Any] | None:
    """On an object's page: the confirmed result and what became of it, of the newest assessment with gaps."""
    found = newest_after(Assessment.objects.visible_to(user).filter(protected_object=obj))
    if found is None:
        return None
    assessment, figures = found
    return {"after": figures, "rows": figures.rows, "of": assessment, "url": assessment.get_absolute_url(),
            "link": assessment.noun}  # fmt: skip


def after_panel(assessment: Assessment, user: Any) -> dict[str, Any] | None:
    """On the page of an assessment: its figures 评估时 and 整改后."""
    found = after(assessment)
    if found is None:
        return None
    url = services.list_url(protected_object=assessment.protected_object_id)
    return {"after": found, "rows": found.rows, "url": url, "link": _("整改事项")}
