"""The API of items and of the rules that route them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from . import services
from .filters import RectificationFilter
from .forms import DueRuleForm, RectificationForm, RouteRuleForm
from .models import DueRule, Rectification, RouteRule


class RectificationOut(ModelSchema):
    """An item."""

    class Meta:
        model = Rectification
        exclude = ("updated_by", "frozen_digest", "escalated")


class DueRuleOut(ModelSchema):
    """A due-date rule."""

    class Meta:
        model = DueRule
        exclude = ("updated_by",)


class RouteRuleOut(ModelSchema):
    """A routing rule."""

    class Meta:
        model = RouteRule
        exclude = ("updated_by",)


def store(form: Any, *, by: Any, at: dt.datetime) -> Rectification:
    """The service behind the page."""
    return services.register(form=form, by=by, at=at)


router = crud_router(
    Rectification,
    RectificationOut,
    RectificationForm,
    filterset=RectificationFilter,
    related=("protected_object__unit", "owner"),
    sort=("due_on", "number", "state", "risk", "found_on", "updated_at"),
    store=store,
)
due_rules = crud_router(DueRule, DueRuleOut, DueRuleForm, sort=("days",))
route_rules = crud_router(RouteRule, RouteRuleOut, RouteRuleForm, sort=("order",))
