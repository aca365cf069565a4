"""The certificates of filing in the compliance report: number, day, term."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import DateField, F, Q, QuerySet, Value
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.figures import existing
from assets.inventory.models import level_label
from secmgmt.core.chapters import Listing, chapter_of, day
from secmgmt.core.figures import Chapter, FigureScope

FILED_FROM = 2  # level from which an object is filed


def due_or_filed(scope: FigureScope) -> QuerySet:
    """The objects there are that have to be filed or were."""
    return existing(scope).filter(Q(security_level__gte=FILED_FROM) | ~Q(filing_number=""))


def _loaded(rows: QuerySet, scope: FigureScope) -> QuerySet:
    """Those without a certificate first, then by its end; one without an end is the least pressing."""
    pressing = F("filed_on").asc(nulls_first=True)
    told = {"has_number": ~Q(filing_number=""), "told_on": Value(scope.day, output_field=DateField())}
    rows = rows.annotate(**told).select_related("unit")
    return rows.order_by("has_number", F("filing_valid_until").asc(nulls_last=True), pressing, "pk")


def standing(obj: Any, on: dt.date) -> str:
    """Whether the certificate holds on a day, in words."""
    if not obj.filing_number:
        return _t("未备案")
    if obj.filing_valid_until is None:
        return _t("未登记有效期")
    left = (obj.filing_valid_until - on).days
    return _t("已过期 %(n)d 天") % {"n": -left} if left < 0 else _t("有效，还有 %(n)d 天") % {"n": left}


CERTIFICATES = Listing(
    _("备案证明"), "assets.ProtectedObject", due_or_filed, _loaded,
    (
        (_("对象"), 5, str), (_("单位"), 4, lambda obj: str(obj.unit)),
        (_("等级"), 2.5, lambda obj: level_label(obj.security_level)),
        (_("备案证明编号"), 6.6, lambda obj: obj.filing_number or "—"),
        (_("备案日期"), 3.2, lambda obj: day(obj.filed_on)),
        (_("有效期至"), 3.2, lambda obj: day(obj.filing_valid_until)),
        (_("状态"), 3.6, lambda obj: standing(obj, obj.told_on)),
    ),
    to_unit="unit", to_level="security_level", to_object="",
)  # fmt: skip
CHAPTERS = (Chapter("certificates", _("备案证明和有效期"), chapter_of(CERTIFICATES), order=50),)
