"""What a password must be, and how it is first set."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from secmgmt.accounts import passwords, services
from secmgmt.accounts.models import ApiToken, FirstPasswordLink, User
from secmgmt.core import errors
from secmgmt.core.models import AuditEvent
from tests.support import PASSWORD, login, make_user

NEW = "Harbor-9!crane"


def reasons(password, user=None):
    try:
        passwords.PolicyValidator().validate(password, user)
    except ValidationError as error:
        return "；".join(error.messages)
    return ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Ab#9xyq", "至少 8 位"),
        ("harborcrane", "至少用 3 种"),
        ("HARBOR-CRANE", "至少用 3 种"),
        ("Harbor123crane!", "连续的数字"),
        ("Harbor-987crane", "连续的数字"),
        ("Abcdx-9!crane", "连续的数字或字母"),
        ("Haaarbor-9!", "连续重复"),
        ("Qwer-9!crane", "键盘"),
        ("Crane!1qaz9", "键盘"),
        ("P@ssw0rd2026", "常见"),
        ("Admin@9517", "常见"),
        ("Huawei12#$", "常见"),
        ("Welcome!95", "常见"),
        ("", "至少 8 位"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password, why):
    assert why in reasons(password)


@pytest.mark.django_db
@pytest.mark.parametrize("password", [NEW, PASSWORD, "河畔Lantern-77x", "tR4in&window", "First-9!crane"])
def test_a_sound_password_passes(password):
    assert reasons(password) == ""


LONG = "Aa1!" * 250_000


def test_a_password_of_a_megabyte_is_refused_by_every_form_before_anything_reads_it(client, city, at):
    def told(url, **data):
        started = time.process_time()
        page = client.post(url, data).content.decode()
        assert time.process_time() - started < 2
        return "口令最长 128 位，现为 1000000 位" in page

    token = services.issue_first_password_link(user=city.lin, by=city.sysadmin, at=at)
    assert told(reverse("account_first_password", args=[token]), password1=LONG, password2=LONG)
    assert told("/accounts/login/", login="lin", password=LONG)
    login(client, city.lin)
    assert told("/accounts/password/change/", oldpassword="wrong", password1=LONG, password2=LONG)
    assert told("/accounts/password/change/", oldpassword=LONG, password1=NEW, password2=NEW)
    assert told("/accounts/reauthenticate/", password=LONG)
    with pytest.raises(ValidationError, match="最长"):
        passwords.change_password(user=city.lin, password=LONG, by=city.lin, at=at)


def test_the_rules_take_no_longer_than_the_password_is_long():
    """What would take minutes when each character, or each place, were looked at once for every other."""
    started = time.process_time()
    assert passwords.refuse_patterns("".join(map(chr, range(0x4E00, 0x9E00))) * 4) == []
    assert passwords.refuse_common("1-" * 60_000 + "a") == []
    assert time.process_time() - started < 1


def test_account_and_name_are_refused_in_it(city):
    city.zhou.name = "Zhang Yan"
    assert "账号" in reasons("Harbor-zhou9!", city.zhou)
    assert "账号" in reasons("Harbor-UOHZ9!", city.zhou)
    assert "姓名" in reasons("9!zhang yanX", city.zhou)


def test_the_last_five_passwords_are_not_taken_again(city, at):
    words = ["Harbor", "Willow", "Copper", "Meadow", "Timber", "Saddle"]
    for number, word in enumerate(words):
        passwords.change_password(
            user=city.lin, password=f"{word}-9!crane", by=city.lin, at=at + dt.timedelta(minutes=number)
        )
    assert "最近 5 次" in reasons("Willow-9!crane", city.lin)
    assert reasons("Harbor-9!crane", city.lin) == ""
    assert city.lin.password_history.count() == 5


def test_no_path_stores_an_empty_password(city):
    with pytest.raises(ValueError):
        city.lin.set_password("")
    with pytest.raises(ValueError):
        User(username="x").set_password("")


def test_a_password_change_ends_tokens_and_leaves_its_row(city, at):
    services.issue_token(user=city.lin, label="导数", days=30, scope="read", by=city.lin, at=at)
    passwords.change_password(user=city.lin, password=NEW, by=city.lin, at=at)
    assert not ApiToken.objects.filter(revoked_at__isnull=True).exists()
    assert AuditEvent.objects.filter(verb="password.change").exists()
    assert NEW not in str(list(AuditEvent.objects.values()))


def issue(city, at, user=None):
    return services.issue_first_password_link(user=user or city.lin, by=city.sysadmin, at=at)


def put(client, token, password=NEW):
    url = reverse("account_first_password", args=[token])
    return client.post(url, {"password1": password, "password2": password})


def test_the_link_sets_the_password_of_its_own_user_and_only_once(client, city, at):
    token = issue(city, at)
    assert put(client, token).status_code == 302
    assert User.objects.get(username="lin").check_password(NEW)
    assert put(client, token, "Willow-9!crane").status_code == 404
    assert login(client, city.lin, NEW).status_code == 302
    assert client.get("/").status_code == 200


def test_opening_the_link_uses_nothing_up(client, city, at):
    url = reverse("account_first_password", args=[issue(city, at)])
    assert client.get(url).status_code == 200
    assert client.get(url).status_code == 200


def test_the_link_does_not_sign_in_past_the_second_factor(client, city, at):
    put(client, issue(city, at, city.tang))
    assert client.get("/").status_code == 302
    response = client.post("/accounts/login/", {"login": "tang", "password": NEW})
    assert response["Location"].startswith(reverse("mfa_authenticate"))


def test_the_link_ends_after_a_day_and_with_a_newer_one(client, city, at):
    first = issue(city, at)
    second = issue(city, at)
    assert put(client, first).status_code == 404
    FirstPasswordLink.objects.update(expires_at=at)
    assert put(client, second).status_code == 404


def test_the_link_of_a_disabled_user_opens_nothing(client, city, at):
    token = issue(city, at)
    services.disable_user(user=city.lin, by=city.sysadmin, at=at, reason="离职")
    assert put(client, token).status_code == 404


def test_a_link_stays_dead_when_its_disabled_user_is_enabled_again(client, city, at):
    token = issue(city, at)
    services.disable_user(user=city.lin, by=city.sysadmin, at=at, reason="离职")
    services.enable_user(user=city.lin, by=city.sysadmin, at=at)
    assert put(client, token).status_code == 404


def test_a_weak_password_leaves_the_link_usable(client, city, at):
    token = issue(city, at)
    assert put(client, token, "12345678").status_code == 200
    assert put(client, token).status_code == 302


def test_guessing_links_is_counted_by_source(client, city):
    for number in range(50):
        client.get(reverse("account_first_password", args=[f"guess{number}-xxxxxxxx"]))
    response = client.get(reverse("account_first_password", args=["another-guess"]))
    html = response.content.decode()
    assert response.status_code == 429 and "尝试次数过多" in html and "分钟后再试" in html and "安全管理员" in html
    refused = AuditEvent.objects.filter(result="refused", ip="127.0.0.1")
    assert set(refused.values_list("verb", flat=True)) >= {"login.source_locked", "refused.not-found"}


def test_a_link_is_for_its_own_account_whatever_else_the_body_names(as_system, client, city):
    """Several users or addresses in one request lead nowhere, and nothing is ever sent by mail."""
    many = {"user": [city.secadmin.pk, city.tang.pk], "email": ["a@evil.example", "b@evil.example"]}
    page = as_system.post(f"/manage/users/{city.lin.pk}/password-link/", many).content.decode()
    token = page.split("/accounts/first-password/")[1].split("/")[0]
    url = reverse("account_first_password", args=[token])
    client.post(url, {"password1": NEW, "password2": NEW, "user": city.secadmin.pk, "username": "secadmin"})
    assert [user.username for user in User.objects.all() if user.check_password(NEW)] == ["lin"]
    assert mail.outbox == []


def test_a_host_header_makes_no_link_elsewhere(as_system, city):
    response = as_system.post(f"/manage/users/{city.lin.pk}/password-link/", headers={"Host": "evil.example"})
    assert response.status_code == 400 and not FirstPasswordLink.objects.exists()


def test_only_the_system_administrator_issues_links(city, at):
    for by in (city.secadmin, city.auditor, city.gao):
        with pytest.raises(errors.NotAllowed):
            services.issue_first_password_link(user=city.lin, by=by, at=at)
    with pytest.raises(errors.NotAllowed):
        services.issue_first_password_link(user=city.secadmin, by=city.sysadmin, at=at)


def test_a_user_without_a_password_cannot_sign_in(client, city):
    user = make_user("blank", unit=city.health)
    user.set_password(None)
    user.save()
    for password in ("", "None", "!", PASSWORD):
        response = client.post("/accounts/login/", {"login": "blank", "password": password})
        assert response.status_code == 200


def test_the_rules_of_a_password_are_read_before_one_is_typed(client, city):
    login(client, city.lin)
    page = client.get(reverse("account_change_password")).content.decode()
    for words in ("至少 ", "种；不含账号或姓名", "不与最近 ", "有效期 90 天"):
        assert words in page.split('id="id_password1-help"')[1].split("</div>")[0]


def test_empty_sign_in_fields_are_told_in_the_wording_of_every_form(client, city):
    page = client.post(reverse("account_login"), {"login": "", "password": ""}).content.decode()
    assert "“账号”没有填写。" in page and "“口令”没有填写。" in page
