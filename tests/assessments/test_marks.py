"""State secrets stay out: a mark typed anywhere is not kept, and whatever is refused leaves its row."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.models import Grading, OutsideDecision
from secmgmt.accounts import links, tokens
from secmgmt.accounts.models import ApiToken, OrgUnit, Position, User
from secmgmt.core import errors
from secmgmt.core.clock import now
from secmgmt.core.forms import Unmarked
from secmgmt.core.models import Attachment, AuditEvent
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_object
from tests.support import PASSWORD, CastClient, City

from .grading.support import FORM, draft, proof, signed_in, state_of, take

pytestmark = pytest.mark.django_db
MARK = "机密★10年"
LISTS = ("secmgmt.accounts.authforms", "secmgmt.core.filters")  # secrets that are not kept; filters that find


@pytest.fixture
def thing(city: City) -> Any:
    return make_object(city.health, "区域卫生信息共享平台")


def api(thing: Any) -> str:
    return reverse("api:protectedobject-detail", args=[thing.pk])


def rows(verb: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb=f"refused.{verb}", result="refused"))


def reauthenticated(user: User) -> CastClient:
    """Signed in, and just asked again who one is."""
    client = signed_in(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def doors(city: City, thing: Any) -> dict[str, tuple[User, str, dict[str, Any]]]:
    """Pages that take a text: who, where, what he sends."""
    kind = ContentType.objects.get_for_model(thing)
    person = {"username": "newcomer", "name": "新人", "unit": city.health.pk, "version": 0}
    post = {"user": city.nobody.pk, "unit": city.health.pk, "role": "act_as_owner", "valid_from": "2026-01-01"}
    file = SimpleUploadedFile("a.txt", "门禁记录".encode())
    return {
        "note": (city.lin, reverse("core:file-attach", args=[kind.pk, thing.pk]),
                 {"file": file, "note": MARK, "declared_not_secret": "on"}),
        "name": (city.sysadmin, reverse("administration:user-create"), {**person, "name": MARK}),
        "title": (city.sysadmin, reverse("administration:user-create"), {**person, "title": MARK}),
        "own title": (city.lin, reverse("me:edit"), {"title": MARK, "version": city.lin.version}),
        "basis": (city.pan, reverse("assets:object-important", args=[thing.pk]),
                  {"important": "1", "basis": MARK, "seen": seen_token(thing)}),
        "reason": (city.lin, reverse("assessments:grading-create"),
                   {**FORM, "protected_object": thing.pk, "business_reason": MARK}),
        "position": (city.secadmin, reverse("administration:position-create"), {**post, "title": MARK}),
        "unit": (city.sysadmin, reverse("administration:unit-create"),
                 {"parent": city.root.pk, "name": "新单位", "kind": "bureau", "address": MARK, "version": 0}),
        "remark": (city.lin, reverse("core:comment-add", args=[kind.pk, thing.pk]), {"text": MARK}),
        "label": (city.lin, reverse("me:token-issue"), {"label": MARK, "scope": "read", "days": 9}),
    }  # fmt: skip


@pytest.mark.parametrize(
    "door", ["note", "name", "title", "own title", "basis", "reason", "position", "unit", "remark", "label"]
)
def test_a_mark_typed_into_a_page_is_not_kept_and_leaves_a_row(city, thing, door):
    user, address, sent = doors(city, thing)[door]
    before = [model.objects.count() for model in (Attachment, User, Position, Grading, OrgUnit, ApiToken)]
    response = reauthenticated(user).post(address, sent)
    assert response.status_code == 422
    assert "发现国家秘密标志" in response.content.decode()
    assert [model.objects.count() for model in (Attachment, User, Position, Grading, OrgUnit, ApiToken)] == before
    row, = rows("secrecy-mark")
    assert (row.actor_id, row.detail["path"], row.detail["status"]) == (user.pk, address, 422)
    assert MARK in row.detail["reason"]


def test_a_mark_in_the_body_of_the_api_is_not_kept_and_leaves_a_row(city, thing):
    client = signed_in(city.lin)
    told = {"content_type": "application/json", "headers": {"If-Match": client.get(api(thing))["ETag"]}}
    response = client.patch(api(thing), {"operator_text": MARK}, **told)
    assert response.status_code == 422
    assert "发现国家秘密标志" in response.json()["errors"]["operator_text"][0]
    assert [row.detail["path"] for row in rows("secrecy-mark")] == [api(thing)]
    assert rows("invalid") == []


def test_a_service_takes_no_marked_text_whoever_calls_it(city):
    with pytest.raises(errors.Invalid, match="发现国家秘密标志"):
        tokens.issue_token(user=city.lin, label=MARK, days=9, scope="read", by=city.lin, at=now())
    assert not ApiToken.objects.exists()


def test_a_password_may_be_what_it_likes_and_is_repeated_nowhere(city):
    link = links.issue_first_password_link(user=city.nobody, by=city.sysadmin, at=now())
    user = links.use_first_password_link(token=link, password="绝密★Lotus-2026-pond", at=now())
    assert user.check_password("绝密★Lotus-2026-pond") and not rows("secrecy-mark")


def test_every_form_that_keeps_what_is_typed_judges_it():
    def below(kind: type) -> set[type]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    ours = ("secmgmt.", "assets.", "assessments.", "contingency.")
    kinds = (form for form in below(forms.BaseForm) if hasattr(form, "base_fields"))  # the others are half a form
    found = {form for form in kinds if form.__module__.startswith(ours)}
    assert len(found) > 20
    plain = [str(form) for form in found if not issubclass(form, Unmarked) and form.__module__ not in LISTS]
    assert plain == []


def test_a_marked_proof_of_a_step_leaves_its_row_though_the_step_rolled_back(city, thing):
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    response = take(city.lin, grading, "record_pass", **proof(file=SimpleUploadedFile("机密★10年.txt", b"a")))
    assert response.status_code == 422 and state_of(grading) == "expert"
    row, = rows("secrecy-mark")
    assert (row.actor_id, row.object_id, row.unit_path) == (city.lin.pk, str(grading.pk), city.health.path)
    assert not Attachment.objects.exists() and not OutsideDecision.objects.exists()


def test_a_marked_opinion_leaves_its_row(city, thing):
    grading = draft(city, thing)
    assert take(city.lin, grading, "submit", opinion=MARK).status_code == 422
    assert [row.detail["path"] for row in rows("secrecy-mark")] == [
        reverse("assessments:grading-transition", args=[grading.pk, "submit"])
    ]


def test_a_step_that_cannot_be_taken_yet_leaves_a_row(city, thing):
    grading = draft(city, thing, large_personal_data="on", business_public_order="general")
    assert take(city.lin, grading, "submit").status_code == 422
    row, = rows("incomplete")
    assert (row.actor_id, row.object_id) == (city.lin.pk, str(grading.pk))


def test_what_was_only_mistyped_leaves_none(city, thing):
    sent = {**FORM, "protected_object": thing.pk, "report_date": "不是日期"}
    assert signed_in(city.lin).post(reverse("assessments:grading-create"), sent).status_code == 422
    assert not AuditEvent.objects.filter(result="refused").exists()
