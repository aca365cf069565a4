"""API tokens: issued after re-authentication, shown once, counted, scoped, ended with their user."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import RequestFactory

from secmgmt.accounts import lockout, services, tokens
from secmgmt.accounts.models import ApiToken, User
from secmgmt.core import errors
from secmgmt.core.models import AuditEvent
from tests.support import PASSWORD, login, make_position, make_user


def ask(text, method="GET"):
    request = getattr(RequestFactory(), method.lower())(
        "/api/v1/", headers={"Authorization": f"Bearer {text}"}
    )
    return tokens.authenticate(request)


@pytest.fixture
def token(city, at):
    return services.issue_token(user=city.lin, label="导数", days=30, scope="read", by=city.lin, at=at)


def test_a_token_is_its_user(token, city):
    row, text = token
    assert ask(text) == city.lin
    row.refresh_from_db()
    assert row.last_used_at is not None
    assert text.split(".")[1] not in row.digest


def test_a_reading_token_does_not_write_and_a_writing_one_does(token, city, at):
    with pytest.raises(errors.NotAllowed):
        ask(token[1], "POST")
    _row, text = services.issue_token(user=city.lin, label="写", days=1, scope="write", by=city.lin, at=at)
    assert ask(text, "DELETE") == city.lin


@pytest.mark.parametrize("text", ["", "x", "x.y", "\N{SNOWMAN}.y"])
def test_nonsense_is_not_authenticated(city, text):
    with pytest.raises(tokens.Unauthenticated):
        ask(text)


def test_wrong_secrets_are_counted_and_then_the_right_one_is_refused_too(token):
    prefix = token[0].prefix
    for _i in range(5):
        with pytest.raises(tokens.Unauthenticated):
            ask(f"{prefix}.wrong")
    with pytest.raises(lockout.Locked):
        ask(token[1])
    assert AuditEvent.objects.filter(verb="token.use.failed").count() == 5


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"must_change_password": True},
        {"password_changed_at": None},
        {"admin_role": "audit_admin"},
        {"expires_on": dt.date(2020, 1, 1)},
    ],
)
def test_a_token_opens_nothing_its_user_could_not_open_on_the_page(token, city, change):
    User.objects.filter(pk=city.lin.pk).update(**change)
    with pytest.raises(tokens.Unauthenticated):
        ask(token[1])


def test_a_token_does_not_get_round_the_second_factor(token, city):
    make_position(city.lin, city.health, "act_as_unit_head")
    with pytest.raises(tokens.Unauthenticated):
        ask(token[1])


def test_an_expired_or_revoked_token_is_not_authenticated(token, city, at):
    ApiToken.objects.update(expires_at=at)
    with pytest.raises(tokens.Unauthenticated):
        ask(token[1])
    ApiToken.objects.update(expires_at=at + dt.timedelta(days=1))
    services.revoke_token(token=token[0], by=city.lin, at=at)
    with pytest.raises(tokens.Unauthenticated):
        ask(token[1])


def test_disabling_the_user_ends_his_tokens_for_good(token, city, at):
    services.disable_user(user=city.lin, by=city.sysadmin, at=at, reason="离职")
    services.enable_user(user=city.lin, by=city.sysadmin, at=at)
    with pytest.raises(tokens.Unauthenticated):
        ask(token[1])


def test_administrators_get_no_tokens_and_nobody_gets_anothers(city, at):
    for user, by in ((city.sysadmin, city.sysadmin), (city.lin, city.zhou)):
        with pytest.raises(errors.NotAllowed):
            services.issue_token(user=user, label="x", days=1, scope="read", by=by, at=at)


def test_an_approver_without_an_authenticator_gets_no_token(city, at):
    head = make_user("newhead", unit=city.health)
    make_position(head, city.health, "act_as_unit_head")
    with pytest.raises(errors.NotAllowed):
        services.issue_token(user=head, label="x", days=1, scope="read", by=head, at=at)


def test_the_page_asks_who_one_is_and_shows_the_token_once(client, city):
    login(client, city.lin)
    data = {"label": "导数", "scope": "read", "days": 30}
    assert client.post("/me/tokens/new/", data)["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    html = client.post("/me/tokens/new/", data).content.decode()
    row = ApiToken.objects.get()
    text = html.split('class="digest">')[1].split("<")[0]
    assert ask(text) == city.lin
    assert text.split(".")[1] not in client.get("/me/").content.decode()
    assert {"token.issue"} <= set(AuditEvent.objects.values_list("verb", flat=True))
    assert client.post(f"/me/tokens/{row.pk}/revoke/").status_code == 302
    with pytest.raises(tokens.Unauthenticated):
        ask(text)


def test_nobody_revokes_anothers_token(token, client, city):
    login(client, city.zhou)
    assert client.post(f"/me/tokens/{token[0].pk}/revoke/").status_code == 404


def test_my_account_shows_and_saves_what_is_mine(client, city):
    login(client, city.lin)
    assert "林予安" in client.get("/me/").content.decode()
    response = client.post(
        "/me/edit/",
        {
            "title": "科长",
            "email": "a@b.cn",
            "phone": "13800001111",
            "version": 1,
            "admin_role": "audit_admin",
        },
    )
    assert response.status_code == 302
    user = User.objects.get(pk=city.lin.pk)
    assert (user.title, user.phone, user.shortcuts_on, user.admin_role) == ("科长", "13800001111", False, "")
    event = AuditEvent.objects.get(verb="accounts.user.change")
    assert "13800001111" not in str(event.after) and event.detail["fields"] == ["email", "phone"]
    assert client.post("/me/edit/", {"title": "x", "version": 1}).status_code == 409
