"""Units, users and positions from workbooks: everything or nothing, and never round a rule of the pages."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from secmgmt.accounts import sheets
from secmgmt.accounts.models import OrgUnit, Position, User
from secmgmt.core import errors, sheets_import, sheets_views
from secmgmt.core.clock import now, today
from secmgmt.core.models import AuditEvent
from secmgmt.core.sheets import Entry, Preview
from tests.jobs import run_queued
from tests.support import make_position

DAY = dt.timedelta(days=1)


def book_of(client, part, page="template"):
    return load_workbook(io.BytesIO(client.get(f"/manage/{part}/import/{page}/").content))


def fill(book, *rows):
    """Rows below what is there, by the Chinese heads."""
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    for values in rows:
        sheet.append([values.get(head) for head in heads])
        assert not set(values) - set(heads), heads
    return book


def send(client, part, book: Workbook):
    out = io.BytesIO()
    book.save(out)
    upload = SimpleUploadedFile("a.xlsx", out.getvalue())
    return client.post(f"/manage/{part}/import/", {"file": upload}, follow=True)


def stored(client, part, *rows, status=302):
    """Upload and confirm; the preview must have nothing against it."""
    page = send(client, part, fill(book_of(client, part), *rows))
    assert "确认导入" in page.content.decode(), page.content.decode()
    response = client.post(page.redirect_chain[-1][0])
    assert response.status_code == status, response.content.decode()
    return response


def refused(client, part, *rows):
    """Upload; the preview's page, which offers nothing to confirm."""
    page = send(client, part, fill(book_of(client, part), *rows)).content.decode()
    assert "确认导入" not in page
    return page


def position_row(user="nobody", unit="市卫生健康委", role="系统负责人", since=None, until=None):
    return {"用户": user, "单位": unit, "岗位": role, "起": since or today(), "止": until}


class TestUnits:
    def test_a_tree_comes_in_one_file_with_paths_and_its_trail(self, as_system, city):
        stored(
            as_system, "units",
            {"单位名称": "市应急局", "上级单位": "颍川市", "类别": "市直部门"},
            {"单位名称": "市应急指挥中心", "上级单位": "市应急局", "类别": "下属单位"},
            {"单位名称": "指挥中心机房", "上级单位": "市应急指挥中心", "类别": "下属单位"},
        )  # fmt: skip
        room = OrgUnit.objects.get(name="指挥中心机房")
        centre, bureau = room.parent, room.parent.parent
        assert bureau.parent == city.root and room.path == f"{city.root.path}{bureau.pk}/{centre.pk}/{room.pk}/"
        assert AuditEvent.objects.filter(verb="accounts.orgunit.add").count() == 3
        assert AuditEvent.objects.get(verb="accounts.orgunit.import").detail["added"] == 3

    def test_a_parent_further_down_in_the_file_is_refused_by_cell(self, as_system, city):
        page = refused(
            as_system, "units",
            {"单位名称": "市应急指挥中心", "上级单位": "市应急局", "类别": "下属单位"},
            {"单位名称": "市应急局", "上级单位": "颍川市", "类别": "市直部门"},
        )  # fmt: skip
        assert "B2" in page and "不在您可以选择的范围内" in page

    def test_a_second_root_and_a_used_name_are_refused(self, as_system, city):
        root, used = {"单位名称": "另一市", "类别": "市"}, {"单位名称": "市教育局", "类别": "市直部门"}
        page = refused(as_system, "units", root, used)
        assert "没有填写" in page and "这一条已登记过" in page
        twice = {"单位名称": "市应急局", "上级单位": "颍川市", "类别": "市直部门"}
        assert "与第 2 行重复" in refused(as_system, "units", twice, twice)

    def test_what_stands_is_amended_but_neither_renamed_nor_moved(self, as_system, city):
        book = book_of(as_system, "units", "rows")
        sheet = book.worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        row = next(r for r in range(2, 20) if sheet.cell(r, 1).value == "市中心医院")
        sheet.cell(row, heads.index("地址") + 1).value = "健康路 1 号"
        page = send(as_system, "units", book)
        as_system.post(page.redirect_chain[-1][0])
        city.hospital.refresh_from_db()
        assert (city.hospital.address, city.hospital.version) == ("健康路 1 号", 2)
        assert AuditEvent.objects.filter(verb="accounts.orgunit.change", object_id=str(city.hospital.pk)).exists()

        book = book_of(as_system, "units", "rows")
        book.worksheets[0].cell(row, heads.index("上级单位") + 1).value = "市教育局"
        assert "移动单位须写明依据" in send(as_system, "units", book).content.decode()
        book = book_of(as_system, "units", "rows")
        book.worksheets[0].cell(row, 1).value = "市第一医院"
        assert "没有找到这一条" in send(as_system, "units", book).content.decode()


