"""Inspections of many objects at once, for a campaign: the same checklist and draw as one planned by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from assessments.catalog.services import shipped_standard
from assessments.evaluation.bulk import items_of
from secmgmt.core import audit, errors, records, search

from . import queries, services
from .models import Department, Inspection, InspectionItem, InspectionState, Sample

BATCH = 500
LEVELS = range(1, 5)  # the catalogue has no items of level 5


@audit.audited
def plan_many(
    *, objects: list[Any], lead: Department, title: str, basis: str, starts_on: dt.date, ends_on: dt.date, by: Any,
    at: dt.datetime,
) -> dict[int, Inspection | str]:  # fmt: skip
    """Object → its planned inspection led by ``lead``: the one under way, or a new one; else why none could be planned.

    ``title``: "%s" in it stands for the object's name. The caller has checked that ``by`` may have this done. One
    audit row with a table. Raises Invalid when no standard is loaded.
    """
    standard = shipped_standard()
    if standard is None:
        raise errors.Invalid({"standard": [_("还没有载入标准条款，请联系系统管理员载入后再试。")]})
    under_way = Inspection.objects.filter(protected_object__in=objects, state__in=queries.RUNNING).order_by("pk")
    found: dict[int, Inspection | str] = {row.protected_object_id: row for row in under_way}
    made: list[tuple[Inspection, list[Any]]] = []
    known: dict[Any, list[Any] | str] = {}
    for obj in objects:
        if obj.pk in found:
            continue
        items = _items(obj, standard, known)
        if isinstance(items, str):
            found[obj.pk] = items
            continue
        row = Inspection(
            protected_object=obj, title=title.replace("%s", obj.name)[:120], lead=lead, basis=basis[:300],
            starts_on=starts_on, ends_on=ends_on, standard_code=standard.code, level=obj.security_level,
            state=InspectionState.PLANNED,
        )  # fmt: skip
        records.stamp(row, by=by, at=at)
        made.append((row, items))
        found[obj.pk] = row
    _store(made, at)
    table = [audit.row_of(row, "add", before={}, after=audit.fields_of(row)) for row, _items_ in made]
    audit.record("assessments.inspection.plan_many", by=by, at=at, detail={"count": len(made)}, table=table)
    return found


def _items(obj: Any, standard: Any, known: dict[Any, list[Any] | str]) -> list[Any] | str:
    """The checklist of an object: the items of its self-assessment; the refusal as a sentence."""
    if obj.security_level not in LEVELS:
        return _("标准条款只到第四级，请另行安排检查。")
    return items_of(obj, standard, known)


def _store(made: list[tuple[Inspection, list[Any]]], at: dt.datetime) -> None:
    rows = [row for row, _items_ in made]
    Inspection.objects.bulk_create(rows)
    lines: list[InspectionItem] = []
    drawn: list[Sample] = []
    for row, items in made:
        lines += services.frozen_items(row, items, at)
        drawn += services.drawn_samples(row)
    InspectionItem.objects.bulk_create(lines, batch_size=BATCH)
    Sample.objects.bulk_create(drawn, batch_size=BATCH)
    search.refresh_many(rows)
