"""What the evaluation by agencies contributes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import DutyProvider, Manifest, MenuEntry, Panel, SearchSource
from secmgmt.core.permissions import ACTION_LABELS, CAPACITY_LABELS, Capacity

from . import queries
from .chapters import CHAPTERS
from .demo import create_engagements
from .figures import FIGURES
from .models import ACCOUNT
from .panels import cycle_step, object_engagements
from .todos import engagement_todos

ACT_LABELS.update(
    {
        "assessments.engagement.admit": _("允许测评人员参加"),
        "assessments.engagement.dismiss": _("收回测评人员权限"),
        "assessments.engagement.result": _("登记测评报告"),
        "assessments.engagement.finding": _("登记测评发现的问题"),
        "assessments.engagement.drop": _("删除测评发现的问题"),
    }
)
ACTION_LABELS.update({"work": _("开展测评"), "complete": _("登记测评结果"), "admit": _("管理测评人员")})
CAPACITY_LABELS.update({ACCOUNT: _("测评机构人员")})

OBJECT = "assets.ProtectedObject"
ENGAGEMENT, AGENCY = "assessments.Engagement", "assessments.Agency"
# What the agency's people have of the one evaluation they were let in to, and of its results by item.
OPENED: dict[str, tuple[str, ...]] = {
    ENGAGEMENT: ("view", "work", "attach"),
    "assessments.Assessment": ("view", "answer", "submit"),
    "assessments.Answer": ("view", "answer", "attach"),
}
READERS: tuple[str, ...] = ("view", "export")
READING = {ENGAGEMENT: READERS, AGENCY: READERS}

MANIFEST = Manifest(
    app="assessments",
    grants={
        **{
            role.code: dict(READING)
            for role in (
                roles.UNIT_LEAD, roles.UNIT_HEAD, roles.LEADER, roles.INSPECTOR, roles.AUTHORITY, roles.POLICE
            )
        },
        roles.OWNER.code: {
            ENGAGEMENT: (*READERS, "add", "change", "delete", "work", "complete", "admit", "attach"),
            AGENCY: READERS,
        },
        roles.RULES.code: {ENGAGEMENT: READERS, AGENCY: (*READERS, "add", "change", "delete")},
    },
    capacities={ACCOUNT: Capacity(OPENED, role=roles.AGENCY.code)},
    menu=(
        MenuEntry(
            _("等级保护"), _("等级测评与密评"), "assessments:engagement-list", "clip", order=225,
            visible=queries.sees_any_or_may,
        ),
        MenuEntry(_("等级保护"), _("测评机构"), "assessments:agency-list", "users", model=AGENCY, order=250),
    ),
    search=(
        SearchSource(
            ENGAGEMENT, _("测评项目"),
            lambda row: f"{row} {row.agency} {row.report_number} {row.contract_number} {row.protected_object.unit}",
            icon="clip", related=("protected_object__unit", "agency"),
        ),
    ),
    api=(
        ("engagements", "assessments.engagement.api:engagements"),
        ("agencies", "assessments.engagement.api:agencies"),
    ),
    todos=(engagement_todos,),
    panels=(
        Panel(OBJECT, _("等级测评"), "", cycle_step, order=25, column="cycle"),
        Panel(OBJECT, _("等级测评与密评"), "assessments/engagement/panel.html", object_engagements, order=28),
    ),
    duties=(
        DutyProvider("evaluation", OBJECT, queries.evaluation_duty),
        DutyProvider("crypto-evaluation", OBJECT, queries.crypto_duty),
    ),
    figures=FIGURES,
    chapters=CHAPTERS,
    demo=((36, create_engagements),),
)  # fmt: skip
