"""The tick for keyboard shortcuts in the account menu is a person's own and is kept."""

from __future__ import annotations

from secmgmt.accounts.models import User
from secmgmt.core.models import AuditEvent


def ticked(client) -> bool:
    box = client.get("/").content.decode().split("data-shortcuts")[1].split(">")[0]
    return "checked" in box


def test_the_tick_is_kept_for_the_person_and_shown_on_every_page(as_lin, as_security, city):
    assert ticked(as_lin) and 'data-keys="off"' not in as_lin.get("/").content.decode()
    version = User.objects.get(pk=city.lin.pk).version
    assert as_lin.post("/me/shortcuts/", {}).status_code == 204
    assert not ticked(as_lin) and 'data-keys="off"' in as_lin.get("/objects/").content.decode()
    assert ticked(as_security), "it is nobody else's"
    assert as_lin.post("/me/shortcuts/", {"on": "on"}).status_code == 204
    assert ticked(as_lin)
    assert User.objects.get(pk=city.lin.pk).version == version, "a form open meanwhile is not stale by it"


def test_only_a_change_leaves_a_row_in_the_trail(as_lin, city):
    for sent in ({"on": "on"}, {}, {}):
        as_lin.post("/me/shortcuts/", sent)
    event = AuditEvent.objects.get(verb="accounts.user.change")
    assert (event.before, event.after) == ({"shortcuts_on": True}, {"shortcuts_on": False})
