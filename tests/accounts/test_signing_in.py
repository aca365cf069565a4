"""Signing in through the real pages: counters, timeouts, forced steps, what the trail keeps."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from secmgmt.accounts import lockout, policy
from secmgmt.accounts.models import FailedLogin, User
from secmgmt.core import clock
from secmgmt.core.models import AuditEvent
from tests.support import PASSWORD, enrol, login, make_position, make_user, totp_code

LOGIN = "/accounts/login/"


WRONG = "Wrong#2026-pond"


def attempt(client, username, password=WRONG, **extra):
    return client.post(LOGIN, {"login": username, "password": password}, **extra)


def verbs():
    return list(AuditEvent.objects.order_by("seq").values_list("verb", flat=True))


def move_session(client, **values):
    session = client.session
    for key, seconds in values.items():
        session[key] = session[key] - seconds
    session.save()


def test_the_right_password_signs_in_and_leaves_its_row(client, city):
    response = login(client, city.lin)
    assert response.status_code == 302 and response["Location"] == "/"
    assert client.get("/").status_code == 200
    assert verbs() == ["login.ok"]


def test_width_and_case_of_the_account_do_not_matter(client, city):
    response = attempt(client, "ＬＩＮ", PASSWORD)
    assert response.status_code == 302


def test_a_wrong_password_is_refused_and_leaves_its_row(client, city):
    response = attempt(client, "lin")
    assert "账号或口令不正确" in response.content.decode()
    event = AuditEvent.objects.get()
    assert (event.verb, event.result, event.actor_name) == ("login.failed", "failed", "lin")
    assert event.ip == "127.0.0.1"


def test_an_unknown_account_gets_the_same_answer_as_a_wrong_password(client, city):
    strip = lambda r: r.content.decode().replace("nemo", "").replace("lin", "")  # noqa: E731
    known, unknown = attempt(client, "lin"), attempt(client, "nemo")
    body = [strip(r).split("notice-bad")[1].split("</form>")[0] for r in (known, unknown)]
    assert body[0] == body[1]


def test_an_unknown_account_costs_a_hash_like_a_known_one(client, city, monkeypatch):
    calls = []
    monkeypatch.setattr("secmgmt.accounts.backends.make_password", lambda p: calls.append(p))
    attempt(client, "nemo")
    assert len(calls) == 1


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(client, city):
    for _i in range(5):
        attempt(client, "lin")
    response = attempt(client, "lin", PASSWORD)
    assert response.status_code == 200 and "已暂停 30 分钟" in response.content.decode()
    assert "login.locked" in verbs()


def test_an_unknown_account_locks_like_a_known_one(client, city):
    for _i in range(5):
        attempt(client, "nemo")
    assert "已暂停 30 分钟" in attempt(client, "nemo").content.decode()


def test_the_lock_ends_after_its_minutes(client, city):
    for _i in range(5):
        attempt(client, "lin")
    row = FailedLogin.objects.get(key="account:lin")
    row.locked_until -= dt.timedelta(minutes=31)
    row.save()
    assert login(client, city.lin).status_code == 302


def test_a_success_starts_the_count_anew(client, city):
    for _i in range(4):
        attempt(client, "lin")
    login(client, city.lin)
    client.logout()
    for _i in range(4):
        attempt(client, "lin")
    assert login(client, city.lin).status_code == 302


def test_a_source_is_stopped_after_fifty_failures_whatever_the_account(client, city):
    for number in range(50):
        attempt(client, f"nemo{number}")
    assert "来源地址" in attempt(client, "lin", PASSWORD).content.decode()


def test_a_forged_forwarded_header_does_not_give_a_new_source(client, city):
    for number in range(50):
        attempt(client, f"nemo{number}", headers={"X-Forwarded-For": f"10.1.1.{number}"})
    response = attempt(client, "lin", PASSWORD, headers={"X-Forwarded-For": "10.9.9.9"})
    assert "来源地址" in response.content.decode()


def test_behind_a_trusted_proxy_the_source_is_the_caller(client, city, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    attempt(client, "lin", headers={"X-Forwarded-For": "6.6.6.6, 10.1.1.1"})
    assert FailedLogin.objects.filter(key="source:10.1.1.1").exists()


def test_successes_of_many_people_behind_one_address_do_not_stop_it(client, city):
    for _i in range(6):
        login(client, city.lin)
    assert FailedLogin.objects.get(key="source:127.0.0.1").count == 0


def test_the_attempt_is_counted_before_the_password_is_looked_at(city, monkeypatch, client):
    seen = []
    monkeypatch.setattr(
        User,
        "check_password",
        lambda self, raw: seen.append(FailedLogin.objects.get(key="account:lin").count),
    )
    attempt(client, "lin")
    assert seen == [1]


def test_control_characters_forge_no_line(client, city):
    attempt(client, "lin\nroot signed in")
    name = AuditEvent.objects.get().actor_name
    assert "\n" not in name


def test_without_an_act_for_the_idle_time_the_next_request_asks_to_sign_in(client, city):
    login(client, city.lin)
    move_session(client, seen_at=15 * 60 + 1)
    response = client.get("/", follow=True)
    assert response.redirect_chain[0][0].startswith(LOGIN)
    assert "15 分钟没有操作" in response.content.decode()
    assert verbs()[-1] == "logout.forced"


def test_just_before_the_idle_time_the_session_goes_on(client, city):
    login(client, city.lin)
    move_session(client, seen_at=14 * 60)
    assert client.get("/").status_code == 200


def test_polling_by_itself_keeps_no_session_alive(client, city):
    login(client, city.lin)
    move_session(client, seen_at=10 * 60)
    client.get("/", headers={"X-Poll": "1"})
    move_session(client, seen_at=6 * 60)
    assert client.get("/").status_code == 302


def test_the_longest_sign_in_ends_a_busy_session(client, city):
    login(client, city.lin)
    move_session(client, login_at=10 * 3600 + 1)
    assert "登录已满 10 小时" in client.get("/", follow=True).content.decode()


def test_after_logout_the_old_cookie_opens_nothing(client, city):
    login(client, city.lin)
    cookie = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    client.cookies["sessionid"] = cookie
    assert client.get("/").status_code == 302
    assert verbs()[-1] == "logout"


def test_a_fragment_of_an_ended_session_sends_the_whole_page_to_sign_in(client, city):
    login(client, city.lin)
    move_session(client, seen_at=3600)
    response = client.get("/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"].startswith(LOGIN)


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "password/reset/",
        "password/set/",
        "social/connections/",
        "3rdparty/",
        "login/code/",
        "2fa/trust/",
        "2fa/webauthn/",
    ],
)
def test_no_sign_up_mail_reset_or_social_page_exists(client, city, path):
    assert client.get(f"/accounts/{path}").status_code == 404


def test_a_session_that_is_no_more_is_told_at_sign_in_and_leads_back(client, city):
    login(client, city.lin)
    client.session.delete()
    response = client.get("/objects/?kind=system", follow=True)
    assert "登录已超时，请重新登录。" in response.content.decode()
    back = parse_qs(urlsplit(response.redirect_chain[0][0]).query)["next"][0]
    assert back == "/objects/?kind=system"
    signed_in = client.post(response.redirect_chain[0][0], {"login": "lin", "password": PASSWORD, "next": back})
    assert signed_in["Location"] == back


@pytest.mark.parametrize("ended", ["deleted", "no cookie", "idle"])
def test_a_part_sent_without_a_session_is_told_it_was_not_saved_and_leads_back_to_its_item(client, city, ended):
    login(client, city.lin)
    if ended == "deleted":
        client.session.delete()
    elif ended == "idle":
        move_session(client, seen_at=3600)
    else:
        del client.cookies["sessionid"]
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/objects/", "HX-Trigger": "a-7"}
    response = client.post("/assessments/items/7/save/", {}, headers=headers)
    assert response.status_code == 204
    assert parse_qs(urlsplit(response["HX-Redirect"]).query)["next"] == ["/objects/#a-7"]
    assert "登录已超时，没有保存，请重新登录。" in client.get(response["HX-Redirect"]).content.decode()


def test_who_was_never_signed_in_is_told_of_no_timeout(client, city):
    response = client.get("/objects/", follow=True)
    assert response.redirect_chain and "超时" not in response.content.decode()


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("http://testserver/objects/new/?a=1", "/objects/new/?a=1"), ("http://evil.example/objects/", None), ("", None),
        ("http://testserver//evil.example/x", "/%2Fevil.example/x"),
    ],
)
def test_a_form_or_part_sent_too_late_leads_back_to_its_own_page_and_to_no_other_site(client, city, said, back):
    for headers in ({"Referer": said}, {"HX-Request": "true", "HX-Current-URL": said}):
        login(client, city.lin)
        move_session(client, seen_at=3600)
        response = client.post("/me/shortcuts/", {}, headers=headers)
        to = response.headers.get("HX-Redirect") or response.headers["Location"]
        assert parse_qs(urlsplit(to).query).get("next", [None]) == [back]


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client, city, where):
    assert client.post(LOGIN, {"login": "lin", "password": PASSWORD, "next": where})["Location"] == "/"


def test_whoever_must_change_the_password_and_has_just_typed_it_is_not_asked_again(client, city):
    city.lin.must_change_password = True
    city.lin.save()
    login(client, city.lin)
    page = client.get(reverse("account_change_password")).content.decode()
    assert "password1" in page and "oldpassword" not in page
    new = {"password1": "Harbor-9!crane", "password2": "Harbor-9!crane"}
    assert client.post(reverse("account_change_password"), new).status_code == 302
    assert client.get("/").status_code == 200
    assert "oldpassword" in client.get(reverse("account_change_password")).content.decode(), "now by choice"


def test_a_password_of_some_time_ago_is_asked_again_before_a_forced_change(client, city):
    city.lin.must_change_password = True
    city.lin.save()
    login(client, city.lin)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    new = {"password1": "Harbor-9!crane", "password2": "Harbor-9!crane"}
    response = client.post(reverse("account_change_password"), new)
    assert response.status_code == 200 and "“当前口令”没有填写。" in response.content.decode()
    city.lin.refresh_from_db()
    assert city.lin.check_password(PASSWORD)


def test_an_initial_password_must_be_changed_before_anything_else(client, city):
    city.lin.must_change_password = True
    city.lin.save()
    login(client, city.lin)
    assert client.get("/")["Location"] == reverse("account_change_password")
    assert client.get("/accounts/2fa/")["Location"] == reverse("account_change_password")


def test_a_password_of_ninety_days_must_be_changed(client, city):
    city.lin.password_changed_at = clock.now() - dt.timedelta(days=90)
    city.lin.save()
    login(client, city.lin)
    assert client.get("/")["Location"] == reverse("account_change_password")


def test_changing_the_password_keeps_this_session_and_ends_the_others(client, city):
    other = type(client)()
    login(other, city.lin)
    login(client, city.lin)
    new = "Harbor-9!crane"
    response = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert response.status_code == 302, response.content.decode()
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert "password.change" in verbs()


def test_guessing_the_current_password_on_the_change_page_is_counted(client, city):
    login(client, city.lin)
    for _i in range(5):
        client.post(
            reverse("account_change_password"),
            {"oldpassword": "Wrong#2026-pond", "password1": "Harbor-9!crane", "password2": "Harbor-9!crane"},
        )
    response = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "Harbor-9!crane", "password2": "Harbor-9!crane"},
    )
    assert response.status_code == 200 and "已暂停" in response.content.decode()


def test_a_disabled_user_neither_signs_in_nor_stays_in(client, city):
    login(client, city.lin)
    User.objects.filter(pk=city.lin.pk).update(is_active=False)
    assert client.get("/").status_code == 302
    assert "账号或口令不正确" in attempt(client, "lin", PASSWORD).content.decode()


def test_an_expired_account_does_not_sign_in(client, city):
    User.objects.filter(pk=city.lin.pk).update(expires_on=clock.today() - dt.timedelta(days=1))
    assert "账号或口令不正确" in attempt(client, "lin", PASSWORD).content.decode()


def test_the_policys_numbers_are_the_ones_that_count(client, city, at):
    row = policy.stored_policy()
    row.account_failures = 3
    row.save()
    for _i in range(3):
        lockout.register_attempt(lockout.PASSWORD, "lin", source="1.1.1.1", at=at)
    with pytest.raises(lockout.Locked):
        lockout.register_attempt(lockout.PASSWORD, "lin", source="1.1.1.1", at=at)


def test_an_approver_without_an_authenticator_reaches_nothing_but_enrolment(client, city):
    head = make_user("newhead", unit=city.health)
    make_position(head, city.health, "act_as_unit_head")
    login(client, head)
    for path in ("/", "/accounts/2fa/", "/accounts/2fa/recovery-codes/"):
        assert client.get(path)["Location"] == reverse("mfa_activate_totp")


def test_a_session_by_password_alone_of_an_enrolled_approver_is_ended(city, client):
    login(client, city.tang)
    session = client.session
    del session["second_factor_of"]
    session.save()
    assert client.get("/")["Location"].startswith(LOGIN)


def test_the_second_factor_is_asked_and_its_code_is_good_once(client, city):
    response = client.post(LOGIN, {"login": "tang", "password": PASSWORD})
    assert response["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get("/").status_code == 302
    code = totp_code()
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert client.get("/").status_code == 200
    other = type(client)()
    other.post(LOGIN, {"login": "tang", "password": PASSWORD})
    response = other.post(reverse("mfa_authenticate"), {"code": code})
    assert "已用过" in response.content.decode()
    assert other.get("/").status_code == 302


def test_codes_are_counted_and_a_new_password_sign_in_does_not_reset_them(client, city):
    for _i in range(5):
        client.post(LOGIN, {"login": "tang", "password": PASSWORD})
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(LOGIN, {"login": "tang", "password": PASSWORD})
    response = client.post(reverse("mfa_authenticate"), {"code": totp_code()})
    assert "已暂停" in response.content.decode()


def test_a_user_who_need_not_may_still_use_a_second_factor(client, city):
    enrol(city.lin)
    response = client.post(LOGIN, {"login": "lin", "password": PASSWORD})
    assert response["Location"].startswith(reverse("mfa_authenticate"))
