"""The one door to write: versions, scopes, frozen content, trail."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from secmgmt.core import errors, records
from secmgmt.core.models import AuditEvent
from tests.core.testapp.forms import ThingForm
from tests.core.testapp.models import STEPS, Thing
from tests.core.testapp.support import invite, make_thing
from tests.support import City


def form_of(thing, user, **values):
    data = {"name": thing.name, "unit": thing.unit_id, "note": thing.note, "version": thing.version, **values}
    return ThingForm(data, instance=Thing.objects.select_related("unit").get(pk=thing.pk), user=user)


@pytest.mark.django_db
class TestOne:
    @pytest.fixture
    def thing(self, city):
        return make_thing(city.health, "卫生平台")

    def test_a_new_row_has_version_1_and_its_trail(self, city, at):
        form = ThingForm({"name": "新", "unit": city.hospital.pk}, user=city.lin)
        thing = records.save(form, by=city.lin, at=at)
        assert (thing.version, thing.created_at, thing.updated_by) == (1, at, city.lin)
        event = AuditEvent.objects.get()
        assert (event.verb, event.after["name"], event.before) == ("testapp.thing.add", "新", {})
        assert event.unit_path == city.hospital.path

    def test_a_change_leaves_only_what_changed(self, city, thing, at):
        saved = records.save(form_of(thing, city.lin, note="新"), by=city.lin, at=at)
        assert saved.version == 2
        event = AuditEvent.objects.get()
        assert (event.before, event.after) == ({"note": ""}, {"note": "新"})

    def test_a_stale_save_overwrites_nothing_and_keeps_both_texts(self, city, thing, at):
        first, second = form_of(thing, city.lin, note="先"), form_of(thing, city.lin, note="后")
        records.save(first, by=city.lin, at=at)
        with pytest.raises(errors.Stale) as caught:
            records.save(second, by=city.lin, at=at)
        assert caught.value.current.note == "先" and caught.value.submitted["note"] == "后"
        assert caught.value.by_name == city.lin.audit_name and caught.value.at == at
        thing.refresh_from_db()
        assert (thing.note, thing.version) == ("先", 2)

    @pytest.mark.parametrize("version", [None, "", "0", "x", "99"])
    def test_without_the_right_version_nothing_is_changed(self, city, thing, at, version):
        form = form_of(thing, city.lin, note="x")
        form.data = {**form.data, "version": version}
        with pytest.raises(errors.Stale):
            records.save(form, by=city.lin, at=at)

    def test_a_text_of_more_than_2000_characters_is_refused_with_how_many_it_has(self, city, thing, at):
        assert records.save(form_of(thing, city.lin, note="甲" * 2000), by=city.lin, at=at).version == 2
        thing.refresh_from_db()
        with pytest.raises(errors.Invalid) as caught:
            records.save(form_of(thing, city.lin, note="甲" * 2001), by=city.lin, at=at)
        assert caught.value.errors == {"note": ["最多 2000 字，现有 2001 字。"]}

    def test_invalid_changes_nothing_and_leaves_no_trail(self, city, thing, at):
        with pytest.raises(errors.Invalid) as caught:
            records.save(form_of(thing, city.lin, name=""), by=city.lin, at=at)
        assert set(caught.value.errors) == {"name"}
        assert not AuditEvent.objects.exists()

    def test_a_row_is_changed_only_where_one_may(self, city, thing, at):
        other = make_thing(city.education)
        with pytest.raises(errors.NotAllowed):
            records.save(form_of(other, city.lin, note="x"), by=city.lin, at=at)
        with pytest.raises(errors.NotAllowed):
            records.save(form_of(thing, city.zhou, note="x"), by=city.zhou, at=at)

    def test_a_row_is_added_only_where_one_may(self, city, at):
        """Even if a form offered too much: the door checks again (A03)."""
        form = ThingForm({"name": "新", "unit": city.education.pk}, user=city.gao)
        form.fields["unit"].queryset = type(city.root).objects.all()
        with pytest.raises(errors.NotAllowed):
            records.save(form, by=city.lin, at=at)
        assert not Thing.objects.exists()

    @pytest.mark.parametrize("place", ["education", "root"])
    def test_a_row_is_not_moved_to_where_one_may_not_change_it(self, city, thing, at, place):
        form = form_of(thing, city.gao, unit=getattr(city, place).pk)
        form.fields["unit"].queryset = type(city.root).objects.all()
        with pytest.raises(errors.NotAllowed):
            records.save(form, by=city.lin, at=at)
        thing.refresh_from_db()
        assert thing.unit == city.health

    def test_a_participant_who_may_look_may_not_write(self, city, thing, at):
        invite(thing, "reviewer", user=city.su)
        with pytest.raises(errors.NotAllowed):
            records.save(form_of(thing, city.su, note="x"), by=city.su, at=at)

    def test_submitted_content_stays_and_the_rest_may_change(self, city, thing, at):
        asked = STEPS.fire(thing, "submit", by=city.lin, at=at, seen="v1")
        with pytest.raises(errors.Conflict, match="冻结"):
            records.save(form_of(asked, city.lin, note="偷改"), by=city.lin, at=at)
        with pytest.raises(errors.Conflict, match="冻结"):
            records.delete(asked, by=city.lin, at=at, version=asked.version)
        assert records.save(form_of(asked, city.lin, due="2026-12-31"), by=city.lin, at=at).due is not None

    def test_a_text_with_a_secrecy_mark_is_not_kept(self, city, thing, at):
        with pytest.raises(errors.Invalid) as caught:
            records.save(form_of(thing, city.lin, note="绝密★长期\n内容"), by=city.lin, at=at)
        assert set(caught.value.errors) == {"note"}

    def test_the_same_name_at_the_same_time_is_a_conflict(self, city, thing, at, monkeypatch):
        form = ThingForm({"name": "卫生平台", "unit": city.health.pk}, user=city.lin)
        monkeypatch.setattr(form, "validate_unique", lambda: None)
        monkeypatch.setattr(form, "validate_constraints", lambda: None, raising=False)
        with pytest.raises(errors.Conflict):
            records.save(form, by=city.lin, at=at)

    def test_deleting_needs_the_version_and_the_right(self, city, thing, at):
        with pytest.raises(errors.Stale):
            records.delete(thing, by=city.lin, at=at, version=7)
        with pytest.raises(errors.NotAllowed):
            records.delete(thing, by=city.zhou, at=at, version=1)
        records.delete(thing, by=city.lin, at=at, version=1)
        assert AuditEvent.objects.get().before["name"] == "卫生平台"
        with pytest.raises(errors.OutOfScope):
            records.delete(thing, by=city.lin, at=at, version=1)

    def test_what_others_depend_on_is_not_deleted_and_the_count_is_told(self, city, thing, at):
        make_thing(city.health, other=thing)
        with pytest.raises(errors.Conflict, match="事项共 1 条"):
            records.delete(thing, by=city.lin, at=at, version=1)
        assert Thing.objects.count() == 2 and not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_save_the_same_version_at_once_one_wins():
    trials = 40 if connection.vendor == "postgresql" else 8
    city = City()
    outcomes = []

    def save(thing, number, start):
        try:
            form = form_of(thing, city.lin, note=f"改{number}")
            start.wait(10)
            records.save(form, by=city.lin, at=thing.created_at)
            outcomes.append("saved")
        except errors.Stale:
            outcomes.append("stale")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    for _trial in range(trials):
        thing, start = make_thing(city.health), threading.Barrier(4)
        threads = [threading.Thread(target=save, args=(thing, n, start)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        thing.refresh_from_db()
        assert thing.version == 2
    assert sorted(set(outcomes)) == ["saved", "stale"]
    assert outcomes.count("saved") == trials and outcomes.count("stale") == trials * 3
