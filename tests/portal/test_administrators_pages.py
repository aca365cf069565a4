"""The audit browser and the health page: who may, and what they show."""

import pytest
from django.urls import reverse

from secmgmt.core import audit
from secmgmt.core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(city, at):
    with audit.act():
        audit.record("accounts.orgunit.change", city.health, by=city.sysadmin, at=at, after={"name": "<b>新名</b>"})
    return AuditEvent.objects.get()


def test_the_audit_administrator_reads_the_trail_and_his_reading_is_on_it(client, city, trail):
    client.force_login(city.auditor)
    page = client.get(reverse("portal:audit-list"))
    assert "修改单位" in page.content.decode()
    assert AuditEvent.objects.filter(verb="core.auditevent.read", actor_id=city.auditor.pk).count() == 1


def test_an_events_detail_escapes_what_a_person_typed(client, city, trail):
    client.force_login(city.auditor)
    text = client.get(reverse("portal:audit-detail", args=[trail.pk])).content.decode()
    assert "&lt;b&gt;新名" in text
    assert "<b>新名" not in text


@pytest.mark.parametrize("username", ["lin", "gao", "sysadmin", "secadmin"])
def test_nobody_else_reads_the_trail(client, city, trail, username):
    client.force_login(getattr(city, username))
    assert client.get(reverse("portal:audit-list")).status_code == 403
    assert client.get(reverse("portal:audit-detail", args=[trail.pk])).status_code == 404


def test_hostile_parameters_never_break_the_browser(client, city, trail):
    client.force_login(city.auditor)
    for query in ("sort=digest;drop", "since=x", "page=-9", "cols=password", "q=" + "长" * 500):
        assert client.get(f"{reverse('portal:audit-list')}?{query}").status_code == 200


def test_the_health_page_names_every_part_to_an_administrator_only(client, city):
    client.force_login(city.sysadmin)
    text = client.get(reverse("portal:health")).content.decode()
    assert all(part in text for part in ("数据库", "后台任务", "磁盘", "报告字体", "审计链"))
    client.force_login(city.lin)
    assert client.get(reverse("portal:health")).status_code == 403
