"""Every role of the field, one code each; features give them actions in their manifests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.permissions import Role

OWNER = Role(
    "act_as_owner", _("系统负责人"),
    purpose="keeps the inventory of his unit's systems, grades and assesses them, answers findings",
)
UNIT_LEAD = Role(
    "act_as_unit_lead", _("单位网安负责人"),
    purpose="answers for the unit's security: registers, confirms self-assessments",
)
UNIT_HEAD = Role(
    "act_as_unit_head", _("单位分管领导"), second_factor=True,
    purpose="the leader in charge of the unit: reads, decides what the unit's rules leave to him",
)
LEADER = Role(
    "act_as_leader", _("安全领导"), second_factor=True,
    purpose="the city's security leadership: reads everything beneath, decides on what is serious",
)
INSPECTOR = Role(
    "act_as_inspector", _("检查人员"),
    purpose="inspects for the leading department",
)
CONSULTED = Role(
    "act_as_consulted", _("会商部门人员"),
    purpose="gives an opinion where he was invited to",
)
AUTHORITY = Role(
    "act_as_authority", _("主管部门审核人"), second_factor=True,
    purpose="the authority of a line of business: approves or returns gradings",
)
POLICE = Role(
    "act_as_filing_officer", _("公安受理人"), second_factor=True,
    purpose="receives filings for the police",
)
EXPERT = Role(
    "act_as_expert", _("专家"),
    purpose="reviews what he was invited to",
)
RULES = Role(
    "act_as_rules_keeper", _("业务规则管理员"),
    purpose="keeps the rules of the trade: names important objects, catalogue overlays, standards",
)
PLAN_EDITOR = Role(
    "act_as_plan_editor", _("预案编制人"),
    purpose="writes contingency plans",
)
PLAN_PUBLISHER = Role(
    "act_as_plan_publisher", _("预案发布人"), second_factor=True,
    purpose="publishes contingency plans",
)
DRILL_COORDINATOR = Role(
    "act_as_drill_coordinator", _("演练协调人"),
    purpose="plans and runs drills",
)
DRILL_PARTICIPANT = Role(
    "act_as_drill_participant", _("参演人员"),
    purpose="takes part in drills",
)
EVALUATOR = Role(
    "act_as_evaluator", _("评估员"),
    purpose="scores drills and plans",
)
COMMANDER = Role(
    "act_as_commander", _("指挥"),
    purpose="commands the handling of an incident",
)
DUTY_OFFICER = Role(
    "act_as_duty_officer", _("值班员"),
    purpose="is on duty: alerts and incidents",
)
DR_OPERATOR = Role(
    "act_as_dr_operator", _("灾备运维"),
    purpose="runs the disaster-recovery centre",
)
AGENCY = Role(
    "act_as_agency", _("测评机构"),
    purpose="an evaluation agency, for a time and for what it is engaged for",
)

BUSINESS_ROLES = (
    OWNER,
    UNIT_LEAD,
    UNIT_HEAD,
    LEADER,
    INSPECTOR,
    CONSULTED,
    AUTHORITY,
    POLICE,
    EXPERT,
    RULES,
    PLAN_EDITOR,
    PLAN_PUBLISHER,
    DRILL_COORDINATOR,
    DRILL_PARTICIPANT,
    EVALUATOR,
    COMMANDER,
    DUTY_OFFICER,
    DR_OPERATOR,
    AGENCY,
)

# The three separated administrators are no positions: a user has at most one, by construction of the column
# ``User.admin_role``, and holds no position. Their codes are roles so that manifests can give them actions.
SYSTEM_ADMIN = Role(
    "system_admin", _("系统管理员"), second_factor=True, administers=True,
    purpose="accounts and units; no business data, no rights of others",
)
SECURITY_ADMIN = Role(
    "security_admin", _("安全管理员"), second_factor=True, administers=True,
    purpose="positions, administrators' requests, second factors, sign-in policy; no business data",
)
AUDIT_ADMIN = Role(
    "audit_admin", _("审计管理员"), second_factor=True, administers=True,
    purpose="reads the audit trail; no business data",
)
ADMIN_ROLES = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)
