"""A job's life without a broker: claimed once, ended once, refused calmly, its result guarded."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from celery import Celery
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from secmgmt.core import errors, sealed
from secmgmt.core.jobs import celery_tasks, enqueue, queue, run_job, runner, sweep
from secmgmt.core.jobs.context import JobContext, LeaseLost
from secmgmt.core.jobs.housekeeping import housekeeping
from secmgmt.core.jobs.periodic import once_per_period
from secmgmt.core.models import Attachment, AuditEvent, AuditResult, Job, JobState, Notice
from tests.core.testapp.models import Thing
from tests.core.testapp.support import make_thing
from tests.faults.kinds import effects, mark_effect

pytestmark = pytest.mark.django_db


@pytest.fixture
def thing(city, at) -> Thing:
    """A record of 市卫健委, which 林予安 may see."""
    return Thing.objects.create(unit=city.health, name="事项", created_at=at, updated_at=at)


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """The ids of published jobs, instead of a broker."""
    numbers: list[int] = []
    monkeypatch.setattr(queue, "publish", lambda pk: numbers.append(pk) or True)
    return numbers


def make(city, at, kind="test.file", **values) -> Job:
    return enqueue(kind, params=values.pop("params", {}), by=values.pop("by", city.lin), at=at, **values)


def run(job: Job) -> Job:
    assert run_job(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_runs_once_whatever_number_of_messages(city, at):
    job = run(make(city, at))
    assert (job.state, job.attempts) == (JobState.DONE, 1)
    assert not run_job(job.pk)
    verbs = AuditEvent.objects.filter(object_type="core.job").order_by("seq")
    assert [(e.verb, e.channel, e.actor_name) for e in verbs][1:] == [
        ("job.start", "job", city.lin.audit_name),
        ("job.finish", "job", city.lin.audit_name),
    ]


def test_a_job_is_only_sent_when_the_callers_transaction_commits(
    city, at, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job = make(city, at)
        assert sent == []
    assert sent == [job.pk]


def test_an_unknown_kind_is_refused_before_a_row_is_made(city, at):
    with pytest.raises(LookupError, match=r"test\.file"):
        make(city, at, kind="test.nothing")
    assert not Job.objects.exists()


def test_a_broker_that_is_down_refuses_nobody_and_the_sweep_sends_it_later(
    city, at, monkeypatch, django_capture_on_commit_callbacks
):
    dead = Celery("dead", broker="amqp://127.0.0.1:1//")
    dead.conf.update(task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0})
    with monkeypatch.context() as patch:
        patch.setattr(queue, "app", dead)
        started = time.monotonic()
        with django_capture_on_commit_callbacks(execute=True):
            job = make(city, at)
        assert time.monotonic() - started < 5
        job.refresh_from_db()
        assert (job.state, job.published_at) == (JobState.QUEUED, None)
        assert sweep(at) == 0
    monkeypatch.setattr(queue, "publish", lambda pk: True)
    assert sweep(at) == 1


def test_the_sweep_does_not_send_the_same_job_at_every_tick(city, at, sent, settings):
    job = make(city, at)
    assert sweep(at + dt.timedelta(seconds=1)) == 0
    later = at + dt.timedelta(seconds=2 * settings.JOB_LEASE_SECONDS + 1)
    assert [sweep(later), sweep(later + dt.timedelta(seconds=settings.JOB_SWEEP_SECONDS))] == [1, 0]
    assert sent == [job.pk]


def test_the_sweep_sends_a_running_job_again_when_its_lease_ran_out(city, at, sent, settings):
    job = make(city, at)
    runner.claim(job.pk, at)
    assert sweep(at + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS - 1)) == 0
    later = at + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS + 1)
    assert [sweep(later), sweep(later + dt.timedelta(seconds=1))] == [1, 0]


def test_a_claimed_job_cannot_be_claimed_again_before_its_lease_ends(city, at, settings):
    job = make(city, at)
    first = runner.claim(job.pk, at)
    assert runner.claim(job.pk, at + dt.timedelta(seconds=1)) is None
    second = runner.claim(job.pk, at + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS + 1))
    assert (second.attempts, second.lease_token != first.lease_token) == (2, True)


def test_a_run_that_lost_its_lease_commits_nothing(city, at, settings):
    job = make(city, at)
    with JobContext(runner.claim(job.pk, at)) as late:
        late.save_file("a.txt", "text/plain", b"late")
        key = late.job.result_key
        runner.claim(job.pk, at + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS + 1))
        with pytest.raises(LeaseLost), late.finishing():
            mark_effect(late, "late")
    job.refresh_from_db()
    assert (job.state, effects("late")) == (JobState.RUNNING, 0)
    assert not default_storage.exists(key)
    assert not AuditEvent.objects.filter(verb="job.finish").exists()


def test_a_run_that_lost_its_lease_stops_at_its_next_progress(city, at, settings):
    job = make(city, at)
    with JobContext(runner.claim(job.pk, at)) as late:
        late.progress(1, 2)
        runner.claim(job.pk, at + dt.timedelta(hours=1))
        with pytest.raises(LeaseLost):
            late.progress(2, 2)


def test_a_reason_the_person_can_mend_is_told_and_not_tried_again(city, at):
    job = run(make(city, at, "test.refuses"))
    assert (job.state, job.attempts, job.result_key) == (JobState.FAILED, 1, "")
    assert job.error == "第 3 行的等级不是数字，请改正后重新导入。"
    assert AuditEvent.objects.get(verb="job.fail").result == AuditResult.FAILED


def test_an_unexpected_error_is_tried_again_later_and_ends_with_a_calm_sentence(city, at, sent):
    job = run(make(city, at, "test.breaks", params={"name": "b"}))
    assert (job.state, job.published_at) == (JobState.QUEUED, None)
    assert not run_job(job.pk), "not before its pause is over"
    assert [sweep(at), sweep(job.lease_until + dt.timedelta(seconds=1))] == [0, 1]
    Job.objects.filter(pk=job.pk).update(lease_until=None)
    run(job)
    assert (job.state, job.attempts, effects("b")) == (JobState.FAILED, 2, 0)
    assert "boom" not in job.error
    assert f"job-{job.pk}" in job.error


def test_a_job_whose_worker_dies_each_time_is_given_up(city, at):
    job = make(city, at)
    Job.objects.filter(pk=job.pk).update(attempts=3)
    run(job)
    assert job.state == JobState.FAILED
    assert "多次被中断" in job.error


def test_a_job_of_a_disabled_person_is_not_done(city, at):
    job = make(city, at)
    city.lin.is_active = False
    city.lin.save()
    run(job)
    assert job.state == JobState.FAILED
    assert AuditEvent.objects.get(verb="job.fail").result == AuditResult.REFUSED


def test_rights_revoked_after_queueing_stop_the_job(city, at, thing):
    job = make(city, at, subject=thing)
    city.lin.position_set.update(valid_until=dt.date(2021, 1, 1))
    run(job)
    assert (job.state, job.result_key) == (JobState.FAILED, "")
    assert AuditEvent.objects.get(verb="job.fail").result == AuditResult.REFUSED


def test_rights_revoked_while_a_job_runs_roll_its_writes_back(city, at, thing):
    job = make(city, at, subject=thing)
    with JobContext(runner.claim(job.pk, at)) as context:
        city.lin.position_set.update(valid_until=dt.date(2021, 1, 1))
        with pytest.raises(errors.OutOfScope), context.finishing():
            mark_effect(context, "revoked")
    assert effects("revoked") == 0


def test_the_owner_downloads_the_result_as_an_attachment_that_no_browser_opens(city, at, thing, client):
    job = run(make(city, at, subject=thing))
    client.force_login(city.lin)
    response = client.get(reverse("core:job-result", args=[job.pk]))
    assert response.getvalue() == b"<b>x</b>"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert AuditEvent.objects.filter(verb="job.download", actor_id=city.lin.pk).exists()


@pytest.mark.parametrize("name", ["job-detail", "job-result"])
def test_nobody_else_reaches_a_job_or_its_file(city, at, thing, client, name):
    job = run(make(city, at, subject=thing))
    for other in (city.zhou, city.gao, city.sysadmin, city.auditor):
        client.force_login(other)
        assert client.get(reverse(f"core:{name}", args=[job.pk])).status_code == 404, other


def test_the_file_is_closed_to_its_owner_when_he_may_no_longer_see_the_record(city, at, thing, client):
    job = run(make(city, at, subject=thing))
    city.lin.position_set.update(valid_until=dt.date(2021, 1, 1))
    client.force_login(city.lin)
    assert client.get(reverse("core:job-result", args=[job.pk])).status_code == 404
    assert client.get(reverse("core:job-detail", args=[job.pk])).status_code == 404
    assert job.label not in client.get(reverse("core:job-list")).content.decode()


def test_the_file_needs_the_jobs_own_action_at_the_moment_of_download(city, at, thing, client):
    job = run(make(city, at, subject=thing))
    Job.objects.filter(pk=job.pk).update(subject_action="agree")
    client.force_login(city.lin)
    assert client.get(reverse("core:job-result", args=[job.pk])).status_code == 403


@pytest.mark.parametrize("put", [sealed.put, lambda key, data: default_storage.save(key, ContentFile(data))])
def test_a_result_that_was_changed_on_the_disk_is_not_handed_out(city, at, client, put):
    job = run(make(city, at))
    default_storage.delete(job.result_key)
    put(job.result_key, b"<b>y</b>")
    client.force_login(city.lin)
    assert client.get(reverse("core:job-result", args=[job.pk])).status_code == 409


def test_a_result_is_unreadable_where_it_is_kept_and_bound_to_its_place(city, at, client, disk):
    first, second = (run(make(city, at, params={"text": text})) for text in ("13812345678", "13912345678"))
    client.force_login(city.lin)
    assert client.get(reverse("core:job-result", args=[first.pk])).getvalue() == b"13812345678"
    with default_storage.open(first.result_key, "rb") as handle:
        kept = handle.read()
    assert kept.startswith((b"aes.", b"sm4.")) and b"13812345678" not in kept
    default_storage.delete(second.result_key)
    default_storage.save(second.result_key, ContentFile(kept))
    Job.objects.filter(pk=second.pk).update(result_digest=first.result_digest)
    assert client.get(reverse("core:job-result", args=[second.pk])).status_code == 409


def test_the_page_polls_while_the_job_runs_and_stops_when_it_is_over(city, at, client):
    job = make(city, at, params={"url": "/jobs/"})
    client.force_login(city.lin)
    url = reverse("core:job-detail", args=[job.pk])
    assert "hx-trigger" in client.get(url, headers={"HX-Request": "true"}).content.decode()
    run(job)
    page = client.get(url).content.decode()
    assert "hx-trigger" not in page
    assert reverse("core:job-result", args=[job.pk]) in page
    assert 'href="/jobs/"' in page


@pytest.mark.parametrize("url", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_a_job_leads_nowhere_but_into_this_site(city, at, client, url):
    job = run(make(city, at, params={"url": url}))
    client.force_login(city.lin)
    assert url not in client.get(reverse("core:job-detail", args=[job.pk])).content.decode()


def test_whoever_left_the_page_is_told_of_the_end(city, at, thing):
    run(make(city, at - dt.timedelta(minutes=1), subject=thing))
    run(make(city, at, subject=thing))
    assert [n.text for n in Notice.objects.filter(user=city.lin)] == ["“生成文件”已完成。"]


def test_a_period_belongs_to_the_first_who_takes_it(db, at):
    at = at.replace(minute=10)
    assert [once_per_period("x", 3600, at), once_per_period("x", 3600, at)] == [True, False]
    assert once_per_period("x", 3600, at + dt.timedelta(hours=1))


def test_a_periodic_task_sent_by_two_beats_is_done_once(db, monkeypatch):
    done: list[dt.datetime] = []
    monkeypatch.setattr(celery_tasks.housekeeping, "housekeeping", done.append)
    celery_tasks.run_housekeeping()
    celery_tasks.run_housekeeping()
    assert len(done) == 1


def test_housekeeping_removes_old_results_and_files_of_killed_runs_only(city, at):
    kept, old = run(make(city, at)), run(make(city, at))
    Job.objects.filter(pk=old.pk).update(finished_at=at - dt.timedelta(days=31))
    orphan = default_storage.save("results/orphan", ContentFile(b"x"))
    tidied = housekeeping(at)
    assert (tidied.old_results, tidied.orphan_results) == (1, 0)
    assert default_storage.exists(kept.result_key)
    assert not default_storage.exists(old.result_key)
    tidied = housekeeping(at + dt.timedelta(hours=25))
    assert tidied.orphan_results >= 1
    assert not default_storage.exists(orphan)
    assert default_storage.exists(kept.result_key)



def test_housekeeping_reports_a_file_without_a_row_a_row_without_its_file_and_one_whose_record_is_gone(
    city, at, disk
):
    def attached(parent, key):
        kind = ContentType.objects.get_for_model(parent)
        facts = {"name": "a.txt", "media_type": "text/plain", "size": 1, "algorithm": "sm3", "digest": "0", "at": at}
        Attachment.objects.create(
            content_type=kind, object_id=parent.pk, storage_key=key, by=city.lin, **facts
        )

    kept, gone = make_thing(city.health), make_thing(city.health)
    whole = default_storage.save(f"attachments/{'a' * 32}", ContentFile(b"x"))
    strange = default_storage.save(f"attachments/{'b' * 32}", ContentFile(b"x"))
    attached(kept, whole)
    attached(kept, f"attachments/{'c' * 32}")
    attached(gone, default_storage.save(f"attachments/{'d' * 32}", ContentFile(b"x")))
    Thing.objects.filter(pk=gone.pk).delete()  # as a hand in the database does it
    tidied = housekeeping(at + dt.timedelta(hours=25))
    assert (tidied.attachment_orphans, tidied.missing_files, tidied.lost_records) == (1, 1, 1)
    assert default_storage.exists(strange), "evidence is not swept away"
    detail = AuditEvent.objects.get(verb="storage.housekeeping").detail
    assert (detail["attachment_orphans"], detail["missing_files"], detail["lost_records"]) == (1, 1, 1)
