"""The three administrators: separated on every path, granted by two, never the last one lost."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from secmgmt.accounts import positions, services
from secmgmt.accounts.models import AdminGrant, OrgUnit, Position, User
from secmgmt.core import errors, permissions
from secmgmt.core.models import AuditEvent
from secmgmt.core.workflow import seen_token
from tests.support import CastClient, enrol, login, make_position, make_user


@pytest.fixture
def second_security(city):
    user = make_user("secadmin2", unit=city.root, admin_role="security_admin")
    enrol(user)
    return user


def ask(city, at, role="audit_admin", user=None, by=None):
    return services.ask_admin_grant(
        user=user or city.nobody, role=role, reason="增设", by=by or city.secadmin, at=at
    )


def confirm(item, by, at):
    return services.confirm_admin_grant(item=item, by=by, at=at, seen=seen_token(item))


def test_a_second_person_confirms_and_the_role_takes_effect(city, at):
    client = CastClient()
    login(client, city.nobody)
    confirm(ask(city, at), city.sysadmin, at)
    city.nobody.refresh_from_db()
    assert city.nobody.admin_role == "audit_admin" and city.nobody.needs_second_factor
    assert client.get("/").status_code == 302  # the session under old rights is over


def test_who_asked_cannot_confirm(city, at):
    with pytest.raises(errors.NotAllowed):
        confirm(ask(city, at), city.secadmin, at)


def test_the_database_refuses_the_same_person_too(city, at):
    item = ask(city, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        AdminGrant.objects.filter(pk=item.pk).update(decided_by=city.secadmin)


@pytest.mark.parametrize("username", ["auditor", "lin", "gao"])
def test_neither_auditor_nor_business_user_confirms(city, at, username):
    with pytest.raises((errors.NotAllowed, errors.OutOfScope)):
        confirm(ask(city, at), getattr(city, username), at)


@pytest.mark.parametrize("username", ["sysadmin", "auditor", "lin", "gao"])
def test_only_the_security_administrator_asks(city, at, username):
    with pytest.raises(errors.NotAllowed):
        ask(city, at, by=getattr(city, username))


def test_nobody_asks_for_himself(city, at, second_security):
    with pytest.raises(errors.NotAllowed):
        ask(city, at, role="", user=city.secadmin)
    item = ask(city, at, role="", user=second_security)
    with pytest.raises(errors.NotAllowed):
        confirm(item, second_security, at)


def test_a_refused_request_changes_nothing_and_says_why(city, at):
    item = ask(city, at)
    with pytest.raises(errors.Invalid):
        services.refuse_admin_grant(item=item, by=city.sysadmin, at=at, seen=seen_token(item), opinion="")
    services.refuse_admin_grant(item=item, by=city.sysadmin, at=at, seen=seen_token(item), opinion="人选不当")
    city.nobody.refresh_from_db()
    assert city.nobody.admin_role == ""
    with pytest.raises(errors.Conflict):
        confirm(AdminGrant.objects.get(), city.sysadmin, at)


def test_an_administrator_cannot_become_another_kind_as_well(city, at, second_security):
    with pytest.raises(errors.Conflict):
        ask(city, at, role="system_admin", user=second_security)


def test_a_holder_of_a_position_cannot_become_an_administrator(city, at):
    with pytest.raises(errors.Conflict):
        ask(city, at, user=city.lin)


def test_a_position_granted_between_asking_and_confirming_stops_it(city, at):
    item = ask(city, at)
    make_position(city.nobody, city.health, "act_as_owner")
    with pytest.raises(errors.Conflict):
        confirm(item, city.sysadmin, at)
    city.nobody.refresh_from_db()
    assert city.nobody.admin_role == ""


@pytest.mark.parametrize("username", ["sysadmin", "auditor"])
def test_the_last_administrator_of_a_kind_stays(city, at, username):
    with pytest.raises(errors.Conflict):
        ask(city, at, role="", user=getattr(city, username))


def test_the_last_one_stays_also_when_the_other_left_meanwhile(city, at, second_security):
    item = ask(city, at, role="", user=second_security)
    User.objects.filter(pk=city.secadmin.pk).update(is_active=False)
    with pytest.raises(errors.Conflict):
        confirm(item, city.sysadmin, at)


def test_an_administrators_role_ends_by_two_persons(city, at, second_security):
    client = CastClient()
    login(client, second_security)
    confirm(ask(city, at, role="", user=second_security), city.sysadmin, at)
    second_security.refresh_from_db()
    assert second_security.admin_role == "" and client.get("/").status_code == 302


def test_the_database_knows_no_fourth_kind_and_no_two_at_once(city):
    for value in ("superuser", "system+audit"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=city.lin.pk).update(admin_role=value)


@pytest.mark.parametrize("username", ["sysadmin", "secadmin", "auditor"])
def test_no_path_lets_an_administrator_hold_a_position(city, at, username):
    user = getattr(city, username)
    with pytest.raises(ValidationError):
        make_position(user, city.health, "act_as_owner")
    with pytest.raises(errors.Invalid):
        services.grant_position(
            by=make_user("s2", unit=city.root, admin_role="security_admin"),
            at=at,
            user=user,
            unit=city.health,
            role="act_as_owner",
            valid_from=at.date(),
        )
    row = Position(
        user=user,
        content_object=city.root,
        permission=positions.role_permissions()["act_as_leader"],
        valid_from=dt.date(2020, 1, 1),
        created_at=at,
        updated_at=at,
    )
    Position.objects.bulk_create([row])  # round every check: and still it grants nothing
    fresh = User.objects.get(pk=user.pk)
    assert [grant.role for grant in fresh.grants()] == [fresh.admin_role]


def test_a_user_object_read_before_he_became_an_administrator_gets_no_position(city, at):
    confirm(ask(city, at), city.sysadmin, at)
    assert city.nobody.admin_role == ""  # as it was read before
    with pytest.raises(ValidationError):
        make_position(city.nobody, city.health, "act_as_owner")


def test_the_security_administrator_grants_nothing_to_himself_by_another_account_kind(city, at):
    for role in ("system_admin", "audit_admin", "security_admin", "add_orgunit"):
        with pytest.raises(errors.Invalid):
            services.grant_position(
                by=city.secadmin, at=at, user=city.nobody, unit=city.root, role=role, valid_from=at.date()
            )


@pytest.mark.parametrize(
    ("username", "model", "actions"),
    [
        ("sysadmin", Position, {"view", "add", "end"}),
        ("sysadmin", AdminGrant, {"add"}),
        ("secadmin", User, {"add", "change", "disable"}),
        ("secadmin", OrgUnit, {"add", "change", "merge"}),
        ("auditor", User, {"view", "add", "change", "grant", "recover"}),
        ("auditor", Position, {"view", "add", "end"}),
        ("auditor", OrgUnit, {"add", "change"}),
    ],
)
def test_no_administrator_has_anothers_rights(city, username, model, actions):
    for action in actions:
        assert not permissions.may(getattr(city, username), model, action), action


def test_no_administrator_has_business_data():
    administrators = {"system_admin", "security_admin", "audit_admin"}
    business = {m for m in permissions._by_role if m.split(".")[0] not in ("accounts", "core")}
    assert business
    for model in business:
        for action, roles in permissions._by_role[model].items():
            assert not roles & administrators, (model, action)


def test_only_the_auditor_reads_the_trail(city, at):
    assert permissions.may(city.auditor, AuditEvent, "view")
    for user in (city.sysadmin, city.secadmin, city.gao):
        assert not permissions.roles_for(AuditEvent, "view") & {grant.role for grant in user.grants()}


def test_no_user_is_staff_or_superuser(city):
    for user in User.objects.all():
        assert not user.is_staff and not user.is_superuser and not user.has_perm("accounts.add_user")


@pytest.mark.parametrize("username", ["secadmin", "auditor", "lin", "gao"])
def test_only_the_system_administrator_makes_and_closes_accounts(city, at, username):
    by = getattr(city, username)
    with pytest.raises(errors.NotAllowed):
        services.create_user(by=by, at=at, username="mallory", name="马", unit=city.health)
    with pytest.raises(errors.NotAllowed):
        services.disable_user(user=city.zhou, by=by, at=at, reason="x")


def test_the_command_makes_the_three_with_links_and_no_passwords(db, client, monkeypatch):
    monkeypatch.setenv("ADMIN_SYSTEM", "xtgl:系统管")
    monkeypatch.setenv("ADMIN_SECURITY", "aqgl:安全管")
    monkeypatch.setenv("ADMIN_AUDIT", "sjgl:审计管")
    out = io.StringIO()
    call_command("create_administrators", "--site", "https://db.example.cn", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split("\t")[1] for line in lines[:3]] == ["xtgl", "aqgl", "sjgl"]
    assert all(not user.has_usable_password() for user in User.objects.all())
    assert AuditEvent.objects.filter(verb="admin.create").count() == 3
    path = lines[0].split("https://db.example.cn")[1]
    new = "Harbor-9!crane"
    assert client.post(path, {"password1": new, "password2": new}).status_code == 302
    assert client.post("/accounts/login/", {"login": "xtgl", "password": new}).status_code == 302
    assert client.get("/manage/users/")["Location"] == "/accounts/2fa/totp/activate/"
    again = io.StringIO()
    call_command("create_administrators", stdout=again)
    assert again.getvalue().count("已有，跳过") == 3 and User.objects.count() == 3


@pytest.mark.parametrize("username", ["admin", "root", "administrator"])
def test_the_command_takes_no_customary_name(db, monkeypatch, username):
    monkeypatch.setenv("ADMIN_SYSTEM", f"{username}:某")
    with pytest.raises(CommandError):
        call_command("create_administrators", stdout=io.StringIO())
    assert not User.objects.exists()
    row = AuditEvent.objects.get(verb="refused.invalid")
    assert (row.channel, row.result, row.detail["command"]) == ("command", "refused", "create_administrators")
    assert username in row.detail["reason"]


def test_the_operator_lets_a_lost_administrator_in_again(city):
    client = CastClient()
    login(client, city.secadmin)
    out = io.StringIO()
    call_command("create_administrators", "--recover", "secadmin", "--reset-second-factor", stdout=out)
    assert "/accounts/first-password/" in out.getvalue()
    assert client.get("/").status_code == 302
    assert AuditEvent.objects.filter(verb="mfa.reset", actor_name="系统").exists()
