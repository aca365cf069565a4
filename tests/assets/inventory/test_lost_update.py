"""Two people on the same row by two doors: the later one is told, and neither text is lost."""

from __future__ import annotations

import datetime as dt
import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from assets.inventory.sheets import OBJECT_SHEET
from assets.models import Network, ProtectedObject
from secmgmt.accounts.models import Position
from secmgmt.core import sheets_import
from secmgmt.core.models import AuditEvent
from tests.assets.factories import make_network, make_object
from tests.support import CastClient, City, make_position

EARLIER, LATER = "先写的名称", "后写的名称"


class Person:
    """Somebody who opened the object while it was as it is now, by each of the doors."""

    def __init__(self, user: Any, obj: ProtectedObject) -> None:
        self.user, self.obj, self.version = user, obj, obj.version
        self.client = CastClient()
        self.client.force_login(user)
        self.form = self.opened()
        self.book = self.client.get(reverse("assets:object-import-rows")).content

    def opened(self) -> dict[str, str]:
        """The fields of the form as the browser would send them."""
        page = self.client.get(reverse("assets:object-update", args=[self.obj.pk]))
        form = page.context["form"]
        values = {name: form[name].value() for name in form.fields}
        sent = {name: value for name, value in values.items() if value not in (None, False)}
        return {**sent, "version": re.search(r'name="version" value="(\d+)"', page.content.decode())[1]}

    def page(self, name: str) -> Any:
        """Save the form that was opened."""
        return self.client.post(reverse("assets:object-update", args=[self.obj.pk]), {**self.form, "name": name})

    def api(self, name: str) -> Any:
        """Change the name on the version that was read."""
        where = reverse("api:protectedobject-detail", args=[self.obj.pk])
        headers = {"If-Match": f'"{self.version}"'}
        return self.client.patch(where, {"name": name}, content_type="application/json", headers=headers)

    def upload(self, name: str) -> Any:
        """Send the workbook that was exported, with another name; the preview."""
        book = load_workbook(io.BytesIO(self.book))
        sheet = book.worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        row = next(r for r in sheet.iter_rows(min_row=2) if r[heads.index("编号")].value == self.obj.code)
        row[heads.index("名称")].value = name
        out = io.BytesIO()
        book.save(out)
        where = reverse("assets:object-import")
        return self.client.post(where, {"file": SimpleUploadedFile("台账.xlsx", out.getvalue())}, follow=True)

    def confirm(self, preview: Any) -> Any:
        """Store a preview."""
        return self.client.post(preview.redirect_chain[-1][0])

    def sheet(self, name: str) -> Any:
        """Send the workbook and confirm, if it can be."""
        preview = self.upload(name)
        return self.confirm(preview) if "确认导入" in preview.content.decode() else preview


@pytest.fixture
def two(city: City) -> SimpleNamespace:
    """lin and another owner of the same bureau, who both have the platform open by every door."""
    obj = make_object(city.health, "卫生平台", owner=city.lin, contact="林", in_operation_on=dt.date(2020, 1, 1))
    make_position(city.nobody, city.health, "act_as_owner")
    return SimpleNamespace(obj=obj, first=Person(city.lin, obj), second=Person(city.nobody, obj))


def stored(obj: ProtectedObject) -> tuple[str, int]:
    obj.refresh_from_db()
    return obj.name, obj.version


DOORS = ("page", "api", "sheet")


