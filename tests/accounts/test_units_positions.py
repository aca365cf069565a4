"""Rights follow the tree and the calendar: positions that began, ended, moved and merged."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from secmgmt.accounts import services
from secmgmt.accounts.models import OrgUnit, Position, User
from secmgmt.core import errors
from secmgmt.core.clock import today
from secmgmt.core.models import AuditEvent, Participation
from tests.support import make_position, make_unit

DAY = dt.timedelta(days=1)


def names(user):
    return set(OrgUnit.objects.visible_to(User.objects.get(pk=user.pk)).values_list("name", flat=True))


def move(city, at, unit, parent):
    return services.move_unit(
        unit=unit, parent=parent, by=city.sysadmin, at=at, reason="机构改革〔2026〕1 号"
    )


def merge(city, at, unit, into):
    return services.merge_unit(unit=unit, into=into, by=city.sysadmin, at=at, reason="机构改革〔2026〕2 号")


def test_a_position_reaches_its_unit_and_all_beneath_it(city):
    assert names(city.lin) == {"市卫生健康委", "市中心医院"}
    assert names(city.he) == {"市中心医院"}
    assert names(city.nobody) == set()


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [(0, None, True), (1, None, False), (-5, 0, True), (-5, -1, False), (-5, 5, True)],
)
def test_a_position_holds_from_its_first_to_its_last_day(city, start, end, holds):
    make_position(
        city.nobody,
        city.health,
        "act_as_owner",
        valid_from=today() + start * DAY,
        valid_until=None if end is None else today() + end * DAY,
    )
    assert bool(names(city.nobody)) is holds


def test_ending_a_position_now_takes_its_rights_at_once(city, at):
    position = Position.objects.get(user=city.lin)
    services.end_position(position=position, by=city.secadmin, at=at, on=today() - DAY, reason="调离")
    assert names(city.lin) == set()
    assert AuditEvent.objects.get(verb="position.end").detail["reason"] == "调离"


def test_a_position_that_never_began_is_taken_back(city, at):
    position = make_position(city.nobody, city.health, "act_as_owner", valid_from=today() + 9 * DAY)
    services.end_position(position=position, by=city.secadmin, at=at, on=today(), reason="人选有变")
    assert not Position.objects.filter(user=city.nobody).exists()


def test_an_ended_position_is_not_ended_again(city, at):
    position = make_position(
        city.nobody, city.health, "act_as_owner", valid_from=today() - 9 * DAY, valid_until=today() - 5 * DAY
    )
    with pytest.raises(errors.Conflict):
        services.end_position(position=position, by=city.secadmin, at=at, on=today(), reason="x")


def test_an_agencys_position_needs_its_end(city, at):
    with pytest.raises(errors.Invalid):
        services.grant_position(
            by=city.secadmin,
            at=at,
            user=city.nobody,
            unit=city.health,
            role="act_as_agency",
            valid_from=today(),
        )


@pytest.mark.parametrize("username", ["sysadmin", "auditor", "gao", "zhou"])
def test_only_the_security_administrator_grants_and_ends(city, at, username):
    by = getattr(city, username)
    with pytest.raises(errors.NotAllowed):
        services.grant_position(
            by=by, at=at, user=city.nobody, unit=city.health, role="act_as_owner", valid_from=today()
        )
    with pytest.raises(errors.NotAllowed):
        services.end_position(
            position=Position.objects.get(user=city.lin), by=by, at=at, on=today() - DAY, reason="x"
        )


def test_moving_a_unit_moves_the_rights_over_it(city, at):
    move(city, at, city.hospital, city.education)
    assert names(city.su) == {"市教育局", "市中心医院"}
    assert names(city.lin) == {"市卫生健康委"}
    assert names(city.he) == {"市中心医院"}


def test_moving_changes_all_paths_in_one_statement(city, at):
    ward = make_unit("住院部", city.hospital)
    with CaptureQueriesContext(connection) as seen:
        move(city, at, city.health, city.county)
    for unit in (city.hospital, ward):
        unit.refresh_from_db()
        assert unit.path.startswith(OrgUnit.objects.get(pk=city.health.pk).path)
    assert sum("SUBSTR" in query["sql"].upper() for query in seen) == 1


def test_a_unit_never_comes_under_itself(city, at):
    for target in (city.health, city.hospital):
        with pytest.raises(errors.Invalid):
            move(city, at, city.health, target)
        with pytest.raises(errors.Invalid):
            merge(city, at, city.health, target)


@pytest.mark.parametrize("username", ["secadmin", "auditor", "lin", "gao"])
def test_only_the_system_administrator_moves_and_merges(city, at, username):
    by = getattr(city, username)
    with pytest.raises(errors.NotAllowed):
        services.move_unit(unit=city.hospital, parent=city.education, by=by, at=at, reason="x")
    with pytest.raises(errors.NotAllowed):
        services.merge_unit(unit=city.hospital, into=city.education, by=by, at=at, reason="x")


def test_a_merged_unit_brings_people_positions_and_sub_units(city, at):
    merge(city, at, city.health, city.education)
    city.lin.refresh_from_db()
    assert city.lin.unit == city.education
    assert names(city.lin) == {"市教育局", "市中心医院", "市卫生健康委"}
    assert names(city.su) == {"市教育局", "市中心医院", "市卫生健康委"}
    assert city.education.former_names.get().name == "市卫生健康委"
    city.health.refresh_from_db()
    assert city.health.merged_into == city.education
    event = AuditEvent.objects.get(verb="unit.merge")
    assert event.detail["moved"]["accounts.position"] == 3 and event.detail["moved"]["accounts.user"] == 4


def invite(unit, obj):
    kind = ContentType.objects.get_for_model(obj)
    return Participation.objects.create(content_type=kind, object_id=obj.pk, unit=unit, capacity="consulted")


def test_the_rows_of_other_apps_move_with_a_merged_unit(city, at):
    row = invite(city.health, city.root)
    merge(city, at, city.health, city.education)
    row.refresh_from_db()
    assert row.unit_id == city.education.pk


def test_when_both_units_were_invited_one_invitation_stays(city, at):
    invite(city.health, city.root)
    invite(city.education, city.root)
    merge(city, at, city.health, city.education)
    assert Participation.objects.get().unit_id == city.education.pk


def test_two_terms_of_the_same_role_become_one(city, at):
    make_position(
        city.lin, city.education, "act_as_owner", valid_from=dt.date(2026, 1, 1), valid_until=today()
    )
    merge(city, at, city.health, city.education)
    position = Position.objects.get(user=city.lin)
    assert (position.content_object, position.valid_from) == (city.education, dt.date(2020, 1, 1))
    assert position.valid_until is None


def test_an_open_form_does_not_move_a_row_back_after_a_merge(as_system, city, at):
    version = city.lin.version
    merge(city, at, city.health, city.education)
    response = as_system.post(
        f"/manage/users/{city.lin.pk}/edit/", {"name": "林予安", "unit": city.health.pk, "version": version}
    )
    assert response.status_code == 409
    city.lin.refresh_from_db()
    assert city.lin.unit == city.education


def test_a_merged_unit_is_history(as_system, as_security, city, at):
    merge(city, at, city.health, city.education)
    with pytest.raises(errors.Conflict):
        merge(city, at, city.health, city.data)
    with pytest.raises(errors.Conflict):
        move(city, at, city.data, OrgUnit.objects.get(pk=city.health.pk))
    for browser, page in (
        (as_system, "users/new/"),
        (as_system, "units/new/"),
        (as_security, "positions/new/"),
    ):
        assert f'value="{city.health.pk}"' not in _choices(browser.get(f"/manage/{page}").content.decode())


def _choices(html):
    """The unit or parent field's options."""
    name = 'name="parent"' if 'name="parent"' in html else 'name="unit"'
    return html.split(name)[1].split("</select>")[0]


def test_the_root_does_not_merge_away(city, at):
    other = make_unit("另一市", kind="city")
    with pytest.raises(errors.Conflict):
        merge(city, at, other, city.root)


def test_a_failed_merge_leaves_nothing_half_done(city, at, monkeypatch):
    monkeypatch.setattr("secmgmt.accounts.units._rehang", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        merge(city, at, city.data, city.education)
    city.qin.refresh_from_db()
    assert city.qin.unit == city.data and not AuditEvent.objects.exists()
