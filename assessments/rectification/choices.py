"""What a rectification item may be: its states, risks, origins, and the roles that decide on it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles


class State(models.TextChoices):
    """Where an item stands."""

    PLANNING = "planning", _("待制定")
    PLAN_REVIEW = "plan_review", _("方案待审批")
    DOING = "doing", _("整改中")
    EXTENSION_REVIEW = "extension_review", _("延期待审批")
    ACCEPTANCE_REVIEW = "acceptance_review", _("风险接受待审批")
    ACCEPTED = "accepted", _("已接受风险")
    VERIFYING = "verifying", _("待验证")
    CLOSED = "closed", _("已关闭")


WAITING = (State.PLAN_REVIEW, State.EXTENSION_REVIEW, State.ACCEPTANCE_REVIEW, State.VERIFYING)
"""States in which somebody else has to decide."""
RUNNING = (State.PLANNING, State.PLAN_REVIEW, State.DOING, State.EXTENSION_REVIEW, State.ACCEPTANCE_REVIEW)
"""States in which the clock runs against the owner's side."""
OPEN = (*RUNNING, State.VERIFYING, State.ACCEPTED)
"""Everything that is not closed."""


class Risk(models.TextChoices):
    """How bad a problem is (GB/T 28449-2018 8.2.5)."""

    HIGH = "高", _("高")
    MEDIUM = "中", _("中")
    LOW = "低", _("低")


RISK_ORDER = {Risk.HIGH.value: 0, Risk.MEDIUM.value: 1, Risk.LOW.value: 2}
RISK_OF_SEVERITY = {
    "low": Risk.LOW.value, "medium": Risk.MEDIUM.value, "high": Risk.HIGH.value, "major": Risk.HIGH.value
}  # fmt: skip
"""Severity of a ``Shortcoming`` → risk of the item; "major" is also a 重大风险隐患."""


class Origin(models.TextChoices):
    """Who found it."""

    EVALUATION = "evaluation", _("自评估")
    AGENCY = "agency", _("等级测评")
    INSPECTION = "inspection", _("检查评估")
    SCAN = "scan", _("漏洞扫描")
    RISK = "risk", _("风险评估")
    GATE = "gate", _("审查意见")
    DRILL = "drill", _("应急演练")
    INCIDENT = "incident", _("安全事件")
    NOTICE = "notice", _("通报预警")
    FINDING = "finding", _("系统自动发现")
    SELF = "self", _("日常自查")


TYPED_BY_HAND = (Origin.NOTICE, Origin.SELF)
"""What a person registers himself; every other origin comes with its source."""


class AfterResult(models.TextChoices):
    """What a requirement counts after rectification; the values are those of a self-assessment's answers."""

    MET = "met", _("符合")
    PARTIAL = "partial", _("部分符合")


class Matter(models.TextChoices):
    """What is decided by a role that the routing table names."""

    PLAN = "plan", _("整改方案")
    EXTENSION = "extension", _("延期")


DECIDERS = [(role.code, role.label) for role in (roles.UNIT_LEAD, roles.UNIT_HEAD, roles.LEADER)]
VERIFIERS = [(role.code, role.label) for role in (roles.UNIT_LEAD, roles.INSPECTOR)]
NEXT_WORD = list(dict([*DECIDERS, *VERIFIERS]).items())
