"""Projects and the gates they stand before in the compliance report."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, Count, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.models import ProtectedObject
from secmgmt.core.chapters import Listing, chapter_of, day
from secmgmt.core.clock import midnight
from secmgmt.core.figures import Chapter, FigureScope

from .models import SETTLED, Project, ReviewState, Stage

ONE_DAY = dt.timedelta(days=1)


def known(scope: FigureScope) -> QuerySet:
    """The projects registered by the day told of."""
    return Project.objects.filter(created_at__lt=midnight(scope.day + ONE_DAY))


def _loaded(rows: QuerySet, scope: FigureScope) -> QuerySet:
    """Those not accepted first, by the day they are to go live; of their objects those the reader may see."""
    seen = Prefetch("targets", ProtectedObject.objects.visible_to(scope.user).order_by("pk"))
    demanded = Q(reviews__state=ReviewState.CONDITIONAL)
    settled = demanded & Q(reviews__conditions__state__in=SETTLED)
    counts = {
        name: Count("reviews__conditions", filter=of, distinct=True)
        for name, of in (("demanded", demanded), ("settled", settled))
    }
    waits = Case(When(stage=Stage.ACCEPTED, then=Value(1)), default=Value(0))
    found = rows.annotate(**counts)
    return found.select_related("unit", "lead").prefetch_related(seen).order_by(waits, "planned_on", "pk")


def _left(row: Any) -> str:
    left = row.demanded - row.settled
    return _t("%(n)d 项") % {"n": left} if left else "—"


PROJECTS = Listing(
    _("建设项目"), "assessments.Project", known, _loaded,
    (
        (_("项目"), 5, str), (_("对象"), 5, lambda row: "、".join(map(str, row.targets.all())) or "—"),
        (_("建设单位"), 4, lambda row: str(row.unit)), (_("拟定等级"), 2.4, lambda row: row.get_level_display()),
        (_("阶段"), 3.6, lambda row: row.get_stage_display()), (_("未完成的通过条件"), 2.6, _left),
        (_("先行上线"), 3.2, lambda row: day(row.override_at and timezone.localdate(row.override_at))),
        (_("计划上线"), 3.2, lambda row: day(row.planned_on)),
    ),
    to_unit="unit", to_level="level", to_object="targets",
)  # fmt: skip
CHAPTERS = (Chapter("projects", _("项目安全审查"), chapter_of(PROJECTS), order=70),)
