"""What a filing does: its grading becomes final or goes back, the object's certificate and its term, who is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.grading.models import Grading, GradingState
from assessments.grading.queries import standing_grading
from assessments.grading.workflow import WORKFLOW as GRADING
from assets.models import ProtectedObject
from secmgmt.core import attachments, audit, errors, notices, permissions, records, search
from secmgmt.core.clock import today
from secmgmt.core.models import Attachment, Decision

from . import queries, terms
from .models import (
    CERTIFICATE_PATTERN,
    CERTIFIED,
    Filing,
    FilingKind,
    FilingReply,
    FilingState,
    Material,
    Prolongation,
    TermRule,
    certificate_number,
)

CERTIFICATE = ("filing_number", "filed_on", "filing_valid_until")


# -- the matter --------------------------------------------------------------------------------------------


def store(form: Any, *, by: Any, at: dt.datetime) -> Filing:
    """The form's door for page and API: a new matter is tied to the standing grading of its object.

    Raises what ``records.save`` does, and Conflict when another matter of the object is under way.
    """
    if form.instance.pk is None and form.is_valid():
        obj = form.cleaned_data["protected_object"]
        refuse_second(obj)
        tie(form.instance, obj, today=timezone.localdate(at))
    return records.save(form, by=by, at=at)


def tie(filing: Filing, obj: ProtectedObject, *, today: dt.date) -> None:
    """The grading it is about, and by when it has to be filed."""
    filing.grading = standing_grading(obj)
    state = queries.filed_state([obj.pk], today).get(obj.pk)
    filing.due_on = None if state is None else due_of(filing.kind, state)


def due_of(kind: str, state: queries.FiledState) -> dt.date | None:
    """By when a matter of this kind has to be handed in."""
    if kind == FilingKind.FIRST:
        return state.due
    return state.valid_until if kind == FilingKind.EXTENSION else None


def refuse_second(obj: ProtectedObject) -> None:
    """One matter of an object at a time. Raises Conflict that leads to it."""
    found = queries.open_filing(obj)
    if found is not None:
        words = {"name": obj, "kind": found.get_kind_display(), "state": found.get_state_display()}
        raise errors.Conflict(_("“%(name)s”已有一件%(kind)s事项没有办完（%(state)s），请先办完它。") % words, obj=found)


@audit.audited
def put_material(
    *, filing: Filing, slot: str, upload: Any, by: Any, at: dt.datetime, note: str = "",
    declared_not_secret: bool = False, confirmed_not_secret: bool = False,
) -> Attachment:
    """Put a file into a slot of 表五 while the matter is with the owner.

    Raises NotAllowed, FileRefused, Conflict (handed in already), OutOfScope (no such slot).
    """
    if slot not in Material.values:
        raise errors.OutOfScope(model="assessments.Filing", lookup=slot)
    fresh = permissions.get_visible(Filing, by, "attach", pk=filing.pk)
    if fresh.frozen_digest:
        raise errors.Conflict(_("材料已提交并冻结，退回补正后才能再改。"), obj=fresh)
    return attachments.attach(
        parent=fresh, upload=upload, by=by, at=at, slot=slot, note=note,
        declared_not_secret=declared_not_secret, confirmed_not_secret=confirmed_not_secret,
    )  # fmt: skip


@audit.audited
def record_reply(
    *, filing: Filing, kind: str, decided_by: str, decided_on: dt.date, number: str, upload: Any, by: Any,
    at: dt.datetime, declared_not_secret: bool = False, confirmed_not_secret: bool = False,
) -> FilingReply:
    """Keep what the police answered outside, with the file that proves it. Part of the step that follows.

    Raises NotAllowed, FileRefused, Invalid (a day to come, or before it was handed in).
    """
    permissions.get_visible(Filing, by, "record_outside", pk=filing.pk)
    if decided_on > timezone.localdate(at):
        raise errors.Invalid({"decided_on": [_("答复日期不能晚于今天，请照文件落款日期填写。")]})
    if filing.submitted_on and decided_on < filing.submitted_on:
        told = _("答复日期早于提交日期（%(day)s），请核对文件落款日期。")
        raise errors.Invalid({"decided_on": [told % {"day": filing.submitted_on}]})
    file = attachments.attach(
        parent=filing, upload=upload, by=by, at=at, slot=kind,
        declared_not_secret=declared_not_secret, confirmed_not_secret=confirmed_not_secret,
    )  # fmt: skip
    reply = FilingReply.objects.create(
        filing=filing, kind=kind, round=filing.round, decided_by=decided_by, decided_on=decided_on, number=number,
        proof=file, at=at,
    )  # fmt: skip
    detail = {"kind": kind, "by": decided_by, "on": decided_on.isoformat(), "number": number, "digest": file.digest}
    audit.record("assessments.filing.reply", filing, by=by, at=at, detail=detail)
    return reply


# -- who decides, and by what proof -------------------------------------------------------------------------


def check_decided_here(filing: Filing) -> None:
    """The police decide in this system. Raises NotAllowed where they do not use it."""
    if filing.outside:
        raise errors.NotAllowed(_("公安机关不在本系统办理这件事项，由责任单位补录答复。"), obj=filing)


def check_decided_outside(filing: Filing) -> None:
    """The owner records answers. Raises NotAllowed where the police use this system, or have begun to since."""
    if not filing.outside:
        raise errors.NotAllowed(_("这件事项由公安受理人在本系统办理，不由责任单位补录。"), obj=filing)
    if queries.officers(filing.protected_object.unit.path, today()).exists():  # as it is now, not as it was entered
        raise errors.NotAllowed(
            _("公安受理人现已在本系统办理这个单位的备案，不再补录；请撤回，取消“系统外办理”后重新提交。"), obj=filing
        )


def check_may_withdraw(filing: Filing) -> None:
    """What the police took up in this system stays with them. Raises NotAllowed."""
    if filing.state == FilingState.REVIEWING and not filing.outside:
        raise errors.NotAllowed(_("公安机关已受理这件事项，不能撤回。"), obj=filing)


def check_end(filing: Filing, certified: bool) -> None:
    """A certificate is the end of a filing or change, a plain decision of an extension or cancellation. NotAllowed."""
    if (filing.kind in CERTIFIED) != certified:
        raise errors.NotAllowed(_("%(kind)s不以这一步办结。") % {"kind": filing.get_kind_display()}, obj=filing)


def require_certificate(filing: Filing) -> None:
    """A number as certificates have it, and its day. Raises Invalid."""
    if not filing.certified_on or not certificate_number.regex.fullmatch(filing.certificate_number):
        told = _("备案证明编号应为 11 位数字、横线、5 位数字（%(pattern)s），并有发证日期。")
        raise errors.Invalid({"certificate_number": [told % {"pattern": CERTIFICATE_PATTERN}]})


def require_proof(filing: Filing, kind: Any) -> None:
    """An answer given outside has its paper, recorded since the matter was last handed in. Raises Incomplete."""
    if not filing.replies.filter(kind=kind, round=filing.round).exists():
        missing = [(_("缺少证明文件：%(kind)s") % {"kind": kind.label}, filing.get_absolute_url())]
        raise errors.Incomplete(_("补录公安机关答复须附证明文件，请从页面上的办理按钮补录。"), missing)


# -- what the answer does ----------------------------------------------------------------------------------


def settle_filed(filing: Filing, *, by: Any, at: dt.datetime) -> None:
    """Filed: the level is final, and the object has its certificate. Part of the step."""
    grading, reason = filing.grading, _("%(what)s办结，备案证明编号 %(number)s")
    told = reason % {"what": filing, "number": filing.certificate_number}
    if grading is not None and grading.state == GradingState.DETERMINED:
        values = {"certificate_number": filing.certificate_number, "certified_on": filing.certified_on}
        Grading.objects.filter(pk=grading.pk).update(**values)
        GRADING.elapse(grading, "filed", at=at, reason=told)
    set_certificate(
        protected_object=filing.protected_object, number=filing.certificate_number, issued=filing.certified_on,
        by=by, at=at,
    )  # fmt: skip


def settle_rejected(filing: Filing, *, at: dt.datetime, opinion: str) -> None:
    """Not passed: the grading it is about is a draft again; one that is final already stays. Part of the step."""
    grading = filing.grading
    if grading is None or grading.state != GradingState.DETERMINED:
        return
    other = filing.protected_object.gradings.exclude(state__in=(GradingState.DETERMINED, GradingState.FINAL)).first()
    if other is not None:
        told = _("“%(name)s”正在重新定级（%(state)s），请先办完它，再登记审核不通过。")
        raise errors.Conflict(told % {"name": other, "state": other.get_state_display()}, obj=filing)
    GRADING.elapse(grading, "filing_refused", at=at, reason=opinion or _("公安机关审核不通过"))


@audit.audited
def set_certificate(
    *, protected_object: ProtectedObject, number: str, issued: dt.date | None, by: Any, at: dt.datetime
) -> None:
    """Put a certificate on its object, "" takes it away; the end follows from the rules. Only filings do this."""
    row = ProtectedObject.objects.select_for_update().get(pk=protected_object.pk)
    before = audit.fields_of(row)
    row.filing_number, row.filed_on = number, issued
    row.filing_valid_until = reckoned(row, queries.terms())
    records.stamp(row, by=by, at=at)
    row.save(update_fields=[*CERTIFICATE, "version", "updated_at", "updated_by"])
    search.refresh(row)
    old, new = audit.changes(before, audit.fields_of(row))
    audit.record("assets.protectedobject.certificate", row, by=by, at=at, before=old, after=new)


def reckoned(obj: ProtectedObject, rules: terms.Terms) -> dt.date | None:
    """The last day of the object's certificate."""
    if not (obj.filing_number and obj.filed_on):
        return None
    return rules.valid_until(obj.filed_on, queries.prolonged_months([obj], rules).get(obj.pk, 0))


