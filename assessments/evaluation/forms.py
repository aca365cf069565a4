"""The form that starts a self-assessment."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.models import ProtectedObject
from secmgmt.core import permissions
from secmgmt.core.forms import RecordForm

from .models import Assessment


def assessable(user: Any) -> QuerySet:
    """The graded objects in use of which ``user`` may start an assessment."""
    rows = ProtectedObject.objects.visible_to(user).in_use().filter(security_level__isnull=False)
    return permissions.where_may(rows, user, Assessment, "add")


class AssessmentForm(RecordForm):
    """What to assess, by when, and how the figures come about."""

    querysets: ClassVar[dict[str, Any]] = {"protected_object": assessable}
    fieldsets = (
        (_("评什么"), ("protected_object", "title", "report_date", "due_on")),
        (_("怎么算"), ("template", "formula", "attention")),
    )

    class Meta:
        model = Assessment
        fields = ("protected_object", "title", "report_date", "due_on", "template", "formula", "attention")
