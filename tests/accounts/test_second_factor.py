"""Enrolling, removing, recovering the second factor through the real pages."""

from __future__ import annotations

import re

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse

from secmgmt.accounts import services
from secmgmt.accounts.models import ApiToken
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent
from tests.support import PASSWORD, SEED, CastClient, enrol, login, make_position, make_user, totp_code

ACTIVATE = "/accounts/2fa/totp/activate/"
DEACTIVATE = "/accounts/2fa/totp/deactivate/"


def confirm_password(client):
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def seed_of(response):
    return re.search(r'class="digest">([A-Z2-7]+)<', response.content.decode())[1]


def test_enrolling_asks_for_the_password_again(client, city):
    login(client, city.lin)
    assert client.get(ACTIVATE)["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(ACTIVATE, {"code": "123456"}).status_code == 302
    assert not Authenticator.objects.filter(user=city.lin).exists()


def test_an_approver_enrols_and_then_reaches_his_work(client, city):
    head = make_user("newhead", unit=city.health)
    make_position(head, city.health, "act_as_unit_head")
    other = CastClient()
    login(client, head)
    login(other, head)
    confirm_password(client)
    seed = seed_of(client.get(ACTIVATE))
    assert client.post(ACTIVATE, {"code": "000000"}).status_code == 200
    seed = re.search(r'class="digest">([A-Z2-7]+)<', client.get(ACTIVATE).content.decode())[1]
    response = client.post(ACTIVATE, {"code": totp_code(seed=seed)})
    assert response.status_code == 302, response.content.decode()
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert AuditEvent.objects.filter(verb="mfa.enrol").count() == 1


def test_the_api_refuses_whoever_has_yet_to_enrol_and_notes_it(client, city):
    head = make_user("newhead", unit=city.health)
    make_position(head, city.health, "act_as_unit_head")
    login(client, head)
    assert client.get("/api/v1/me").status_code == 403
    assert AuditEvent.objects.get(verb="refused.not-allowed").actor_id == head.pk


def test_the_code_of_enrolment_is_not_good_for_signing_in_again(client, city):
    login(client, city.lin)
    confirm_password(client)
    code = totp_code(seed=seed_of(client.get(ACTIVATE)))
    client.post(ACTIVATE, {"code": code})
    other = CastClient()
    other.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    assert "已用过" in other.post(reverse("mfa_authenticate"), {"code": code}).content.decode()


def test_seeds_are_unreadable_in_the_database_and_in_sessions(client, city):
    login(client, city.lin)
    confirm_password(client)
    seed = seed_of(client.get(ACTIVATE))
    stored = [session.get_decoded() for session in Session.objects.all()]
    assert seed not in str(stored)
    client.post(ACTIVATE, {"code": totp_code(seed=seed)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        raw = str(cursor.fetchall())
    assert seed not in raw and SEED not in raw


def test_removing_asks_for_confirmation_of_who_one_is(client, city):
    enrol(city.lin)
    login(client, city.lin)
    assert client.post(DEACTIVATE)["Location"].startswith("/accounts/")
    assert Authenticator.objects.filter(user=city.lin).exists()
    confirm_password(client)
    client.post(DEACTIVATE)
    assert not Authenticator.objects.filter(user=city.lin).exists()
    assert AuditEvent.objects.filter(verb="mfa.remove").exists()
    assert client.get("/").status_code == 200


def test_whoever_needs_the_second_factor_cannot_remove_it(client, city):
    login(client, city.tang)
    confirm_password(client)
    client.post(DEACTIVATE)
    assert Authenticator.objects.filter(user=city.tang).exists()


def test_a_recovery_code_is_good_once(client, city):
    login(client, city.lin)
    confirm_password(client)
    client.post(ACTIVATE, {"code": totp_code(seed=seed_of(client.get(ACTIVATE)))})
    codes = Authenticator.objects.get(user=city.lin, type="recovery_codes").wrap().get_unused_codes()
    for status in (302, 200):
        other = CastClient()
        other.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
        assert other.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == status


def test_recovery_by_the_security_administrator_ends_sessions_and_tokens(client, city, at):
    services.issue_token(user=city.tang, label="导数", days=30, scope="read", by=city.tang, at=at)
    login(client, city.tang)
    services.reset_second_factor(user=city.tang, by=city.secadmin, at=at, reason="手机丢失")
    assert client.get("/").status_code == 302
    assert not ApiToken.objects.filter(user=city.tang, revoked_at__isnull=True).exists()
    event = AuditEvent.objects.get(verb="mfa.reset")
    assert event.detail["reason"] == "手机丢失" and "SEED" not in str(event.detail)


def test_a_leaders_first_sign_in_asks_the_password_once_and_leads_from_step_to_step(client, city):
    head = make_user("newhead", unit=city.health)
    make_position(head, city.health, "act_as_unit_head")
    token = services.issue_first_password_link(user=head, by=city.sysadmin, at=now())
    new = {"password1": "Harbor-9!crane", "password2": "Harbor-9!crane"}
    page = client.post(reverse("account_first_password", args=[token]), new, follow=True)
    assert page.redirect_chain[-1][0] == reverse("mfa_activate_totp"), page.redirect_chain
    assert "oldpassword" not in page.content.decode()
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_enrolling_some_time_after_the_password_asks_for_it(client, city):
    head = make_user("newhead", unit=city.health)
    make_position(head, city.health, "act_as_unit_head")
    login(client, head)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))
