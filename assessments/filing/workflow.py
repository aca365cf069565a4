"""The steps of a filing: 准备 → 已提交 → 受理审核 → 退回补正 / 审核不通过 → 已备案 (公通字〔2007〕43 号 §15–17).

The police officer takes them here; where the police do not use this system the owner records their answers with
proof, and only there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessments.grading.queries import standing_grading
from secmgmt.core import errors
from secmgmt.core.clock import today
from secmgmt.core.workflow import Transition, Workflow, not_the_submitter

from . import queries, services
from .completeness import lacking
from .models import (
    CERTIFIED,
    Filing,
    FilingKind,
    FilingState,
    Prolongation,
    ReplyKind,
)

S, K = FilingState, FilingKind


def inside(obj: Filing, by: Any) -> None:
    """Guard: the police decide here, and not whoever handed it in."""
    services.check_decided_here(obj)
    not_the_submitter(obj, by)


def outside(obj: Filing, by: Any) -> None:
    """Guard: the owner records answers only where the police do not use this system."""
    services.check_decided_outside(obj)


def still_ours(obj: Filing, by: Any) -> None:
    """Guard: under review the owner takes back only what is decided outside, e.g. to hand it in here."""
    services.check_may_withdraw(obj)


def ends_in(certified: bool, who: Callable[[Filing, Any], None]) -> Callable[[Filing, Any], None]:
    """Guard: a certificate is the end of a filing or change, a plain decision that of an extension or cancellation."""

    def guard(obj: Filing, by: Any) -> None:
        who(obj, by)
        services.check_end(obj, certified)

    return guard


def check_complete(obj: Filing, by: Any) -> None:
    """The forms are complete, and an extension is asked for in its window. Raises Incomplete."""
    obj.grading = standing_grading(obj.protected_object) if obj.kind in CERTIFIED else obj.grading
    missing = lacking(obj)
    until = obj.protected_object.filing_valid_until
    if obj.kind == K.EXTENSION and until:
        opens = queries.terms().window_opens(until)
        if today() < opens:
            told = _t("有效期至 %(until)s，%(day)s 起才可申请延期")
            missing.append((told % {"until": until, "day": opens}, obj.protected_object.get_absolute_url()))
    if missing:
        told = _t("还有 %(n)d 处没有备齐，不能提交。")
        raise errors.Incomplete(told % {"n": len(missing)}, missing)


def handed_in(obj: Filing, by: Any, at: dt.datetime, opinion: str) -> None:
    """The day, the term of the answer, and the police learn of it."""
    obj.round += 1
    obj.submitted_on, obj.answered_on = timezone.localdate(at), None
    obj.answer_due_on = queries.terms().answer_due(obj.submitted_on)
    services.tell_officers(obj, at)


def taken_back(obj: Filing, by: Any, at: dt.datetime, opinion: str) -> None:
    """The owner's again."""
    obj.submitted_on = obj.answer_due_on = None


def received(obj: Filing, by: Any, at: dt.datetime, opinion: str) -> None:
    """Under review."""
    services.tell_owner(obj, _t("“{name}”已受理，正在审核"), by, at)


def sent_back(obj: Filing, by: Any, at: dt.datetime, opinion: str) -> None:
    """The owner learns what to mend."""
    obj.answered_on = timezone.localdate(at)
    services.tell_owner(obj, _t("“{name}”被退回补正：") + opinion, by, at)


def rejected(obj: Filing, by: Any, at: dt.datetime, opinion: str) -> None:
    """Back to grading."""
    obj.answered_on = timezone.localdate(at)
    services.settle_rejected(obj, at=at, opinion=opinion)
    services.tell_owner(obj, _t("“{name}”审核不通过，请重新定级：") + opinion, by, at)


def filed(obj: Filing, by: Any, at: dt.datetime, opinion: str) -> None:
    """The level is final and the certificate on the object."""
    obj.answered_on = obj.certified_on
    services.settle_filed(obj, by=by, at=at)
    services.tell_owner(obj, _t("“{name}”已办结，备案证明编号 ") + obj.certificate_number, by, at)


