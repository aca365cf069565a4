"""Accounts: made, closed, opened, put aside when nobody uses them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction

from secmgmt.accounts import services, users
from secmgmt.accounts.models import FailedLogin, OrgUnit, Position, User
from secmgmt.core import crypto, errors
from secmgmt.core.models import AuditEvent
from tests.support import CastClient, login, make_user

LONG = dt.timedelta(days=91)


def create(city, at, **values):
    values = {"username": "newone", "name": "新人", "unit": city.health, **values}
    return services.create_user(by=city.sysadmin, at=at, **values)


def test_a_new_user_sees_nothing_at_all(city, at):
    user = create(city, at)
    for model in (OrgUnit, User, Position):
        assert not model.objects.visible_to(user).exists()


@pytest.mark.parametrize("username", ["lin", "LIN", "ＬＩＮ", " Lin"])
def test_one_name_one_account_whatever_case_or_width(city, at, username):
    with pytest.raises((errors.Invalid, errors.Conflict)):
        create(city, at, username=username)


def test_the_database_itself_keeps_names_apart(city):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=city.zhou.pk).update(username="LIN")


@pytest.mark.parametrize("username", ["", "a", "o'brien", "张三", "a b", "x" * 41, "admin", "root"])
def test_a_name_out_of_form_or_customary_is_refused(city, at, username):
    with pytest.raises(errors.Invalid):
        create(city, at, username=username)


def test_a_closed_accounts_name_is_not_given_again(city, at):
    services.disable_user(user=city.lin, by=city.sysadmin, at=at, reason="离职")
    with pytest.raises((errors.Invalid, errors.Conflict)):
        create(city, at, username="lin")


def test_closing_an_account_ends_its_sessions_within_one_request(city, at):
    one, two = CastClient(), CastClient()
    login(one, city.lin)
    login(two, city.lin)
    services.disable_user(user=city.lin, by=city.sysadmin, at=at, reason="离职")
    assert one.get("/").status_code == two.get("/").status_code == 302
    services.enable_user(user=city.lin, by=city.sysadmin, at=at)
    assert one.get("/").status_code == 302
    verbs = list(AuditEvent.objects.values_list("verb", flat=True))
    assert "user.disable" in verbs and "user.enable" in verbs


def test_nobody_closes_himself_or_another_administrator(city, at):
    for user in (city.sysadmin, city.secadmin, city.auditor):
        with pytest.raises(errors.NotAllowed):
            services.disable_user(user=user, by=city.sysadmin, at=at, reason="x")


def age(user, at, **values):
    User.objects.filter(pk=user.pk).update(created_at=at - LONG, **values)


def test_an_account_nobody_used_for_ninety_days_is_closed(city, at):
    age(city.lin, at)
    age(city.zhou, at, last_login=at - dt.timedelta(days=89))
    age(city.su, at, enabled_at=at - dt.timedelta(days=1))
    assert services.disable_dormant(at) == 1
    assert not User.objects.get(pk=city.lin.pk).is_active
    assert User.objects.get(pk=city.zhou.pk).is_active and User.objects.get(pk=city.su.pk).is_active
    assert AuditEvent.objects.get().verb == "user.disable_dormant"


def test_a_token_in_use_keeps_an_account_open(city, at):
    row, _text = services.issue_token(user=city.lin, label="x", days=365, scope="read", by=city.lin, at=at)
    row.last_used_at = at
    row.save()
    age(city.lin, at)
    assert services.disable_dormant(at) == 0


def test_the_last_administrator_of_a_kind_is_never_closed_by_itself(city, at):
    age(city.auditor, at)
    assert services.disable_dormant(at) == 0
    second = make_user("auditor2", unit=city.root, admin_role="audit_admin")
    assert services.disable_dormant(at) == 1
    assert User.objects.get(pk=second.pk).is_active


def test_old_counters_and_ended_sessions_are_tidied_and_locks_stay(city, at):
    old = at - dt.timedelta(days=2)
    FailedLogin.objects.create(key="account:old", window_start=old, count=2)
    FailedLogin.objects.create(key="account:held", window_start=old, count=5, locked_until=at + LONG)
    Session.objects.create(session_key="k" * 32, session_data="", expire_date=old)
    users.tidy(at)
    assert [row.key for row in FailedLogin.objects.all()] == ["account:held"]
    assert not Session.objects.exists()


def test_phone_and_mail_are_unreadable_in_the_database(city, at):
    create(city, at, phone="13912345678", email="xin.ren@example.cn")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, email FROM accounts_user WHERE username = 'newone'")
        raw = str(cursor.fetchone())
    assert "1391234" not in raw and "xin.ren" not in raw
    user = User.objects.get(username="newone")
    assert (user.phone, user.email) == ("13912345678", "xin.ren@example.cn")
    assert "13912345678" not in str(list(AuditEvent.objects.values()))


@pytest.mark.pure
@pytest.mark.parametrize("cipher", ["aes", "sm4"])
def test_encryption_gives_the_text_back_and_notices_any_change(settings, cipher):
    settings.FIELD_CIPHER = cipher
    stored = crypto.encrypt("13912345678", purpose="a.b")
    assert stored != crypto.encrypt("13912345678", purpose="a.b")
    assert crypto.decrypt(stored, purpose="a.b") == "13912345678"
    for bad in (stored[:-6] + "AAAA" + stored[-2:], "aes.x.y", "", "des." + stored.split(".", 1)[1]):
        with pytest.raises(crypto.Unreadable):
            crypto.decrypt(bad, purpose="a.b")
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(stored, purpose="a.c")


@pytest.mark.pure
def test_an_old_key_still_reads_and_a_lost_one_does_not(settings):
    stored = crypto.encrypt("秘", purpose="a.b")
    old, settings.FIELD_KEY = settings.FIELD_KEY, "another-key-of-at-least-32-characters"
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(stored, purpose="a.b")
    settings.FIELD_KEYS_OLD = [old]
    assert crypto.decrypt(stored, purpose="a.b") == "秘"
