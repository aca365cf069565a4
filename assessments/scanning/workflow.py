"""What people make of a scanner's problem: confirmed, a false positive, fixed; and what a rule moves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessments.catalog.services import shipped_standard
from secmgmt.core import errors, permissions, ports
from secmgmt.core.workflow import Transition, Workflow

from . import queries
from .models import FindingState, ScanFinding

S = FindingState
SEVERITY = {"critical": "high", "high": "high", "medium": "medium", "low": "low", "info": "low"}


def check_placed(obj: ScanFinding, by: Any) -> None:
    """A problem is confirmed on a component: nobody can put it right elsewhere. Raises Invalid."""
    if obj.component is None:
        raise errors.Invalid({"component": [_t("这个地址还没有指定部件，请先“指定部件”再确认。")]})


def check_not_grave(obj: ScanFinding, by: Any) -> None:
    """Guard: that a grave problem is none the unit's security lead decides, not who runs the system. NotAllowed."""
    if not queries.may_rule_out(obj, by):
        raise errors.NotAllowed(
            _t("“%(severity)s”风险的问题由单位网安负责人判为误报。") % {"severity": obj.get_severity_display()},
            who_may=permissions.who_may(ScanFinding, "rule_out"), obj=obj,
        )  # fmt: skip


def check_not_followed(obj: ScanFinding, by: Any) -> None:
    """What is being put right is fixed when that is verified and closed. Raises Incomplete with the item."""
    missing = [(str(item), item.get_absolute_url()) for item in queries.open_actions(obj)]
    if missing:
        raise errors.Incomplete(_t("这个问题正在整改，整改事项验证关闭后自动记为已修复。"), missing)


def open_action(obj: ScanFinding, by: Any, at: dt.datetime, opinion: str) -> None:
    """A confirmed problem is to be put right."""
    component, standard = obj.component, shipped_standard()
    codes = queries.items_of(obj)
    ports.open_corrective_action(
        ports.Shortcoming(
            origin="scan", source=obj, obj=component.protected_object, title=(obj.problem or obj.title)[:120],
            description=_t("%(source)s 在 %(place)s 发现：%(title)s %(cves)s") % {
                "source": obj.get_source_display(), "place": f"{obj.address} {obj.port}".strip(), "title": obj.title,
                "cves": obj.cves,
            },
            severity=SEVERITY[obj.severity], standard=standard.code if standard and codes else "",
            clause=codes[0] if codes else "", component=str(component), level=component.protected_object.security_level,
        ),
        by=by, at=at,
    )  # fmt: skip


WORKFLOW = Workflow(
    "assessments.ScanFinding",
    FindingState,
    (
        Transition(
            "confirm", (S.NEW,), S.CONFIRMED, "judge", _("确认问题"),
            check=check_placed, effect=open_action, primary=True,
        ),
        Transition(
            "dismiss", (S.NEW,), S.FALSE, "judge", _("判为误报"), needs_opinion=True, negative=True,
            guard=check_not_grave,
        ),
        Transition(
            "fix", (S.NEW, S.CONFIRMED), S.FIXED, "judge", _("已修复"), needs_opinion=True, check=check_not_followed
        ),
        Transition("reopen", (S.FALSE, S.FIXED), S.NEW, "judge", _("重新打开"), needs_opinion=True),
        Transition("recur", (S.FIXED,), S.NEW, "judge", _("再次发现"), automatic=True),
        Transition("closed", (S.CONFIRMED,), S.FIXED, "judge", _("整改已关闭"), automatic=True),
    ),
)  # fmt: skip


def echo(source_id: int, state: str, *, by: Any, at: dt.datetime) -> None:
    """Once its corrective action is closed a problem is fixed, until a scan shows it again."""
    row = ScanFinding.objects.filter(pk=source_id).first()
    if state == "closed" and row is not None:
        WORKFLOW.elapse(row, "closed", at=at, reason=_t("整改事项已验证关闭。"))
