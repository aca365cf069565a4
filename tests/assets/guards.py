"""The guards of the inventory: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.utils.safestring import SafeString

from assets.models import Component, Interconnection, Network, ProtectedObject, Zone
from secmgmt.accounts.models import User
from secmgmt.core.models import Participation
from tests.guarding import Guard, no, nothing, same, yes

A, C = "assets.", "secmgmt.core."
ABUSE, SCOPE, SHEETS = "test_abuse.py", "test_scope.py", "../core/test_sheets.py"
LINKS, HOSTING, IMPORTANT = "connections/test_links.py", "connections/test_hosting.py", "inventory/test_important.py"


def every(model: type[Model], *names: str) -> dict[str, Any]:
    """A form's fields that offer every row there is."""
    return dict.fromkeys(names, lambda user: model._default_manager.all())


def never_let_go(model: type[Model], units: dict[int, Any], *, capacity: str) -> None:
    """Units are invited, and those invited before stay so."""
    kind = ContentType.objects.get_for_model(model)
    for number, unit in units.items():
        if unit is not None:
            Participation.objects.get_or_create(content_type=kind, object_id=number, capacity=capacity, unit=unit)


def no_rows(*args: Any, **kwargs: Any) -> tuple[list[Any], list[Any]]:
    """Nothing to change, and nothing as it was."""
    return [], []


def all_links(obj: Any, user: Any) -> QuerySet:
    """The interconnections of an object, whoever asks."""
    return Interconnection.objects.filter(Q(from_object=obj) | Q(to_object=obj)).order_by("pk")


def wherever_he_works(user: Any, model: type[Model], action: str) -> list[str]:
    """The units of all positions, whatever their roles carry."""
    return [grant.path for grant in user.grants()]


def as_it_stands(value: Any, context: Any) -> str:
    """A template's value without escaping."""
    return str(value)


def unescaped_option(option: dict[str, Any]) -> tuple[str, str, str]:
    """An option's parts, taken for markup."""
    return str(option["value"]), "", SafeString(option["label"])


LINK_ENDS = {**every(ProtectedObject, "from_object", "to_object"), **every(Component, "from_component", "to_component")}

GUARDS = (
    # rows of others
    Guard(C + "permissions.restrict", same, ("connections/test_other_end.py::test_the_other_end",), "A01, A15"),
    Guard(C + "permissions.restrict", same, (ABUSE + "::test_no_row_of_another", SCOPE + "::test_another_bureau"), "A01"),
    Guard(C + "permissions.restrict", same, (ABUSE + "::test_no_list_count", SCOPE + "::test_no_list_shows"), "A06"),
    Guard(A + "panels.links_of", all_links, (ABUSE + "::test_no_list_count",), "A06"),
    Guard(C + "permissions.paths_for", wherever_he_works, (LINKS + "::test_the_other_end_is_seen",), "A01, A06"),
    # pointing to rows of others
    Guard(C + "forms.units_for", nothing, (ABUSE + "::test_a_row_is_not_moved",), "A03"),
    Guard(
        A + "inventory.forms.ObjectForm.querysets", every(ProtectedObject, "parent_system"),
        (ABUSE + "::test_a_row_is_not_pointed_at_another_bureaus[0]",), "A03",
    ),
    Guard(
        A + "inventory.forms.ObjectForm.querysets", every(User, "owner"),
        (ABUSE + "::test_a_row_is_not_moved", SCOPE + "::test_people_offered"), "A03, A15",
    ),
    Guard(
        A + "inventory.forms.NetworkForm.querysets", every(ProtectedObject, "protected_object"),
        (ABUSE + "::test_a_row_is_not_pointed_at_another_bureaus[1]",), "A03",
    ),
    Guard(
        A + "inventory.forms.ZoneForm.querysets", every(Network, "network"),
        (ABUSE + "::test_a_row_is_not_pointed_at_another_bureaus[2]",), "A03",
    ),
    Guard(
        A + "components.forms.ComponentForm.querysets", every(ProtectedObject, "protected_object"),
        (ABUSE + "::test_a_row_is_not_pointed_at_another_bureaus[3]",), "A03",
    ),
    Guard(
        A + "components.forms.ComponentForm.querysets", every(Zone, "zone"),
        (ABUSE + "::test_a_row_is_not_pointed_at_another_bureaus[4]",), "A03",
    ),
    Guard(
        A + "datasets.forms.DataForm.querysets", every(ProtectedObject, "protected_object"),
        (ABUSE + "::test_a_row_is_not_pointed_at_another_bureaus[5]",), "A03",
    ),
    Guard(
        A + "connections.forms.LinkForm.querysets", LINK_ENDS,
        (LINKS + "::test_a_link_cannot_start", ABUSE + "::test_a_row_is_not_pointed_at_another_bureaus[6]"), "A03",
    ),
    Guard(
        A + "connections.forms.HostingForm.querysets", every(ProtectedObject, "tenant", "platform"),
        (HOSTING + "::test_a_tenant_of_another", ABUSE + "::test_a_row_is_not_pointed_at_another_bureaus[8]"), "A03",
    ),
    # workbooks
    Guard(C + "permissions.restrict", same, (ABUSE + "::test_a_workbook_with_others",), "A04"),
    Guard(
        C + "permissions.restrict", same,
        (ABUSE + "::test_who_may_only_add", SHEETS + "::test_a_foreign_row_is_never"), "A05",
    ),
    Guard(C + "sheets_import.changed_rows", no_rows, (SHEETS + "::test_a_change_between",), "A05, R12"),
    Guard(C + "reporting.xlsx_cells.looks_like_formula", no, (ABUSE + "::test_a_name_that_is_a_formula",), "A25"),
    # text and addresses
    Guard("django.template.base.render_value_in_context", as_it_stands, (ABUSE + "::test_script_in_a_name",), "A18"),
    Guard(C + "tables.conditional_escape", SafeString, (ABUSE + "::test_script_in_a_name",), "A18"),
    Guard(C + "forms.option_parts", unescaped_option, (ABUSE + "::test_script_in_a_name",), "A18"),
    Guard(C + "tables.Table._sortable", yes, (ABUSE + "::test_an_order_from",), "A28"),
    Guard(C + "api.check_sort", nothing, (ABUSE + "::test_an_order_from",), "A28"),
    Guard(C + "api.check_parameters", nothing, (ABUSE + "::test_a_filter_nobody",), "A21, A28"),
    # what a record leaves
    Guard(A + "connections.services.invite_units", never_let_go, (LINKS + "::test_when_the_link_is_turned",), "A14"),
    Guard(A + "inventory.services.check_seen", nothing, (IMPORTANT + "::test_without_a_basis",), "A43"),
    Guard(C + "parents.refuse_bare", nothing, ("inventory/test_register.py::test_neither_files",), "state secrets stay out"),
)