@audit.audited
def prolong(
    *, protected_object: ProtectedObject, kind: str, source: str, on: dt.date, by: Any, at: dt.datetime
) -> bool:
    """Lengthen the term of the object's certificate once for ``source``; False where there is none to lengthen.

    ``kind``: a completed level evaluation, or an extension granted (1846 号函 Q6).
    """
    row, rules = ProtectedObject.objects.get(pk=protected_object.pk), queries.terms()
    if not row.filing_number:
        return False
    months = rules["evaluation_months" if kind == Prolongation.Kind.EVALUATION else "extension_months"]
    _one, is_new = Prolongation.objects.get_or_create(
        protected_object=row, certificate_number=row.filing_number, kind=kind, source=source,
        defaults={"on": on, "months": months, "at": at},
    )  # fmt: skip
    if is_new:
        set_certificate(protected_object=row, number=row.filing_number, issued=row.filed_on, by=by, at=at)
    return is_new


@audit.audited
def settle_terms(*, by: Any, at: dt.datetime) -> int:
    """Bring the ends of all certificates in line with the rules and what lengthened them; how many changed.

    Run when a rule changes and hourly: certificates recorded on the grading's own page know only the plain term.
    """
    rules = queries.terms()
    rows = list(ProtectedObject.objects.exclude(filing_number="").filter(filed_on__isnull=False))
    months = queries.prolonged_months(rows, rules)
    changed = 0
    for row in rows:
        if row.filed_on and row.filing_valid_until != rules.valid_until(row.filed_on, months.get(row.pk, 0)):
            set_certificate(protected_object=row, number=row.filing_number, issued=row.filed_on, by=by, at=at)
            changed += 1
    return changed


