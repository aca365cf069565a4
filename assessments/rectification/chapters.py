"""What is still to be put right in the compliance report: the problem, the plan, the due date."""

from __future__ import annotations

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core.chapters import Listing, chapter_of, day, short
from secmgmt.core.figures import Chapter, FigureScope

from .choices import RISK_ORDER
from .figures import open_on
from .models import Rectification


def left(scope: FigureScope) -> QuerySet:
    """Found by the day told of, and neither closed nor accepted then."""
    return Rectification.objects.filter(open_on(scope))


def _loaded(rows: QuerySet, scope: FigureScope) -> QuerySet:
    """重大风险隐患, then by risk, then what is due first."""
    risk = Case(*(When(risk=name, then=Value(place)) for name, place in RISK_ORDER.items()), default=Value(9))
    return rows.select_related("protected_object__unit", "owner").order_by("-major", risk, "due_on", "pk")


def _risk(row: Rectification) -> str:
    return _t("重大风险隐患") if row.major else row.get_risk_display()


ITEMS = Listing(
    _("未整改的问题"), "assessments.Rectification", left, _loaded,
    (
        (_("问题"), 6, lambda row: f"{short(row.title)}（{row.number}）"),
        (_("对象"), 4, lambda row: str(row.protected_object)),
        (_("单位"), 3.6, lambda row: str(row.protected_object.unit)),
        (_("风险"), 2, _risk), (_("整改措施"), 6, lambda row: short(row.measure)),
        (_("整改期限"), 3.2, lambda row: day(row.due_on)), (_("状态"), 2.6, lambda row: row.get_state_display()),
        (_("责任人"), 2.4, lambda row: row.owner.name if row.owner else "—"),
    ),
)  # fmt: skip
CHAPTERS = (Chapter("rectifications", _("未整改的问题和整改方案"), chapter_of(ITEMS), order=60),)
