"""The chain as a whole: what tampering is found, what is anchored, what may be purged, and eight writers."""

from __future__ import annotations

import datetime as dt
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from secmgmt.core import audit, audit_trail, errors
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent, AuditHead
from tests.core.testapp.models import STEPS, Thing
from tests.core.testapp.support import make_thing


@pytest.fixture(autouse=True)
def anchor_file(settings, tmp_path):
    settings.AUDIT_ANCHOR_FILE = tmp_path / "far" / "anchor.log"
    return settings.AUDIT_ANCHOR_FILE


def write(count=1, *, at=None, verb="thing.change"):
    with audit.act():
        for number in range(count):
            audit.record(verb, by=None, at=at or now(), detail={"n": number, "中文": "值"})


def kinds():
    return [(found.kind, found.seq) for found in audit_trail.verify()]


@pytest.mark.django_db
class TestVerify:
    def test_an_empty_and_a_whole_chain_have_no_break(self):
        assert audit_trail.verify() == []
        write(5)
        write(3)
        assert audit_trail.verify() == []

    @pytest.mark.parametrize(
        "field, value",
        [
            ("actor_name", "别人"),
            ("verb", "thing.view"),
            ("detail", {"n": 99}),
            ("result", "refused"),
            ("ip", "10.0.0.1"),
            ("at", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
            ("algorithm", "sha256"),
            ("algorithm", "none"),
        ],
    )
    def test_an_edited_row_is_found(self, field, value):
        write(5)
        AuditEvent.objects.filter(seq=3).update(**{field: value})
        assert kinds() == [("edited", 3)]

    def test_an_edited_row_with_a_new_digest_is_found_by_the_next_row(self):
        write(5)
        event = AuditEvent.objects.get(seq=3)
        event.actor_name = "别人"
        event.digest = audit.row_digest(event)
        event.save()
        assert kinds() == [("edited", 4)]

    def test_a_deleted_row_is_found(self):
        write(5)
        AuditEvent.objects.filter(seq=3).delete()
        assert kinds() == [("missing", 3)]

    def test_deleted_first_rows_are_found(self):
        write(5)
        AuditEvent.objects.filter(seq__lte=2).delete()
        assert kinds() == [("missing", 1)]

    def test_a_cut_tail_is_found_by_the_head(self):
        write(5)
        AuditEvent.objects.filter(seq__gte=4).delete()
        assert kinds() == [("tail", 4)]

    def test_a_cut_tail_with_a_mended_head_is_found_by_the_anchor(self):
        write(5)
        audit_trail.anchor()
        AuditEvent.objects.filter(seq__gte=4).delete()
        AuditHead.objects.update(seq=3, digest=AuditEvent.objects.get(seq=3).digest)
        assert kinds() == [("tail", 4)]

    def test_a_chain_written_anew_is_found_by_the_anchor(self):
        write(3)
        audit_trail.anchor()
        AuditEvent.objects.all().delete()
        AuditHead.objects.update(seq=0, digest=audit_trail.GENESIS)
        write(3, verb="thing.other")
        assert ("anchor", 3) in kinds()

    def test_a_head_set_back_is_found(self):
        write(5)
        AuditHead.objects.update(seq=3, digest=AuditEvent.objects.get(seq=3).digest)
        assert kinds() == [("head", 5)]

    def test_a_deleted_head_is_found(self):
        write(2)
        AuditHead.objects.all().delete()
        assert ("head", 2) in kinds()

    def test_an_emptied_table_is_found(self):
        write(2)
        AuditEvent.objects.all().delete()
        assert kinds() == [("tail", 1)]

    def test_a_start_moved_without_a_purge_is_found(self):
        write(5)
        AuditHead.objects.update(start_seq=2, start_digest=AuditEvent.objects.get(seq=2).digest)
        AuditEvent.objects.filter(seq__lte=2).delete()
        assert kinds() == [("missing", 2)]

    def test_an_edited_anchor_line_is_found(self, anchor_file):
        write(2)
        audit_trail.anchor()
        write(2)
        audit_trail.anchor()
        lines = anchor_file.read_text().splitlines()
        anchor_file.write_text("\n".join([lines[0].replace("\t2\t", "\t1\t"), lines[1]]) + "\n")
        assert ("anchor", 0) in kinds()

    def test_both_algorithms_live_in_one_chain(self, settings):
        write(2)
        settings.DIGEST_ALGORITHM = "sha256"
        write(2)
        assert set(AuditEvent.objects.values_list("algorithm", flat=True)) == {"sm3", "sha256"}
        assert audit_trail.verify() == []

    def test_verifying_reads_in_chunks(self, monkeypatch):
        write(300)
        monkeypatch.setattr(audit_trail, "CHUNK", 50)
        with CaptureQueriesContext(connection) as queries:
            assert audit_trail.verify() == []
        assert len(queries) <= 12


@pytest.mark.django_db
class TestAnchor:
    def test_the_head_is_appended_once_and_readable_only_by_us(self, anchor_file):
        assert audit_trail.anchor() is None
        write(3)
        assert audit_trail.anchor().seq == 3
        assert audit_trail.anchor() is None
        write(1)
        assert audit_trail.anchor().seq == 4
        assert len(anchor_file.read_text().splitlines()) == 2
        assert anchor_file.stat().st_mode & 0o077 == 0

    def test_a_file_that_cannot_be_written_is_an_error_and_not_silence(self, settings):
        write(1)
        settings.AUDIT_ANCHOR_FILE = "/proc/nowhere/anchor.log"
        with pytest.raises(CommandError, match="写不进去") as caught:
            call_command("anchor_audit")
        assert caught.value.returncode == 2


@pytest.mark.django_db
class TestPurge:
    def test_below_180_days_is_refused(self, at):
        write(2, at=at - dt.timedelta(days=400))
        with pytest.raises(errors.Invalid):
            audit_trail.purge(by=None, at=at, keep_days=179)
        with pytest.raises(errors.Invalid):
            audit_trail.remove_before(by=None, at=at, limit=at - dt.timedelta(days=10), keep_days=10)
        with pytest.raises(CommandError) as caught:
            call_command("purge_audit", "--keep-days", "30")
        assert caught.value.returncode == 2
        assert AuditEvent.objects.exclude(result="refused").count() == 2

    def test_a_purge_that_is_refused_leaves_its_row(self, db):
        with pytest.raises(CommandError):
            call_command("purge_audit", "--keep-days", "30")
        row = AuditEvent.objects.get(verb="refused.invalid")
        assert (row.detail["command"], row.channel, row.actor_name) == ("purge_audit", "command", "系统")

    def test_what_is_past_its_term_goes_and_the_chain_still_verifies(self, at, city):
        write(3, at=at - dt.timedelta(days=200))
        write(2, at=at - dt.timedelta(days=179))
        audit_trail.anchor()
        assert audit_trail.purge(by=city.auditor, at=at, keep_days=180) == 3
        event = AuditEvent.objects.first()
        assert (event.verb, event.detail["last"], event.detail["count"]) == (audit_trail.PURGE_VERB, 3, 3)
        assert audit_trail.verify() == []
        write(2)
        assert audit_trail.verify() == []
        AuditEvent.objects.filter(seq=5).update(verb="x")
        assert kinds() == [("edited", 5)]

    def test_purging_twice_keeps_one_chain(self, at):
        write(2, at=at - dt.timedelta(days=400))
        write(2, at=at - dt.timedelta(days=300))
        assert audit_trail.purge(by=None, at=at - dt.timedelta(days=10), keep_days=360) == 2
        assert audit_trail.purge(by=None, at=at, keep_days=180) == 2
        assert audit_trail.verify() == []
        assert audit_trail.purge(by=None, at=at, keep_days=180) == 0

    def test_all_rows_may_be_past_their_term(self, at):
        write(2, at=at - dt.timedelta(days=400))
        assert audit_trail.purge(by=None, at=at, keep_days=180) == 2
        assert audit_trail.verify() == [] and AuditEvent.objects.count() == 1

    def test_a_broken_chain_keeps_all_its_rows(self, at):
        write(3, at=at - dt.timedelta(days=400))
        AuditEvent.objects.filter(seq=2).update(verb="x")
        with pytest.raises(errors.Conflict):
            audit_trail.purge(by=None, at=at, keep_days=180)
        assert AuditEvent.objects.count() == 3


@pytest.mark.django_db
class TestCommands:
    def test_verify_says_whole_or_exits_with_1(self):
        write(3)
        out, err = StringIO(), StringIO()
        call_command("verify_audit", stdout=out)
        assert "审计链完好" in out.getvalue()
        AuditEvent.objects.filter(seq=2).delete()
        with pytest.raises(CommandError) as caught:
            call_command("verify_audit", stderr=err)
        assert caught.value.returncode == 1 and "第 2 条缺失" in err.getvalue()


@pytest.mark.django_db
class TestActs:
    def test_after_the_heads_lock_come_only_its_insert_and_update(self, city, at):
        write(1)  # the chain has a head
        thing = make_thing(city.health)
        with CaptureQueriesContext(connection) as queries:
            STEPS.fire(thing, "submit", by=city.lin, at=at, seen="v1")
        sql = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
        first = next(i for i, text in enumerate(sql) if "core_audithead" in text)
        after = [text.split()[0] for text in sql[first:]]
        assert after == ["SELECT", "INSERT", "UPDATE"]
        assert "core_auditevent" in sql[first + 1] and "core_audithead" in sql[first + 2]

    def test_an_act_whose_trail_cannot_be_written_does_not_happen(self, city, at, monkeypatch):
        thing = make_thing(city.health)

        def full(events):
            raise IntegrityError("disk full")

        monkeypatch.setattr(audit, "_write_chain", full)
        with pytest.raises(IntegrityError):
            STEPS.fire(thing, "submit", by=city.lin, at=at, seen="v1")
        thing.refresh_from_db()
        assert thing.state == "draft" and not AuditEvent.objects.exists()

    def test_a_bulk_act_chains_one_row_with_count_and_digest(self, city, at):
        with audit.act():
            audit.record("thing.import", by=city.lin, at=at, rows=[["a", 1], ["b", 2]])
        event = AuditEvent.objects.get()
        assert event.detail == {"count": 2} and len(event.detail_digest) == 64

    def test_text_no_database_keeps_does_not_break_the_chain(self, at):
        with audit.act():
            audit.record("x", by=None, at=at, detail={"t": "a\x00b😀", "f": 0.1})
        assert audit_trail.verify() == []

    def test_what_no_transaction_holds_is_undone_with_the_act(self):
        undone = []
        with audit.act():
            audit.on_rollback(lambda: undone.append("kept"))
            with pytest.raises(ValueError), audit.act():
                audit.on_rollback(lambda: undone.append("inner"))
                raise ValueError
        assert undone == ["inner"]
        with pytest.raises(ValueError), audit.act():
            with audit.act():
                audit.on_rollback(lambda: undone.append("first"))
            audit.on_rollback(lambda: undone.append("second"))
            raise ValueError
        assert undone == ["inner", "second", "first"]


@pytest.mark.django_db
class TestRefusals:
    """Every refusal of a signed-in person leaves a row; a stranger's leaves none here."""

    def refused(self):
        return list(AuditEvent.objects.filter(result="refused").values_list("detail__status", flat=True))

    def test_403_404_409_and_422_of_a_page_leave_a_row(self, client, city, at):
        thing = make_thing(city.health)
        other = make_thing(city.education)
        client.force_login(city.lin)
        url = f"/api/v1/things/{thing.pk}"
        sent = {"content_type": "application/json"}
        client.post(f"{url}/do/submit", '{"seen": "v0"}', **sent)
        client.post("/api/v1/things", '{"name": ""}', **sent)
        client.get(f"/api/v1/things/{other.pk}")
        client.force_login(city.zhou)
        client.delete(url, HTTP_IF_MATCH='"1"')
        assert self.refused() == [403, 404, 422, 409]
        event = AuditEvent.objects.first()
        assert event.actor_id == city.zhou.pk and event.object_id == str(thing.pk) and event.detail["reason"]
        assert audit_trail.verify() == []

    def test_a_strangers_refusal_leaves_no_row(self, client, city):
        client.get("/api/v1/things")
        assert self.refused() == []


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_make_one_chain_without_a_break():
    rounds, failures = 25, []
    start = threading.Barrier(8)

    def writer(number):
        try:
            start.wait(10)
            for turn in range(rounds):
                write(2, verb=f"w{number}.{turn}")
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=writer, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert AuditEvent.objects.count() == 8 * rounds * 2
    assert audit_trail.verify() == []
    assert not Thing.objects.exists()
