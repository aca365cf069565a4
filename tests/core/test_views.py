"""The generic pages over HTTP: scope, writing, both versions of a stale save, steps, history, export."""

from __future__ import annotations

import pytest

from secmgmt.accounts.models import OrgUnit, User
from secmgmt.core import permissions
from secmgmt.core.models import AuditEvent, Decision
from tests.core.testapp.support import invite, make_thing


def edit(client, unit, **values):
    data = {
        "name": unit.name, "short_name": unit.short_name, "parent": unit.parent_id or "", "address": "",
        "version": unit.version, **values,
    }  # fmt: skip
    return client.post(f"/units/{unit.pk}/edit/", data)


def test_a_list_shows_only_what_the_user_may_see(as_lin, city):
    html = as_lin.get("/units/").content.decode()
    assert "市中心医院" in html
    assert "市教育局" not in html and "东湖县" not in html


def test_nobody_sees_a_page_without_signing_in(client, city, feature):
    response = client.get("/units/")
    assert response.status_code == 302 and response["Location"].startswith("/accounts/login/")


def test_without_a_position_a_list_is_truly_empty_and_says_whose_it_is(client, city, feature):
    client.force_login(city.nobody)
    html = client.get("/units/").content.decode()
    assert "您的岗位不查看单位" in html and "还没有单位" not in html and "市卫生健康委" not in html


def test_another_bureaus_unit_is_a_404_on_every_page(as_lin, city):
    for page in ("", "edit/", "delete/", "history/"):
        response = as_lin.get(f"/units/{city.education.pk}/{page}")
        assert response.status_code == 404
        assert "市教育局" not in response.content.decode()


def test_in_scope_but_not_allowed_is_a_403_that_says_who_may(client, city, feature):
    client.force_login(city.gao)
    response = client.get(f"/units/{city.health.pk}/edit/")
    assert response.status_code == 403
    assert "系统负责人" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["sort=password", "page=-1", "q=%00", "parent=zzz", "cols=%27", "kind=a&kind=b", "page=9e9"]
)
def test_hostile_parameters_never_break_a_list(as_lin, query):
    response = as_lin.get(f"/units/?{query}")
    assert response.status_code == 200


def test_a_list_answers_htmx_with_its_inside_only(as_lin):
    html = as_lin.get("/units/", headers={"HX-Request": "true"}).content.decode()
    assert "<table" in html and "<html" not in html


