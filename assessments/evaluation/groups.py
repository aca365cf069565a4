"""A control point answered at once: what of it waits for a person, answering that as 符合, taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, permissions, search

from . import points
from .models import Answer, Assessment
from .results import Group
from .services import check_open


class Changed(errors.Conflict):
    """What waits of a control point is no longer what was confirmed."""


def check_as_confirmed(rows: Sequence[Answer], seen: Sequence[str]) -> None:
    """The items about to be answered are those the person was shown and confirmed. Raises Changed."""
    if [row.code for row in rows] != list(seen):
        words = {"n": len(rows), "seen": len(seen)}
        raise Changed(_("确认期间未答项有变动：原有 %(seen)d 项，现有 %(n)d 项。都没有作答，请重新核对。") % words)


def answered_singly(row: Answer) -> bool:
    """High-risk items, and those of which a platform does its part, are answered one by one."""
    return bool(row.high_risk or row.duty)


@transaction.atomic
def waiting(*, assessment: Assessment, group: Group, by: Any) -> tuple[list[Answer], list[Answer]]:
    """What is open of a control point and answered by ``by``: (the items, those answered one by one).

    Raises OutOfScope, NotAllowed, Conflict when the assessment is no
    longer open, Invalid when nothing that may be answered at once waits for ``by``.
    """
    permissions.get_visible(Assessment, by, "answer", pk=assessment.pk)
    check_open(Assessment.objects.select_for_update().get(pk=assessment.pk))
    mine = _answered_by(_locked(assessment).filter(**group._asdict(), result="", pending=""), by)
    plain, high = [row for row in mine if not answered_singly(row)], [row for row in mine if answered_singly(row)]
    if not plain:
        singly = _("这一组未答的都是高风险项或与平台共同负责的项，请逐项作答。")
        message = singly if high else _("这一组没有等您作答的项。")
        raise errors.Invalid({"control_point": [message]})
    return plain, high


@audit.audited
def answer_group(
    *, assessment: Assessment, group: Group, seen: Sequence[str], by: Any, at: dt.datetime
) -> tuple[list[Answer], list[Answer]]:
    """Answer what waits of one control point as 符合. Returns and raises as ``waiting``.

    ``seen``: the codes the person was shown and confirmed. Raises Changed when others wait by now.
    """
    rows, high = waiting(assessment=assessment, group=group, by=by)
    check_as_confirmed(rows, seen)
    for row in rows:
        row.result, row.value = points.MET, points.result_value(points.MET)
        row.answered_by, row.answered_at, row.version = by, at, row.version + 1
    _store(rows)
    detail = {**group._asdict(), "codes": [row.code for row in rows]}
    audit.record("assessments.assessment.answer_group", assessment, by=by, at=at, detail=detail)
    return rows, high


@transaction.atomic
def carried(*, assessment: Assessment, group: Group, by: Any) -> tuple[list[Answer], list[Answer]]:
    """What was carried over of a control point and waits for ``by``: (the items, those confirmed one by one).

    Raises as ``waiting`` does.
    """
    permissions.get_visible(Assessment, by, "answer", pk=assessment.pk)
    check_open(Assessment.objects.select_for_update().get(pk=assessment.pk))
    mine = _answered_by(_locked(assessment).filter(**group._asdict(), pending="carried"), by)
    plain, singly = [row for row in mine if not answered_singly(row)], [row for row in mine if answered_singly(row)]
    if not plain:
        message = _("这一组沿用的都须逐项确认。") if singly else _("这一组没有等您确认的沿用项。")
        raise errors.Invalid({"control_point": [message]})
    return plain, singly


@audit.audited
def confirm_group(
    *, assessment: Assessment, group: Group, seen: Sequence[str], by: Any, at: dt.datetime
) -> tuple[list[Answer], list[Answer]]:
    """Confirm what was carried over of one control point as it stands. Returns and raises as ``carried``.

    ``seen``: as ``answer_group`` has it. What still lacks a reason or a risk stays to be completed.
    """
    rows, singly = carried(assessment=assessment, group=group, by=by)
    check_as_confirmed(rows, seen)
    for row in rows:
        row.pending, row.answered_by, row.answered_at, row.version = "", by, at, row.version + 1
    Answer.objects.bulk_update(rows, ["pending", "answered_by", "answered_at", "version"])
    search.refresh_many([row for row in rows if row.found])
    detail = {**group._asdict(), "codes": [row.code for row in rows]}
    audit.record("assessments.assessment.confirm_carried", assessment, by=by, at=at, detail=detail)
    return rows, singly


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
