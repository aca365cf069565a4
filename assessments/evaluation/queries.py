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


def layers_of(assessment: Assessment) -> dict[tuple[str, str], list[str]]:
    """The layers of each scope, in their order, with the names of those who were asked to answer them."""
    names: dict[tuple[str, str], list[str]] = {}
    rows = assessment.answers.order_by("order").values_list("scope", "layer", "assignee__name")
    for scope, layer, name in rows:
        found = names.setdefault((scope, layer), [])
        if name is not None and name not in found:
            found.append(name)
    return names
