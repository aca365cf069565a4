"""The high risks of the standing registers in the compliance report, with their treatment."""

from __future__ import annotations

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from secmgmt.core.chapters import Listing, chapter_of, day, short
from secmgmt.core.figures import Chapter, FigureScope

from .figures import SERIOUS
from .queries import standing_risks, untreated


def high(scope: FigureScope) -> QuerySet:
    """Of level 4 and 5 in the last signed assessment of each object, treated or not."""
    return standing_risks().filter(level__gte=SERIOUS)


def _loaded(rows: QuerySet, scope: FigureScope) -> QuerySet:
    """Those nothing was done about first, then the highest."""
    waits = Case(When(untreated(), then=Value(0)), default=Value(1))
    found = rows.select_related("assessment__protected_object__unit", "asset")
    return found.order_by(waits, "-level", "-value", "pk")


RISKS = Listing(
    _("高风险"), "assessments.Risk", high, _loaded,
    (
        (_("对象"), 4, lambda row: str(row.assessment.protected_object)),
        (_("单位"), 3.6, lambda row: str(row.assessment.protected_object.unit)),
        (_("资产"), 3, lambda row: str(row.asset)), (_("威胁"), 3.4, lambda row: short(row.threat_text)),
        (_("脆弱性"), 5, lambda row: short(row.weakness)), (_("等级"), 1.8, lambda row: row.get_level_display()),
        (_("处置"), 3, lambda row: row.standing), (_("处置措施"), 4.6, lambda row: short(row.measure)),
        (_("完成期限"), 3.2, lambda row: day(row.due_on)),
    ),
    to_unit="assessment__protected_object__unit", to_level="assessment__protected_object__security_level",
    to_object="assessment__protected_object",
)  # fmt: skip
CHAPTERS = (Chapter("risks", _("高风险清单"), chapter_of(RISKS), order=65),)
