"""What an import did stays readable: in the record's history, on the trail, checked and purged with its event."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assets.inventory.sheets import OBJECT_SHEET
from assets.models import ProtectedObject
from secmgmt.core import audit_trail, sheets_import, sheets_views
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent, AuditHead, AuditRow
from secmgmt.core.sheets import Entry, Preview
from tests.assets.factories import make_object
from tests.core.test_sheets import book_of, new_row, put, send
from tests.jobs import run_queued
from tests.support import CastClient, City

pytestmark = pytest.mark.django_db
VERB = "assets.protectedobject.import"


def client_of(user) -> CastClient:
    client = CastClient()
    client.force_login(user)
    return client


@pytest.fixture
def lin(city: City) -> CastClient:
    return client_of(city.lin)


@pytest.fixture
def imported(lin, city: City) -> tuple[ProtectedObject, ProtectedObject]:
    """(changed, added) by one workbook."""
    old = make_object(city.health, "旧名系统", owner=city.lin, in_operation_on=dt.date(2020, 1, 1), business="挂号")
    book = book_of(lin)
    put(book, 2, 名称="新名系统", 业务描述="挂号与缴费")
    new_row(book, 3, str(city.health), "全新系统")
    page = send(lin, book)
    lin.post(page.redirect_chain[-1][0])
    old.refresh_from_db()
    return old, ProtectedObject.objects.get(name="全新系统")


def history(client: CastClient, obj: ProtectedObject) -> str:
    return client.get(f"/objects/{obj.pk}/history/").content.decode()


def test_a_changed_records_history_says_who_by_import_and_field_by_field(lin, imported, city):
    text = history(lin, imported[0])
    assert "修改（导入）" in text and str(city.lin.audit_name) in text
    assert "<del>旧名系统</del> → <ins>新名系统</ins>" in text
    assert "<del>挂号</del> → <ins>挂号与缴费</ins>" in text
    assert "全新系统" not in text and "联系人" not in text


def test_a_new_records_history_says_what_was_registered(lin, imported):
    text = history(lin, imported[1])
    assert "登记（导入）" in text and "<ins>全新系统</ins>" in text and "<ins>某人</ins>" in text
    assert "还没有变更记录" not in text and "旧名系统" not in text


def test_a_later_change_by_the_page_stands_above_the_import(lin, imported):
    obj = imported[1]
    form = lin.get(f"/objects/{obj.pk}/edit/").context["form"]
    data = {b.name: "" if b.value() is None else b.value() for b in form if b.value() not in (None, False)}
    assert lin.post(f"/objects/{obj.pk}/edit/", {**data, "contact": "另一人"}).status_code == 302
    text = history(lin, obj)
    assert text.index("另一人") < text.index("登记（导入）")


def test_the_trail_shows_the_rows_of_an_import_without_the_texts(imported, city):
    event = AuditEvent.objects.get(verb=VERB)
    assert event.detail["count"] == 2 and AuditRow.objects.filter(table=event.table).count() == 2
    text = client_of(city.auditor).get(f"/audit/{event.pk}/").content.decode()
    assert "<del>旧名系统</del>" in text and "全新系统" in text
    assert "挂号与缴费" not in text and "文字 5 字" in text
    assert "被改过或不完整" not in text


def test_a_long_table_is_shown_a_page_at_a_time(lin, city):
    least = {"unit_id": city.health.pk, "kind": "system", "status": "building", "construction": "new", "contact": "林"}
    names = [(f"P-{n:03d}", f"系统第{n:03d}号") for n in range(25)]
    adds = [Entry(2, None, 0, code, name, {**least, "code": code, "name": name}) for code, name in names]
    token = sheets_import.keep(Preview(adds=adds), OBJECT_SHEET, city.lin)
    sheets_import.apply(sheet=OBJECT_SHEET, token=token, by=city.lin, at=now())
    page = f"/audit/{AuditEvent.objects.get(verb=VERB).pk}/"
    auditor = client_of(city.auditor)
    first, second = (auditor.get(page, {"page": n}).content.decode() for n in (1, 2))
    assert "<ins>系统第019号</ins>" in first and "<ins>系统第020号</ins>" not in first
    assert "<ins>系统第020号</ins>" in second and "<ins>系统第019号</ins>" not in second


@pytest.mark.parametrize("tampering", ["edit", "delete", "add"])
def test_a_table_that_was_changed_is_found(imported, city, tampering):
    event = AuditEvent.objects.get(verb=VERB)
    assert audit_trail.verify() == []
    rows = AuditRow.objects.filter(table=event.table)
    if tampering == "edit":
        rows.filter(number=2).update(after={"name": "别的"})
    elif tampering == "delete":
        rows.filter(number=2).delete()
    else:
        AuditRow.objects.create(table=event.table, number=3, object_type="x", object_id="1", object_name="", verb="add")
    assert [(found.kind, found.seq) for found in audit_trail.verify()] == [("table", event.seq)]
    assert "被改过或不完整" in client_of(city.auditor).get(f"/audit/{event.pk}/").content.decode()


def test_an_event_cut_off_from_its_table_is_found(imported):
    event = AuditEvent.objects.get(verb=VERB)
    AuditEvent.objects.filter(pk=event.pk).update(table=None)
    assert ("edited", event.seq) in [(found.kind, found.seq) for found in audit_trail.verify()]


def test_a_purge_takes_the_table_with_its_event_and_no_other(imported, city):
    assert AuditRow.objects.count() == 2
    assert audit_trail.purge(by=city.auditor, at=now(), keep_days=180) == 0 and AuditRow.objects.count() == 2
    audit_trail.purge(by=city.auditor, at=now() + dt.timedelta(days=200), keep_days=180)
    assert not AuditEvent.objects.filter(verb=VERB).exists() and not AuditRow.objects.exists()
    assert audit_trail.verify() == []


def test_the_table_is_stored_before_the_chains_head_is_locked(city):
    AuditHead.objects.get_or_create(pk=1)
    values = {"unit_id": city.health.pk, "kind": "system", "status": "building", "construction": "new", "name": "甲",
              "code": "P-1", "contact": "林"}  # fmt: skip
    token = sheets_import.keep(Preview(adds=[Entry(2, None, 0, "P-1", "甲", values)]), OBJECT_SHEET, city.lin)
    prepared = sheets_import.prepare(sheet=OBJECT_SHEET, token=token, by=city.lin, at=now())
    with CaptureQueriesContext(connection) as queries:
        sheets_import.store(prepared=prepared, by=city.lin, at=now())
    sql = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    head = next(place for place, text in enumerate(sql) if "core_audithead" in text)
    assert any("core_auditrow" in text for text in sql[:head])
    assert not any("core_auditrow" in text for text in sql[head:])


def test_what_a_model_keeps_out_of_the_trail_is_in_no_table(lin, city):
    book = book_of(lin, "template")
    new_row(book, 2, str(city.health), "甲", 联系电话="13800001234")
    page = send(lin, book)
    assert lin.post(page.redirect_chain[-1][0]).status_code == 302
    assert "13800001234" not in str(AuditRow.objects.values_list("before", "after"))
    assert "13800001234" not in history(lin, ProtectedObject.objects.get(name="甲"))


@pytest.mark.parametrize(("why", "verb"), [("changed", "refused.conflict"), ("no position", "refused.not-allowed")])
def test_an_import_that_is_refused_in_its_job_leaves_one_row_of_refusal(
    lin, city, why, verb, monkeypatch
):
    monkeypatch.setattr(sheets_views, "LARGE", 0)
    make_object(city.health, "甲", owner=city.lin, in_operation_on=dt.date(2020, 1, 1))
    book = book_of(lin)
    put(book, 2, 名称="乙")
    send(lin, book)
    (read,) = run_queued()
    assert lin.post(read.result["url"]).status_code == 302
    if why == "changed":
        ProtectedObject.objects.update(version=9)
    else:
        city.lin.position_set.update(valid_until=dt.date(2021, 1, 1))
    (job,) = run_queued()
    assert job.state == "failed" and ProtectedObject.objects.get().name == "甲"
    row = AuditEvent.objects.get(result="refused", verb__startswith="refused.")
    assert (row.verb, row.actor_id, row.channel) == (verb, city.lin.pk, "job")
    assert row.detail["reason"] == job.error and row.detail["kind"] == "core.import_store"


def test_a_file_that_is_refused_in_its_job_leaves_one_row_of_refusal(lin, city, monkeypatch):
    monkeypatch.setattr(sheets_views, "LARGE", 0)
    book = book_of(lin, "template")
    new_row(book, 2, str(city.health), "甲")
    book.worksheets[0].cell(1, 1).value = "没有这一列"
    send(lin, book)
    (job,) = run_queued()
    row = AuditEvent.objects.get(result="refused")
    assert row.verb == "refused.import" and row.detail["reason"] == job.error
    assert (row.detail["code"], row.detail["job"], row.channel) == ("wrong-header", job.pk, "job")


def test_a_file_that_is_refused_on_its_page_leaves_the_same_row(lin, city):
    book = book_of(lin, "template")
    new_row(book, 2, str(city.health), "甲")
    book.worksheets[0].cell(1, 1).value = "没有这一列"
    send(lin, book)
    row = AuditEvent.objects.get(result="refused")
    assert (row.verb, row.detail["code"], row.channel) == ("refused.import", "wrong-header", "page")
