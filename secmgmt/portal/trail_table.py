"""The table of a bulk act on the page of its event: of each record what it was before and after, a page at a time."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from secmgmt.core import audit_tables, history
from secmgmt.core.acts import model_of, verb_label
from secmgmt.core.models import AuditEvent, AuditRow
from secmgmt.core.tables import Column, Table

from .redaction import as_shown

ROWS = Table([Column("number", "#", sort="number")], default_sort="number", per_page=20)


def panels(event: AuditEvent, params: QueryDict) -> list[dict[str, Any]]:
    """The panel with the event's table, if one is kept for it."""
    if event.table is None:
        return []
    page = ROWS.page(audit_tables.rows_of(event), params)
    rows = [shown(row.obj, event) for row in page.rows]
    whole = audit_tables.is_intact(event)
    context = {"rows": rows, "pager": page.pager, "whole": whole}
    return [{"title": _("明细"), "template": "portal/trail_table.html", "column": "main", "context": context}]


def shown(row: AuditRow, event: AuditEvent) -> dict[str, Any]:
    """A row in words, under the same rule as an event of its own."""
    model = model_of(row.object_type)
    alone = AuditEvent(
        object_type=row.object_type, before=row.before, after=row.after, result=event.result, algorithm=event.algorithm
    )
    return {
        "number": row.number,
        "name": row.object_name,
        "id": row.object_id,
        "what": verb_label(model, f"{row.object_type}.{row.verb}"),
        "changes": history.changes_of(model or AuditEvent, as_shown(alone), None),
    }