def tend(at: dt.datetime) -> None:
    """The hourly chore."""
    settle_terms(by=None, at=at)


# -- rules -------------------------------------------------------------------------------------------------


def store_rule(form: Any, *, by: Any, at: dt.datetime) -> TermRule:
    """A rule is changed by its keeper, and every certificate follows."""
    with audit.act():
        form.instance.is_changed = True
        rule = records.save(form, by=by, at=at)
        settle_terms(by=by, at=at)
    return rule


def load_rules(at: dt.datetime) -> str:
    """Load the shipped rules; what the rules keeper changed stays as he set it."""
    known = {row.code: row for row in TermRule.objects.all()}
    for given in terms.shipped():
        row = known.get(given["code"]) or TermRule(code=given["code"], created_at=at)
        row.area, row.label, row.unit = given["area"], given["label"], given["unit"]
        if not row.is_changed:
            row.number = int(given["number"]) if given["number"] else None
            row.day = dt.date.fromisoformat(given["day"]) if given["day"] else None
            row.basis, row.confidence, row.note = given["basis"], given["confidence"], given["note"]
        row.updated_at = at
        row.save()
    return _("期限规则 %(n)d 条") % {"n": len(terms.shipped())}


# -- who is told -------------------------------------------------------------------------------------------


def tell(filing: Filing, users: Any, text: str, *, at: dt.datetime) -> None:
    """A notice that leads to the matter."""
    notices.notify(users=users, text=text, url=filing.get_absolute_url(), parent=filing, at=at)


def tell_officers(filing: Filing, at: dt.datetime) -> None:
    """The police officers, where they use this system."""
    people = () if filing.outside else queries.officers(filing.protected_object.unit.path, timezone.localdate(at))
    tell(filing, people, _("“%(name)s”已提交，请受理") % {"name": filing}, at=at)


def tell_owner(filing: Filing, text: str, by: Any, at: dt.datetime) -> None:
    """Who handed it in and who is in charge of the object, unless it was his own act."""
    last = Decision.of(filing).filter(transition="submit").select_related("by").first()
    people = {last.by if last else None, filing.protected_object.owner} - {None, by}
    tell(filing, people, text.replace("{name}", str(filing)), at=at)
