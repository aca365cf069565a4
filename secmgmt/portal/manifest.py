"""What the portal contributes: its own menu entries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.manifest import Manifest, MenuEntry

MANIFEST = Manifest(
    app="portal",
    menu=(MenuEntry("", _("工作台"), "portal:home", "home", order=0, visible=lambda user: True),),
)
