"""What the portal contributes: its own menu entries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.manifest import Manifest, MenuEntry

MANIFEST = Manifest(
    app="portal",
    menu=(
        MenuEntry("", _("工作台"), "portal:home", "home", order=0, visible=lambda user: True),
        MenuEntry(_("管理"), _("审计记录"), "portal:audit-list", "list", "core.AuditEvent", order=900),
        MenuEntry(
            _("管理"), _("运行状况"), "portal:health", "info", order=910, visible=lambda user: bool(user.admin_role)
        ),
    ),
)
