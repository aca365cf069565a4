"""Accounts as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, units, positions, the three administrators, sign-in policy."""

    name = "secmgmt.accounts"
    label = "accounts"
    verbose_name = "账户与单位"

    def ready(self) -> None:
        from secmgmt.core import manifest

        from .manifest import MANIFEST

        manifest.register(MANIFEST)
