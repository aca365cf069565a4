"""Factories of the test app."""

from __future__ import annotations

import itertools
from typing import Any

from django.contrib.contenttypes.models import ContentType

from secmgmt.core import search
from secmgmt.core.clock import now
from secmgmt.core.models import Participation

from .models import Thing

_numbers = itertools.count(1)


def make_thing(unit: Any, name: str = "", *, indexed: bool = True, **values: Any) -> Thing:
    """A thing of ``unit``, in the search index unless told otherwise."""
    at = now()
    thing = Thing.objects.create(
        unit=unit, name=name or f"事项{next(_numbers)}", created_at=at, updated_at=at, **values
    )
    if indexed:
        search.refresh(thing)
    return thing


def invite(obj: Any, capacity: str, **values: Any) -> Participation:
    """Let a ``user`` or ``unit`` take part in ``obj``."""
    kind = ContentType.objects.get_for_model(obj)
    return Participation.objects.create(content_type=kind, object_id=obj.pk, capacity=capacity, **values)
