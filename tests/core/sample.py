"""A feature made of the kernel's pages over units and users, for the tests of those pages."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpResponse
from django.urls import include, path

from secmgmt.accounts.models import OrgUnit, User
from secmgmt.accounts.models.unit import UnitKind
from secmgmt.core import errors
from secmgmt.core.filters import RecordFilterSet
from secmgmt.core.forms import RecordForm
from secmgmt.core.tables import Column, Table
from secmgmt.core.views import FeatureViews
from secmgmt.core.workflow import Transition, Workflow

from .testapp.forms import ThingForm
from .testapp.models import Thing

TABLE = Table(
    [
        Column("name", "单位名称", sort="name", link=True),
        Column("kind", "类别", sort=("kind", "name")),
        Column("parent", "上级单位", value="parent.name", sort="parent__name"),
        Column("code", "信用代码", value="credit_code", default=False),
        Column("depth", "层级", value=lambda unit: unit.depth, align="num"),
    ],
    default_sort="name",
    per_page=5,
)


class UnitFilter(RecordFilterSet):
    search_fields = ("name", "short_name")
    chip_field = "kind"

    class Meta:
        model = OrgUnit
        fields = ("kind", "parent")


class UnitForm(RecordForm):
    fieldsets = (("名称", ("name", "short_name")),)

    class Meta:
        model = OrgUnit
        fields = ("name", "short_name", "parent", "address")


class UserForm(RecordForm):
    class Meta:
        model = User
        fields = ("username", "name", "unit", "expires_on")


def not_yet(obj: Any, by: Any) -> None:
    if not obj.address:
        raise errors.Incomplete("还不能升格，缺 1 项：", [("没有填写地址", f"/units/{obj.pk}/edit/")])


STEPS = Workflow(
    "accounts.OrgUnit",
    UnitKind,
    (
        Transition("promote", ("subunit",), "bureau", "change", "升格", check=not_yet, primary=True),
        Transition("demote", ("bureau",), "subunit", "change", "降格", needs_opinion=True, negative=True),
        Transition("inspect", ("bureau",), "bureau", "inspect", "检查"),
    ),
    field="kind",
)
Workflow.registry.pop("accounts.orgunit")  # only the tests that ask for it have it


def as_csv(request: Any, name: str, heads: list[str], rows: list[list[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv")
    csv.writer(response).writerows([heads, *rows])
    return response


class Units(FeatureViews):
    model, name, namespace = OrgUnit, "unit", "sample"
    table, filterset_class, form_class = TABLE, UnitFilter, UnitForm
    related = ("parent", "updated_by")
    facts = ("name", "kind", "parent", ("层级", lambda unit: unit.depth))
    exporter = as_csv
    workflow = STEPS
    title = "单位"


class Users(FeatureViews):
    model, name, namespace = User, "user", "sample"
    table = Table([Column("username", "账号", sort="username", link=True)])
    form_class = UserForm


class ThingFilter(RecordFilterSet):
    search_fields = ("note",)
    chip_field = "state"

    class Meta:
        model = Thing
        fields = ("state", "note")


class Things(FeatureViews):
    model, name, namespace = Thing, "thing", "sample"
    table = Table(
        [
            Column("name", "名称", sort="name", link=True),
            Column("unit", "单位"),
            Column("note", "说明", sort="note"),
            Column("state", "状态", sort="state"),
        ],
        default_sort="name",
    )
    filterset_class, form_class, exporter = ThingFilter, ThingForm, as_csv
    related = ("unit",)
    facts = ("name", "unit", "note")


urlpatterns = [
    path("units/", include((Units.urls() + Users.urls("users/") + Things.urls("things/"), "sample"))),
    path("", include("secmgmt.urls")),
]
