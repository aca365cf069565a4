"""Assessments as a Django app."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Graded protection: catalogue, grading, evaluation."""

    name = "assessments"
    verbose_name = "等级保护"

    def ready(self) -> None:
        from secmgmt.core import manifest, ports

        from .manifest import MANIFEST
        from .rectification.services import open_corrective_action
        from .review.manifest import connect as connect_review
        from .risk.manifest import connect as connect_risk

        manifest.register(MANIFEST)
        ports.provide("open_corrective_action", open_corrective_action)
        connect_review()
        connect_risk()
