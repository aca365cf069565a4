"""The audit administrator holds no business data: of texts he sees that they were written, not what they say."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from secmgmt.core import audit, digest
from secmgmt.core.models import AuditEvent
from tests.assessments.evaluation.test_journey import save, signed_in
from tests.assessments.grading.support import draft, take
from tests.assessments.test_abuse import assessment
from tests.assets.factories import make_object
from tests.support import City

__all__ = ["assessment"]
pytestmark = pytest.mark.django_db
FOUND = "机房门禁记录只留存一个月，抽查三台设备。"
REMARK = "请补上去年十二月的记录。"
REASON = "居民健康信息泄露严重影响社会秩序。"


def opened(city: City, event: AuditEvent) -> str:
    """The page of one event."""
    return signed_in(city.auditor).get(reverse("portal:audit-detail", args=[event.pk])).content.decode()


def beginning(text: str) -> str:
    """Of the digest, as the page gives it."""
    return digest.hash_bytes(text.encode())[:16]


def test_an_answers_text_is_shown_by_its_length_and_digest_and_its_result_in_words(assessment, city: City):
    answer, lin = assessment.answers.first(), signed_in(city.lin)
    assert save(lin, answer, result="partial", found=FOUND, risk="中", opened="1").status_code == 200
    text = opened(city, AuditEvent.objects.get(verb="assessments.answer.change"))
    assert FOUND not in text
    assert f"文字 {len(FOUND)} 字，摘要 {beginning(FOUND)}" in text
    assert "现状" in text and "部分符合" in text and "：— → 中" in text


def test_a_remark_is_not_read_on_the_trail(assessment, city: City):
    row, lin = assessment.answers.first(), signed_in(city.lin)
    kind = ContentType.objects.get_for_model(row)
    assert lin.post(reverse("core:comment-add", args=[kind.pk, row.pk]), {"text": REMARK}).status_code == 302
    text = opened(city, AuditEvent.objects.get(verb="core.comment.add"))
    assert REMARK not in text and beginning(REMARK) in text
    assert REMARK in lin.get(row.get_absolute_url()).content.decode()


def test_whoever_sees_the_record_reads_its_texts_in_its_own_history(city: City):
    grading = draft(city, make_object(city.health, "区域卫生信息共享平台"))
    assert take(city.lin, grading, "submit", opinion="材料齐全，请评审。").status_code == 302
    assert REASON in signed_in(city.lin).get(f"{grading.get_absolute_url()}history/").content.decode()
    events = list(AuditEvent.objects.filter(object_type="assessments.grading", object_id=str(grading.pk)))
    assert {event.verb for event in events} == {"assessments.grading.add", "assessments.grading.submit"}
    pages = "".join(opened(city, event) for event in events)
    assert REASON not in pages and "材料齐全" not in pages
    assert beginning(REASON) in pages and beginning("材料齐全，请评审。") in pages


def test_of_accounts_and_of_a_refusal_the_trail_tells_in_full(assessment, city: City, at: Any):
    with audit.act():
        detail = {"reason": "调离"}
        audit.record("user.disable", city.nobody, by=city.sysadmin, at=at, before={"title": "科员"}, detail=detail)
    assert "调离" in opened(city, AuditEvent.objects.get(verb="user.disable"))
    answer, lin = assessment.answers.first(), signed_in(city.lin)
    assert save(lin, answer, result="met").status_code == 200
    assert save(lin, answer, result="unmet").status_code == 409
    assert "您的填写尚未保存" in opened(city, AuditEvent.objects.get(verb="refused.conflict"))


def test_opening_one_row_is_on_the_trail_by_its_number_and_leaves_the_rest_unread(city: City, at: Any):
    with audit.act():
        audit.record("assets.protectedobject.view", make_object(city.health, "甲"), by=city.lin, at=at)
    event = AuditEvent.objects.get(object_type="assets.protectedobject")
    opened(city, event)
    left = AuditEvent.objects.get(verb="core.auditevent.open")
    assert (left.actor_id, left.object_type, left.object_id) == (city.auditor.pk, "core.auditevent", str(event.pk))
    auditor = signed_in(city.auditor)
    assert "条审计记录" in auditor.get("/").content.decode()
    assert "打开一条审计记录" in auditor.get(reverse("portal:audit-list")).content.decode()
    assert signed_in(city.lin).get(reverse("portal:audit-detail", args=[event.pk])).status_code == 404
    assert AuditEvent.objects.filter(verb="core.auditevent.open").count() == 1
