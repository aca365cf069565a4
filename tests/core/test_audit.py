"""The chain, its order and what it refuses."""

import pytest

from secmgmt.core import audit
from secmgmt.core.models import AuditEvent, AuditHead

pytestmark = pytest.mark.django_db


def test_an_act_chains_its_rows_at_its_end(city, at):
    with audit.act():
        audit.record("unit.change", city.health, by=city.sysadmin, at=at, after={"name": "新"})
        assert not AuditEvent.objects.exists()
    event = AuditEvent.objects.get()
    assert event.digest == audit.row_digest(event)
    assert AuditHead.objects.get(pk=1).digest == event.digest


def test_a_rolled_back_inner_act_leaves_no_row_of_success(city, at):
    with audit.act():
        with pytest.raises(ValueError), audit.act():
            audit.record("unit.change", city.health, by=city.sysadmin, at=at)
            raise ValueError
        audit.record("unit.view", city.health, by=city.sysadmin, at=at)
    assert [e.verb for e in AuditEvent.objects.all()] == ["unit.view"]


def test_recording_outside_an_act_is_a_mistake_of_the_programmer(city, at):
    with pytest.raises(RuntimeError):
        audit.record("x", by=city.lin, at=at)
