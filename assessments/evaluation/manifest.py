"""What carry-over and inheritance contribute: tables of responsibility, rules, their rights, the hourly renewal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assets.connections.services import HOST
from secmgmt.accounts import roles
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import Manifest, MenuEntry, Panel, ReportKind
from secmgmt.core.permissions import ACTION_LABELS, Capacity

from . import (
    rectified,
    tasks,  # noqa: F401 - importing it registers its kind of job
)
from .hosting_panel import responsibility_panel
from .inheritance import renew_all
from .reuse_rules import load_rules

ACT_LABELS.update(
    {
        "assessments.answer.evidence_term": _("填写证据有效期"),
        "assessments.answer.source_file": _("下载沿用或继承的证据"),
        "assessments.assessment.confirm_carried": _("整组确认沿用"),
        "assessments.assessment.inherit": _("更新继承结果"),
        "assessments.assessment.tested_again": _("再次测评，整改结果不再是单位自述"),
        "assessments.evidenceshare.end": _("停止共享说明与证据"),
        "assessments.evidenceshare.give": _("共享说明与证据"),
        "assessments.responsibilityline.agree": _("平台方同意责任调整"),
        "assessments.responsibilityline.fill": _("按成品表建立责任分担表"),
    }
)
ACTION_LABELS.update({"agree": _("代表平台同意")})

LINE, RULE = "assessments.ResponsibilityLine", "assessments.ReuseRule"
READERS = ("view", "export")
OVERSEERS = (roles.UNIT_LEAD, roles.UNIT_HEAD, roles.LEADER, roles.INSPECTOR, roles.AUTHORITY, roles.POLICE)

MANIFEST = Manifest(
    app="assessments",
    grants={
        roles.OWNER.code: {LINE: (*READERS, "add", "change", "delete", "import", "agree"), RULE: ("view",)},
        **{role.code: {LINE: READERS, RULE: ("view",)} for role in OVERSEERS},
        roles.RULES.code: {LINE: READERS, RULE: ("view", "change")},
    },
    capacities={HOST: Capacity({LINE: ("view",)})},
    menu=(
        MenuEntry(_("等级保护"), _("责任分担表"), "assessments:responsibility-list", "link", model=LINE, order=225),
        MenuEntry(
            _("业务规则"), _("沿用与继承规则"), "assessments:reuserule-list", "gear",
            model=RULE, action="change", order=523,
        ),
    ),
    panels=(
        Panel(
            "assets.Hosting", _("责任分担与证据共享"), "assessments/responsibility_panel.html",
            responsibility_panel, order=10,
        ),
    ),
    reports=(
        ReportKind(
            "rectification-report", _("整改报告"), "assets.ProtectedObject", rectified.build, formats=("pdf", "docx"),
            related=("unit", "owner"), private=True,
            note=_("一个对象整改的总体情况、评估时与整改后的结果、已完成和未完成事项，公文版式"),
        ),
    ),
    api=(
        ("responsibilities", "assessments.evaluation.reuse_api:router"),
        ("offline", "assessments.evaluation.offline_api:router"),
    ),
    catalogs=(load_rules,),
    chores=(renew_all,),
)  # fmt: skip
