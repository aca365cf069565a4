"""The administrators' pages: each area for its own administrators, and what the pages do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from secmgmt.accounts import services
from secmgmt.accounts.models import AdminGrant, FirstPasswordLink, LoginPolicy, OrgUnit, Position, User
from secmgmt.accounts.urls_manage import urlpatterns
from secmgmt.core.clock import now, today
from secmgmt.core.manifest import todos_for
from secmgmt.core.models import AuditEvent
from tests.support import login, make_position, make_user

SYSTEM_PAGES = ["units/", "units/new/", "users/", "users/new/"]
SECURITY_PAGES = ["positions/", "positions/new/", "policy/", "second-factors/"]
ALL_PAGES = [*SYSTEM_PAGES, *SECURITY_PAGES, "admin-grants/", "admin-grants/new/"]


@pytest.mark.parametrize("page", SYSTEM_PAGES)
def test_the_system_area_is_the_system_administrators_only(as_system, as_security, as_auditor, as_lin, page):
    assert as_system.get(f"/manage/{page}").status_code == 200
    for other in (as_security, as_auditor, as_lin):
        assert other.get(f"/manage/{page}").status_code == 403


@pytest.mark.parametrize("page", SECURITY_PAGES)
def test_the_security_area_is_the_security_administrators_only(
    as_system, as_security, as_auditor, as_lin, page
):
    assert as_security.get(f"/manage/{page}").status_code == 200
    for other in (as_system, as_auditor, as_lin):
        assert other.get(f"/manage/{page}").status_code == 403


def test_no_page_of_the_areas_opens_without_signing_in_or_for_business_users(
    city, client, as_lin, as_auditor
):
    for pattern in urlpatterns:
        kwargs = {"pk": city.health.pk} if "<int:pk>" in str(pattern.pattern) else {}
        if "slug:step" in str(pattern.pattern):
            kwargs["step"] = "confirm"
        if "slug:token" in str(pattern.pattern):
            kwargs["token"] = "0" * 32
        url = reverse(f"administration:{pattern.name}", kwargs=kwargs)
        assert client.get(url).status_code == 302, url
        for browser in (as_lin, as_auditor):
            assert browser.get(url).status_code in (403, 404, 405), url
            assert browser.post(url).status_code in (403, 404, 405), url


def test_outside_the_administrators_networks_the_areas_do_not_exist(city, as_system, as_security, settings):
    settings.ADMIN_NETWORKS = ["10.20.0.0/16"]
    for browser in (as_system, as_security):
        assert browser.get("/manage/users/").status_code == 404
        assert browser.get("/manage/users/", headers={"X-Forwarded-For": "10.20.1.1"}).status_code == 404
    assert as_system.get("/manage/users/", REMOTE_ADDR="10.20.1.1").status_code == 200
    refused = AuditEvent.objects.filter(verb="refused.not-found", detail__path="/manage/users/")
    assert list(refused.order_by("seq").values_list("actor_id", flat=True)) == [
        city.sysadmin.pk, city.sysadmin.pk, city.secadmin.pk, city.secadmin.pk
    ]  # fmt: skip


def test_outside_the_networks_an_administrator_can_do_nothing_at_all(city, as_auditor, settings):
    settings.ADMIN_NETWORKS = ["10.20.0.0/16"]
    assert as_auditor.get("/").status_code == 404


def test_the_system_administrator_adds_a_unit_under_another(as_system, city):
    response = as_system.post(
        "/manage/units/new/",
        {"parent": city.health.pk, "name": "市疾控中心", "kind": "subunit", "version": 0},
    )
    assert response.status_code == 302, response.content.decode()
    unit = OrgUnit.objects.get(name="市疾控中心")
    assert unit.path == f"{city.health.path}{unit.pk}/"
    assert AuditEvent.objects.filter(verb="accounts.orgunit.add").exists()


def test_renaming_a_unit_keeps_the_old_name_findable(as_system, city):
    as_system.post(
        f"/manage/units/{city.health.pk}/edit/",
        {"name": "市卫健委员会", "kind": "bureau", "version": 1, "rename_reason": "机构改革"},
    )
    city.health.refresh_from_db()
    assert city.health.name == "市卫健委员会"
    assert city.health.former_names.get().name == "市卫生健康委"
    assert "市卫健委员会" in as_system.get("/manage/units/?q=卫生健康委").content.decode()
    assert "市卫生健康委" in as_system.get(f"/manage/units/{city.health.pk}/").content.decode()


def test_moving_a_unit_on_the_page_moves_what_is_beneath(as_system, city):
    response = as_system.post(
        f"/manage/units/{city.health.pk}/move/", {"unit": city.county.pk, "reason": "机构改革〔2026〕1 号"}
    )
    assert response.status_code == 302
    city.hospital.refresh_from_db()
    assert city.hospital.path.startswith(city.county.path)


def test_a_unit_cannot_be_moved_under_itself_on_the_page(as_system, city):
    response = as_system.post(
        f"/manage/units/{city.health.pk}/move/", {"unit": city.hospital.pk, "reason": "x"}
    )
    assert response.status_code == 422


def test_merging_on_the_page_moves_people(as_system, city):
    as_system.post(f"/manage/units/{city.data.pk}/merge/", {"unit": city.education.pk, "reason": "改革"})
    city.qin.refresh_from_db()
    assert city.qin.unit == city.education


def test_the_system_administrator_registers_a_user_who_can_do_nothing(as_system, city):
    response = as_system.post(
        "/manage/users/new/",
        {"username": "newone", "name": "新人", "unit": city.health.pk, "phone": "13800001234", "version": 0},
    )
    assert response.status_code == 302, response.content.decode()
    user = User.objects.get(username="newone")
    assert not user.has_usable_password() and user.grants() == () and user.phone == "13800001234"


@pytest.mark.parametrize("username", ["LIN", "ｌｉｎ", "lin", " Lin "])
def test_a_second_account_of_the_same_name_is_refused_whatever_case_or_width(as_system, city, username):
    response = as_system.post(
        "/manage/users/new/", {"username": username, "name": "冒名", "unit": city.health.pk, "version": 0}
    )
    assert response.status_code in (409, 422)
    assert User.objects.filter(username="lin").count() == 1


def test_the_password_link_page_shows_the_link_once_and_stores_its_digest_only(as_system, city):
    html = as_system.post(f"/manage/users/{city.lin.pk}/password-link/").content.decode()
    token = html.split("/accounts/first-password/")[1].split("/")[0]
    link = FirstPasswordLink.objects.get()
    assert link.user == city.lin and token not in link.digest
    assert token not in str(list(AuditEvent.objects.values()))


def test_disabling_on_the_page_asks_for_a_reason(as_system, city):
    assert as_system.post(f"/manage/users/{city.lin.pk}/disable/", {"reason": ""}).status_code == 422
    assert as_system.post(f"/manage/users/{city.lin.pk}/disable/", {"reason": "离职"}).status_code == 302
    city.lin.refresh_from_db()
    assert not city.lin.is_active and city.lin.disabled_reason == "离职"
    as_system.post(f"/manage/users/{city.lin.pk}/enable/")
    city.lin.refresh_from_db()
    assert city.lin.is_active


@pytest.mark.parametrize("page", ["edit/", "disable/", "password-link/", "enable/"])
def test_another_administrators_account_is_not_touched_on_any_page(as_system, city, page):
    url = f"/manage/users/{city.secadmin.pk}/{page}"
    data = {"name": "夺取", "unit": city.root.pk, "email": "a@b.cn", "version": 1, "reason": "x"}
    assert as_system.post(url, data).status_code in (403, 409)
    assert as_system.get(url).status_code in (403, 409)
    city.secadmin.refresh_from_db()
    assert city.secadmin.email == "" and city.secadmin.is_active
    assert not FirstPasswordLink.objects.exists()


def test_an_administrators_role_is_no_field_of_the_user_form(as_system, city):
    as_system.post(
        f"/manage/users/{city.lin.pk}/edit/",
        {
            "name": "林予安",
            "unit": city.health.pk,
            "version": 1,
            "admin_role": "system_admin",
            "is_active": "",
            "is_superuser": "1",
        },
    )
    city.lin.refresh_from_db()
    assert city.lin.admin_role == "" and city.lin.is_active and city.lin.version == 2


def test_phone_and_mail_appear_masked_and_in_no_confirmation(as_system, city):
    city.lin.phone, city.lin.email = "13812345678", "lin.yuan@example.cn"
    city.lin.save()
    detail = as_system.get(f"/manage/users/{city.lin.pk}/").content.decode()
    assert "138****5678" in detail and "13812345678" not in detail and "lin.yuan@" not in detail
    for page in ("disable/", "password-link/"):
        html = as_system.get(f"/manage/users/{city.lin.pk}/{page}").content.decode()
        assert "5678" not in html and "example.cn" not in html
    listed = as_system.get("/manage/users/?cols=phone,email,name").content.decode()
    assert "5678" not in listed and "example.cn" not in listed


def test_the_users_list_is_never_sorted_by_an_undeclared_column(as_system):
    for sort in ("password", "unit__secadmin", "email", "phone", "-password"):
        html = as_system.get(f"/manage/users/?sort={sort}").content.decode()
        assert "不能按所给的列排序" in html


def test_the_security_administrator_grants_and_ends_a_position(as_security, city):
    data = {
        "user": city.nobody.pk,
        "unit": city.health.pk,
        "role": "act_as_unit_lead",
        "valid_from": today().isoformat(),
        "valid_until": (today() + dt.timedelta(days=30)).isoformat(),
    }
    response = as_security.post("/manage/positions/new/", data)
    assert response.status_code == 302, response.content.decode()
    position = Position.objects.get(user=city.nobody)
    assert [g.role for g in User.objects.get(pk=city.nobody.pk).grants()] == ["act_as_unit_lead"]
    response = as_security.post(
        f"/manage/positions/{position.pk}/end/",
        {"on": (today() - dt.timedelta(days=1)).isoformat(), "reason": "调离"},
    )
    assert response.status_code == 302
    assert User.objects.get(pk=city.nobody.pk).grants() == ()


def test_an_overlapping_term_is_refused_in_words(as_security, city):
    data = {"user": city.lin.pk, "unit": city.health.pk, "role": "act_as_owner", "valid_from": "2026-01-01"}
    response = as_security.post("/manage/positions/new/", data)
    assert response.status_code == 422 and "不能重叠" in response.content.decode()


def test_an_administrator_is_not_offered_for_a_position(as_security, city):
    data = {
        "user": city.sysadmin.pk,
        "unit": city.health.pk,
        "role": "act_as_owner",
        "valid_from": "2026-01-01",
    }
    assert as_security.post("/manage/positions/new/", data).status_code == 422
    assert not Position.objects.filter(user=city.sysadmin).exists()


def test_an_administrators_grant_goes_from_one_page_to_the_others(as_security, as_system, city):
    as_security.post(
        "/manage/admin-grants/new/", {"user": city.nobody.pk, "role": "audit_admin", "reason": "增设"}
    )
    item = AdminGrant.objects.get()
    url = f"/manage/admin-grants/{item.pk}/do/confirm/"
    assert as_security.post(url, {"seen": "v1", "opinion": ""}).status_code == 403
    assert as_system.post(url, {"seen": "v1", "opinion": "同意"}).status_code == 302
    city.nobody.refresh_from_db()
    assert city.nobody.admin_role == "audit_admin"
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"admin.ask", "admin.grant", "accounts.admingrant.confirm"} <= verbs


def test_the_list_of_second_factors_is_filtered_by_who_has_none(as_security, city):
    html = as_security.get("/manage/second-factors/?enrolled=false").content.decode()
    assert "林予安" in html and "唐若溪" not in html


def test_the_policy_page_says_the_bounds(as_security, city):
    assert "3–10" in as_security.get("/manage/policy/").content.decode()


def test_the_policy_page_keeps_the_bounds(as_security, city):
    form = as_security.get("/manage/policy/").context["form"]
    data = {name: form[name].value() for name in form.fields}
    assert as_security.post("/manage/policy/", {**data, "account_failures": 99}).status_code == 422
    assert as_security.post("/manage/policy/", {**data, "idle_minutes": 600}).status_code == 422
    assert as_security.post("/manage/policy/", {**data, "idle_minutes": 10}).status_code == 302
    assert LoginPolicy.objects.get().idle_minutes == 10
    event = AuditEvent.objects.get(verb="accounts.loginpolicy.change")
    assert (event.before, event.after) == ({"idle_minutes": "15"}, {"idle_minutes": "10"})
    assert as_security.post("/manage/policy/", {**data, "idle_minutes": 20}).status_code == 409


def test_a_lost_second_factor_is_taken_away_and_must_be_enrolled_anew(as_security, city, client):
    login(client, city.tang)
    response = as_security.post(
        f"/manage/second-factors/{city.tang.pk}/reset/", {"reason": "手机丢失，已当面核实"}
    )
    assert response.status_code == 302
    assert client.get("/")["Location"].startswith("/accounts/login/")
    login(client, city.tang)
    assert client.get("/")["Location"] == reverse("mfa_activate_totp")
    assert AuditEvent.objects.filter(verb="mfa.reset").exists()


def test_nobody_takes_away_his_own_second_factor_by_recovery(as_security, city):
    assert (
        as_security.post(f"/manage/second-factors/{city.secadmin.pk}/reset/", {"reason": "x"}).status_code
        == 403
    )


def test_each_administrator_lands_on_work_that_waits(city):
    head = make_user("freshhead", unit=city.health)
    make_position(head, city.health, "act_as_unit_head", valid_until=today() + dt.timedelta(days=10))
    User.objects.filter(pk=city.he.pk).update(password_changed_at=None)
    User.objects.filter(pk=city.su.pk).update(created_at=now() - dt.timedelta(days=200))
    services.ask_admin_grant(user=city.nobody, role="audit_admin", reason="增设", by=city.secadmin, at=now())
    system = [todo.title for todo in todos_for(city.sysadmin, today())]
    security = [todo.title for todo in todos_for(city.secadmin, today())]
    assert "1 个账户还没有设置口令" in system and "1 个账户长期未登录" in system
    assert "复核：未任职 → 审计管理员" in system
    assert "1 名须用第二因素的人员尚未绑定" in security and "1 个岗位 30 天内到期" in security
    assert "为“未任职”授予岗位" in security and not any("复核" in title for title in security)
    assert todos_for(city.lin, today()) == []


def test_the_administrators_todos_lead_to_those_they_speak_of(city, as_system, as_security):
    head = make_user("freshhead", unit=city.health, name="须绑定的人")
    make_position(head, city.health, "act_as_unit_head")
    User.objects.filter(pk=city.he.pk).update(password_changed_at=None)
    (unset,) = (t.url for t in todos_for(city.sysadmin, today()) if "口令" in t.title)
    page = as_system.get(unset)
    assert [row.obj.name for row in page.context["page"].rows] == [city.he.name]
    urls = {t.title: t.url for t in todos_for(city.secadmin, today())}
    page = as_security.get(next(url for title, url in urls.items() if "第二因素" in title))
    assert [row.obj.name for row in page.context["page"].rows] == [head.name]
    form = as_security.get(urls["为“未任职”授予岗位"]).context["form"]
    assert str(form["user"].value()) == str(city.nobody.pk)


@pytest.mark.parametrize("rows", [3, 30])
def test_the_users_list_costs_the_same_whatever_the_number(
    as_system, city, rows, django_assert_max_num_queries
):
    for _i in range(rows):
        make_user(unit=city.health)
    with django_assert_max_num_queries(20):
        as_system.get("/manage/users/")
