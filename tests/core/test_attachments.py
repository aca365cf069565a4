"""Files of a record: what gets in, where it lies, who gets it out, and what stays when something fails."""

from __future__ import annotations

import errno
import io
import re
import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from secmgmt.core import attachments, audit, errors, records
from secmgmt.core.filesafety.refusal import FileRefused
from secmgmt.core.models import Attachment, AuditEvent
from tests.core.testapp.models import STEPS
from tests.core.testapp.support import invite, make_thing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path, monkeypatch):
    """A storage of this test's own."""
    storage = FileSystemStorage(location=tmp_path / "files")
    monkeypatch.setattr(attachments, "default_storage", storage)
    return tmp_path / "files"


@pytest.fixture
def thing(city):
    return make_thing(city.health, "卫生平台")


def text_file(name="日志.txt", content="扫描通过\n"):
    return SimpleUploadedFile(name, content.encode())


def picture(name="机房.png"):
    target = io.BytesIO()
    Image.new("RGB", (4, 4)).save(target, "PNG")
    return SimpleUploadedFile(name, target.getvalue())


def files_in(store: Path):
    return [path for path in store.rglob("*") if path.is_file()]


def attach(thing, city, at, upload=None, **values):
    values = {"by": city.lin, "declared_not_secret": True, **values}
    return attachments.attach(parent=thing, upload=upload or text_file(), at=at, **values)


# -- in ----------------------------------------------------------------------------------------------------


def test_a_file_is_kept_with_its_digest_under_a_random_key(city, thing, at, store):
    row = attach(thing, city, at, note="季度扫描")
    assert re.fullmatch(r"attachments/[0-9a-f]{32}", row.storage_key)
    assert (store / row.storage_key).read_bytes() == "扫描通过\n".encode()
    assert (row.name, row.size, row.media_type, row.algorithm) == ("日志.txt", 13, "text/plain", "sm3")
    event = AuditEvent.objects.get(verb="attachment.add")
    assert event.after["digest"] == row.digest and event.object_id == str(thing.pk)


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x.txt", "/abs/x.txt", "..\\..\\x.txt", "a/b/x.txt", "%2e%2e%2fx.txt"]
)
def test_nothing_of_the_senders_name_reaches_the_disk(city, thing, at, store, name):
    upload = text_file()
    upload._name = name  # as a client that cleans nothing would send it
    row = attach(thing, city, at, upload)
    assert "/" not in row.name and "\\" not in row.name
    assert [str(path.relative_to(store)) for path in files_in(store)] == [row.storage_key]


def test_the_storage_key_is_never_taken_from_a_request(client, city, thing, at, store):
    """A31: a key in the form changes nothing, a foreign key in the row deletes nothing."""
    client.force_login(city.lin)
    url = attach_url(thing)
    data = {"file": text_file(), "declared_not_secret": "on", "storage_key": "secmgmt.sqlite3", "digest": "0"}
    client.post(url, data)
    row = Attachment.objects.get()
    assert row.storage_key.startswith("attachments/")
    victim = store / "victim"
    victim.write_text("x")
    for key in ("victim", "attachments/../victim", "../victim", "/etc/passwd"):
        with pytest.raises(ValueError, match="not a storage key"):
            attachments.drop_file(key)
    assert victim.exists()


@pytest.mark.parametrize(
    "name, content, code",
    [
        ("页.png", b"<html><script>alert(1)</script>", "active-content"),
        ("图.svg", b"<svg onload=alert(1)>", "type-not-allowed"),
        ("页.html", b"<html>", "type-not-allowed"),
        ("程序.txt", b"MZ\x90\x00\x03\x00\x00\x00", "type-not-allowed"),
        ("空.txt", b"", "empty"),
        ("假.pdf", b"only text", "type-mismatch"),
    ],
)
def test_the_content_decides_what_a_file_is(city, thing, at, store, name, content, code):
    with pytest.raises(FileRefused) as caught:
        attach(thing, city, at, SimpleUploadedFile(name, content))
    assert caught.value.code == code
    assert not Attachment.objects.exists() and files_in(store) == []


