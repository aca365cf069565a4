"""What of the gates waits for a person, and what an object's page says of its projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core import permissions
from secmgmt.core.clock import midnight
from secmgmt.core.manifest import Todo, todos_of

from . import queries
from .models import Project, ReviewState


def review_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Opinions to give and examinations to conclude first, then what the owner prepares."""
    given = queries.to_give(user, midnight(today))
    yield from _lines(given, _opinion, f"{reverse('assessments:gateopinion-list')}?open=true")
    if permissions.may(user, queries.GateReview, "conclude"):
        listed = f"{reverse('assessments:gatereview-list')}?state={ReviewState.REVIEWING}"
        yield from _lines(queries.to_conclude(user), _conclude, listed)
    if permissions.may(user, Project, "submit"):
        listed = f"{reverse('assessments:gatereview-list')}?state={ReviewState.PREPARING}"
        yield from _lines(queries.to_prepare(user), _prepare, listed)
        yield from _lines(queries.to_begin(user), _begin, reverse("assessments:project-list"))


def _lines(rows: QuerySet, line: Callable[[Any], Todo], listed: str) -> Iterable[Todo]:
    def rest(count: int) -> Todo:
        title = _("还有 %(n)d 项建设项目审查事项") % {"n": count}
        return Todo(_("项目审查"), title, _("在清单里办理"), listed, _("看清单"), stands_for=count)

    return todos_of(rows, line, rest)


def _opinion(row: Any) -> Todo:
    title = _("对“%(name)s”出具意见") % {"name": row.review}
    return Todo(
        _("会商意见"), title, row.focus, reverse("assessments:gateopinion-give", args=[row.pk]), _("出具意见"),
        due=row.until, state=row.department, tone="warn",
    )  # fmt: skip


def _conclude(row: Any) -> Todo:
    title = _("审查“%(name)s”并作出结论") % {"name": row}
    return Todo(
        _("项目审查"), title, str(row.project.unit), row.get_absolute_url(), _("办理"), due=row.due_on,
        state=row.get_state_display(), tone="warn",
    )  # fmt: skip


def _prepare(row: Any) -> Todo:
    title = _("备齐“%(name)s”的材料并提交") % {"name": row}
    note = _("计划上线 %(day)s") % {"day": row.project.planned_on}
    return Todo(_("项目审查"), title, note, row.get_absolute_url(), _("继续"), state=row.get_state_display())


def _begin(row: Any) -> Todo:
    title = _("办理“%(name)s”的下一关口") % {"name": row}
    note = _("计划上线 %(day)s，通过全部关口后才能上线") % {"day": row.planned_on}
    return Todo(_("项目审查"), title, note, row.get_absolute_url(), _("准备材料"), state=row.get_stage_display())


def object_panel(obj: Any, user: Any) -> dict[str, Any] | None:
    """The projects that build or change an object."""
    rows = list(obj.projects.visible_to(user).select_related("unit", "override_by"))
    may_add = permissions.may(user, Project, "add", permissions.path_of(obj)) and not obj.is_secret_register
    if not rows and not (may_add and obj.status == "building"):
        return None
    add = f"{reverse('assessments:project-create')}?object={obj.pk}" if may_add else ""
    return {"rows": rows, "add": add, "url": reverse("assessments:project-list"), "link": _("建设项目")}


def waiting(user: Any) -> int:
    """The badge of the menu: what this person examines."""
    return queries.to_conclude(user).count() if permissions.may(user, queries.GateReview, "conclude") else 0


def sees_opinions(user: Any) -> bool:
    """Who was asked for one, or oversees them."""
    return permissions.may(user, queries.GateOpinion, "view") or queries.GateOpinion.objects.visible_to(user).exists()


def sees_reviews(user: Any) -> bool:
    """Who has a position over examinations, or was invited to one."""
    return permissions.may(user, queries.GateReview, "view") or queries.GateReview.objects.visible_to(user).exists()
