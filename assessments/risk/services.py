"""What is done to risk assessments besides the steps of their workflow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, notices, permissions, ports, records, search

from .models import Leading, Risk, RiskAssessment, RiskState, Treatment

ORIGIN = "risk"
SEVERITY = {5: "high", 4: "high", 3: "medium", 2: "low", 1: "low"}
LONGEST = 366  # days an acceptance may hold


def store(form: Any, *, by: Any, at: dt.datetime) -> RiskAssessment:
    """The form's door: a change of method or rule calculates every line anew, in one act. Conflict once submitted."""
    with audit.act():
        if form.instance.pk is not None:
            check_draft(form.instance)
        row = records.save(form, by=by, at=at)
        for risk in row.risks.select_related("assessment"):
            risk.assessment = row
            risk.save()
    return row


def check_draft(assessment: RiskAssessment) -> None:
    """Raises Conflict once it was submitted."""
    if assessment.state != RiskState.DRAFT:
        raise errors.Conflict(_("风险评估已提交，退回后才能修改。"), obj=assessment)


def store_risk(form: Any, *, by: Any, at: dt.datetime) -> Risk:
    """The form's door for a line. Raises what ``records.save`` does; Conflict once its assessment is submitted."""
    if form.is_valid():
        check_draft(RiskAssessment.objects.select_for_update().get(pk=form.instance.assessment_id))
    return records.save(form, by=by, at=at)


@audit.audited
def accept_risk(*, risk: Risk, reason: str, until: dt.date, version: int, by: Any, at: dt.datetime) -> Risk:
    """The leadership accepts a risk up to ``until``; afterwards it waits again.

    Raises OutOfScope, NotAllowed, Conflict (not submitted, not to be accepted), Stale, Invalid (no reason, a day that
    is past or more than a year ahead).
    """
    permissions.get_visible(Risk, by, "accept", pk=risk.pk)
    row = Risk.objects.select_for_update(of=("self",)).select_related("assessment__protected_object").get(pk=risk.pk)
    if row.assessment.state == RiskState.DRAFT or row.treatment != Treatment.ACCEPT:
        raise errors.Conflict(_("只有已提交的、处置为“接受”的风险可以办理接受。"), obj=row)
    if row.version != version:
        raise records.stale(row, {"reason": reason})
    if not reason.strip():
        raise errors.Invalid({"reason": [_("请写明接受的理由。")]})
    days = (until - timezone.localdate(at)).days
    if not 0 < days <= LONGEST:
        raise errors.Invalid({"until": [_("接受期限应在明天以后、一年以内。")]})
    row.accepted_by, row.accepted_until, row.accepted_reason = by, until, reason.strip()
    records.stamp(row, by=by, at=at)
    row.save()
    after = {"accepted_until": until.isoformat(), "accepted_reason": row.accepted_reason}
    audit.record("assessments.risk.accept", row, by=by, at=at, after=after)
    owner = row.assessment.protected_object.owner
    if owner is not None and owner != by:
        text = _("风险“%(name)s”已获准接受至 %(day)s") % {"name": row, "day": until.isoformat()}
        notices.notify(user=owner, text=text, url=row.get_absolute_url(), parent=row.assessment, at=at)
    search.refresh(row.assessment)
    return row


def follow_reductions(assessment: RiskAssessment, *, by: Any, at: dt.datetime) -> None:
    """Have what is to be reduced followed as corrective actions; part of the signature, which records."""
    for row in assessment.risks.filter(treatment=Treatment.REDUCE).select_related("assessment"):
        what = ports.Shortcoming(
            origin=ORIGIN, source=row, obj=assessment.protected_object, title=str(row)[:100],
            description=_("%(asset)s存在“%(weak)s”，可能发生“%(threat)s”，风险%(level)s。拟采取措施：%(measure)s")
            % {
                "asset": row.asset, "weak": row.get_vulnerability_display(), "threat": row.get_threat_display(),
                "level": row.get_level_display(), "measure": row.measure,
            },
            severity=SEVERITY[row.level], requirement=_("GB/T 20984 风险处置"), due=row.due_on,
        )  # fmt: skip
        action = ports.open_corrective_action(what, by=by, at=at)
        if action is not None:
            row.action_state = row.action_state or getattr(action, "state", "") or "planning"
            row.action_url = action.get_absolute_url() if hasattr(action, "get_absolute_url") else ""
            row.save(update_fields=["action_state", "action_url"])


def take_echo(source_id: int, state: str, *, by: Any, at: dt.datetime) -> None:
    """What became of the corrective action of a risk."""
    row = Risk.objects.select_for_update(of=("self",)).select_related("assessment").filter(pk=source_id).first()
    if row is None or row.action_state == state:
        return
    before, row.action_state = row.action_state, state
    with audit.act():
        row.save(update_fields=["action_state"])
        old, new = {"action_state": before}, {"action_state": state}
        audit.record("assessments.risk.action", row, by=by, at=at, before=old, after=new)


def check_led_by(assessment: RiskAssessment, by: Any) -> None:
    """An inspection's assessment is the inspector's, an owner's the owner's. Raises NotAllowed."""
    roles = {grant.role for grant in by.grants()}
    wanted = "act_as_inspector" if assessment.leading == Leading.INSPECTION else "act_as_owner"
    if wanted not in roles:
        raise errors.NotAllowed(_("自评估由系统负责人办理，检查评估由检查人员办理。"), obj=assessment)