def test_a_file_over_the_limit_is_refused(city, thing, at, settings, store):
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(FileRefused) as caught:
        attach(thing, city, at)
    assert caught.value.code == "too-large" and files_in(store) == []


def test_a_record_holds_so_many_files_and_no_more(city, thing, at, settings, store):
    settings.UPLOAD_MAX_FILES_PER_OBJECT = 2
    attach(thing, city, at)
    attach(thing, city, at, text_file(content="第二次扫描通过\n"))
    with pytest.raises(errors.Conflict):
        attach(thing, city, at, text_file(content="第三次扫描通过\n"))
    assert Attachment.objects.count() == len(files_in(store)) == 2


def test_the_same_content_is_kept_once_whatever_its_name_and_a_proof_as_often_as_it_proves(city, thing, at, store):
    attach(thing, city, at)
    with pytest.raises(FileRefused, match=r"与已有附件“日志[.]txt”完全相同"):
        attach(thing, city, at, text_file("另一份.txt"))
    assert Attachment.objects.count() == len(files_in(store)) == 1
    attach(thing, city, at, slot="proof")
    attach(thing, city, at, slot="proof")
    assert Attachment.objects.count() == 3


def test_a_zip_bomb_is_refused_before_it_is_read(city, thing, at, store):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b" " * 60_000_000)
    with pytest.raises(FileRefused):
        attach(thing, city, at, SimpleUploadedFile("表.xlsx", target.getvalue()))
    assert files_in(store) == []


def test_a_secrecy_mark_is_refused_and_a_question_wants_its_answer(city, thing, at, store):
    with pytest.raises(FileRefused) as caught:
        attach(thing, city, at, text_file(content="机密★10年\n内容"), confirmed_not_secret=True)
    assert caught.value.code == "secrecy-mark"
    doubtful = "说明\n" * 20 + "密级：秘密\n"
    with pytest.raises(FileRefused) as caught:
        attach(thing, city, at, text_file(content=doubtful))
    assert caught.value.code == "secrecy-confirm" and files_in(store) == []
    attach(thing, city, at, text_file(content=doubtful), confirmed_not_secret=True)
    assert AuditEvent.objects.get(verb="attachment.add").detail["confirmed_not_secret"] is True


def test_a_picture_needs_the_declaration_of_who_sends_it(city, thing, at, store):
    with pytest.raises(FileRefused) as caught:
        attach(thing, city, at, picture(), declared_not_secret=False)
    assert caught.value.code == "secrecy-declare"
    assert attach(thing, city, at, picture()).declared_not_secret is True


def test_who_may_neither_attach_nor_change_does_not(city, thing, at, store):
    with pytest.raises(errors.NotAllowed):
        attach(thing, city, at, by=city.zhou)
    with pytest.raises(errors.OutOfScope):
        attach(thing, city, at, by=city.su)
    with pytest.raises(errors.OutOfScope):
        attach(thing, city, at, by=city.sysadmin)
    assert attach(thing, city, at, by=city.shen).by == city.shen
    assert len(files_in(store)) == 1


