"""How long a position lasts: changed with a reason, at once, never overlapping; and what the pages say of it."""

from __future__ import annotations

import datetime as dt

import pytest

from secmgmt.accounts import services
from secmgmt.accounts.models import OrgUnit, Position, User
from secmgmt.core import errors
from secmgmt.core.clock import today
from secmgmt.core.models import AuditEvent
from tests.support import make_position

from .conftest import browser

DAY = dt.timedelta(days=1)


def change(client, position, until, reason="工作需要", version=None):
    position.refresh_from_db()
    sent = {"valid_until": until or "", "reason": reason, "version": version or position.version}
    return client.post(f"/manage/positions/{position.pk}/term/", sent)


@pytest.fixture
def position(city) -> Position:
    return make_position(city.nobody, city.health, "act_as_owner", valid_from=today() - 9 * DAY, valid_until=today())


def names(user):
    return set(OrgUnit.objects.visible_to(User.objects.get(pk=user.pk)).values_list("name", flat=True))


def test_a_term_is_lengthened_shortened_and_opened_with_its_reason_in_the_trail(as_security, city, position):
    for until in (today() + 30 * DAY, today() + DAY, None):
        assert change(as_security, position, until, reason="任期调整").status_code == 302
        position.refresh_from_db()
        assert position.valid_until == until
    events = AuditEvent.objects.filter(verb="position.term", object_id=str(position.pk)).order_by("seq")
    assert [event.detail["reason"] for event in events] == ["任期调整"] * 3
    assert events[0].before["valid_until"] == today().isoformat() and events[0].actor_name.endswith("(secadmin)")
    assert "任期调整" in as_security.get(f"/manage/positions/{position.pk}/history/").content.decode()


def test_rights_change_at_once_while_session_and_token_go_on(as_security, client, city, position, at):
    mine = browser(city.nobody)
    _token, text = services.issue_token(user=city.nobody, by=city.nobody, at=at, label="脚本", scope="read", days=9)
    mine.get("/")
    assert "市卫生健康委" in names(city.nobody)
    change(as_security, position, today() - DAY)
    assert names(city.nobody) == set()
    assert mine.get("/").status_code == 200
    bearer = {"Authorization": f"Bearer {text}"}
    assert client.get("/api/v1/objects", headers=bearer).json()["items"] == []
    change(as_security, position, None)
    assert "市卫生健康委" in names(city.nobody)


@pytest.mark.parametrize(
    ("until", "reason", "sentence"),
    [
        (0, "x", "止日没有变化"),
        (-30, "x", "止日不能早于起日"),
        (5, " ", "“原因”没有填写。"),
        (20, "x", "任期不能重叠：已有"),
        (None, "x", "任期不能重叠：已有"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(as_security, city, position, until, reason, sentence):
    make_position(city.nobody, city.health, "act_as_owner", valid_from=today() + 10 * DAY)
    response = change(as_security, position, None if until is None else today() + until * DAY, reason)
    assert response.status_code == 422 and sentence in response.content.decode()
    position.refresh_from_db()
    assert position.valid_until == today()


def test_an_agencys_term_keeps_an_end(as_security, city):
    agency = make_position(city.nobody, city.health, "act_as_agency", valid_until=today())
    response = change(as_security, agency, None)
    assert response.status_code == 422 and "必须写明截止日期" in response.content.decode()


def test_a_term_changed_meanwhile_is_not_overwritten(as_security, city, position):
    read = position.version
    change(as_security, position, today() + DAY)
    assert change(as_security, position, today() + 9 * DAY, version=read).status_code == 409
    position.refresh_from_db()
    assert position.valid_until == today() + DAY


@pytest.mark.parametrize("username", ["sysadmin", "auditor", "gao", "zhou", "nobody"])
def test_only_who_grants_changes_a_term(city, position, at, username):
    by = getattr(city, username)
    assert change(browser(by), position, None).status_code == 403
    with pytest.raises(errors.NotAllowed):
        services.change_term(position=position, by=by, at=at, valid_until=None, reason="x", version=position.version)


def test_the_pages_say_what_is_to_come_what_holds_and_what_is_over(as_security, city):
    terms = {"尚未开始": (5, None), "现任": (-5, 0), "已结束": (-5, -1)}
    for label, (start, end) in terms.items():
        until = None if end is None else today() + end * DAY
        since = today() + start * DAY
        row = make_position(city.nobody, city.health, "act_as_expert", valid_from=since, valid_until=until)
        html = as_security.get(f"/manage/positions/{row.pk}/").content.decode()
        assert label in html and ("结束…" in html) is (label != "已结束")
        row.delete()
    past = make_position(city.nobody, city.health, "act_as_expert", valid_until=today() - DAY)
    for when, shown in (("now", False), ("past", True), ("future", False), ("ending", False)):
        html = as_security.get(f"/manage/positions/?when={when}&q=nobody").content.decode()
        assert (f"/manage/positions/{past.pk}/" in html) is shown, when


def test_a_position_of_a_merged_unit_shows_the_new_unit_and_its_history_the_old_one(as_security, city, at):
    position = Position.objects.get(user=city.lin)
    services.merge_unit(unit=city.health, into=city.education, by=city.sysadmin, at=at, reason="机构改革")
    page = as_security.get(f"/manage/positions/{position.pk}/").content.decode()
    assert "市教育局" in page and "市卫生健康委" not in page
    history = as_security.get(f"/manage/positions/{position.pk}/history/").content.decode()
    assert "市卫生健康委" in history and "市教育局" in history
    listed = as_security.get("/manage/positions/?q=lin").content.decode()
    assert "市教育局" in listed
