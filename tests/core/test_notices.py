"""Notices, comments and the search page: what hangs on a record takes the record's visibility."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType

from secmgmt.core import audit, comments, errors, manifest, notices
from secmgmt.core.models import AuditEvent, Comment, Notice
from tests.core.testapp.support import invite, make_thing
from tests.support import make_position

pytestmark = pytest.mark.django_db


@pytest.fixture
def thing(city):
    return make_thing(city.health, "卫生平台")


def tell(thing, at, **values):
    return notices.notify(text="请办理", url="/things/1/", parent=thing, at=at, **values)


def test_each_person_is_told_once_and_the_disabled_are_not(city, thing, at):
    city.su.is_active = False
    tell(thing, at, users=[city.lin, city.zhou, city.lin, city.su], user=city.zhou)
    assert set(Notice.objects.values_list("user__username", flat=True)) == {"lin", "zhou"}


def test_a_notice_about_what_one_no_longer_sees_is_not_shown(city, thing, at):
    tell(thing, at, users=[city.lin, city.su])
    assert notices.unread(city.lin) == 1 and notices.unread(city.su) == 0
    assert manifest.unread_count(city.su) == 0
    make_position(city.su, city.health, "act_as_inspector")
    assert notices.unread(city.su) == 1


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_a_notice_leads_nowhere_but_into_this_site(city, thing, at, url):
    with pytest.raises(ValueError, match="not a path"):
        notices.notify(users=[city.lin], text="x", url=url, parent=thing, at=at)


def test_a_long_text_is_cut_and_not_refused(city, thing, at):
    row = notices.notify(user=city.lin, text="长" * 999, url="/x/", parent=thing, at=at)[0]
    assert len(row.text) == 300 and row.text.endswith("…")


def test_a_notice_goes_with_the_act_that_told_it(city, thing, at):
    with pytest.raises(RuntimeError), audit.act():
        tell(thing, at, user=city.lin)
        raise RuntimeError
    assert not Notice.objects.exists()


def test_the_page_lists_mine_and_opening_one_marks_it_read(client, city, thing, at):
    row = tell(thing, at, user=city.lin)[0]
    tell(thing, at, user=city.zhou)
    client.force_login(city.lin)
    html = client.get("/notices/").content.decode()
    assert html.count("请办理") == 1 and "未读" in html
    response = client.post(f"/notices/{row.pk}/open/")
    assert response.status_code == 302 and response["Location"] == "/things/1/"
    row.refresh_from_db()
    assert row.read_at is not None
    assert "没有未读消息" in client.get("/notices/?unread=1").content.decode()
    assert AuditEvent.objects.get(verb="core.notice.read").detail == {"count": 1}


def test_anothers_notice_is_not_opened_and_all_of_mine_are_read_at_once(client, city, thing, at):
    row = tell(thing, at, user=city.zhou)[0]
    tell(thing, at, user=city.lin)
    client.force_login(city.lin)
    assert client.post(f"/notices/{row.pk}/open/").status_code == 404
    assert client.get(f"/notices/{row.pk}/open/").status_code == 405
    assert client.post("/notices/read/").status_code == 302
    assert Notice.objects.filter(read_at__isnull=True).get() == row
    with pytest.raises(errors.OutOfScope):
        notices.mark_read(by=city.lin, at=at, pk=row.pk)


def test_who_sees_a_record_may_remark_on_it_and_nobody_else(city, thing, at):
    comments.add(parent=thing, text="  请补材料 ", by=city.zhou, at=at)
    with pytest.raises(errors.OutOfScope):
        comments.add(parent=thing, text="x", by=city.su, at=at)
    assert [c.text for c in comments.comments_of(thing, city.lin)] == ["请补材料"]
    assert AuditEvent.objects.get(verb="core.comment.add").object_id == str(thing.pk)


@pytest.mark.parametrize("text", ["", "   ", "长" * 2001, "机密★10年"])
def test_a_remark_says_something_short_and_not_secret(city, thing, at, text):
    with pytest.raises(errors.Invalid):
        comments.add(parent=thing, text=text, by=city.lin, at=at)
    assert not Comment.objects.exists()


def test_a_participant_joins_the_discussion_only_when_invited_to_it(city, thing, at):
    comments.add(parent=thing, text="内部意见", by=city.lin, at=at)
    invitation = invite(thing, "reviewer", user=city.su, fields=["name"])
    assert not comments.comments_of(thing, city.su).exists()
    with pytest.raises(errors.NotAllowed):
        comments.add(parent=thing, text="x", by=city.su, at=at)
    invitation.fields = ["name", "comments"]
    invitation.save()
    comments.add(parent=thing, text="收到", by=city.su, at=at)
    assert comments.comments_of(thing, city.su).count() == 2


def test_a_remark_is_posted_on_the_records_page(client, city, thing):
    kind = ContentType.objects.get_for_model(thing).pk
    client.force_login(city.lin)
    url = f"/comments/on/{kind}/{thing.pk}/"
    assert client.post(url, {"text": "<b>粗</b>"})["Location"] == f"/things/{thing.pk}/"
    html = client.post(url, {"text": "二"}, HTTP_HX_REQUEST="true").content.decode()
    assert "&lt;b&gt;粗" in html and "<html" not in html
    assert client.post(url, {"text": ""}).status_code == 422
    other = make_thing(city.education)
    assert client.post(f"/comments/on/{kind}/{other.pk}/", {"text": "x"}).status_code == 404


def test_the_search_page_finds_by_kind_and_escapes_what_was_asked(client, city, thing):
    make_thing(city.education, "学籍平台")
    assert client.get("/search/?q=平台").status_code == 302
    client.force_login(city.lin)
    html = client.get("/search/?q=平台").content.decode()
    assert "事项" in html and f"/things/{thing.pk}/" in html and "学籍" not in html
    html = client.get("/search/?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in html and "没有找到与" in html
    assert "要找什么" in client.get("/search/").content.decode()


def test_suggestions_are_a_fragment_of_the_few_best(client, city):
    for number in range(8):
        make_thing(city.health, f"平台{number}")
    client.force_login(city.lin)
    html = client.get("/search/?q=平台", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in html and html.count("<li>") == 5 and "还有更多" in html
