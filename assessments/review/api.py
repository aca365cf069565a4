"""The API of projects and their gates: projects are written, examinations and opinions read; steps are taken."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from . import services
from .filters import GateDepartmentFilter, GateItemFilter, GateOpinionFilter, GateReviewFilter, ProjectFilter
from .forms import GateDepartmentForm, GateItemForm, ProjectForm
from .models import GateDepartment, GateItem, GateOpinion, GateReview, Project


class ProjectOut(ModelSchema):
    """A project with the gate it stands before; its objects stand on their own pages."""

    class Meta:
        model = Project
        exclude = ("updated_by", "targets")


class GateReviewOut(ModelSchema):
    """The examination of one gate."""

    class Meta:
        model = GateReview
        exclude = ("updated_by", "frozen_digest")


class GateOpinionOut(ModelSchema):
    """The opinion of one department."""

    class Meta:
        model = GateOpinion
        exclude = ("updated_by",)


class GateItemOut(ModelSchema):
    """A line of the checklist."""

    class Meta:
        model = GateItem
        exclude = ("updated_by",)


class GateDepartmentOut(ModelSchema):
    """A department whose opinion a gate asks for."""

    class Meta:
        model = GateDepartment
        exclude = ("updated_by",)


projects = crud_router(
    Project, ProjectOut, ProjectForm, filterset=ProjectFilter, related=("unit", "lead"),
    sort=("planned_on", "stage", "updated_at"), store=services.store,
)  # fmt: skip
reviews = crud_router(
    GateReview, GateReviewOut, filterset=GateReviewFilter, related=("project__unit", "project__lead"),
    sort=("due_on", "state", "updated_at"),
)  # fmt: skip
opinions = crud_router(
    GateOpinion, GateOpinionOut, filterset=GateOpinionFilter, related=("review__project__unit",),
    sort=("until", "given_at"),
)  # fmt: skip
items = crud_router(GateItem, GateItemOut, GateItemForm, filterset=GateItemFilter, sort=("code", "gate"))
departments = crud_router(
    GateDepartment, GateDepartmentOut, GateDepartmentForm, filterset=GateDepartmentFilter, sort=("gate", "code")
)
