"""Assessments as a Django app."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Graded protection: catalogue, grading, evaluation."""

    name = "assessments"
    verbose_name = "等级保护"

    def ready(self) -> None:
        from secmgmt.core import manifest

        from .manifest import MANIFEST

        manifest.register(MANIFEST)
