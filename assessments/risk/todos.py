"""What of the risk assessments waits for a person, and what an object's page says of its risks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core import permissions
from secmgmt.core.manifest import Todo, todos_of

from . import queries
from .models import Risk, RiskAssessment, RiskState


def risk_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Signatures and acceptances first, then drafts."""
    listed = reverse("assessments:riskassessment-list")
    if permissions.may(user, RiskAssessment, "sign"):
        waiting = f"{listed}?state={RiskState.SUBMITTED}"
        yield from todos_of(queries.to_sign(user), _sign, lambda n: _rest(n, waiting))
    if permissions.may(user, Risk, "accept"):
        waiting = f"{reverse('assessments:risk-list')}?treatment=accept"
        yield from todos_of(queries.to_accept(user, today), _accept, lambda n: _rest(n, waiting))
    if permissions.may(user, RiskAssessment, "submit"):
        waiting = f"{listed}?state={RiskState.DRAFT}"
        yield from todos_of(queries.to_finish(user), _finish, lambda n: _rest(n, waiting))


def _rest(count: int, url: str) -> Todo:
    title = _("还有 %(n)d 项风险评估事项") % {"n": count}
    return Todo(_("风险评估"), title, _("在清单里办理"), url, _("看清单"), stands_for=count)


def _sign(row: Any) -> Todo:
    title, note = _("签认“%(name)s”") % {"name": row}, str(row.protected_object)
    state = row.get_state_display()
    return Todo(_("风险评估"), title, note, row.get_absolute_url(), _("签认"), state=state, tone="warn")


def _accept(row: Any) -> Todo:
    title = _("决定是否接受风险“%(name)s”") % {"name": row}
    page = reverse("assessments:risk-accept", args=[row.pk])
    level = _("风险%(level)s") % {"level": row.get_level_display()}
    return Todo(_("风险接受"), title, str(row.assessment), page, _("办理"), state=level, tone="warn")


def _finish(row: Any) -> Todo:
    title, note = _("完成“%(name)s”并提交") % {"name": row}, str(row.protected_object)
    return Todo(_("风险评估"), title, note, row.get_absolute_url(), _("继续"), state=row.get_state_display())


def object_panel(obj: Any, user: Any) -> dict[str, Any] | None:
    """The risk assessments of an object."""
    rows = list(obj.risk_assessments.visible_to(user)[:5])
    may_add = permissions.may(user, RiskAssessment, "add", permissions.path_of(obj)) and not obj.is_secret_register
    if not rows and not may_add:
        return None
    add = f"{reverse('assessments:riskassessment-create')}?object={obj.pk}" if may_add else ""
    return {"rows": rows, "add": add, "url": reverse("assessments:riskassessment-list"), "link": _("风险评估")}
