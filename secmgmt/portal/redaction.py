"""What the audit administrator is not shown of the trail: the texts people wrote into business records.

He holds no business data (8.1.4.2 d), so he sees that a text was written or changed, how long it is and the
beginning of its digest. Numbers, days, choices and names are shown, and of accounts, security and the audit itself
everything. Who may see a record reads the texts in the record's own history.
"""

from __future__ import annotations

import copy
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from secmgmt.core import digest, history
from secmgmt.core.acts import model_of
from secmgmt.core.models import AuditEvent
from secmgmt.core.models.audit import AuditResult

OPEN_APPS = frozenset({"accounts", "core"})
# Kinds of columns that hold no text of anybody's.
PLAIN = (
    *(models.BooleanField, models.IntegerField, models.DecimalField, models.FloatField),
    *(models.DateField, models.TimeField, models.DurationField, models.ForeignKey),
)
# What a record, person or file is called, and what the product itself puts into a row's details. A key that is not
# here is taken for a text.
OPEN_KEYS = frozenset(
    (
        *("name", "title", "code", "codes", "file", "proof", "user", "expert", "layer", "control_point"),
        *("attachments", "capacity", "columns", "digest", "format", "kind", "mark", "method", "on", "part", "path"),
        *("slot", "until"),
    )
)
DIGITS = 16


def as_shown(event: AuditEvent) -> AuditEvent:
    """A copy of the event for the audit administrator's eyes."""
    shown, model = copy.copy(event), model_of(event.object_type)
    if not is_business(event):
        return shown
    shown.before, shown.after = (_changes(model, values, event) for values in (event.before, event.after))
    said_by_product = {"reason"} if event.result != AuditResult.OK else set()
    shown.detail = {
        key: value if key in OPEN_KEYS | said_by_product else without_text(value, event)
        for key, value in (event.detail or {}).items()
    }
    return shown


def is_business(event: AuditEvent) -> bool:
    """Whether the act was on a record that is neither of accounts nor of the kernel; a kind no longer known is."""
    return bool(event.object_type) and event.object_type.partition(".")[0] not in OPEN_APPS


def _changes(model: type[models.Model] | None, values: dict[str, Any], event: AuditEvent) -> dict[str, Any]:
    columns = {key: history.column_of(model, key) if model else None for key in values or {}}
    return {
        key: value if key in OPEN_KEYS or _is_plain(columns[key]) else without_text(value, event)
        for key, value in (values or {}).items()
    }


def _is_plain(column: Any) -> bool:
    return isinstance(column, PLAIN) or bool(getattr(column, "choices", None))


def without_text(value: Any, event: AuditEvent) -> Any:
    """Length and digest in place of a text, a list or a table; numbers and what is empty stay."""
    if value in (None, "", [], {}) or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else digest.canonical(value).decode()
    found = digest.hash_bytes(text.encode(), event.algorithm)[:DIGITS]
    return _("〔文字 %(n)d 字，摘要 %(digest)s〕") % {"n": len(text), "digest": found}
