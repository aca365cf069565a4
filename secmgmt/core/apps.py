"""The kernel as a Django app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Mechanism only: imports none of the other packages."""

    name = "secmgmt.core"
    label = "core"
    verbose_name = "内核"

    def ready(self) -> None:
        from . import ready

        ready.connect()
