"""The generated documentation is what the code says."""

import ast

from django.core.management import call_command

from secmgmt.core import permissions
from secmgmt.core.management.commands.write_docs import workflows_page
from secmgmt.core.management.permissions_page import permissions_page
from secmgmt.core.manifest import collect, manifests
from tests.architecture.source import product


def test_the_generated_pages_are_up_to_date():
    call_command("write_docs", check=True)


def test_the_page_names_every_step_of_grading_and_self_assessment():
    page = workflows_page()
    assert all(f"`{step}`" in page for step in ("submit", "record_filing", "return_", "confirm"))


def test_every_role_has_a_purpose_and_every_action_and_capacity_a_chinese_name():
    page = permissions_page()
    assert all(f"| `{role.code}` | {role.label} | {role.purpose} |" in page for role in collect("roles"))
    assert all(role.purpose for role in permissions.ROLES.values())
    ours = [m for m in manifests() if m.app != "testapp"]
    opened = ({code: capacity.opens for code, capacity in m.capacities.items()} for m in ours)
    given = [*(m.grants for m in ours), *opened]
    actions = {a for grants in given for models in grants.values() for listed in models.values() for a in listed}
    assert actions - set(permissions.ACTION_LABELS) == set()
    assert {c for m in ours for c in m.capacities} == set(permissions.CAPACITY_LABELS)
    assert "testapp" not in page


def test_no_capacity_limits_the_fields_as_the_page_says():
    """The day one does, the page must say which (Participation.fields)."""
    limited = [
        f"{path}:{node.lineno}"
        for path, module in product().items()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and "Participation" in ast.unparse(node.func)
        and any(keyword.arg == "fields" for keyword in node.keywords)
    ]  # fmt: skip
    assert limited == [] and "Every capacity of this version\nopens all fields." in permissions_page()
