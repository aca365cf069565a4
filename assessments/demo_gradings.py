"""Demo gradings taken step by step by the people of the demo: one in every state, a history, a network's whole way."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.utils import timezone

from assets.models import ProtectedObject
from secmgmt.accounts.models import User
from secmgmt.core import audit, records, search
from secmgmt.core.models import Notice
from secmgmt.core.reporting.document import Document, Meta, Paragraph, SignOff
from secmgmt.core.reporting.render import render
from secmgmt.core.workflow import seen_token

from . import demo_data
from .grading import queries, services
from .grading.models import Grading, GradingState, ProofKind
from .grading.workflow import WORKFLOW

DEGREE = {1: ("citizens", "general"), 2: ("public_order", "general"), 3: ("public_order", "serious")}
DEGREE[4] = ("public_order", "very_serious")
EXPERT = "expert.xu"
DAYS = {ProofKind.EXPERT: 3, ProofKind.AUTHORITY: 6, ProofKind.CERTIFICATE: 25}  # from the report to the document
S = GradingState
RETURNED = "returned"
# How long ago a grading began, by the state it is left in; its steps follow each other in the days since.
BEGUN_DAYS = {S.FINAL: 60, S.DETERMINED: 24, RETURNED: 12, S.AUTHORITY: 8, S.EXPERT: 4, S.DRAFT: 1}
REVIEW_DAYS, AUTHORITY_DAYS, FILING_DAYS = 3, 6, 26
UNREAD_DAYS = 6  # older notices have been read
# Object → its gradings, the oldest first: (business level, service level, years ago, authority, state it is left in)
STORIES: dict[str, tuple[tuple[int, int, int, str, str], ...]] = {
    "市电子政务网络": ((3, 3, 0, "市数据局", S.FINAL),),
    "便民服务网": ((2, 2, 0, "", S.EXPERT),),
    "物流公共信息平台": ((2, 2, 0, "市数据局", S.AUTHORITY),),
    "居民卡系统": ((2, 2, 4, "", S.FINAL), (3, 3, 0, "", S.FINAL)),
    "政府门户网站群": ((2, 3, 3, "", S.FINAL), (3, 3, 0, "", S.EXPERT)),
    "市中心医院信息系统": ((2, 3, 3, "", S.FINAL), (3, 3, 0, "市卫健委", S.AUTHORITY)),
    "社会保险业务系统": ((3, 3, 0, "", S.DETERMINED),),
    "智能水务监控系统": ((2, 3, 3, "", S.FINAL), (3, 3, 0, "", S.DRAFT)),
    "治安监控网络": ((3, 3, 2, "市公安局", S.FINAL), (3, 2, 0, "市公安局", RETURNED)),
}


def tell_stories(objects: Any, at: dt.datetime) -> None:
    """The gradings of STORIES for those demo objects that have an owner and none yet."""
    for obj in objects.filter(name__in=STORIES, owner__isnull=False).select_related("owner", "unit"):
        if Grading.objects.filter(protected_object=obj).exists():
            continue
        for business, service, years, authority, state in STORIES[obj.name]:
            begun = at - dt.timedelta(days=365 * years + BEGUN_DAYS[state], hours=6)
            _story(obj, (business, service), authority, state, begun)


def read_old_notices(at: dt.datetime) -> None:
    """Nobody comes to a desk full of unread news of what was settled long ago."""
    old = Notice.objects.filter(user__is_demo=True, read_at__isnull=True, at__lt=at - dt.timedelta(days=UNREAD_DAYS))
    old.update(read_at=at)


def draft(obj: ProtectedObject, levels: tuple[int, int], day: dt.date, at: dt.datetime) -> Grading:
    """A grading of these levels, not stored."""
    grading = Grading(
        protected_object=obj,
        report_date=day,
        rule_set="2025" if day.year >= 2025 else "2020",
        business_reason=demo_data.BUSINESS_REASONS[levels[0]].format(name=obj),
        service_reason=demo_data.SERVICE_REASONS[levels[1]].format(name=obj),
    )
    for side, level in zip(("business", "service"), levels, strict=True):
        harmed, degree = DEGREE[level]
        setattr(grading, f"{side}_{harmed}", degree)
    grading.compute_levels()
    records.stamp(grading, by=obj.owner, at=at)
    return grading


def _story(obj: ProtectedObject, levels: tuple[int, int], authority: str, state: str, at: dt.datetime) -> None:
    grading = draft(obj, levels, timezone.localdate(at), at)
    grading.has_authority, grading.authority_name = bool(authority), authority
    with audit.act():
        grading.save()
        search.refresh(grading)
        audit.record("assessments.grading.add", grading, by=obj.owner, at=at, after=audit.fields_of(grading))
    if state == S.DRAFT:
        return
    expert = User.objects.filter(username=EXPERT).first()
    if expert is not None:
        services.invite_expert(grading=grading, user=expert, by=obj.owner, at=at)
    _fire(grading, "submit", obj.owner, at)
    if state == S.EXPERT:
        return
    if state == RETURNED:
        if expert is not None:
            _fire(grading, "fail", expert, _after(at, REVIEW_DAYS), "请补充系统服务中断对治安秩序影响的论证。")
        return
    _review(grading, expert, _after(at, REVIEW_DAYS))
    if state == S.AUTHORITY:
        return
    if authority:
        _approve(grading, _after(at, AUTHORITY_DAYS))
    if state == S.FINAL:
        _file(grading, _after(at, FILING_DAYS))


def _after(at: dt.datetime, days: int) -> dt.datetime:
    return at + dt.timedelta(days=days)


def _fire(grading: Grading, step: str, by: Any, at: dt.datetime, opinion: str = "") -> None:
    grading.refresh_from_db()
    WORKFLOW.fire(grading, step, by=by, at=at, opinion=opinion, seen=seen_token(grading))


def _review(grading: Grading, expert: Any, at: dt.datetime) -> None:
    """By the expert here; where there is none, the owner records the review held elsewhere."""
    on = "_on" if grading.has_authority else ""
    if expert is not None:
        _fire(grading, f"pass{on or '_'}", expert, at, "定级对象划分清楚，侵害客体和程度判断适当，同意所定等级。")
    else:
        _prove(grading, ProofKind.EXPERT, "许望、孟繁星", f"颍网评〔{at.year}〕{grading.pk} 号", at)
        _fire(grading, f"record_pass{on}", grading.protected_object.owner, at)


def _approve(grading: Grading, at: dt.datetime) -> None:
    person = queries.reviewers(grading, timezone.localdate(at)).first()
    if person is not None:
        _fire(grading, "approve", person, at, "同意专家评审意见，核准所定等级。")
    else:
        _prove(grading, ProofKind.AUTHORITY, grading.authority_name, f"颍数〔{at.year}〕{grading.pk} 号", at)
        _fire(grading, "record_approval", grading.protected_object.owner, at)


def _file(grading: Grading, at: dt.datetime) -> None:
    number = f"41990043001-{timezone.localdate(at):%y}{500 + grading.pk % 500}"
    issued = _prove(grading, ProofKind.CERTIFICATE, "颍川市公安局", number, at)
    Grading.objects.filter(pk=grading.pk).update(certificate_number=number, certified_on=issued)
    _fire(grading, "record_filing", grading.protected_object.owner, at)


def _prove(grading: Grading, kind: ProofKind, who: str, number: str, at: dt.datetime) -> dt.date:
    """An invented document, marked as such, and the decision it proves; the day of the document."""
    owner, issued = grading.protected_object.owner, grading.report_date + dt.timedelta(days=DAYS[kind])
    text = f"演示文件，非真实公文。对象：{grading.protected_object}；等级：{grading.level_text}；编号：{number}。"
    meta = Meta(at, layout="official", demo=True)
    document = Document(f"{kind.label}（演示）", [Paragraph(text), SignOff(who, issued)], meta=meta)
    file = io.BytesIO(render(document, "pdf"))
    file.name = f"{kind.label}（演示）.pdf"
    services.record_outside(
        grading=grading, kind=kind, decided_by=who, decided_on=issued, number=number, upload=file,
        declared_not_secret=True, by=owner, at=at,
    )  # fmt: skip
    return issued
