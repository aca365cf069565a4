"""Demo gradings and self-assessments of the demo objects: the same every time, left alone where they exist."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assets.models import ProtectedObject
from secmgmt.accounts.models import User
from secmgmt.core import audit, digest, records
from secmgmt.core.workflow import seen_token

from .evaluation import points
from .evaluation.models import Answer, Assessment
from .evaluation.services import create_assessment
from .evaluation.workflow import WORKFLOW
from .grading.models import Grading, GradingState
from .grading.services import set_levels, standing_grading

REPORT_DAY = dt.date(2026, 3, 16)
DEGREE = {1: ("citizens", "general"), 2: ("public_order", "general"), 3: ("public_order", "serious")}
DEGREE[4] = ("public_order", "very_serious")
# Object → (business level, service level); others are graded S2A2.
LEVELS = {
    "市电子政务外网": (3, 3),
    "市级数据中心机房": (3, 3),
    "市灾备中心": (3, 3),
    "市政务云平台": (3, 3),
    "政府数据资源中心": (3, 3),
    "区域卫生信息共享平台": (3, 3),
    "居民健康档案系统": (3, 2),
    "电子病历共享系统": (3, 3),
    "市中心医院信息系统": (3, 3),
    "居民卡系统": (3, 3),
    "社会保险业务系统": (3, 3),
    "市级应急平台": (2, 3),
    "治安监控网络": (3, 3),
    "智能电网配电自动化系统": (3, 4),
    "智能水务监控系统": (2, 3),
    "政府门户网站群": (3, 3),
    "网上行政审批系统": (3, 3),
    "智慧旅游信息库": (1, 1),
}
UNGRADED = ("疾病预防控制信息系统",)  # left for the owner to grade
# Object → how far its self-assessment is
ASSESSED = {"市电子政务外网": "confirmed", "区域卫生信息共享平台": "in_progress", "居民健康档案系统": "submitted"}


def create_assessments(at: dt.datetime) -> None:
    """Levels for the demo objects, and three self-assessments in different states."""
    objects = ProtectedObject.objects.filter(is_demo=True, is_secret_register=False).exclude(name__in=UNGRADED)
    with audit.act():
        for obj in objects.select_related("owner", "unit").order_by("pk"):
            if not Grading.objects.filter(protected_object=obj).exists():
                _grade(obj, at)
    for name, state in ASSESSED.items():
        obj = objects.filter(name=name).first()
        if obj is not None and obj.owner is not None and not Assessment.objects.filter(protected_object=obj).exists():
            _assess(obj, state, at)


def _grade(obj: ProtectedObject, at: dt.datetime) -> None:
    business, service = LEVELS.get(obj.name, (2, 2))
    final = obj.pk % 3 == 0 or max(business, service) == 1
    grading = Grading(
        protected_object=obj,
        report_date=REPORT_DAY,
        rule_set="2025",
        business_reason="演示数据：按业务信息受破坏后侵害的客体和程度确定。",
        service_reason="演示数据：按系统服务受破坏后侵害的客体和程度确定。",
        state=GradingState.FINAL if final else GradingState.DETERMINED,
        determined_at=at,
        certificate_number=f"41990043001-26{obj.pk:03d}" if final and max(business, service) > 1 else "",
    )
    for side, level in (("business", business), ("service", service)):
        harmed, degree = DEGREE[level]
        setattr(grading, f"{side}_{harmed}", degree)
    grading.compute_levels()
    grading.frozen_digest = digest.hash_value(grading.frozen_content())
    records.stamp(grading, by=obj.owner, at=at)
    grading.save()
    set_levels(protected_object=obj, grading=standing_grading(obj), by=obj.owner, at=at)


def _assess(obj: ProtectedObject, state: str, at: dt.datetime) -> None:
    owner = obj.owner
    obj.refresh_from_db()
    assessment = create_assessment(
        protected_object=obj, title=f"{obj.name} 2026 年自评估", report_date=REPORT_DAY, by=owner, at=at
    )
    answers = list(assessment.answers.order_by("order").select_related("guidance"))
    given = answers if state != "in_progress" else answers[: len(answers) * 3 // 4]
    for number, answer in enumerate(given):
        _answer(answer, number, owner, at)
    Answer.objects.bulk_update(given, ["result", "value", "found", "risk", "answered_by", "answered_at"])
    if state == "in_progress":
        return
    assessment = WORKFLOW.fire(assessment, "submit", by=owner, at=at, seen=seen_token(assessment))
    lead = _lead_of(obj)
    if state == "confirmed" and lead is not None:
        WORKFLOW.fire(assessment, "confirm", by=lead, at=at, opinion="同意。", seen=seen_token(assessment))


def _answer(answer: Answer, number: int, owner: Any, at: dt.datetime) -> None:
    """Mostly met; every ninth partly, every seventeenth not, every twenty-ninth not applicable."""
    results = ((29, points.NOT_APPLICABLE), (17, points.UNMET), (9, points.PARTIAL), (1, points.MET))
    answer.result = next(result for step, result in results if number % step == step - 1)
    answer.value = points.result_value(answer.result)
    gap = answer.guidance.typical_gap if answer.guidance else ""
    answer.found = {
        points.MET: "",
        points.NOT_APPLICABLE: "演示数据：本对象没有这类设施，威胁不存在。",
    }.get(answer.result, f"演示数据：{gap}")
    if answer.result in (points.PARTIAL, points.UNMET):
        answer.risk = (answer.guidance.risk if answer.guidance else "") or "中"
    answer.answered_by, answer.answered_at = owner, at


def _lead_of(obj: ProtectedObject) -> User | None:
    """Whoever is security lead over the object's unit."""
    for user in User.objects.filter(is_demo=True, position__permission__codename="act_as_unit_lead").distinct():
        if any(g.role == "act_as_unit_lead" and obj.unit.path.startswith(g.path) for g in user.grants()):
            return user
    return None
