"""The steps of a risk assessment: 评估中 → 待签认 → 已签认."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors
from secmgmt.core.clock import now
from secmgmt.core.workflow import Transition, Workflow, not_the_submitter

from . import queries, services
from .models import RiskAssessment, RiskState

S = RiskState


def check_register(obj: RiskAssessment, by: Any) -> None:
    """There are risks, and what is to be done about every one of level 3 and above is said."""
    if not obj.risks.exists():
        raise errors.Incomplete(_t("风险清单还是空的，先登记风险再提交。"), [])
    missing = [(str(row), row.get_absolute_url()) for row in queries.undecided(obj)]
    if missing:
        raise errors.Incomplete(_t("等级为中及以上的风险都要选定处置方式。"), missing)


def check_accepted(obj: RiskAssessment, by: Any) -> None:
    """What is to be accepted was accepted by the leadership."""
    rows = queries.not_accepted(obj, timezone.localdate(now()))
    missing = [(str(row), row.get_absolute_url()) for row in rows]
    if missing:
        raise errors.Incomplete(_t("下列风险拟接受，须先由安全领导批准接受。"), missing)


def led_here(obj: RiskAssessment, by: Any) -> None:
    """Guard: whoever leads it hands it in."""
    services.check_led_by(obj, by)


def may_sign(obj: RiskAssessment, by: Any) -> None:
    """Guard: whose signature it needs, and not the submitter's."""
    services.check_signed_by(obj, by)
    not_the_submitter(obj, by)


def sign(obj: RiskAssessment, by: Any, at: dt.datetime, opinion: str) -> None:
    """It stands, and what is to be reduced is followed."""
    obj.signed_at = at
    services.follow_reductions(obj, by=by, at=at)


WORKFLOW = Workflow(
    "assessments.RiskAssessment",
    RiskState,
    (
        Transition(
            "submit", (S.DRAFT,), S.SUBMITTED, "submit", _("提交签认"),
            guard=led_here, check=check_register, freezes=True, primary=True,
        ),
        Transition(
            "return_", (S.SUBMITTED,), S.DRAFT, "sign", _("退回"), needs_opinion=True,
            guard=may_sign, thaws=True, negative=True,
        ),
        Transition(
            "sign", (S.SUBMITTED,), S.SIGNED, "sign", _("签认"), needs_opinion=True,
            guard=may_sign, check=check_accepted, effect=sign, primary=True,
        ),
    ),
)  # fmt: skip
