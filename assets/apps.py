"""Assets as a Django app."""

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """The inventory: protected objects, components, data, interconnections."""

    name = "assets"
    verbose_name = "底数"

    def ready(self) -> None:
        from secmgmt.core import manifest

        from .manifest import MANIFEST

        manifest.register(MANIFEST)
