"""The guards of the catalogue: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from typing import Any

from assessments.models import Standard
from tests.guarding import Guard, nothing


def whoever_asks(request: Any, pk: int) -> Standard:
    """The standard, for anybody."""
    return Standard.objects.get(pk=pk)


C = "assessments.catalog."

GUARDS = (
    Guard(C + "upload_views.overlaid", whoever_asks, ("test_overlay.py::test_a_preview_belongs",), "A08"),
    Guard(C + "services.check_as_previewed", nothing, ("test_overlay.py::test_what_somebody_changed",), "R12"),
    Guard(C + "services.check_as_previewed", nothing, ("test_standards.py::test_a_standard_somebody",), "R12"),
    Guard(C + "services.check_replaceable", nothing, ("test_standards.py::test_the_shipped_standard",), "frozen wordings"),
)