class TestUsers:
    NEW = {"账号": "chen", "姓名": "陈默", "所在单位": "市教育局", "手机": "13800001234"}

    def test_an_imported_account_can_do_nothing_until_it_is_given_a_link_and_a_position(self, as_system, city):
        stored(as_system, "users", self.NEW)
        user = User.objects.get(username="chen")
        assert (user.unit, user.phone, user.admin_role, user.grants()) == (city.education, "13800001234", "", ())
        assert not user.has_usable_password() and user.must_change_password
        assert AuditEvent.objects.filter(verb="user.create").count() == 1
        trail = AuditEvent.objects.get(verb="accounts.user.import")
        assert "13800001234" not in str(trail.detail)
        assert "未设口令" in as_system.get("/manage/users/?state=unset").content.decode()

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"账号": "admin"}, "攻击者最先尝试"),
            ({"账号": "chen mo"}, "账号用 3–40 位"),
            ({"账号": "lin"}, "这一条已登记过"),
            ({"所在单位": "市审计局"}, "不在您可以选择的范围内"),
            ({"手机": "=1+1"}, "F2 是公式（=1+1）"),
            ({"姓名": ""}, "没有填写"),
            ({"邮箱": "无"}, "有效的 Email 地址"),
        ],
    )
    def test_what_the_page_refuses_the_file_cannot_bring_in(self, as_system, city, values, sentence):
        assert sentence in refused(as_system, "users", {**self.NEW, **values})
        assert not User.objects.filter(name="陈默").exists()

    def test_an_administrators_account_is_not_changed_by_a_file(self, as_system, city):
        book = book_of(as_system, "users", "rows")
        sheet = book.worksheets[0]
        row = next(r for r in range(2, 40) if sheet.cell(r, 1).value == "secadmin")
        sheet.cell(row, 2).value = "改名"
        page = send(as_system, "users", book).content.decode()
        assert f"A{row}" in page and "只能由本人修改" in page and "确认导入" not in page

    def test_a_user_who_became_administrator_after_the_preview_is_not_changed(self, as_system, city):
        book = book_of(as_system, "users", "rows")
        sheet = book.worksheets[0]
        row = next(r for r in range(2, 40) if sheet.cell(r, 1).value == "nobody")
        sheet.cell(row, 2).value = "改名"
        url = send(as_system, "users", book).redirect_chain[-1][0]
        User.objects.filter(username="nobody").update(admin_role="audit_admin")
        assert as_system.post(url).status_code == 403
        assert not User.objects.filter(name="改名").exists()

    def test_an_account_taken_after_the_preview_stores_nothing_of_the_file(self, as_system, city):
        book = fill(book_of(as_system, "users"), {**self.NEW, "账号": "first"}, self.NEW)
        url = send(as_system, "users", book).redirect_chain[-1][0]
        User.objects.filter(username="nobody").update(username="chen")
        response = as_system.post(url)
        assert response.status_code == 409 and "什么都没有写入" in response.content.decode()
        assert not User.objects.filter(username="first").exists()

    def test_a_name_in_capitals_or_full_width_is_no_second_account(self, as_system, city):
        assert "确认导入" not in refused(as_system, "users", {**self.NEW, "账号": "LIN"})
        assert "确认导入" not in refused(as_system, "users", {**self.NEW, "账号": "ｌｉｎ"})


