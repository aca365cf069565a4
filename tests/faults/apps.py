"""The kinds of jobs that only tests run, known to the worker processes they start."""

from django.apps import AppConfig


class FaultsConfig(AppConfig):
    """Registers the test kinds as a feature module would."""

    name = "tests.faults"
    label = "test_faults"

    def ready(self) -> None:
        from . import kinds

        kinds.connect()
