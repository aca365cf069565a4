"""The audit browser speaks Chinese: every act the product records has its words, every change its fields'."""

from __future__ import annotations

import ast
import re

import pytest

from secmgmt.core import audit
from secmgmt.core.acts import act_label
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent
from tests.architecture.source import product
from tests.assets.factories import make_object

CHINESE = re.compile(r"[一-鿿]")


def verbs() -> set[str]:
    """The verbs written down in the product, those made of a model's name and an action apart."""
    found = set()
    for module in product().values():
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            named = [word.value for word in node.keywords if word.arg == "verb"]
            if getattr(node.func, "attr", "") in ("record", "refuse"):
                named += node.args[:1]
            found |= {str(value.value) for value in named if isinstance(value, ast.Constant)}
    return {verb for verb in found if "." in verb or verb == "logout"}


def test_every_act_has_its_chinese_words():
    known = verbs()
    assert len(known) > 50, "the acts are written in another way by now"
    assert {verb for verb in known if not CHINESE.search(act_label(verb))} == set()


@pytest.mark.django_db
def test_the_auditor_reads_what_was_done_to_what_in_the_words_of_its_fields(client, city):
    obj = make_object(city.health, "旧名")
    with audit.act():
        changes = {"before": {"name": "旧名"}, "after": {"name": "新名"}}
        audit.record("assets.protectedobject.change", obj, by=city.lin, at=now(), **changes)
    event = AuditEvent.objects.latest("seq")
    client.force_login(city.auditor)
    assert "修改定级对象" in client.get("/audit/").content.decode()
    shown = client.get(f"/audit/{event.pk}/").content.decode()
    assert "修改定级对象（assets.protectedobject.change）" in shown
    assert "名称：旧名 → 新名" in shown