@pytest.mark.parametrize("later", DOORS)
@pytest.mark.parametrize("earlier", DOORS)
def test_the_later_of_two_is_told_and_both_texts_are_there(two, earlier, later):
    done = getattr(two.first, earlier)(EARLIER)
    assert done.status_code in (200, 302)
    assert stored(two.obj) == (EARLIER, 2)
    refused = getattr(two.second, later)(LATER)
    assert stored(two.obj) == (EARLIER, 2)
    told = refused.json() if later == "api" else refused.content.decode()
    if later == "api":
        assert refused.status_code == 412  # what If-Match named is over
        assert (told["current"]["name"], told["submitted"]["name"]) == (EARLIER, LATER)
        assert "林予安" in told["title"]
    else:
        assert refused.status_code == (409 if later == "page" else 200)
        assert EARLIER in told and LATER in told and "林予安" in told and "确认导入" not in told
    assert AuditEvent.objects.filter(verb="assets.protectedobject.change").count() == (earlier != "sheet")


@pytest.mark.parametrize("earlier", DOORS)
def test_a_preview_of_a_row_changed_meanwhile_is_refused_whole_with_its_name(two, city, earlier):
    other = make_object(city.health, "预约系统", owner=city.lin, in_operation_on=dt.date(2020, 1, 1))
    preview = two.second.upload(LATER)
    assert getattr(two.first, earlier)(EARLIER).status_code in (200, 302)
    refused = two.second.confirm(preview)
    page = refused.content.decode()
    assert refused.status_code == 409 and stored(two.obj) == (EARLIER, 2)
    assert "什么都没有写入" in page and "卫生平台" in page and "林予安" in page  # which row, who
    assert LATER in page and "确认导入" not in page  # what was meant stands there still
    assert AuditEvent.objects.get(verb="refused.conflict").actor_id == city.nobody.pk
    assert Person(city.nobody, other).sheet("预约挂号系统").status_code == 302, "exported anew, it goes in"


def test_every_changed_and_every_deleted_row_of_a_preview_is_named(two, city):
    names = ("甲系统", "乙系统", "丙系统")
    rows = [make_object(city.health, n, status="building", owner=city.lin, contact="林") for n in names]
    second = Person(city.nobody, rows[0])
    book = load_workbook(io.BytesIO(second.book))
    sheet = book.worksheets[0]
    column = [cell.value for cell in sheet[1]].index("名称") + 1
    for number in range(2, sheet.max_row + 1):
        sheet.cell(number, column).value += "改"
    out = io.BytesIO()
    book.save(out)
    second.book = out.getvalue()
    preview = second.upload("甲系统改")
    rows[1].delete()
    assert Person(city.lin, rows[2]).api("丙").status_code == 200
    page = second.confirm(preview).content.decode()
    assert "有 2 条情况有变" in page
    assert "“乙系统改”已删除，或您不能再修改" in page and "“丙系统改”由林予安" in page
    assert stored(rows[0]) == ("甲系统", 1)


