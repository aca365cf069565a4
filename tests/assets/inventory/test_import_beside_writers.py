"""A large import and eight people who save at the same time: one chain, nobody lost, and nobody waits for it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.forms.models import model_to_dict

from assets.inventory.forms import ObjectForm
from assets.inventory.sheets import OBJECT_SHEET
from assets.models import ProtectedObject
from secmgmt.core import audit_trail, records, search, sheets_import
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent
from secmgmt.core.sheets import Entry, Preview
from tests.assets.factories import make_object
from tests.support import City

WRITERS, SAVES = 8, 3


def large_preview(city: City, size: int) -> str:
    """A kept preview of ``size`` new objects; its token."""
    least = {"unit_id": city.health.pk, "kind": "system", "status": "building", "construction": "new", "contact": "林"}
    entries = []
    for number in range(size):
        values = {**least, "code": f"DR-{number:05d}", "name": f"批量系统{number}"}
        entries.append(Entry(number + 2, None, 0, values["code"], values["name"], values))
    return sheets_import.keep(Preview(adds=entries), OBJECT_SHEET, city.lin)


def save(obj: ProtectedObject, user: Any, text: str) -> None:
    """As the page saves: the form on the version that is stored."""
    obj.refresh_from_db()
    data = {name: "" if value is None else value for name, value in model_to_dict(obj).items() if value is not False}
    form = ObjectForm({**data, "contact": text, "version": obj.version}, instance=obj, user=user)
    records.save(form, by=user, at=now())


@pytest.mark.django_db(transaction=True)
def test_eight_writers_get_through_while_a_large_import_is_written_and_the_chain_holds(monkeypatch):
    apart = connection.vendor == "postgresql"  # SQLite has one writer at a time: there the others wait, briefly
    size = 2_000 if apart else 300
    city = City()
    mine = [make_object(city.health, f"系统{number}", status="building", owner=city.lin) for number in range(WRITERS)]
    token, failures = large_preview(city, size), []
    begun, written, through = threading.Event(), threading.Semaphore(0), []

    def write(obj: ProtectedObject) -> None:
        try:
            begun.wait(30)
            for turn in range(SAVES):
                save(obj, city.lin, f"改{turn}")
                written.release()
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    store_entries = search.store_entries

    def then_wait(entries: list[Any]) -> None:
        """The import has written all its rows and goes on only when the others have saved beside it."""
        store_entries(entries)
        if len(entries) == size:
            begun.set()
            through.append(all(written.acquire(timeout=10) for _save in range(WRITERS * SAVES)) if apart else True)

    monkeypatch.setattr(search, "store_entries", then_wait)
    threads = [threading.Thread(target=write, args=(obj,)) for obj in mine]
    for thread in threads:
        thread.start()
    done = sheets_import.apply(sheet=OBJECT_SHEET, token=token, by=city.lin, at=now())
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert through == [True], "the others waited for the import"
    assert done == {"added": size, "changed": 0}
    assert {obj.version for obj in ProtectedObject.objects.filter(pk__in=[obj.pk for obj in mine])} == {1 + SAVES}
    assert AuditEvent.objects.filter(verb="assets.protectedobject.change").count() == WRITERS * SAVES
    assert AuditEvent.objects.filter(verb="assets.protectedobject.import").count() == 1
    assert audit_trail.verify() == []
