"""The demo's sign-in links: demo only, loopback only, demo accounts only, once."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from secmgmt.accounts import demosignin
from secmgmt.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(city, settings):
    settings.DEMO = True
    User.objects.filter(pk=city.gao.pk).update(is_demo=True)
    city.gao.refresh_from_db()
    return city.gao


def address(user):
    return reverse("account_demo", args=[demosignin.link_token(user)])


def test_a_link_signs_in_with_both_factors_and_works_once(leader):
    url, browser = address(leader), Client()
    assert leader.name in browser.get(url).content.decode()
    assert browser.post(url).status_code == 302
    assert browser.get("/").status_code == 200
    used = Client().post(url)
    assert used.status_code == 404 and "已用过或已更新" in used.content.decode()
    assert leader.name not in used.content.decode()


def test_opening_the_link_alone_signs_nobody_in(leader):
    browser = Client()
    browser.get(address(leader))
    assert browser.get("/").status_code == 302


def test_without_the_demo_setting_there_is_no_such_page(leader, settings):
    settings.DEMO = False
    assert Client().post(address(leader)).status_code == 404


@pytest.mark.parametrize("extra", [{"REMOTE_ADDR": "10.1.2.3"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}])
def test_from_another_machine_or_through_a_proxy_the_link_is_nothing(leader, extra):
    assert Client().post(address(leader), **extra).status_code == 404


def test_a_link_for_a_real_account_or_a_forged_one_is_nothing(leader, city):
    assert Client().post(address(city.lin)).status_code == 404
    assert Client().post(reverse("account_demo", args=["forged"])).status_code == 404


def test_renewing_the_accounts_prints_them_and_kills_old_links(leader, capsys):
    old = address(leader)
    call_command("demo_accounts", port=9000)
    printed = capsys.readouterr().out
    assert "安全领导" in printed
    assert "http://127.0.0.1:9000/" in printed
    assert Client().post(old).status_code == 404


def test_the_command_refuses_outside_the_demo(city):
    with pytest.raises(CommandError):
        call_command("demo_accounts")


def test_without_a_port_the_links_lead_to_where_the_demo_was_started(leader, capsys):
    call_command("demo_accounts", port=9000)
    capsys.readouterr()
    call_command("demo_accounts")
    assert "http://127.0.0.1:9000/" in capsys.readouterr().out


def test_typing_the_password_again_renews_its_stored_form_but_ends_no_session(leader, at, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    password = demosignin.renew([leader], at=at)[leader.pk]
    leader.refresh_from_db()
    stored, browser = leader.password, Client()
    browser.post(address(leader))
    browser.post("/accounts/reauthenticate/", {"password": password})
    assert browser.get("/").status_code == 200
    assert User.objects.get(pk=leader.pk).password == stored
    Client().post("/accounts/login/", {"login": leader.username, "password": password})
    assert User.objects.get(pk=leader.pk).password != stored
