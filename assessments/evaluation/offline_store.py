"""The answers of a workbook are kept: all that were confirmed, as one act, by the rules of the answering page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, permissions, previews, search

from . import services
from .models import Answer, Assessment
from .offline import Line


@audit.audited
def save_answers(
    *, assessment: Assessment, lines: Sequence[Line], token: str, file: str, by: Any, at: dt.datetime
) -> int:
    """Keep the answers of ``lines`` on the versions they were compared with; all or none. Returns how many.

    Raises OutOfScope, NotAllowed (an item another answers), Invalid (as ``save_answer``), Conflict when one was
    changed meanwhile, the assessment is no longer open, or the same preview was stored before.
    """
    permissions.get_visible(Assessment, by, "answer", pk=assessment.pk)
    services.check_open(Assessment.objects.select_for_update().get(pk=assessment.pk))
    previews.claim(token, at)
    wanted = {line.row.pk: line for line in lines}
    rows = assessment.answers.filter(pk__in=wanted).order_by("order").select_for_update(of=("self",))
    rows = rows.select_related("assessment__protected_object__unit", "answered_by")
    whole = assessment.answered_whole_by(by)
    table, kept, names = [], [], {"answered_by", "answered_at", "version"}
    for row in rows.prefetch_related("component_results"):
        if not whole:
            services.check_may_answer(row, by)
        row.by_component = len(row.component_results.all())
        line = wanted[row.pk]
        values = services.answered(row, version=line.row.version, **line.given)
        before = {name: getattr(row, name) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        row.answered_by, row.answered_at = (by, at) if row.result else (None, None)
        row.version += 1
        was, now_is = audit.changes(before, values)
        table.append(audit.row_of(row, "change", before=was, after=now_is))
        kept.append(row)
        names |= set(values)
    if not kept:
        raise errors.Invalid({"file": [_("没有要写入的作答。")]})
    # One INSERT … ON CONFLICT: bulk_update would build a CASE of every row for every field, which takes seconds.
    Answer.objects.bulk_create(
        kept, update_conflicts=True, update_fields=sorted(names), unique_fields=["id"], batch_size=100
    )
    search.refresh_many(kept)
    detail = {"file": file[:120], "items": len(kept)}
    audit.record("assessments.assessment.offline_import", assessment, by=by, at=at, detail=detail, table=table)
    return len(kept)


