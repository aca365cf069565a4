"""The audit browser is narrowed by person, act, kind of object, result and channel."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from django.db import connection
from django.utils.timezone import make_aware

from secmgmt.core import audit
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent
from secmgmt.portal.trail import TrailFilter
from tests.assets.factories import make_object
from tests.support import City

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture
def auditor(client, city: City):
    """The audit administrator's browser, over a trail of two people's acts on two kinds of things."""
    obj = make_object(city.health, "区域卫生平台")
    for by, verb, about in (
        (city.lin, "assets.protectedobject.change", obj),
        (city.su, "assets.protectedobject.export", obj),
        (city.sysadmin, "unit.move", city.hospital),
    ):
        with audit.act():
            audit.record(verb, about, by=by, at=now())
    audit.refuse("refused.not-allowed", by=city.su, reason="不归您")
    client.force_login(city.auditor)
    return client


def rows(client, query: dict[str, str]) -> list[str]:
    """The acts listed, of those the fixture made."""
    page = client.get("/audit/", query).content.decode()
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    return [act for act in ("修改定级对象", "导出定级对象", "移动单位", "被拒绝的操作") if act in body]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"actor": "林予安"}, ["修改定级对象"]),
        ({"actor": "su"}, ["导出定级对象", "被拒绝的操作"]),
        ({"actor": "没有此人"}, []),
        ({"act": "移动单位"}, ["移动单位"]),
        ({"kind": "assets.protectedobject"}, ["修改定级对象", "导出定级对象"]),
        ({"kind": "assets.protectedobject", "actor": "苏晚晴"}, ["导出定级对象"]),
        ({"result": "refused"}, ["被拒绝的操作"]),
        ({"channel": "job"}, []),
    ],
)
def test_the_trail_is_narrowed(auditor, query, found):
    assert rows(auditor, query) == found


def test_the_acts_of_a_renamed_person_and_of_a_name_without_account_are_found_beside_his_own(auditor, city: City):
    city.wei.name = "林予安二"  # an account that holds the words asked for
    city.wei.save()
    city.lin.name = "林改名"
    city.lin.save()
    audit.refuse("refused.not-allowed", by="林予安(没有账号)", reason="口令不对")
    assert rows(auditor, {"actor": "林予安"}) == ["修改定级对象", "被拒绝的操作"]
    assert rows(auditor, {"actor": "林改名"}) == ["修改定级对象"]


def test_the_choices_are_what_is_on_the_trail_in_chinese(auditor):
    page = auditor.get("/audit/").content.decode()
    for label in ("操作人", "行为", "对象类型", "途径", "自", "至"):
        assert f">{label}</label>" in page
    for name in ("act", "kind", "channel"):
        select = re.search(rf'<select name="{name}".*?</select>', page, re.S).group()
        words = re.findall(r"<option[^>]*>([^<]*)</option>", select)
        assert len(words) > 2 and all(CHINESE.search(unescape(word)) for word in words), words


def test_the_next_page_keeps_every_filter(auditor, city: City):
    with audit.act():
        for _turn in range(60):
            audit.record("unit.move", city.hospital, by=city.sysadmin, at=now())
    asked = {"act": "移动单位", "actor": "sysadmin", "kind": "accounts.orgunit"}
    page = unescape(auditor.get("/audit/", asked).content.decode())
    following = re.search(r'href="(\?[^"]*page=2[^"]*)"', page).group(1)
    assert all(part in following for part in ("act=", "actor=sysadmin", "kind=accounts.orgunit"))
    again = auditor.get(f"/audit/{following}").content.decode()
    assert "移动单位" in again and "修改定级对象" not in again[again.index("<tbody") : again.index("</tbody>")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"since": "2026-03-02"}, ["2026-03-02 00:00", "2026-03-02 23:59", "2026-03-03 00:00"]),
        ({"until": "2026-03-02"}, ["2026-03-01 23:59", "2026-03-02 00:00", "2026-03-02 23:59"]),
        ({"since": "2026-03-02", "until": "2026-03-02"}, ["2026-03-02 00:00", "2026-03-02 23:59"]),
        ({"since": "0001-01-01", "until": "9999-12-31"}, None),
        ({"since": "9999-12-31"}, []),
    ],
)
def test_a_day_is_the_offices_from_midnight_to_midnight(client, city: City, query, found):
    edges = ["2026-03-01 23:59", "2026-03-02 00:00", "2026-03-02 23:59", "2026-03-03 00:00"]
    for edge in edges:
        with audit.act():
            audit.record("unit.move", city.hospital, by=city.sysadmin, at=make_aware(dt.datetime.fromisoformat(edge)))
    client.force_login(city.auditor)
    page = client.get("/audit/", query).content.decode()
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    assert [edge for edge in edges if edge in body] == (edges if found is None else found)


def test_the_index_of_the_time_serves_the_days(city: City):
    rows = TrailFilter({"since": "2026-03-02", "until": "2026-03-02"}, AuditEvent.objects.all(), user=city.auditor).qs
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = rows.order_by().explain()
    assert re.search(r"index.*core_auditevent_at", plan, re.I), plan


def test_a_row_tells_its_second_and_its_details_in_words(client, city: City):
    at = make_aware(dt.datetime(2026, 3, 2, 9, 5, 7))
    with audit.act():
        detail = {"reason": "机构改革", "moved": {}}
        audit.record("unit.merge", city.hospital, by=city.sysadmin, at=at, detail=detail)
    event = AuditEvent.objects.get(verb="unit.merge")
    client.force_login(city.auditor)
    assert "2026-03-02 09:05:07" in client.get("/audit/").content.decode()
    page = client.get(f"/audit/{event.pk}/").content.decode()
    assert "2026-03-02 09:05:07" in page and "原因：机构改革" in page and "转移" not in page
    assert f"第 {event.seq} 条" in client.get("/audit/").content.decode()
