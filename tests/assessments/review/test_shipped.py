"""The shipped checklist is loaded once and left alone afterwards."""

from __future__ import annotations

import pytest

from assessments.models import GateDepartment, GateItem
from assessments.review import shipped

pytestmark = pytest.mark.django_db


def test_the_checklist_is_loaded_with_its_basis_and_what_was_changed_stays():
    shipped.load()
    count = GateItem.objects.count()
    assert count > 50
    assert not GateItem.objects.filter(basis="").exists()
    assert GateDepartment.objects.filter(code="SEC").values_list("gate", "only_item").get() == ("GATE-1", "GATE-1-02")
    GateItem.objects.filter(code="GATE-1-01").update(name="改过")
    shipped.load()
    assert GateItem.objects.count() == count
    assert GateItem.objects.get(code="GATE-1-01").name == "改过"
