"""What scanning contributes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core import ports
from secmgmt.core.manifest import Manifest, MenuEntry, Panel, SearchSource
from secmgmt.core.permissions import ACTION_LABELS

from . import demo, panels, queries, services, tasks, workflow

ACTION_LABELS.update({"judge": _("判断扫描问题"), "rule_out": _("把高风险扫描问题判为误报")})

FINDING, SCAN, RULE = "assessments.ScanFinding", "assessments.Scan", "assessments.ScannerRule"
READ: tuple[str, ...] = ("view", "export")
READING = {FINDING: READ, SCAN: READ, RULE: READ}
READERS = (roles.UNIT_HEAD, roles.LEADER, roles.INSPECTOR, roles.AUTHORITY, roles.POLICE)

ports.provide_echo("scan", workflow.echo)

MANIFEST = Manifest(
    app="assessments",
    grants={
        **{role.code: READING for role in READERS},
        roles.OWNER.code: {**READING, FINDING: (*READ, "change", "judge"), SCAN: (*READ, "import")},
        roles.UNIT_LEAD.code: {**READING, FINDING: (*READ, "judge", "rule_out")},
        roles.RULES.code: {**READING, RULE: (*READ, "add", "change", "delete", "import")},
    },
    menu=(
        MenuEntry(_("等级保护"), _("扫描问题"), "assessments:scanfinding-list", "alert", model=FINDING, order=226),
        MenuEntry(_("等级保护"), _("扫描导入"), "assessments:scan-list", "upload", model=SCAN, order=227),
        MenuEntry(_("业务规则"), _("扫描映射规则"), "assessments:scannerrule-list", "list", model=RULE, order=528),
    ),
    search=(
        SearchSource(FINDING, _("扫描问题"), queries.searched, icon="alert", related=("unit",)),
    ),
    panels=(
        Panel("assets.Component", _("扫描问题"), "assets/panels/rows.html", panels.of_component, order=40),
        Panel("assets.ProtectedObject", _("扫描问题"), "assets/panels/rows.html", panels.of_object, order=84),
    ),
    api=(
        ("scan-findings", "assessments.scanning.api:findings"),
        ("scans", "assessments.scanning.api:scans"),
        ("scanner-rules", "assessments.scanning.api:rules"),
    ),
    catalogs=(services.load_rules,),
    demo=((36, demo.create_scan),),
)

__all__ = ["MANIFEST", "tasks"]
