"""Every role of the field, one code each; features give them actions in their manifests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.permissions import Role

OWNER = Role("act_as_owner", _("系统负责人"))
UNIT_LEAD = Role("act_as_unit_lead", _("单位网安负责人"))
UNIT_HEAD = Role("act_as_unit_head", _("单位分管领导"), second_factor=True)
LEADER = Role("act_as_leader", _("安全领导"), second_factor=True)
INSPECTOR = Role("act_as_inspector", _("检查人员"))
CONSULTED = Role("act_as_consulted", _("会商部门人员"))
AUTHORITY = Role("act_as_authority", _("主管部门审核人"), second_factor=True)
POLICE = Role("act_as_filing_officer", _("公安受理人"), second_factor=True)
EXPERT = Role("act_as_expert", _("专家"))
RULES = Role("act_as_rules_keeper", _("业务规则管理员"))
PLAN_EDITOR = Role("act_as_plan_editor", _("预案编制人"))
PLAN_PUBLISHER = Role("act_as_plan_publisher", _("预案发布人"), second_factor=True)
DRILL_COORDINATOR = Role("act_as_drill_coordinator", _("演练协调人"))
DRILL_PARTICIPANT = Role("act_as_drill_participant", _("参演人员"))
EVALUATOR = Role("act_as_evaluator", _("评估员"))
COMMANDER = Role("act_as_commander", _("指挥"))
DUTY_OFFICER = Role("act_as_duty_officer", _("值班员"))
DR_OPERATOR = Role("act_as_dr_operator", _("灾备运维"))
AGENCY = Role("act_as_agency", _("测评机构"))

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
SYSTEM_ADMIN = Role("system_admin", _("系统管理员"), second_factor=True)
SECURITY_ADMIN = Role("security_admin", _("安全管理员"), second_factor=True)
AUDIT_ADMIN = Role("audit_admin", _("审计管理员"), second_factor=True)
ADMIN_ROLES = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)
