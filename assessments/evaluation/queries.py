"""Who works on a self-assessment."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from secmgmt.accounts.models import User
from secmgmt.core import permissions

from .models import Assessment


def colleagues(by: Any, assessment: Assessment) -> QuerySet:
    """Whom ``by`` may give layers of this assessment to, by unit and name.

    The business accounts of the units he assigns for, by the position that reaches this one.
    """
    own, within = permissions.path_of(assessment), Q(pk__in=[])
    for path in permissions.paths_for(by, Assessment, "assign"):
        if own.startswith(path):
            within |= Q(unit__path__startswith=path)
    rows = User.objects.filter(within, is_active=True, admin_role="").select_related("unit")
    return rows.order_by("unit__path", "name")


def assigned_layers(assessment: Assessment) -> list[tuple[str, list[str]]]:
    """The layers that are handed out, with the names of those who answer them."""
    rows = assessment.answers.filter(assignee__isnull=False).order_by("order")
    names: dict[str, list[str]] = {}
    for layer, name in rows.values_list("layer", "assignee__name"):
        if name not in names.setdefault(layer, []):
            names[layer].append(name)
    return list(names.items())
