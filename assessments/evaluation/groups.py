"""A control point answered at once: what of it waits for a person, answering that as 符合, taking it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, permissions

from . import points
from .models import Answer, Assessment
from .results import Group
from .services import check_open


@transaction.atomic
def waiting(*, assessment: Assessment, group: Group, by: Any) -> tuple[list[Answer], list[Answer]]:
    """What is open of a control point and answered by ``by``: (the items, the high-risk ones).

    High-risk items are answered one by one. Raises OutOfScope, NotAllowed, Conflict when the assessment is no
    longer open, Invalid when no item but high-risk ones waits for ``by``.
    """
    permissions.get_visible(Assessment, by, "answer", pk=assessment.pk)
    check_open(Assessment.objects.select_for_update().get(pk=assessment.pk))
    mine = _answered_by(_locked(assessment).filter(**group._asdict(), result=""), by)
    plain, high = [row for row in mine if not row.high_risk], [row for row in mine if row.high_risk]
    if not plain:
        message = _("这一组未答的都是高风险项，请逐项作答。") if high else _("这一组没有等您作答的项。")
        raise errors.Invalid({"control_point": [message]})
    return plain, high


@audit.audited
def answer_group(*, assessment: Assessment, group: Group, by: Any, at: dt.datetime) -> int:
    """Answer what waits of one control point as 符合. Returns how many items; raises as ``waiting``."""
    rows, _high = waiting(assessment=assessment, group=group, by=by)
    for row in rows:
        row.result, row.value = points.MET, points.result_value(points.MET)
        row.answered_by, row.answered_at, row.version = by, at, row.version + 1
    _store(rows)
    detail = {**group._asdict(), "codes": [row.code for row in rows]}
    audit.record("assessments.assessment.answer_group", assessment, by=by, at=at, detail=detail)
    return len(rows)


def answered_at_once(row: Answer, by: Any, moment: dt.datetime | None) -> bool:
    """Whether ``row`` is as ``by`` left it at that moment: any change since has a moment of its own."""
    return (
        moment is not None and row.answered_at == moment and row.answered_by_id == by.pk
        and row.result == points.MET and not row.found
    )  # fmt: skip


def moment_of(text: str) -> dt.datetime | None:
    """The moment an address or a form names, None when it names none."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else None


@audit.audited
def undo_group(*, assessment: Assessment, moment: dt.datetime, by: Any, at: dt.datetime) -> int:
    """Open again what ``by`` answered at once at ``moment`` and nobody changed since. Returns how many items.

    Raises OutOfScope, NotAllowed, Conflict when the assessment is no longer open, Invalid when nothing is left.
    """
    permissions.get_visible(Assessment, by, "answer", pk=assessment.pk)
    check_open(Assessment.objects.select_for_update().get(pk=assessment.pk))
    listed = _answered_by(_locked(assessment).filter(answered_at=moment), by)
    rows = [row for row in listed if answered_at_once(row, by, moment)]
    if not rows:
        raise errors.Invalid({"control_point": [_("这些项已经改过，没有可撤销的。")]})
    for row in rows:
        row.result, row.value, row.answered_by, row.answered_at = "", None, None, None
        row.version += 1
    _store(rows)
    detail = {"codes": [row.code for row in rows]}
    audit.record("assessments.assessment.undo_group", assessment, by=by, at=at, detail=detail)
    return len(rows)


def _locked(assessment: Assessment) -> QuerySet:
    rows = assessment.answers.select_related("assessment__protected_object__unit").order_by("order")
    return rows.select_for_update(of=("self",))


def _answered_by(rows: QuerySet, by: Any) -> list[Answer]:
    return [row for row in rows if row.may_answer(by)]


def _store(rows: list[Answer]) -> None:
    Answer.objects.bulk_update(rows, ["result", "value", "answered_by", "answered_at", "version"])
