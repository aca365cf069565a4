"""Self-assessments of many objects at once, for a campaign: the same items and frame as one begun by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from assessments.catalog.models import CatalogItem
from assessments.catalog.services import shipped_standard
from secmgmt.core import audit, errors, records, search

from .carrying import last_confirmed
from .models import Answer, Assessment
from .reuse import Reuse
from .reuse_models import AnswerSource
from .services import drafted, extensions_of, frozen, items_for

Key = tuple[Any, ...]
BATCH = 500


@audit.audited
def open_many(
    *, objects: list[Any], title: str, report_date: dt.date, due_on: dt.date, by: Any, at: dt.datetime
) -> dict[int, Assessment | str]:
    """Object → its open self-assessment by the shipped standard: the one under way, or a new one in ``by``'s name.

    ``title``: "%s" in it stands for the object's name. Where none can be begun (not graded, a cloud without a side …)
    the sentence that says why. The caller has checked that ``by`` may have this done. One audit row with a table.
    Raises Invalid when no standard is loaded.
    """
    standard = shipped_standard()
    if standard is None:
        raise errors.Invalid({"standard": [_("还没有载入标准条款，请联系系统管理员载入后再试。")]})
    found: dict[int, Assessment | str] = {row.protected_object_id: row for row in _under_way(objects, standard.code)}
    known: dict[Key, list[CatalogItem] | str] = {}
    made: list[tuple[Assessment, list[CatalogItem]]] = []
    for obj in objects:
        if obj.pk in found:
            continue
        items = items_of(obj, standard, known)
        if isinstance(items, str):
            found[obj.pk] = items
            continue
        named = title.replace("%s", obj.name)[:120]
        assessment = drafted(obj, standard, items, report_date=report_date, title=named, due_on=due_on)
        records.stamp(assessment, by=by, at=at)
        made.append((assessment, items))
        found[obj.pk] = assessment
    _store(made, at)
    rows = [assessment for assessment, _items_ in made]
    table = [_row(assessment) for assessment in rows]
    audit.record("assessments.assessment.open_many", by=by, at=at, detail={"title": title}, table=table)
    return found


def _under_way(objects: list[Any], code: str) -> Any:
    """The open self-assessments of ``objects`` by the standard."""
    rows = Assessment.objects.filter(protected_object__in=objects, standard_code=code, engagement=None)
    return rows.exclude(state="confirmed")


def items_of(obj: Any, standard: Any, known: dict[Key, list[CatalogItem] | str]) -> list[CatalogItem] | str:
    """The items of the object, read once for all of its levels and kinds; the refusal as a sentence."""
    try:
        key = (obj.security_level, obj.business_level, obj.service_level, *extensions_of(obj))
        if key not in known:
            known[key] = items_for(obj, standard)
        return known[key]
    except errors.Invalid as error:
        return " ".join(text for told in error.errors.values() for text in told)


def _store(made: list[tuple[Assessment, list[CatalogItem]]], at: dt.datetime) -> None:
    """What can be carried over from last time, or inherited from platforms, is filled in as for one begun by hand."""
    rows = [assessment for assessment, _items_ in made]
    Assessment.objects.bulk_create(rows)
    answers: list[Answer] = []
    sources: list[AnswerSource] = []
    reuse = Reuse(at)
    for assessment, items in made:
        own = frozen(assessment, items)
        previous = last_confirmed(assessment.protected_object, assessment.standard_code)
        sources += reuse.prefill(assessment, own, previous)
        answers += own
    Answer.objects.bulk_create(answers, batch_size=BATCH)
    reuse.keep(sources)
    search.refresh_many(rows)


def _row(assessment: Assessment) -> Any:
    return audit.row_of(assessment, "add", before={}, after=audit.fields_of(assessment))
