"""What campaigns contribute."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import Manifest, MenuEntry, Panel, ReportKind, SearchSource
from secmgmt.core.permissions import ACTION_LABELS, CAPACITY_LABELS, Capacity

from . import (
    reports,
    tasks,  # noqa: F401 - importing a task registers its kind
)
from .demo import create_campaigns
from .panels import object_tasks
from .reminders import send_due
from .services import ADDRESSED
from .todos import campaign_todos

ACT_LABELS.update(
    {
        "assessments.assessment.open_many": _("批量建立自评估"),
        "assessments.riskassessment.open_many": _("批量建立风险评估"),
        "assessments.campaign.announce": _("通知承办人"),
        "assessments.campaign.except": _("调整不适用对象"),
        "assessments.campaign.figures": _("留存完成情况"),
        "assessments.campaign.open_tasks": _("建立任务"),
        "assessments.campaign.remind": _("到期提醒"),
        "assessments.campaign.reschedule": _("调整提交期限"),
        "assessments.campaign.retry_tasks": _("重试未能建立的任务"),
        "assessments.campaign.urge": _("催办"),
    }
)
ACTION_LABELS.update({"publish": _("发布"), "close": _("结束"), "revoke": _("撤销")})
CAPACITY_LABELS.update({ADDRESSED: _("专项工作涉及的单位")})

CAMPAIGN, TASK = "assessments.Campaign", "assessments.CampaignTask"
RUNS = ("publish", "close", "revoke")
READS = {CAMPAIGN: ("view",), TASK: ("view", "export")}

MANIFEST = Manifest(
    app="assessments",
    grants={
        # the leading group's office draws it up, opens and ends it; leadership, unit heads and inspectors read on
        roles.RULES.code: {**READS, CAMPAIGN: ("view", "export", "add", "change", "delete", "attach", *RUNS)},
        **{
            role.code: {**READS, CAMPAIGN: ("view", "export")}
            for role in (roles.LEADER, roles.UNIT_HEAD, roles.INSPECTOR, roles.POLICE)
        },
        **{role.code: READS for role in (roles.OWNER, roles.UNIT_LEAD, roles.AUTHORITY)},
    },
    capacities={ADDRESSED: Capacity({CAMPAIGN: ("view",)})},
    menu=(
        MenuEntry(_("定期工作"), _("专项工作"), "assessments:campaign-list", "flag", model=CAMPAIGN, order=310),
        MenuEntry(_("定期工作"), _("专项任务"), "assessments:campaigntask-list", "list", model=TASK, order=320),
    ),
    search=(
        SearchSource(
            CAMPAIGN,
            _("专项工作"),
            lambda row: f"{row.title} {row.basis} {row.demands}",
            icon="flag",
            related=("unit",),
        ),
    ),
    api=(("campaigns", "assessments.campaign.api:router"),),
    todos=(campaign_todos,),
    panels=(
        Panel(
            "assets.ProtectedObject",
            _("专项工作"),
            "assessments/campaign/panel.html",
            object_tasks,
            order=60,
            column="side",
        ),
    ),
    reports=(
        ReportKind(
            "campaign",
            _("专项工作总结报告"),
            CAMPAIGN,
            reports.build,
            related=("unit", "responsible"),
            line=reports.line,
            note=_("工作部署、完成情况、各单位名次、未完成和不适用的对象、总结意见"),
        ),
    ),
    chores=(send_due,),
    demo=((70, create_campaigns),),
)