def done(obj: Filing, by: Any, at: dt.datetime, opinion: str) -> None:
    """The term is longer, or the certificate gone."""
    obj.answered_on = timezone.localdate(at)
    thing = obj.protected_object
    if obj.kind == K.EXTENSION:
        services.prolong(
            protected_object=thing, kind=Prolongation.Kind.EXTENSION, source=str(obj.pk), on=obj.answered_on,
            by=by, at=at,
        )  # fmt: skip
    else:
        services.set_certificate(protected_object=thing, number="", issued=None, by=by, at=at)
    services.tell_owner(obj, _t("“{name}”已办结"), by, at)


def check_certificate(obj: Filing, by: Any) -> None:
    """A number as certificates have it, and its day."""
    services.require_certificate(obj)


def proved(kind: ReplyKind, *more: Callable[[Filing, Any], None]) -> Callable[[Filing, Any], None]:
    """An answer given outside needs its proof: recorded, of this kind, since it was last handed in."""

    def check(obj: Filing, by: Any) -> None:
        for one in more:
            one(obj, by)
        services.require_proof(obj, kind)

    return check


def _of_owner() -> tuple[Transition, ...]:
    return (
        Transition(
            "submit", (S.PREPARING, S.RETURNED), S.SUBMITTED, "submit", _("提交公安机关"),
            check=check_complete, effect=handed_in, freezes=True, primary=True,
        ),
        Transition(
            "withdraw", (S.SUBMITTED, S.REVIEWING), S.PREPARING, "submit", _("撤回"), guard=still_ours,
            effect=taken_back, thaws=True,
        ),
    )  # fmt: skip


def _of_police() -> tuple[Transition, ...]:
    no: dict[str, Any] = {"needs_opinion": True, "negative": True}
    return (
        Transition(
            "receive", (S.SUBMITTED,), S.REVIEWING, "handle", _("受理"), guard=inside, effect=received, primary=True
        ),
        Transition(
            "return_", (S.SUBMITTED, S.REVIEWING), S.RETURNED, "handle", _("退回补正"),
            guard=inside, effect=sent_back, thaws=True, **no,
        ),
        Transition(
            "reject", (S.REVIEWING,), S.REJECTED, "handle", _("审核不通过"), guard=inside, effect=rejected, **no
        ),
        Transition(
            "file", (S.REVIEWING,), S.FILED, "handle", _("审核通过，发放备案证明"), guard=ends_in(True, inside),
            check=check_certificate, effect=filed, primary=True,
            extra_form="assessments.filing.forms.CertificateForm",
        ),
        Transition(
            "approve", (S.REVIEWING,), S.DONE, "handle", _("同意"), guard=ends_in(False, inside), effect=done,
            primary=True,
        ),
    )  # fmt: skip


def _recorded() -> tuple[Transition, ...]:
    def form(name: str) -> dict[str, Any]:
        return {"extra_form": f"assessments.filing.forms.{name}"}

    no: dict[str, Any] = {"needs_opinion": True, "negative": True}
    return (
        Transition(
            "record_received", (S.SUBMITTED,), S.REVIEWING, "record_outside", _("补录受理"), guard=outside,
            check=proved(ReplyKind.RECEIVED), effect=received, **form("ReceivedForm"),
        ),
        Transition(
            "record_return", (S.SUBMITTED, S.REVIEWING), S.RETURNED, "record_outside", _("补录退回补正"),
            guard=outside, check=proved(ReplyKind.RETURNED), effect=sent_back, thaws=True, **no,
            **form("ReturnedForm"),
        ),
        Transition(
            "record_reject", (S.REVIEWING,), S.REJECTED, "record_outside", _("补录审核不通过"), guard=outside,
            check=proved(ReplyKind.REJECTED), effect=rejected, **no, **form("RejectedForm"),
        ),
        Transition(
            "record_filed", (S.REVIEWING,), S.FILED, "record_outside", _("补录备案证明"),
            guard=ends_in(True, outside), check=proved(ReplyKind.CERTIFICATE, check_certificate), effect=filed,
            primary=True, **form("OutsideCertificateForm"),
        ),
        Transition(
            "record_done", (S.REVIEWING,), S.DONE, "record_outside", _("补录办结"), guard=ends_in(False, outside),
            check=proved(ReplyKind.APPROVED), effect=done, primary=True, **form("ApprovedForm"),
        ),
    )  # fmt: skip


WORKFLOW = Workflow("assessments.Filing", FilingState, (*_of_owner(), *_of_police(), *_recorded()))