def test_a_list_costs_the_same_queries_however_long(as_lin, city, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        assert as_lin.get("/units/").status_code == 200


def test_a_name_with_markup_is_text_everywhere(as_lin, city):
    edit(as_lin, city.hospital, name="<img src=x onerror=alert(1)>")
    for page in (
        "/units/",
        f"/units/{city.hospital.pk}/",
        f"/units/{city.hospital.pk}/history/",
        f"/units/{city.hospital.pk}/delete/",
    ):
        assert "<img src=x" not in as_lin.get(page).content.decode()


def test_saving_changes_the_row_says_so_and_leaves_its_trail(as_lin, city):
    response = edit(as_lin, city.hospital, short_name="中心医院")
    assert response.status_code == 302
    unit = OrgUnit.objects.get(pk=city.hospital.pk)
    assert (unit.short_name, unit.version, unit.updated_by) == ("中心医院", 2, city.lin)
    assert "已保存“市中心医院”。" in as_lin.get(response["Location"]).content.decode()
    history = as_lin.get(f"/units/{unit.pk}/history/").content.decode()
    assert "简称" in history and "<ins>中心医院</ins>" in history


def test_a_form_with_errors_keeps_the_input_and_names_each_field(as_lin, city):
    response = edit(as_lin, city.hospital, name="", address="中山路 1 号")
    html = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_name"' in html and "“单位名称”没有填写。" in html and "中山路 1 号" in html


def test_a_stale_save_shows_both_versions_and_overwrites_nothing(as_lin, city):
    edit(as_lin, city.hospital, short_name="甲")
    response = edit(as_lin, city.hospital, short_name="乙")
    html = response.content.decode()
    assert response.status_code == 409
    assert "<td>甲</td><td>乙</td>" in html and "林予安" in html
    assert "采用已保存的" in html and "保留我填写的" in html
    assert OrgUnit.objects.get(pk=city.hospital.pk).short_name == "甲"
    assert AuditEvent.objects.filter(verb="refused.stale").exists()


def test_keeping_mine_after_a_conflict_is_a_second_deliberate_save(as_lin, city):
    edit(as_lin, city.hospital, short_name="甲")
    html = edit(as_lin, city.hospital, short_name="乙").content.decode()
    assert 'name="version" value="2"' in html
    assert edit(as_lin, city.hospital, short_name="乙", version=2).status_code == 302
    assert OrgUnit.objects.get(pk=city.hospital.pk).short_name == "乙"


def test_a_save_without_a_version_is_refused(as_lin, city):
    data = {"name": "市中心医院", "parent": city.health.pk}
    assert as_lin.post(f"/units/{city.hospital.pk}/edit/", data).status_code == 409


def test_a_row_cannot_be_moved_to_a_foreign_parent(as_lin, city):
    response = edit(as_lin, city.hospital, parent=city.education.pk)
    assert response.status_code == 422
    assert "市教育局" not in response.content.decode()


def test_creating_goes_through_the_same_door(as_lin, city):
    sent = {
        "username": "new.person",
        "name": "新人",
        "unit": city.health.pk,
        "expires_on": "2027-01-01",
        "version": "0",
    }
    response = as_lin.post("/units/users/new/", sent)
    assert response.status_code == 302
    user = User.objects.get(username="new.person")
    assert (user.version, user.updated_by) == (1, city.lin)
    assert AuditEvent.objects.filter(verb="accounts.user.add", object_id=str(user.pk)).exists()


def test_deleting_says_what_goes_and_needs_the_version(as_lin, city):
    url = f"/units/{city.hospital.pk}/delete/"
    assert "删除“市中心医院”？" in as_lin.get(url).content.decode()
    assert as_lin.post(url).status_code == 409
    assert OrgUnit.objects.filter(pk=city.hospital.pk).exists()
    city.he.position_set.all().delete()
    city.he.delete()
    assert as_lin.post(url, {"version": city.hospital.version}).status_code == 302
    assert not OrgUnit.objects.filter(pk=city.hospital.pk).exists()


def test_deleting_what_others_need_says_what_holds_it(as_lin, city):
    response = as_lin.post(f"/units/{city.hospital.pk}/delete/", {"version": 1})
    assert response.status_code == 409
    assert "不能删除" in response.content.decode()


def test_an_export_holds_the_filtered_rows_and_is_audited(as_lin, city):
    text = as_lin.get("/units/export/?q=医院&cols=kind").content.decode()
    assert text.split() == ["单位名称,类别", "市中心医院,下属单位"]
    event = AuditEvent.objects.get(verb="accounts.orgunit.export")
    assert event.detail["count"] == 1


def test_a_post_to_a_page_that_only_reads_is_refused(as_lin):
    response = as_lin.post("/units/")
    assert response.status_code == 405 and response["Allow"] == "GET"


def test_a_step_is_offered_confirmed_and_taken(as_lin, city, with_steps):
    city.hospital.address = "中山路"
    city.hospital.save()
    html = as_lin.get(f"/units/{city.hospital.pk}/").content.decode()
    assert f'href="/units/{city.hospital.pk}/do/promote/"' in html and "降格" not in html
    page = as_lin.get(f"/units/{city.hospital.pk}/do/promote/").content.decode()
    assert 'name="seen" value="v1"' in page and "市直部门" in page
    response = as_lin.post(f"/units/{city.hospital.pk}/do/promote/", {"seen": "v1"})
    assert response.status_code == 302
    assert OrgUnit.objects.get(pk=city.hospital.pk).kind == "bureau"
    assert Decision.of(city.hospital).get().by == city.lin


def test_what_cannot_be_submitted_answers_with_what_is_missing(as_lin, city, with_steps):
    response = as_lin.post(f"/units/{city.hospital.pk}/do/promote/", {"seen": "v1", "opinion": "请审"})
    html = response.content.decode()
    assert response.status_code == 422
    assert f'<a href="/units/{city.hospital.pk}/edit/">没有填写地址</a>' in html and "请审" in html


def test_a_step_that_needs_an_opinion_asks_for_it_in_place(as_lin, city, with_steps):
    response = as_lin.post(f"/units/{city.health.pk}/do/demote/", {"seen": "v1"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'id="opinion-err"' in html and 'aria-describedby="opinion-err"' in html


def test_a_step_decided_on_old_content_is_a_conflict(as_lin, city, with_steps):
    edit(as_lin, city.health, short_name="改过")
    response = as_lin.post(f"/units/{city.health.pk}/do/demote/", {"seen": "v1", "opinion": "同意"})
    assert response.status_code == 409
    assert "有变化" in response.content.decode()


def test_a_step_already_taken_says_by_whom(as_lin, city, with_steps):
    as_lin.post(f"/units/{city.health.pk}/do/demote/", {"seen": "v1", "opinion": "同意"})
    for response in (
        as_lin.get(f"/units/{city.health.pk}/do/demote/"),
        as_lin.post(f"/units/{city.health.pk}/do/demote/", {"seen": "v1", "opinion": "同意"}),
    ):
        assert response.status_code == 409
        assert "已由林予安" in response.content.decode()


def test_a_step_the_position_does_not_carry_is_a_403_and_an_unknown_one_a_404(as_lin, city, with_steps):
    assert as_lin.get(f"/units/{city.health.pk}/do/inspect/").status_code == 403
    assert as_lin.post(f"/units/{city.health.pk}/do/inspect/", {"seen": "v1"}).status_code == 403
    assert as_lin.get(f"/units/{city.health.pk}/do/nonsense/").status_code == 404


def test_pages_carry_a_strict_policy_and_no_inline_code(as_lin, city):
    response = as_lin.get(f"/units/{city.hospital.pk}/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    html = response.content.decode()
    assert " style=" not in html and "<script>" not in html


@pytest.mark.parametrize(
    "url",
    [
        "/accounts/login/",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
    ],
)
def test_sign_in_pages_are_ours_and_hold_no_script(client, city, url):
    if "login" not in url:
        client.force_login(city.lin)
    response = client.get(url, follow=True)
    html = response.content.decode()
    assert response.status_code == 200
    assert "本系统不得存储、处理、传输国家秘密。" in html and "<script" not in html


class TestShownInPart:
    """A participant shown only some fields: lists, exports, details and steps say no more."""

    @pytest.fixture
    def as_xu(self, client, city, feature):
        """许望, who was shown only the name of 市教育局's thing."""
        self.thing = make_thing(city.education, "学籍平台", note="密码柜在三楼", state="asked")
        invite(self.thing, "reviewer", user=city.xu, fields=["name"])
        client.force_login(city.xu)
        return client

    def test_a_list_shows_the_named_columns_only(self, as_xu):
        html = as_xu.get("/units/things/").content.decode()
        assert "学籍平台" in html
        assert "密码柜" not in html and "市教育局" not in html

    @pytest.mark.parametrize("query", ["note=密码柜在三楼", "q=三楼", "sort=note", "sort=-state", "state=asked"])
    def test_a_filter_an_order_or_a_count_tells_nothing(self, as_xu, query):
        html = as_xu.get(f"/units/things/?{query}").content.decode()
        assert "学籍平台" not in html

    def test_no_chip_counts_what_was_not_shown(self, as_xu):
        assert "待审批 1" not in as_xu.get("/units/things/").content.decode()

    def test_an_export_holds_no_more(self, as_xu, monkeypatch):
        monkeypatch.setattr(permissions, "require", lambda *args: None)
        monkeypatch.setitem(permissions._by_capacity["testapp.thing"], "export", {"reviewer"})
        text = as_xu.get("/units/things/export/").content.decode()
        assert "学籍平台" in text and "密码柜" not in text and "市教育局" not in text

    def test_a_detail_shows_the_named_facts_only(self, as_xu):
        html = as_xu.get(f"/units/things/{self.thing.pk}/").content.decode()
        assert "学籍平台" in html and "只显示与工作有关的内容" in html
        assert "密码柜" not in html and "市教育局" not in html

    def test_the_history_and_the_form_are_refused(self, as_xu, monkeypatch):
        monkeypatch.setitem(permissions._by_capacity["testapp.thing"], "change", {"reviewer"})
        assert as_xu.get(f"/units/things/{self.thing.pk}/history/").status_code == 403
        assert as_xu.get(f"/units/things/{self.thing.pk}/edit/").status_code == 403

    def test_whoever_holds_a_position_over_it_sees_all(self, client, city, feature, as_xu):
        client.force_login(city.su)
        html = client.get("/units/things/?q=三楼").content.decode()
        assert "密码柜" in html
