"""Mail: after commit, to who has an address, once, and with nothing in it but what waits and where."""

from __future__ import annotations

import pytest
from django.core import mail as outbox

from secmgmt.core import audit, mail
from secmgmt.core.models import Job
from tests.jobs import run_queued

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(city):
    for user, address in ((city.lin, "lin@yc.example"), (city.zhou, ""), (city.he, "he@yc.example")):
        user.email = address
        user.save()
    city.he.is_active = False
    city.he.save()
    return [city.lin, city.zhou, city.he]


def told(people, at, subject="年度自评估"):
    with audit.act():
        return mail.tell(users=people, subject=subject, text="您有 2 个对象待填报", url="/campaigns/1/", at=at)


def test_who_has_an_address_and_works_here_is_written_to_with_the_place_and_nothing_else(people, at, settings):
    settings.EMAIL_HOST, settings.SITE_URL = "mail.yc.example", "https://db.yc.example"
    assert told(people, at) is not None
    assert outbox.outbox == []  # nothing before the act is kept
    run_queued()
    assert [message.to for message in outbox.outbox] == [["lin@yc.example"]]
    assert "https://db.yc.example/campaigns/1/" in outbox.outbox[0].body
    assert "您有 2 个对象待填报" in outbox.outbox[0].body


def test_a_second_run_of_the_job_writes_to_nobody_twice(people, at, settings):
    settings.EMAIL_HOST = "mail.yc.example"
    job = told(people, at)
    run_queued()
    Job.objects.filter(pk=job.pk).update(state="queued", lease_until=None)  # as after a worker that was killed
    run_queued()
    assert len(outbox.outbox) == 1


def test_a_subject_adds_no_header(people, at, settings):
    settings.EMAIL_HOST = "mail.yc.example"
    told(people, at, "自评估\r\nBcc: all@yc.example")
    run_queued()
    assert outbox.outbox[0].subject == "自评估 Bcc: all@yc.example"


def test_without_a_mail_server_nothing_is_queued(people, at):
    assert told(people, at) is None
    assert not Job.objects.exists()


def test_a_mail_leads_nowhere_but_into_this_site(people, at, settings):
    settings.EMAIL_HOST = "mail.yc.example"
    with pytest.raises(ValueError, match="not a path"), audit.act():
        mail.tell(users=people, subject="x", text="y", url="https://evil.example/", at=at)