class TestPositions:
    def test_positions_are_granted_with_their_trail(self, as_security, city):
        lead = position_row("lin", "市教育局", "单位网安负责人", until=today() + DAY)
        stored(as_security, "positions", position_row(), lead)
        assert User.objects.get(username="nobody").grants()[0].path == city.health.path
        assert AuditEvent.objects.filter(verb="position.grant").count() == 2
        assert AuditEvent.objects.get(verb="accounts.position.import").detail["added"] == 2

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"user": "lin"}, "任期不能重叠：已有 2020-01-01 至 长期 的任期"),
            ({"user": "auditor"}, "不在您可以选择的范围内"),
            ({"role": "系统管理员"}, "不在您可以选择的范围内"),
            ({"role": "测评机构"}, "必须写明截止日期"),
            ({"since": dt.date(2026, 5, 2), "until": dt.date(2026, 5, 1)}, "止日不能早于起日"),
            ({"unit": "市审计局"}, "不在您可以选择的范围内"),
        ],
    )
    def test_what_the_page_refuses_the_file_cannot_bring_in(self, as_security, city, values, sentence):
        before = Position.objects.count()
        assert sentence in refused(as_security, "positions", position_row(**values))
        assert Position.objects.count() == before

    def test_the_same_position_twice_in_a_file_is_refused(self, as_security, city):
        again = position_row(since=today() + 9 * DAY)
        assert "与第 2 行重复" in refused(as_security, "positions", position_row(), again)

    def test_terms_that_follow_each_other_come_in_one_file(self, as_security, city):
        first, then = position_row(until=today() + 8 * DAY), position_row(since=today() + 9 * DAY)
        stored(as_security, "positions", first, then)
        terms = Position.objects.filter(user=city.nobody).order_by("valid_from")
        assert [term.valid_from for term in terms] == [today(), today() + 9 * DAY]
        sharing = position_row(since=today() + 30 * DAY)
        assert "任期不能重叠" in refused(as_security, "positions", sharing)

    def test_terms_that_share_a_day_are_refused_wherever_they_stand_in_the_file(self, as_security, city):
        rows = (position_row(until=today()), position_row(since=today() + DAY), position_row(since=today() + 5 * DAY))
        page = refused(as_security, "positions", *rows)
        assert "与第 3 行重复" in page and "任期不能重叠" in page

    def test_who_was_disabled_or_made_administrator_after_the_preview_is_granted_nothing(self, as_security, city):
        for change in ({"is_active": False}, {"is_active": True, "admin_role": "audit_admin"}):
            book = fill(book_of(as_security, "positions"), position_row())
            url = send(as_security, "positions", book).redirect_chain[-1][0]
            User.objects.filter(username="nobody").update(**change)
            assert as_security.post(url).status_code == 409
            User.objects.filter(username="nobody").update(is_active=True, admin_role="")
        assert not Position.objects.filter(user=city.nobody).exists()

    def test_positions_overlapping_a_later_grant_are_refused_whole(self, as_security, city):
        rows = (position_row("su", "市卫生健康委", "专家"), position_row())
        url = send(as_security, "positions", fill(book_of(as_security, "positions"), *rows)).redirect_chain[-1][0]
        make_position(city.nobody, city.health, "act_as_owner")
        response = as_security.post(url)
        assert response.status_code == 409 and "任期不能重叠" in response.content.decode()
        assert not Position.objects.filter(user=city.su, content_object=city.health).exists()

    def test_an_exported_position_is_not_changed_by_a_file(self, as_security, city):
        book = book_of(as_security, "positions", "rows")
        sheet = book.worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        sheet.cell(2, heads.index("止") + 1).value = dt.date(2030, 1, 1)
        assert "请在岗位页面办理" in send(as_security, "positions", book).content.decode()
        html = as_security.get("/manage/positions/import/").content.decode()
        assert "请在岗位页面办理" in html and "导出修改" not in html


