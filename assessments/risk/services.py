"""What is done to risk assessments besides the steps of their workflow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.grading.queries import people_with
from secmgmt.accounts import roles
from secmgmt.core import audit, errors, notices, permissions, ports, records, search
from secmgmt.core.workflow import not_the_submitter

from . import queries
from .list_models import RiskMatrix
from .models import ABOVE, Layer, Leading, Risk, RiskAssessment, RiskAsset, RiskState, Treatment

ORIGIN = "risk"
SEVERITY = {5: "high", 4: "high", 3: "medium", 2: "low", 1: "low"}
LONGEST = 366  # days an acceptance may hold
FIRST_GRADE = 3  # where no grading says more
STANDARD = "GB/T 22239-2019"


# -- the forms' doors ----------------------------------------------------------------------------------------


def store(form: Any, *, by: Any, at: dt.datetime) -> RiskAssessment:
    """The form's door: a change of method, tables or rule calculates every line anew, in one act. Conflict once
    submitted.
    """
    with audit.act():
        if form.instance.pk is not None:
            check_draft(form.instance)
        row = records.save(form, by=by, at=at)
        recalculate(row)
    return row


def check_draft(assessment: RiskAssessment) -> None:
    """Raises Conflict once it was submitted."""
    if assessment.state != RiskState.DRAFT:
        raise errors.Conflict(_("风险评估已提交，退回后才能修改。"), obj=assessment)


def store_part(form: Any, *, by: Any, at: dt.datetime) -> Any:
    """The door of assets and risks: a changed asset moves its risks. Conflict once their assessment is submitted."""
    with audit.act():
        if form.is_valid():
            check_draft(RiskAssessment.objects.select_for_update().get(pk=form.instance.assessment_id))
        row = records.save(form, by=by, at=at)
        if isinstance(row, RiskAsset):
            recalculate(row.assessment)
    return row


def recalculate(assessment: RiskAssessment) -> None:
    """Calculate every asset and risk of a draft anew; part of the act that made it needed."""
    for asset in assessment.assets.all():
        asset.assessment = assessment
        asset.save(update_fields=["value"])
    for risk in assessment.risks.select_related("asset", "threat", "vulnerability", "problem"):
        risk.assessment = assessment
        risk.save()


def check_unused(matrix: RiskMatrix) -> None:
    """Tables by which something was submitted stay as they are. Raises Conflict."""
    if matrix.assessments.exclude(state=RiskState.DRAFT).exists():
        raise errors.Conflict(_("已有提交过的评估按这个版本计算，请另登记一个版本。"), obj=matrix)


def store_matrix(form: Any, *, by: Any, at: dt.datetime) -> RiskMatrix:
    """The door of the tables: drafts that use them are calculated anew. Conflict when a submitted one does."""
    with audit.act():
        if form.instance.pk is not None:
            check_unused(form.instance)
        row = records.save(form, by=by, at=at)
        for assessment in row.assessments.filter(state=RiskState.DRAFT):
            recalculate(assessment)
    return row


# -- assets from the inventory -------------------------------------------------------------------------------


@audit.audited
def take_inventory(*, assessment: RiskAssessment, by: Any, at: dt.datetime) -> int:
    """Put business, system and components of the inventory into the tree where they are not yet; how many.

    Their grades are a start to be looked through: of the levels graded for business information (保密性, 完整性) and
    system service (可用性), else 3. Raises OutOfScope, NotAllowed, Conflict (submitted).
    """
    permissions.get_visible(RiskAssessment, by, "submit", pk=assessment.pk)
    rows = RiskAssessment.objects.select_for_update(of=("self",)).select_related("protected_object")
    row = rows.get(pk=assessment.pk)
    check_draft(row)
    check_led_by(row, by)
    obj, known = row.protected_object, {asset.name: asset for asset in row.assets.all()}
    before = len(known)
    named = (obj.business.rstrip("。") or f"{obj.name}承载的业务")[:100]
    business = _asset(row, known, Layer.BUSINESS, named, None, by, at)
    system = _asset(row, known, Layer.SYSTEM, obj.name, business, by, at)
    taken = {asset.component_id for asset in known.values() if asset.component_id}
    for component in obj.components.exclude(pk__in=taken).order_by("kind", "pk"):
        name = component.name if component.name not in known else f"{component.name[:80]}（{component.pk}）"
        _asset(row, known, Layer.COMPONENT, name, system, by, at, component)
    added = len(known) - before
    audit.record("assessments.riskassessment.inventory", row, by=by, at=at, detail={"assets": added})
    return added


def _asset(
    row: RiskAssessment, known: dict[str, RiskAsset], layer: str, name: str, parent: RiskAsset | None, by: Any,
    at: dt.datetime, component: Any = None,
) -> RiskAsset:
    """The asset of this name, added where it is not there."""
    if name in known:
        return known[name]
    obj = row.protected_object
    secrecy, service = obj.business_level or FIRST_GRADE, obj.service_level or FIRST_GRADE
    asset = RiskAsset(
        assessment=row, layer=layer, name=name, parent=parent, component=component, confidentiality=secrecy,
        integrity=secrecy, availability=service, note=_("按定级结果带入的起始值，请核对"),
    )  # fmt: skip
    records.stamp(asset, by=by, at=at)
    asset.save()
    known[name] = asset
    return asset


def misplaced(layer: str, parent: RiskAsset | None) -> str:
    """Why an asset of this layer cannot hang there, "" where it can."""
    wanted = ABOVE.get(layer)
    if wanted is None:
        return _("业务是最上层，不填上层资产。") if parent else ""
    if parent is None or parent.layer != wanted:
        told = {"layer": Layer(layer).label, "above": Layer(wanted).label}
        return _("“%(layer)s”要挂在一项“%(above)s”下。") % told
    return ""


# -- acceptance ----------------------------------------------------------------------------------------------


@audit.audited
def accept_risk(*, risk: Risk, reason: str, until: dt.date, version: int, by: Any, at: dt.datetime) -> Risk:
    """The leadership accepts a risk up to ``until``; afterwards it waits again.

    Raises OutOfScope, NotAllowed (who submitted it, too), Conflict (not submitted, not to be accepted, of a
    重大风险隐患), Stale, Invalid (no reason, a day that is past or more than a year ahead).
    """
    permissions.get_visible(Risk, by, "accept", pk=risk.pk)
    rows = Risk.objects.select_for_update(of=("self",)).select_related(
        "assessment__protected_object", "asset", "problem"
    )
    row = rows.get(pk=risk.pk)
    not_the_submitter(row.assessment, by)
    check_acceptable(row)
    if row.version != version:
        raise records.stale(row, {"reason": reason})
    if not reason.strip():
        raise errors.Invalid({"reason": [_("请写明接受的理由。")]})
    check_term(until, at)
    row.accepted_by, row.accepted_until, row.accepted_reason, row.lapsed_on = by, until, reason.strip(), None
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


def check_acceptable(risk: Risk) -> None:
    """Only what was handed in to be accepted is, and never a 重大风险隐患. Raises Conflict."""
    if risk.assessment.state == RiskState.DRAFT or risk.treatment != Treatment.ACCEPT:
        raise errors.Conflict(_("只有已提交的、处置为“接受”的风险可以办理接受。"), obj=risk)
    if risk.problem is not None and risk.problem.major:
        raise errors.Conflict(_("重大风险隐患必须整改，不能接受。"), obj=risk)


def check_term(until: dt.date | None, at: dt.datetime) -> None:
    """An acceptance ends, on a day to come, within a year. Raises Invalid."""
    if until is None or not 0 < (until - timezone.localdate(at)).days <= LONGEST:
        raise errors.Invalid({"until": [_("接受期限应在明天以后、一年以内。")]})


def recall_lapsed(at: dt.datetime) -> int:
    """The hourly chore: acceptances that are over are called back, and owner and leadership told; how many."""
    day, count = timezone.localdate(at), 0
    for pk in queries.lapsed(day).values_list("pk", flat=True):
        count += _recall(pk, day, at)
    return count


def _recall(pk: int, day: dt.date, at: dt.datetime) -> bool:
    with audit.act():
        rows = queries.lapsed(day).select_for_update(of=("self",))
        row = rows.select_related("assessment__protected_object__owner", "assessment__protected_object__unit", "asset")
        risk = row.filter(pk=pk).first()
        if risk is None:
            return False
        until = risk.accepted_until
        risk.accepted_by, risk.accepted_until, risk.lapsed_on = None, None, until
        risk.accepted_reason = ""
        records.stamp(risk, by=None, at=at)
        risk.save()
        audit.record(
            "assessments.risk.lapse", risk, by=None, at=at, before={"accepted_until": until.isoformat()},
            after={"accepted_until": ""},
        )  # fmt: skip
        obj = risk.assessment.protected_object
        people = {*people_with(roles.LEADER.code, obj.unit.path, day), obj.owner} - {None}
        text = _("风险“%(name)s”的接受已于 %(day)s 到期，须重新决定") % {"name": risk, "day": until.isoformat()}
        notices.notify(users=people, text=text, url=risk.get_absolute_url(), parent=risk.assessment, at=at)
    return True


# -- what follows from the signature -------------------------------------------------------------------------


def follow_reductions(assessment: RiskAssessment, *, by: Any, at: dt.datetime) -> None:
    """Have what is to be reduced followed as corrective actions; part of the signature, which records.

    A risk that comes from an open problem is followed by that problem's own item.
    """
    rows = assessment.risks.filter(treatment=Treatment.REDUCE, problem__isnull=True)
    for row in rows.select_related("assessment", "asset", "vulnerability"):
        action = ports.open_corrective_action(_shortcoming(row, assessment.protected_object), by=by, at=at)
        if action is not None:
            row.action_state = row.action_state or getattr(action, "state", "") or "planning"
            row.action_url = action.get_absolute_url() if hasattr(action, "get_absolute_url") else ""
            row.save(update_fields=["action_state", "action_url"])


def _shortcoming(row: Risk, obj: Any) -> ports.Shortcoming:
    """What is asked for, tied to the one item the vulnerability fails where the object is of that item's level."""
    items = row.vulnerability.item_list if row.vulnerability else []
    clause = items[0] if len(items) == 1 and items[0][-1].isalpha() and obj.security_level == 3 else ""
    said = {"asset": row.asset, "weak": row.weakness, "threat": row.threat_text, "level": row.get_level_display()}
    return ports.Shortcoming(
        origin=ORIGIN, source=row, obj=obj, title=str(row)[:100], severity=SEVERITY[row.level],
        description=_("%(asset)s存在“%(weak)s”，可能发生“%(threat)s”，风险%(level)s。") % said,
        requirement=_("GB/T 20984 风险处置"), standard=STANDARD if clause else "", clause=clause,
        component=row.asset.name if row.asset.layer == Layer.COMPONENT else "", measure=row.measure, due=row.due_on,
    )  # fmt: skip


