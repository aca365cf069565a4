"""Which rows a person reaches, on every way there is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm

from secmgmt.accounts.models import OrgUnit, Position, User
from secmgmt.core import errors, parents, permissions, records
from secmgmt.core.clock import today
from tests.core.testapp.models import Thing
from tests.core.testapp.support import invite, make_thing
from tests.support import make_position, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def things(city):
    units = {"health": city.health, "hospital": city.hospital, "education": city.education, "root": city.root}
    return {name: make_thing(unit, name) for name, unit in units.items()}


def seen(user, action="view"):
    return set(Thing.objects.visible_to(user, action).values_list("name", flat=True))


def test_a_position_opens_its_unit_and_what_lies_beneath_it(city, things):
    assert seen(city.lin) == {"health", "hospital"}
    assert seen(city.he) == {"hospital"}
    assert seen(city.su) == {"education"}
    assert seen(city.gao) == {"health", "hospital", "education", "root"}


def test_a_unit_whose_number_begins_alike_is_another_unit(city):
    first = make_unit("甲", city.root)
    user = make_user(unit=first)
    make_position(user, first, "act_as_owner")
    other = make_unit("乙", city.root)
    OrgUnit.objects.filter(pk=other.pk).update(path=f"{first.path[:-1]}0/")
    make_thing(OrgUnit.objects.get(pk=other.pk), "乙的")
    assert seen(user) == set()


def test_each_action_is_asked_for_by_itself(city, things):
    assert seen(city.zhou) == {"health", "hospital"}
    assert seen(city.zhou, "change") == seen(city.zhou, "delete") == set()
    assert seen(city.shen, "attach") == {"health", "hospital", "education", "root"}
    assert seen(city.lin, "nosuch") == set()


def test_without_a_position_or_as_an_administrator_there_is_nothing(city, things):
    for user in (city.nobody, city.sysadmin, city.secadmin, city.auditor):
        assert seen(user) == set()


def test_a_disabled_user_sees_nothing_even_as_a_participant(city, things):
    invite(things["education"], "reviewer", user=city.lin)
    city.lin.is_active = False
    assert seen(city.lin) == set()
    assert permissions.actions_for(city.lin, [things["health"]])[things["health"].pk] == frozenset()
    assert permissions.may(city.lin, Thing, "view") is False


@pytest.mark.parametrize(
    "start, end, holds", [(0, 0, True), (-9, -1, False), (1, 9, False), (-9, None, True)]
)
def test_a_position_holds_on_its_days_and_on_no_other(city, things, start, end, holds):
    user = make_user(unit=city.education)
    until = None if end is None else today() + dt.timedelta(days=end)
    make_position(
        user, city.education, "act_as_owner", valid_from=today() + dt.timedelta(days=start), valid_until=until
    )
    assert seen(user) == ({"education"} if holds else set())


def test_a_participation_opens_one_row_for_its_capacity(city, things):
    invite(things["education"], "reviewer", user=city.he)
    assert seen(city.he) == {"hospital", "education"}
    assert seen(city.he, "change") == {"hospital"}
    invite(things["root"], "stranger", user=city.he)  # a capacity nobody gave an action
    assert seen(city.he) == {"hospital", "education"}


def test_a_units_participation_opens_the_row_to_positions_there_and_above_that_carry_the_action(city, things):
    invite(things["education"], "reviewer", unit=city.hospital)
    assert "education" in seen(city.he)
    assert "education" in seen(city.lin)  # a position above reaches all of that unit
    assert permissions.actions_for(city.lin, [things["education"]])[things["education"].pk] == {"view"}
    assert parents.field_limits(city.lin, [things["education"]])[things["education"].pk] is None
    for other in (city.nobody, city.duan, city.tang):  # no position; elsewhere; a role that does not carry it
        assert "education" not in seen(other)
        assert permissions.actions_for(other, [things["education"]])[things["education"].pk] == frozenset()


def test_a_participation_is_over_when_its_time_is(city, things, at):
    invite(things["education"], "reviewer", user=city.he, until=at - dt.timedelta(seconds=1))
    invite(things["health"], "reviewer", user=city.he, until=at + dt.timedelta(hours=1))
    assert seen(city.he) == {"hospital", "health"}
    assert permissions.actions_for(city.he, [things["education"]])[things["education"].pk] == frozenset()


@pytest.mark.parametrize("who", ["user", "unit"])
def test_a_person_or_a_unit_takes_part_once_in_a_capacity(city, things, who):
    invited = {"user": city.he} if who == "user" else {"unit": city.hospital}
    invite(things["education"], "reviewer", **invited)
    invite(things["education"], "stranger", **invited)
    invite(things["root"], "reviewer", **invited)
    with pytest.raises(IntegrityError), transaction.atomic():
        invite(things["education"], "reviewer", **invited)


def test_a_participation_of_another_kind_with_the_same_number_opens_nothing(city, things):
    """A14 sideways: the number alone is no key."""
    kind = ContentType.objects.get_for_model(User)
    row = invite(things["education"], "reviewer", user=city.he)
    type(row).objects.filter(pk=row.pk).update(content_type=kind)
    assert seen(city.he) == {"hospital"}


def test_rows_of_guardian_outside_the_positions_grant_nothing(city, things):
    """A14: neither guardian's object permissions nor Django's own reach a row."""
    assign_perm("testapp.view_thing", city.nobody, things["education"])
    assert seen(city.nobody) == set()
    assert city.nobody.has_perm("testapp.view_thing", things["education"]) is False


def test_an_invitation_goes_with_its_record_and_opens_no_later_one_of_its_number(city, things, at):
    """A14: the number of a deleted record used again."""
    thing = things["education"]
    invite(thing, "reviewer", user=city.he)
    number = thing.pk
    records.delete(thing, by=city.su, at=at, version=1)
    make_thing(city.education, "另一个", pk=number)
    assert seen(city.he) == {"hospital"}


def test_a_position_without_its_unit_cannot_remain(city):
    """A14: the grant is a row with a real foreign key; its unit cannot go while it stands."""
    with pytest.raises(Exception, match="protected"):
        city.health.delete()
    assert Position.objects.filter(content_object=city.health).exists()


def test_actions_of_a_page_of_rows_are_what_each_row_says(city, things):
    invite(things["education"], "reviewer", user=city.lin)
    rows = list(Thing.objects.select_related("unit").order_by("name"))
    allowed = {row.name: permissions.actions_for(city.lin, rows)[row.pk] for row in rows}
    assert {"view", "change", "delete", "attach"} <= allowed["health"] == allowed["hospital"]
    assert allowed["education"] == {"view"} and allowed["root"] == frozenset()


def test_buttons_of_a_page_cost_the_same_for_two_and_for_fifty_rows(city, django_assert_max_num_queries):
    for _number in range(50):
        make_thing(city.health, indexed=False)
    rows = list(Thing.objects.select_related("unit"))
    city.lin.grants()
    ContentType.objects.get_for_model(Thing)
    with django_assert_max_num_queries(1):
        permissions.actions_for(city.lin, rows)


def test_out_of_scope_is_404_and_in_scope_but_not_allowed_is_403(city, things):
    with pytest.raises(errors.OutOfScope) as there:
        permissions.get_visible(Thing, city.lin, "change", pk=things["education"].pk)
    with pytest.raises(errors.OutOfScope) as nowhere:
        permissions.get_visible(Thing, city.lin, "change", pk=0)
    assert str(there.value) == str(nowhere.value)
    with pytest.raises(errors.NotAllowed) as caught:
        permissions.get_visible(Thing, city.zhou, "change", pk=things["health"].pk)
    assert caught.value.who_may == "系统负责人"
    assert permissions.get_visible(Thing, city.lin, "change", pk=things["health"].pk) == things["health"]


def test_moving_a_unit_moves_the_rights_at_once(city, things):
    OrgUnit.objects.filter(pk=city.hospital.pk).update(path=f"{city.education.path}{city.hospital.pk}/")
    assert seen(city.lin) == {"health"}
    assert seen(city.su) == {"education", "hospital"}


def test_several_positions_add_up_and_a_higher_one_covers_a_lower_one(city, things):
    make_position(city.he, city.education, "act_as_owner")
    assert seen(city.he) == {"hospital", "education"}
    make_position(city.he, city.root, "act_as_owner")
    assert permissions.paths_for(city.he, Thing, "view") == [city.root.path]
    assert Thing.objects.visible_to(city.he).count() == 4


def test_what_hangs_on_a_record_goes_with_it(city, things):
    kind = ContentType.objects.get_for_model(Thing)
    assert parents.visible_parent(kind.pk, things["health"].pk, city.lin) == things["health"]
    with pytest.raises(errors.OutOfScope):
        parents.visible_parent(kind.pk, things["education"].pk, city.lin)
    session = ContentType.objects.get(app_label="sessions", model="session")
    with pytest.raises(errors.OutOfScope):
        parents.visible_parent(session.pk, 1, city.gao)


def test_field_limits_bind_participants_and_nobody_else(city, things):
    thing = things["education"]
    invite(thing, "reviewer", user=city.he, fields=["name"])
    assert parents.field_limits(city.he, [thing])[thing.pk] == {"name"}
    assert parents.field_limits(city.su, [thing])[thing.pk] is None
    invite(thing, "reviewer", unit=city.hospital, fields=["note"])
    assert parents.field_limits(city.he, [thing])[thing.pk] == {"name", "note"}
    invite(thing, "reviewer", unit=city.education, fields=[])
    assert parents.field_limits(city.he, [thing])[thing.pk] == {"name", "note"}
    make_position(city.he, city.education, "act_as_inspector")
    assert parents.field_limits(city.he, [thing])[thing.pk] is None
