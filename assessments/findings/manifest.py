"""What automatic findings contribute."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core import ports
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import Manifest, MenuEntry, Panel, SearchSource
from secmgmt.core.permissions import ACTION_LABELS

from . import (
    checking,
    queries,
    services,
    tasks,  # noqa: F401 - importing a task registers its kind
    workflow,
)
from .demo import create_findings
from .todos import finding_todos, object_findings

ACT_LABELS.update(
    {
        "assessments.askedfact.answer_text": _("填写答复"),
        "assessments.askedfact.ask_many": _("询问单位"),
        "assessments.finding.found": _("自动发现问题"),
        "assessments.finding.refresh": _("数据变化，更新依据"),
        "assessments.findingrule.check": _("核对自动发现规则"),
    }
)
ACTION_LABELS.update(
    {
        "check": _("核对自动发现规则"),
        "reask": _("退回重新答复"),
        "respond": _("认可自动发现或提出异议"),
        "rule_on": _("裁定异议"),
        "state_fact": _("答复询问"),
    }
)

FINDING, FACT, RULE = "assessments.Finding", "assessments.AskedFact", "assessments.FindingRule"
READ = ("view", "export")
READING: dict[str, tuple[str, ...]] = {FINDING: READ, FACT: READ, RULE: READ}
UNIT_SIDE = {FINDING: (*READ, "respond", "attach"), FACT: (*READ, "state_fact", "attach"), RULE: READ}
DECIDES = {FINDING: (*READ, "rule_on"), FACT: (*READ, "reask")}

ports.provide_echo(services.ORIGIN, workflow.echo)

MANIFEST = Manifest(
    app="assessments",
    grants={
        **{role.code: READING for role in (roles.UNIT_HEAD, roles.AUTHORITY, roles.POLICE)},
        roles.OWNER.code: UNIT_SIDE,
        roles.UNIT_LEAD.code: UNIT_SIDE,
        roles.LEADER.code: {**DECIDES, RULE: READ},
        roles.INSPECTOR.code: {**DECIDES, RULE: (*READ, "check")},
        roles.RULES.code: {FINDING: READ, FACT: READ, RULE: (*READ, "change", "check")},
    },
    menu=(
        MenuEntry(_("等级保护"), _("自动发现"), "assessments:finding-list", "alert", model=FINDING, order=242),
        MenuEntry(_("等级保护"), _("询问事项"), "assessments:askedfact-list", "info", model=FACT, order=243),
        MenuEntry(
            _("业务规则"), _("自动发现规则"), "assessments:findingrule-list", "gear", model=RULE, action="change",
            order=524,
        ),
    ),
    search=(
        SearchSource(
            FINDING, _("自动发现"), queries.searched, icon="alert", related=("protected_object__unit",)
        ),
    ),
    api=(
        ("findings", "assessments.findings.api:findings"),
        ("asked-facts", "assessments.findings.api:facts"),
        ("finding-rules", "assessments.findings.api:rules"),
    ),
    todos=(finding_todos,),
    panels=(
        Panel(
            "assets.ProtectedObject", _("自动发现"), "assessments/findings/panel.html", object_findings, order=38
        ),
    ),
    catalogs=(services.load_shipped,),
    chores=(checking.tend,),
    demo=((80, create_findings),),
)
