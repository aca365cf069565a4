"""What the portal contributes: its own menu entries."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from secmgmt.core import permissions
from secmgmt.core.manifest import Manifest, MenuEntry, collect

from . import reports
from .todos import audit_todos


def may_have_reports(user: Any) -> bool:
    """Whether a position of ``user`` carries the action of any kind of report (no rows are read)."""
    return any(permissions.may(user, reports.model_of(kind), kind.action) for kind in collect("reports"))


MANIFEST = Manifest(
    app="portal",
    todos=(audit_todos,),
    menu=(
        MenuEntry("", _("工作台"), "portal:home", "home", order=0, visible=lambda user: True),
        MenuEntry(
            _("报告"), _("报告中心"), "portal:report-list", "download", order=800, visible=may_have_reports
        ),
        MenuEntry(_("管理"), _("审计记录"), "portal:audit-list", "list", "core.AuditEvent", order=900),
        MenuEntry(
            _("管理"), _("运行状况"), "portal:health", "info", order=910, visible=lambda user: bool(user.admin_role)
        ),
    ),
    chores=(reports.clear_old,),
)
