"""What attackers try on accounts, sessions and links, through the real pages; each test has its guard."""

from __future__ import annotations

import logging

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads, prepare_accept_content

from secmgmt.accounts import lockout, services
from secmgmt.accounts.models import ApiToken, FailedLogin, FirstPasswordLink, User
from secmgmt.celery import app
from secmgmt.core import logs
from secmgmt.core.models import AuditEvent, Job
from tests.support import PASSWORD, login

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
NEW = "Harbor-9!crane"


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_an_administrator_closes_neither_himself_nor_another_on_any_page(as_system, city):
    for user in (city.sysadmin, city.secadmin, city.auditor):
        response = as_system.post(f"/manage/users/{user.pk}/disable/", {"reason": "接管"})
        assert response.status_code in (403, 409), user
    assert User.objects.filter(admin_role__gt="", is_active=True).count() == 3


def test_a_leavers_session_and_token_open_nothing_even_when_he_comes_back(as_system, client, city, at):
    _row, text = services.issue_token(user=city.lin, label="导数", days=30, scope="read", by=city.lin, at=at)
    login(client, city.lin)
    api = Client()
    assert client.get("/objects/").status_code == 200
    assert api.get("/api/v1/objects", headers=bearer(text)).status_code == 200
    as_system.post(f"/manage/users/{city.lin.pk}/disable/", {"reason": "离职"})
    assert api.get("/api/v1/objects", headers=bearer(text)).status_code == 401
    assert as_system.post(f"/manage/users/{city.lin.pk}/enable/").status_code == 302
    assert client.get("/objects/").status_code == 302
    assert api.get("/api/v1/objects", headers=bearer(text)).status_code == 401


def test_an_unknown_account_costs_as_many_hashes_as_a_known_one(client, city, monkeypatch):
    made, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *a, **k: made.append(1) or encode(*a, **k))
    counts = []
    for name in ("lin", "nemo"):
        made.clear()
        client.post(LOGIN, {"login": name, "password": "Wrong#2026-pond"})
        counts.append(len(made))
    assert counts[0] == counts[1] > 0


def test_a_password_alone_opens_neither_page_nor_api_to_an_approver(client, city):
    client.post(LOGIN, {"login": "tang", "password": PASSWORD})
    assert client.get("/api/v1/objects").status_code == 401
    session = client.session
    session["_auth_user_id"] = str(city.tang.pk)
    session["_auth_user_backend"] = "secmgmt.accounts.backends.PolicyBackend"
    session["_auth_user_hash"] = city.tang.get_session_auth_hash()
    session.save()  # as an older way in would have left it: signed in, without the mark of the second factor
    assert client.get("/api/v1/objects").status_code in (401, 403)
    assert client.get("/objects/").status_code == 302
    basic = {"Authorization": "Basic dGFuZzpMb3R1cyMyMDI2LXBvbmQ="}
    assert Client().get("/api/v1/objects", headers=basic).status_code == 401


def stored_text() -> str:
    """Everything about people that the database keeps, as one text."""
    rows = [list(model.objects.values()) for model in (AuditEvent, FailedLogin, FirstPasswordLink, ApiToken, Job)]
    return str([rows, [session.get_decoded() for session in Session.objects.all()]])


def test_no_link_stands_readable_in_the_database_or_a_log(as_system, client, city, caplog):
    caplog.set_level(logging.DEBUG)
    page = as_system.post(f"/manage/users/{city.lin.pk}/password-link/").content.decode()
    token = page.split("/accounts/first-password/")[1].split("/")[0]
    assert token not in stored_text()
    sent = {"password1": NEW, "password2": NEW}
    assert client.post(reverse("account_first_password", args=[token]), sent).status_code == 302
    assert User.objects.get(username="lin").check_password(NEW)
    for secret in (token, NEW):
        assert secret not in stored_text() and secret not in caplog.text


def test_a_link_that_was_refused_unread_is_written_down_nowhere(client, city, at, caplog):
    """It still works when the pause is over, so neither the trail nor the log may name it."""
    token = services.issue_first_password_link(user=city.lin, by=city.sysadmin, at=at)
    link = reverse("account_first_password", args=[token])
    for number in range(50):
        lockout.register_attempt(lockout.TOKEN, f"guess{number}", source="127.0.0.1", at=at)
    assert client.get(link).status_code == 429
    assert "first-password" in stored_text() and token not in stored_text()
    written = [logs.formatter().format(record) for record in caplog.records if "first-password" in record.getMessage()]
    assert written and not any(token in line for line in written)


def test_no_token_stands_readable_in_the_database_or_a_log(client, city, caplog):
    caplog.set_level(logging.DEBUG)
    login(client, city.lin)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    html = client.post("/me/tokens/new/", {"label": "导数", "scope": "read", "days": 30}).content.decode()
    text = html.split('class="digest">')[1].split("<")[0]
    assert Client().get("/api/v1/objects", headers=bearer(text)).status_code == 200
    for secret in (text.split(".")[1], PASSWORD):
        assert secret not in stored_text() and secret not in caplog.text


def test_a_message_that_could_carry_code_is_not_read():
    kind, encoding, body = dumps({"id": 1}, serializer="pickle")
    with pytest.raises(ContentDisallowed):
        loads(body, kind, encoding, accept=prepare_accept_content(app.conf.accept_content))
