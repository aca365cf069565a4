"""The portal as a Django app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Home and to-do, search, audit browser, report centre, health: shows what the manifests hand it."""

    name = "secmgmt.portal"
    label = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        from secmgmt.core import manifest

        from .manifest import MANIFEST

        manifest.register(MANIFEST)
