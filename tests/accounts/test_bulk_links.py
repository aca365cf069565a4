"""Links for many new accounts at once: handed over once as a workbook, by the rules of the single one."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from secmgmt.accounts import links, services
from secmgmt.accounts.models import FirstPasswordLink, User
from secmgmt.core import errors
from secmgmt.core.audit_trail import verify
from secmgmt.core.models import AuditEvent
from tests.support import make_user

URL = "/manage/users/password-links/"
NEW = "Harbour-7!lantern"


@pytest.fixture
def fresh(city) -> list[User]:
    """Accounts as an import leaves them: nobody has set a password yet."""
    made = [make_user(f"new{n}", unit=unit) for n, unit in enumerate((city.health, city.health, city.education))]
    User.objects.filter(pk__in=[user.pk for user in made]).update(password_changed_at=None)
    return made


def rows_of(response) -> list[tuple]:
    """What the workbook holds, without its head."""
    assert response.status_code == 200 and response["Content-Type"].endswith("sheet"), response.content.decode()
    return list(load_workbook(io.BytesIO(response.content)).active.iter_rows(min_row=2, values_only=True))


def token_of(row: tuple) -> str:
    return row[3].split("/accounts/first-password/")[1].strip("/")


def test_the_list_leads_with_its_filter_to_those_without_a_password(as_system, city, fresh):
    listed = as_system.get("/manage/users/", {"state": "unset", "q": "市教育局"}).content.decode()
    assert f"{URL}?state=unset&amp;q=" in listed
    page = as_system.get(URL, {"state": "unset", "q": "市教育局"})
    assert [pk for pk, _label in page.context["form"].fields["users"].choices] == [fresh[2].pk]
    everybody = as_system.get(URL).context["form"].fields["users"].choices
    assert {pk for pk, _label in everybody} == {user.pk for user in fresh}


def test_the_workbook_holds_one_link_each_that_sets_its_own_users_password(as_system, client, city, fresh):
    response = as_system.post(URL, {"users": [user.pk for user in fresh]})
    assert "no-store" in response["Cache-Control"]
    rows = rows_of(response)
    assert [row[1] for row in rows] == ["new0", "new1", "new2"] and rows[2][2] == "市教育局"
    put = reverse("account_first_password", args=[token_of(rows[1])])
    assert client.post(put, {"password1": NEW, "password2": NEW}).status_code == 302
    assert [user.username for user in User.objects.all() if user.check_password(NEW)] == ["new1"]


def test_no_link_is_stored_and_the_act_stands_once_in_the_trail(as_system, city, fresh):
    rows = rows_of(as_system.post(URL, {"users": [user.pk for user in fresh]}))
    event = AuditEvent.objects.get(verb="password.link_issue_many")
    assert event.detail["count"] == 3 and event.detail["users"] == ["new0", "new1", "new2"] and event.detail_digest
    stored = str(list(FirstPasswordLink.objects.values())) + str(list(AuditEvent.objects.values()))
    assert FirstPasswordLink.objects.count() == 3 and not [row for row in rows if token_of(row) in stored]
    assert verify() == []


def test_who_has_a_link_that_works_comes_last_and_unticked_and_a_new_one_ends_it(as_system, client, city, fresh, at):
    old = services.issue_first_password_link(user=fresh[0], by=city.sysadmin, at=at)
    form = as_system.get(URL).context["form"]
    assert [pk for pk, _label in form.fields["users"].choices] == [fresh[1].pk, fresh[2].pk, fresh[0].pk]
    assert form["users"].initial == [fresh[1].pk, fresh[2].pk] and "已有链接" in str(form["users"])
    as_system.post(URL, {"users": [fresh[0].pk]})
    assert client.get(reverse("account_first_password", args=[old])).status_code == 404


@pytest.mark.parametrize("kind", ["set", "closed", "administrator", "unknown"])
def test_one_who_may_not_be_given_a_link_leaves_everybody_without(as_system, city, fresh, kind):
    User.objects.filter(pk=fresh[1].pk).update(**{
        "set": {"password_changed_at": "2026-02-01T00:00:00Z"}, "closed": {"is_active": False},
        "administrator": {"admin_role": "audit_admin", "unit": None}, "unknown": {},
    }[kind])  # fmt: skip
    chosen = [fresh[0].pk, 10**6 if kind == "unknown" else fresh[1].pk]
    response = as_system.post(URL, {"users": chosen})
    assert response.status_code == 422 and "请重新打开本页" in response.content.decode()
    assert not FirstPasswordLink.objects.exists()


def test_the_service_keeps_the_rules_of_the_single_link(city, fresh, at):
    for by in (city.secadmin, city.auditor, city.gao):
        with pytest.raises(errors.NotAllowed):
            services.issue_first_password_links(users=fresh, by=by, at=at)
    with pytest.raises(errors.NotAllowed):
        services.issue_first_password_links(users=[fresh[0], city.secadmin], by=city.sysadmin, at=at)
    User.objects.filter(pk=fresh[1].pk).update(is_active=False)
    with pytest.raises(errors.Conflict):
        services.issue_first_password_links(users=fresh, by=city.sysadmin, at=at)
    assert not FirstPasswordLink.objects.exists()


def test_no_more_than_so_many_at_once(as_system, city, fresh, monkeypatch):
    monkeypatch.setattr(links, "MOST", 2)
    assert len(as_system.get(URL).context["form"].fields["users"].choices) == 2
    response = as_system.post(URL, {"users": [user.pk for user in fresh]})
    assert response.status_code == 422 and "一次最多签发 2 个，选了 3 个" in response.content.decode()
    assert not FirstPasswordLink.objects.exists()


def test_nobody_chosen_is_said(as_system, city, fresh):
    response = as_system.post(URL)
    assert response.status_code == 422 and "请至少选一个账户" in response.content.decode()