class TestBetweenCheckAndWrite:
    """What changes while a checked file waits for its turn to write is looked at again inside the transaction."""

    def ready(self, sheet, by, entry):
        token = sheets_import.keep(Preview(**entry, places={sheet.columns[0]: 0, "valid_from": 4}), sheet, by)
        return sheets_import.prepare(sheet=sheet, token=token, by=by, at=now())

    def position(self, city):
        role = Permission.objects.get(codename="act_as_owner").pk
        values = {"user_id": city.nobody.pk, "content_object_id": city.health.pk, "permission_id": role}
        return {"adds": [Entry(2, None, 0, "", "某岗位", {**values, "valid_from": today()})]}

    def test_a_term_granted_meanwhile_is_not_granted_again(self, city):
        by = User.objects.get(username="secadmin")
        found = self.ready(sheets.POSITION_SHEET, by, self.position(city))
        make_position(city.nobody, city.health, "act_as_owner")
        with pytest.raises(errors.Conflict, match="第 2 行“某岗位”（E2）：同一人在同一单位的同一岗位"):
            sheets_import.store(prepared=found, by=by, at=now())

    def test_a_unit_merged_meanwhile_takes_neither_position_nor_person(self, city):
        by = User.objects.get(username="secadmin")
        position = self.ready(sheets.POSITION_SHEET, by, self.position(city))
        keeper = User.objects.get(username="sysadmin")
        values = {"username": "chen", "name": "陈默", "unit_id": city.health.pk}
        person = self.ready(sheets.USER_SHEET, keeper, {"adds": [Entry(2, None, 0, "chen", "陈默", values)]})
        OrgUnit.objects.filter(pk=city.health.pk).update(merged_into=city.education)
        for found, who in ((position, by), (person, keeper)):
            with pytest.raises(errors.Conflict, match="“市卫生健康委”已并入其他单位"):
                sheets_import.store(prepared=found, by=who, at=now())

    def test_who_became_administrator_meanwhile_is_granted_nothing(self, city):
        by = User.objects.get(username="secadmin")
        found = self.ready(sheets.POSITION_SHEET, by, self.position(city))
        User.objects.filter(pk=city.nobody.pk).update(admin_role="audit_admin")
        with pytest.raises(errors.Conflict, match="管理员账户不能担任业务岗位"):
            sheets_import.store(prepared=found, by=by, at=now())

    def test_who_became_administrator_meanwhile_is_not_changed(self, city):
        by = User.objects.get(username="sysadmin")
        entry = Entry(2, city.nobody.pk, city.nobody.version, "nobody", "某", {"name": "改名"})
        found = self.ready(sheets.USER_SHEET, by, {"changes": [entry]})
        User.objects.filter(pk=city.nobody.pk).update(admin_role="audit_admin")
        with pytest.raises(errors.NotAllowed):
            sheets_import.store(prepared=found, by=by, at=now())

    def test_an_account_taken_meanwhile_is_named_by_its_cell(self, city):
        by = User.objects.get(username="sysadmin")
        entry = Entry(2, None, 0, "chen", "陈默", {"username": "chen", "name": "陈默", "unit_id": city.health.pk})
        found = self.ready(sheets.USER_SHEET, by, {"adds": [entry]})
        User.objects.filter(pk=city.nobody.pk).update(username="chen")
        with pytest.raises(errors.Conflict, match="第 2 行“陈默”（A2“chen”）：这个账号已被使用"):
            sheets_import.store(prepared=found, by=by, at=now())

    def test_nobody_grants_himself_a_position_by_a_file(self, city):
        by = User.objects.get(username="secadmin")
        entry = self.position(city)
        found = self.ready(sheets.POSITION_SHEET, by, entry)
        found.adds[0].user = by
        with pytest.raises(errors.NotAllowed):
            sheets_import.store(prepared=found, by=by, at=now())


def test_many_rows_are_written_with_no_more_questions_than_few(city, django_assert_max_num_queries):
    by = User.objects.get(username="sysadmin")
    values = {"name": "某", "unit_id": city.health.pk}
    adds = [Entry(n, None, 0, f"u-{n:03d}", "某", {**values, "username": f"u-{n:03d}"}) for n in range(150)]
    token = sheets_import.keep(Preview(adds=adds), sheets.USER_SHEET, by)
    found = sheets_import.prepare(sheet=sheets.USER_SHEET, token=token, by=by, at=now())
    with django_assert_max_num_queries(45):
        sheets_import.store(prepared=found, by=by, at=now())
    assert AuditEvent.objects.filter(verb="user.create").count() == 150