def take_echo(source_id: int, state: str, *, by: Any, at: dt.datetime) -> None:
    """What became of the corrective action of a risk."""
    rows = Risk.objects.select_for_update(of=("self",)).select_related("assessment", "asset")
    row = rows.filter(pk=source_id).first()
    if row is None or row.action_state == state:
        return
    before, row.action_state = row.action_state, state
    with audit.act():
        row.save(update_fields=["action_state"])
        old, new = {"action_state": before}, {"action_state": state}
        audit.record("assessments.risk.action", row, by=by, at=at, before=old, after=new)


# -- whose it is ---------------------------------------------------------------------------------------------


def check_led_by(assessment: RiskAssessment, by: Any) -> None:
    """An inspection's assessment is the inspector's, an owner's the owner's, each over its unit. NotAllowed."""
    inspected = assessment.leading == Leading.INSPECTION
    if not _holds(by, roles.INSPECTOR if inspected else roles.OWNER, assessment):
        raise errors.NotAllowed(_("自评估由系统负责人办理，检查评估由检查人员办理。"), obj=assessment)


def check_signed_by(assessment: RiskAssessment, by: Any) -> None:
    """The unit's lead signs what the unit led, the city's leadership what an inspection led. NotAllowed."""
    inspected = assessment.leading == Leading.INSPECTION
    if not _holds(by, roles.LEADER if inspected else roles.UNIT_LEAD, assessment):
        raise errors.NotAllowed(_("自评估由单位网安负责人签认，检查评估由安全领导签认。"), obj=assessment)


def _holds(by: Any, role: Any, assessment: RiskAssessment) -> bool:
    path = permissions.path_of(assessment)
    return any(grant.role == role.code and path.startswith(grant.path) for grant in by.grants())