def additions(client: CastClient, sheet: str, cells: dict[str, Any]) -> Any:
    """The preview of a template with one new row."""
    book = load_workbook(io.BytesIO(client.get(reverse(f"assets:{sheet}-import-template")).content))
    heads = [cell.value for cell in book.worksheets[0][1]]
    for head, value in cells.items():
        book.worksheets[0].cell(2, heads.index(head) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("台账.xlsx", out.getvalue())
    preview = client.post(reverse(f"assets:{sheet}-import"), {"file": file}, follow=True)
    assert "确认导入" in preview.content.decode(), re.sub(r"<[^>]+>|\s+", " ", preview.content.decode())
    return preview


def labelled(**values: Any) -> dict[str, Any]:
    """Cells of the objects' workbook by their heads."""
    fields = OBJECT_SHEET.make_form(None, False).fields
    found = {}
    for name, value in values.items():
        choices = {str(key): str(label) for key, label in getattr(fields[name], "choices", ()) if name != "unit"}
        found[str(fields[name].label)] = choices.get(value, value)
    return found


def new_object(city: City, **values: Any) -> dict[str, Any]:
    least = {"unit": str(city.health), "kind": "system", "status": "building", "construction": "new", "contact": "林"}
    return labelled(**least, **values)


def test_a_code_taken_after_the_preview_is_named_and_nothing_is_written(two, city):
    client = two.second.client
    preview = additions(client, "object", new_object(city, name="新系统", code="XT-00900"))
    make_object(city.education, "教育系统", code="XT-00900")
    refused = client.post(preview.redirect_chain[-1][0])
    page = refused.content.decode()
    assert refused.status_code == 409 and "什么都没有写入" in page
    assert "第 2 行“新系统”（A2“XT-00900”）：这个编号已被使用" in page
    assert not ProtectedObject.objects.filter(name="新系统").exists()


def test_a_parent_deleted_after_the_preview_is_told_and_nothing_is_written(two, city):
    parent = make_object(city.health, "在建网络", status="building")
    client = two.second.client
    kind = str(dict(Network._meta.get_field("kind").choices)["lan"])
    relation = str(dict(Network._meta.get_field("relation").choices)["part"])
    cells = {"定级对象": parent.code, "关系": relation, "网络名称": "业务网", "网络类型": kind}
    preview = additions(client, "network", cells)
    parent.delete()
    refused = client.post(preview.redirect_chain[-1][0])
    assert refused.status_code == 409 and not Network.objects.exists()
    assert "引用的内容已删除" in refused.content.decode() and "什么都没有写入" in refused.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_parent_deleted_between_the_last_check_and_the_end_of_the_import_is_a_refusal_too(monkeypatch):
    """The database itself asks when the transaction ends: no half import, no error page."""
    city = City()
    parent = make_object(city.health, "在建网络", status="building")
    client = CastClient()
    client.force_login(city.lin)
    kind = str(dict(Network._meta.get_field("kind").choices)["lan"])
    relation = str(dict(Network._meta.get_field("relation").choices)["part"])
    cells = {"定级对象": parent.code, "关系": relation, "网络名称": "业务网", "网络类型": kind}
    preview = additions(client, "network", cells)
    prepare = sheets_import.prepare

    def then_gone(**given: Any) -> Any:
        prepared = prepare(**given)
        parent.delete()
        return prepared

    monkeypatch.setattr(sheets_import, "prepare", then_gone)
    refused = client.post(preview.redirect_chain[-1][0])
    assert refused.status_code == 409 and "引用的内容刚被删除" in refused.content.decode()
    assert not Network.objects.exists()
    assert not AuditEvent.objects.filter(verb="assets.network.import").exists()


@pytest.mark.parametrize("lost", ["position ended", "row moved away"])
def test_rights_lost_after_the_preview_are_asked_for_again(two, city, lost):
    preview = two.second.upload(LATER)
    if lost == "position ended":
        Position.objects.filter(user=city.nobody).update(valid_until=dt.date(2021, 1, 1))
    else:
        ProtectedObject.objects.filter(pk=two.obj.pk).update(unit=city.education)
    refused = two.second.confirm(preview)
    assert refused.status_code == (403 if lost == "position ended" else 409)
    assert stored(two.obj) == ("卫生平台", 1)


def test_who_overwrites_after_seeing_both_does_so_knowingly(two):
    """The way out of a conflict: the page's form comes back on the new version with one's own text."""
    two.first.page(EARLIER)
    refused = two.second.page(LATER)
    version = re.search(r'name="version" value="(\d+)"', refused.content.decode())[1]
    two.second.form["version"] = version
    assert two.second.page(LATER).status_code == 302
    assert stored(two.obj) == (LATER, 3)


def test_a_network_saved_by_two_is_not_overwritten_either(two, city):
    """Not the object alone: the door is the same for every row."""
    network = make_network(two.obj)
    where = reverse("api:network-detail", args=[network.pk])
    sent = {"content_type": "application/json", "headers": {"If-Match": '"1"'}}
    assert two.first.client.patch(where, {"name": EARLIER}, **sent).status_code == 200
    assert two.second.client.patch(where, {"name": LATER}, **sent).status_code == 412
    network.refresh_from_db()
    assert network.name == EARLIER