PARTS = [("units", "sysadmin"), ("users", "sysadmin"), ("positions", "secadmin")]


@pytest.mark.parametrize(("part", "who"), PARTS)
def test_only_the_areas_administrator_imports_and_exports(city, part, who, as_system, as_security, as_auditor, as_lin):
    mine, other = (as_system, as_security) if who == "sysadmin" else (as_security, as_system)
    for page in ("import/", "import/template/", "import/rows/", "export/"):
        assert mine.get(f"/manage/{part}/{page}").status_code == 200, page
        for browser in (other, as_auditor, as_lin):
            assert browser.get(f"/manage/{part}/{page}").status_code == 403, page


@pytest.mark.parametrize(("part", "who"), PARTS)
def test_what_is_exported_and_imported_again_changes_nothing(city, part, who, as_system, as_security):
    mine = as_system if who == "sysadmin" else as_security
    make_position(city.nobody, city.health, "act_as_agency", valid_from=today() - 9 * DAY, valid_until=today() - DAY)
    page = send(mine, part, book_of(mine, part, "rows")).content.decode()
    assert "新增 0 条，修改 0 条" in page and "不能导入 0 处" in page, page


@pytest.mark.parametrize(("part", "who"), PARTS)
def test_whole_lists_are_made_by_a_job_without_phone_numbers(
    city, part, who, as_system, as_security
):
    User.objects.filter(username="lin").update(phone="13800005678")
    mine = as_system if who == "sysadmin" else as_security
    assert mine.post(f"/manage/{part}/export/all/").status_code == 302
    (job,) = run_queued()
    response = mine.get(f"/jobs/{job.pk}/result/")
    assert response.status_code == 200, job.error
    sheet = load_workbook(io.BytesIO(response.getvalue())).worksheets[0]
    cells = {str(cell.value) for row in sheet for cell in row}
    assert "13800005678" not in cells and len(cells) > 10


def many(count):
    return [{"账号": f"user-{n}", "姓名": "某", "所在单位": "市教育局"} for n in range(count)]


def test_more_rows_than_the_services_take_at_once_are_too_many(as_system, city, monkeypatch):
    assert sheets.USER_SHEET.most >= 2000 and sheets.POSITION_SHEET.most >= 2000
    told = as_system.get("/manage/users/import/").content.decode()
    assert f"{sheets.USER_SHEET.most} 行" in told
    monkeypatch.setattr(sheets.UserSheets, "sheet", replace(sheets.USER_SHEET, most=3))
    assert "3" in refused(as_system, "users", *many(4))


class TestLarge:
    """More rows than a request should write: the same preview, then a job, all or nothing."""

    @pytest.fixture(autouse=True)
    def _few_are_many(self, monkeypatch):
        monkeypatch.setattr(sheets_views, "LARGE", 2)

    def read(self, client, *rows) -> str:
        """The preview's address, made by a job."""
        send(client, "users", fill(book_of(client, "users"), *rows))
        (job,) = run_queued()
        assert job.state == "done", job.error
        return job.result["url"]

    def test_many_accounts_are_stored_by_a_job_each_with_its_row_and_without_a_password(self, as_system, city):
        address = self.read(as_system, *many(5))
        assert "确认导入 5 条" in as_system.get(address).content.decode()
        assert as_system.post(address).status_code == 302 and not User.objects.filter(name="某").exists()
        (job,) = run_queued()
        assert job.result["text"] == "已导入：新增 5 条，修改 0 条。"
        made = User.objects.filter(name="某")
        assert made.count() == 5 and not any(user.has_usable_password() for user in made)
        assert AuditEvent.objects.filter(verb="user.create", channel="job").count() == 5

    def test_one_account_taken_meanwhile_leaves_none_of_the_file(self, as_system, city):
        address = self.read(as_system, *many(5))
        as_system.post(address)
        User.objects.filter(pk=city.nobody.pk).update(username="user-4")
        (job,) = run_queued()
        assert job.state == "failed"
        assert "第 6 行“某”（A6“user-4”）：这个账号已被使用。请在文件中改正，重新上传核对。" in job.error
        assert not User.objects.filter(name="某").exists()
        assert not AuditEvent.objects.filter(verb="user.create").exists()
