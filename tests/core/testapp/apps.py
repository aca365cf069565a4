"""The test app as a Django app."""

from django.apps import AppConfig


class TestAppConfig(AppConfig):
    """One model with a scope, a workflow, attachments, search and an API."""

    name = "tests.core.testapp"
    label = "testapp"

    def ready(self) -> None:
        from secmgmt.core import manifest

        from .manifest import MANIFEST

        manifest.register(MANIFEST)
