"""What of the inspections waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from secmgmt.core import permissions
from secmgmt.core.manifest import Todo, todos_of

from . import queries
from .models import Inspection, InspectionState, IssuedNotice, IssuedState

STEPS = {
    InspectionState.PLANNED: (_l("开始"), _l("开始检查")),
    InspectionState.ONSITE: (_l("记录"), _l("现场检查")),
    InspectionState.SUMMING: (_l("办理"), _l("汇总问题，签发通知或作出结论")),
    InspectionState.RECHECKING: (_l("复查"), _l("复查")),
}


def inspection_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Notices to take and answer first, then what waits for a signature, then the inspectors' own."""
    rows = IssuedNotice.objects.visible_to(user, "reply").select_related("protected_object")
    rows = rows.filter(state__in=(IssuedState.ISSUED, IssuedState.RECEIVED)).order_by("deadline", "pk")
    yield from todos_of(rows, lambda row: _of_notice(row, today), lambda n: _rest(n, "assessments:issuednotice-list"))
    waiting = Inspection.objects.visible_to(user, "sign").filter(state=InspectionState.SIGNING)
    yield from todos_of(
        waiting.select_related("protected_object"), _to_sign, lambda n: _rest(n, "assessments:inspection-list")
    )
    mine = Inspection.objects.visible_to(user, "run").filter(lead__in=queries.departments_of(user))
    mine = mine.filter(state__in=STEPS).select_related("protected_object").order_by("ends_on", "pk")
    yield from todos_of(mine, _to_run, lambda n: _rest(n, "assessments:inspection-list"))
    replied = Inspection.objects.visible_to(user, "run").filter(
        lead__in=queries.departments_of(user), state=InspectionState.ISSUED, notices__state=IssuedState.REPLIED
    )
    yield from todos_of(
        replied.select_related("protected_object"), _to_recheck, lambda n: _rest(n, "assessments:inspection-list")
    )


def _rest(count: int, url_name: str) -> Todo:
    title = _("还有 %(n)d 项检查事项") % {"n": count}
    return Todo(_("检查"), title, _("在清单里办理"), reverse(url_name), _("看清单"), stands_for=count)


def _of_notice(row: IssuedNotice, today: dt.date) -> Todo:
    receive = row.state == IssuedState.ISSUED
    return Todo(
        kind=_("检查"),
        title=(_("签收%(n)s") if receive else _("回复%(n)s")) % {"n": f"{row.kind_name} {row.number}"},
        note=str(row.protected_object),
        url=row.get_absolute_url(),
        action=_("签收") if receive else _("回复"),
        due=row.deadline,
        state=row.get_state_display(),
        tone="bad" if row.deadline < today else "warn",
    )


def _to_sign(row: Inspection) -> Todo:
    return Todo(
        _("检查"), _("签发对“%(name)s”的检查通知") % {"name": row.protected_object},
        _("问题 %(n)d 项") % {"n": row.finding_count}, row.get_absolute_url(), _("签发"),
        state=row.get_state_display(), tone="warn",
    )  # fmt: skip


def _to_run(row: Inspection) -> Todo:
    action, what = STEPS[InspectionState(row.state)]
    return Todo(
        _("检查"), f"{what}：{row.protected_object}", row.title, row.get_absolute_url(), str(action), due=row.ends_on,
        state=row.get_state_display(),
    )  # fmt: skip


def _to_recheck(row: Inspection) -> Todo:
    title = _("复查“%(name)s”的整改") % {"name": row.protected_object}
    return Todo(_("检查"), title, _("单位已回复"), row.get_absolute_url(), _("复查"), state=row.get_state_display())


def sees_notices(user: Any) -> bool:
    """Whoever may read notices somewhere."""
    return permissions.may(user, IssuedNotice, "view")


def sees_inspections(user: Any) -> bool:
    """Who has a position over inspections, or was invited into a team."""
    return permissions.may(user, Inspection, "view") or Inspection.objects.visible_to(user).exists()


def object_panel(obj: Any, user: Any) -> dict[str, Any] | None:
    """On an object's page: its inspections to who inspects, its notices to its unit."""
    rows = list(obj.inspections.visible_to(user)[:5]) if sees_inspections(user) else []
    notices = list(obj.inspection_notices.visible_to(user)[:5]) if sees_notices(user) else []
    may_add = permissions.may(user, Inspection, "add", permissions.path_of(obj)) and obj.security_level in (1, 2, 3, 4)
    if not rows and not notices and not may_add:
        return None
    add = f"{reverse('assessments:inspection-create')}?object={obj.pk}" if may_add else ""
    return {"rows": rows, "notices": notices, "add": add}