# -- failures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_leaves_neither_row_nor_part_of_the_file(city, thing, at, store, monkeypatch, number):
    class Full(FileSystemStorage):
        def _save(self, name, content):
            path = Path(self.path(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"half")
            raise OSError(number, "full")

    monkeypatch.setattr(attachments, "default_storage", Full(location=store))
    with pytest.raises(errors.NoSpace) as caught:
        attach(thing, city, at)
    assert caught.value.status == 507
    assert not Attachment.objects.exists() and files_in(store) == [] and not AuditEvent.objects.exists()


def test_a_failing_trail_takes_row_and_file_with_it(city, thing, at, store, monkeypatch):
    def fail(events):
        raise RuntimeError

    monkeypatch.setattr(audit, "_write_chain", fail)
    with pytest.raises(RuntimeError):
        attach(thing, city, at)
    assert not Attachment.objects.exists() and files_in(store) == []


def test_an_outer_act_that_fails_later_takes_the_file_with_it(city, thing, at, store):
    with pytest.raises(RuntimeError), audit.act():
        attach(thing, city, at)
        assert len(files_in(store)) == 1
        raise RuntimeError
    assert not Attachment.objects.exists() and files_in(store) == []


# -- out ---------------------------------------------------------------------------------------------------


def test_a_download_is_a_download_and_never_a_page(client, city, thing, at):
    row = attach(thing, city, at, text_file('报告"一";x.txt'))
    client.force_login(city.zhou)
    response = client.get(f"/files/{row.pk}/")
    assert b"".join(response.streaming_content) == "扫描通过\n".encode()
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''%E6%8A%A5") and "\n" not in disposition
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Type"] == "text/plain"
    assert "no-store" in response["Cache-Control"]
    assert AuditEvent.objects.get(verb="attachment.download").actor_id == city.zhou.pk


def test_another_bureaus_file_is_the_same_404_as_none(client, city, thing, at):
    row = attach(thing, city, at)
    for user in (city.su, city.nobody, city.sysadmin):
        client.force_login(user)
        for path in (f"/files/{row.pk}/", f"/files/{row.pk}/remove/"):
            response = client.get(path)
            assert response.status_code in (302, 404)
            assert row.name not in response.content.decode()
    client.logout()
    assert client.get(f"/files/{row.pk}/").status_code == 302


def test_a_participant_gets_the_files_only_when_his_invitation_names_them(city, thing, at):
    row = attach(thing, city, at)
    invitation = invite(thing, "reviewer", user=city.su, fields=["name"])
    with pytest.raises(errors.OutOfScope):
        attachments.download(user=city.su, pk=row.pk)
    assert not attachments.attachments_of(thing, city.su).exists()
    invitation.fields = ["name", "attachments"]
    invitation.save()
    assert attachments.download(user=city.su, pk=row.pk).status_code == 200
    assert attachments.attachments_of(thing, city.su).get() == row


@pytest.mark.parametrize("path", ["..%2f..%2fsettings.py", "%2e%2e/%2e%2e/manage.py", "..\\manage.py", "1/../../x"])
def test_no_address_leads_out_of_the_storage(client, city, path):
    client.force_login(city.lin)
    for start in ("/files/", "/objects/import/", "/static/", "/jobs/", "/reports/"):
        assert client.get(start + path).status_code in (400, 404), start


def test_one_flipped_byte_stops_the_download_and_is_told(client, city, thing, at, store):
    row = attach(thing, city, at)
    path = store / row.storage_key
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    client.force_login(city.lin)
    response = client.get(f"/files/{row.pk}/")
    assert response.status_code == 409 and not response.streaming
    event = AuditEvent.objects.get(verb="attachment.digest-broken")
    assert event.result == "refused" and event.detail["attachment"] == row.pk
    path.unlink()
    assert client.get(f"/files/{row.pk}/").status_code == 409


def test_removing_deletes_the_file_once_the_act_has_committed(
    city, thing, at, store, django_capture_on_commit_callbacks
):
    row = attach(thing, city, at)
    with pytest.raises(errors.NotAllowed):
        attachments.remove(attachment=row, by=city.zhou, at=at)
    with django_capture_on_commit_callbacks() as callbacks:
        attachments.remove(attachment=row, by=city.lin, at=at)
        assert len(files_in(store)) == 1
    callbacks[0]()
    assert files_in(store) == [] and not Attachment.objects.exists()
    assert AuditEvent.objects.get(verb="attachment.remove").before["digest"] == row.digest


def test_deleting_a_record_takes_its_files_and_tells_what_they_were(
    city, thing, at, store, django_capture_on_commit_callbacks
):
    row = attach(thing, city, at)
    with django_capture_on_commit_callbacks(execute=True):
        records.delete(thing, by=city.lin, at=at, version=1)
    assert files_in(store) == [] and not Attachment.objects.exists()
    event = AuditEvent.objects.get(verb="testapp.thing.delete")
    assert event.detail["attachments"] == [{"name": row.name, "size": row.size, "digest": row.digest}]


def test_what_was_submitted_keeps_its_files(city, thing, at):
    row = attach(thing, city, at)
    STEPS.fire(thing, "submit", by=city.lin, at=at, seen="v1")
    with pytest.raises(errors.Conflict, match="已提交并冻结"):
        attachments.remove(attachment=row, by=city.lin, at=at)


# -- pages -------------------------------------------------------------------------------------------------


def attach_url(thing):
    kind = audit_kind(thing)
    return f"/files/on/{kind}/{thing.pk}/"


def audit_kind(thing):
    return attachments.ContentType.objects.get_for_model(thing).pk


def test_a_page_takes_a_file_and_says_what_it_refuses(client, city, thing):
    client.force_login(city.lin)
    url = attach_url(thing)
    assert client.post(url, {"file": text_file(), "declared_not_secret": "on"}).status_code == 302
    page = SimpleUploadedFile("a.html", b"<html>")
    response = client.post(url, {"file": page, "declared_not_secret": "on"})
    html = response.content.decode()
    assert response.status_code == 422 and "这份附件没有上传" in html and "日志.txt" in html
    assert AuditEvent.objects.filter(verb="refused.type-not-allowed").count() == 1
    response = client.post(url, {"file": text_file()})
    assert response.status_code == 422 and "勾选" in response.content.decode()
    assert Attachment.objects.count() == 1


def test_htmx_gets_the_files_alone_and_a_question_gets_its_box(client, city, thing):
    client.force_login(city.lin)
    upload = text_file(content="说明\n" * 20 + "密级：秘密\n")
    sent = {"file": upload, "declared_not_secret": "on"}
    response = client.post(attach_url(thing), sent, HTTP_HX_REQUEST="true")
    html = response.content.decode()
    assert response.status_code == 422 and "<html" not in html
    assert 'type="checkbox" name="confirmed_not_secret"' in html
    assert re.search("<label[^>]*>\\s*已确认不涉密", html) and "onfirmed not secret" not in html
    upload.seek(0)
    response = client.post(attach_url(thing), {**sent, "confirmed_not_secret": "on"}, HTTP_HX_REQUEST="true")
    assert response.status_code == 200 and "日志.txt" in response.content.decode()


def test_a_record_of_another_bureau_or_of_no_visitors_takes_no_file(client, city, thing):
    other = make_thing(city.education)
    client.force_login(city.lin)
    sent = {"declared_not_secret": "on"}
    assert client.post(attach_url(other), {**sent, "file": text_file()}).status_code == 404
    session = attachments.ContentType.objects.get(app_label="sessions", model="session").pk
    for kind in (session, 999999):
        assert client.post(f"/files/on/{kind}/1/", {**sent, "file": text_file()}).status_code == 404
    assert not Attachment.objects.exists()


def test_a_body_larger_than_any_upload_is_refused_before_it_is_read(client, city, thing, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    client.force_login(city.lin)
    sent = {"file": SimpleUploadedFile("a.txt", b"a" * 2_000_000), "declared_not_secret": "on"}
    assert client.post(attach_url(thing), sent).status_code == 413
    assert AuditEvent.objects.get(verb="refused.too-large").actor_id == city.lin.pk


def test_removing_asks_first(client, city, thing, at):
    row = attach(thing, city, at)
    client.force_login(city.lin)
    assert "不能恢复" in client.get(f"/files/{row.pk}/remove/").content.decode()
    assert client.post(f"/files/{row.pk}/remove/").status_code == 302
    assert not Attachment.objects.exists()
