"""What is done to a self-assessment besides its workflow: create, answer, hand layers to people."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.catalog import selection
from assessments.catalog.models import CatalogItem, Standard
from assessments.catalog.services import shipped_standard
from secmgmt.core import audit, errors, notices, permissions, records, search
from secmgmt.core.models import Participation

from . import formulas, points, responsibility, scoring
from .carrying import check_evidence, check_previous
from .models import RISKS, Answer, Assessment, ComponentResult
from .queries import colleagues, extensions_of
from .results import layer_title
from .reuse import Reuse

FOUND_LENGTH = 2000
ANSWER_LOADED = ("assessment__protected_object__unit", "answered_by", "assignee", "guidance")
LOCKED_WITH = (
    *("assessment__state", "assessment__title", "assessment__frozen_digest", "assessment__engagement"),
    "assessment__protected_object__unit__path",
)
FROZEN = (
    *("code", "unit_code", "level", "scope", "layer", "control_point", "domain", "summary"),
    *("official_text", "high_risk", "guidance_id"),
)


@audit.audited
def create_assessment(
    *,
    protected_object: Any,
    title: str,
    report_date: dt.date,
    by: Any,
    at: dt.datetime,
    due_on: dt.date | None = None,
    template: str = "",
    formula: str = "simple",
    attention: Decimal = scoring.ATTENTION_DEFAULT,
    standard: Standard | None = None,
    previous: Assessment | None = None,
) -> Assessment:
    """Start a self-assessment of a graded object and freeze the items of its levels.

    ``template``: "" takes the one of the report date; ``standard``: None takes the shipped one; ``previous``: the
    confirmed assessment whose answers are carried over. What platforms answer is inherited. Raises NotAllowed,
    Invalid (not graded, level 5, no item applies, retired, ``previous`` of another object), Conflict when another
    one by the standard is still open.
    """
    permissions.require(by, Assessment, "add", permissions.path_of(protected_object))
    standard = standard or shipped_standard()
    if standard is None:
        raise errors.Invalid({"standard": [_("还没有载入标准条款，请联系系统管理员载入后再试。")]})
    items = items_for(protected_object, standard)
    check_previous(previous, protected_object, standard)
    assessment = drafted(
        protected_object, standard, items, report_date=report_date, template=template,
        title=title, due_on=due_on, formula=formula, attention=attention,
    )  # fmt: skip
    records.stamp(assessment, by=by, at=at)
    _insert(assessment)
    answers, reuse = frozen(assessment, items), Reuse(at)
    sources = reuse.prefill(assessment, answers, previous)
    Answer.objects.bulk_create(answers, batch_size=300)
    reuse.keep(sources)
    search.refresh(assessment)
    after, detail = audit.fields_of(assessment), {"items": len(items), "previous": previous.pk if previous else None}
    audit.record("assessments.assessment.add", assessment, by=by, at=at, after=after, detail=detail)
    return assessment


def _insert(assessment: Assessment) -> None:
    try:
        with transaction.atomic():
            assessment.save()
    except IntegrityError as error:
        message = _("该对象已有一次未确认的自评估（%s），请先完成它。") % assessment.standard_code
        raise errors.Conflict(message, obj=assessment.protected_object) from error


def store(form: Any, *, by: Any, at: dt.datetime) -> Assessment:
    """The form's door for page and API: a new assessment is made with its items, an open one changes its frame.

    Raises what ``create_assessment`` and ``records.save`` do.
    """
    if form.instance.pk is not None:
        check_open(form.instance)
        return records.save(form, by=by, at=at)
    if not form.is_valid():
        raise errors.Invalid({key: [str(e) for e in found] for key, found in form.errors.items()})
    values = {name: value for name, value in form.cleaned_data.items() if name in form._meta.fields}
    values["previous"] = form.cleaned_data.get("previous")
    return create_assessment(**values, by=by, at=at)


def drafted(
    obj: Any, standard: Standard, items: list[CatalogItem], *, report_date: dt.date, template: str = "", **frame: Any
) -> Assessment:
    """An assessment of ``obj`` by ``items``, not stored yet; ``frame``: the fields a person chooses."""
    return Assessment(
        protected_object=obj,
        standard=standard,
        standard_code=standard.code,
        level=obj.security_level,
        business_level=obj.business_level,
        service_level=obj.service_level,
        extensions=extensions_of(obj),
        report_date=report_date,
        template=template or formulas.default_template(report_date),
        weights=formulas.OWN_WEIGHTS if any(item.own_weight for item in items) else formulas.DEFAULT_WEIGHTS,
        total=len(items),
        **frame,
    )


def items_for(obj: Any, standard: Standard) -> list[CatalogItem]:
    """The items of its levels and kinds, in order. Invalid: not graded, level 5, none applies, secret-bearing."""
    levels = (obj.security_level, obj.business_level, obj.service_level)
    if obj.is_secret_register:
        raise errors.Invalid({"protected_object": [_("涉密系统另行归口，不在这里评估。")]})
    if not all(levels):
        raise errors.Invalid({"protected_object": [_("该对象还没有定级，先完成定级再评估。")]})
    if max(levels) == 5:
        raise errors.Invalid({"protected_object": [_("第五级的要求未公开，不能用本系统评估。")]})
    catalogue = list(standard.items.filter(level__in=set(levels)).order_by("order"))
    for item in catalogue:
        item.applies_to = item.side  # the organization's own reading of who answers comes first
    chosen = selection.applicable(
        catalogue, business=obj.business_level, service=obj.service_level, extensions=extensions_of(obj)
    )
    if not chosen:
        text = _("%(code)s 没有适用于该对象等级和技术类型的条款，请换一个标准。")
        raise errors.Invalid({"standard": [text % {"code": standard}]})
    return _in_order(chosen, [item for item in catalogue if item.level == obj.security_level])


def _in_order(chosen: list[CatalogItem], whole: list[CatalogItem]) -> list[CatalogItem]:
    """Control points as the object's own level has them: items of a lower S or A stand where they belong."""
    places: dict[tuple[str, str, str], int] = {}
    for item in whole:
        places.setdefault((item.scope, item.layer, item.control_point), len(places))
    last = len(places)
    return sorted(chosen, key=lambda item: places.get((item.scope, item.layer, item.control_point), last))


def frozen(assessment: Assessment, items: list[CatalogItem]) -> list[Answer]:
    """The open answers, with the wording and weight of the day."""
    return [
        Answer(
            assessment=assessment, order=place, weight=item.own_weight or 1,
            **{name: getattr(item, name) for name in FROZEN},
        )
        for place, item in enumerate(items, 1)
    ]  # fmt: skip


def check_may_answer(row: Answer, by: Any) -> None:
    """NotAllowed unless ``by`` answers this item."""
    if not row.may_answer(by):
        raise errors.NotAllowed(_("这一项不由您填写。"), who_may=permissions.who_may(Answer, "answer"), obj=row)


@audit.audited
def save_answer(
    *,
    answer: int,
    version: int,
    result: str,
    by: Any,
    at: dt.datetime,
    found: str | None = None,
    risk: str | None = None,
    high_risk_applies: list[str] | None = None,
) -> Answer:
    """Keep the answer to one item; ``result`` "" takes it back, None of the others leaves it as it is.

    ``version``: as it was read. Raises OutOfScope, NotAllowed, Invalid (a result against those by component
    among it), and Conflict when it was changed meanwhile (``obj`` is the row as stored) or the assessment is
    no longer open.
    """
    row = _locked_answer(answer, by)
    wanted = answered(
        row, version=version, result=result, found=found, risk=risk, high_risk_applies=high_risk_applies
    )
    return _keep(row, wanted, by=by, at=at)


def answered(
    row: Answer,
    *,
    version: int,
    result: str,
    found: str | None = None,
    risk: str | None = None,
    high_risk_applies: list[str] | None = None,
) -> dict[str, Any]:
    """What ``row`` takes from an answer, nothing stored yet; parameters and errors as of ``save_answer``."""
    whole = responsibility.whole_of(row, result) if result in ("", *points.RESULTS) else result
    if whole != row.result and row.by_component:
        raise errors.Invalid({"result": [_("这一项按部件作答，结果由部件汇总；要直接作答，先清除部件结果。")]})
    sent = {"found": found, "risk": risk, "high_risk_applies": high_risk_applies}
    kept = {name: getattr(row, name) for name, value in sent.items() if value is None}
    wanted = {**_checked(row, whole, **{**sent, **kept}), **responsibility.settles(row, result)}
    if row.version != version and {name: getattr(row, name) for name in wanted} != wanted:
        raise changed_meanwhile(row)
    check_evidence(row, whole)
    if not row.by_component:
        wanted["value"] = points.result_value(whole) if whole else None
    return wanted


def _keep(row: Answer, wanted: dict[str, Any], *, by: Any, at: dt.datetime, **detail: Any) -> Answer:
    """Store what differs, with who and when, as the row's next version."""
    before = {name: getattr(row, name) for name in wanted}
    if before == wanted and not detail:
        return row
    for name, value in wanted.items():
        setattr(row, name, value)
    row.answered_by, row.answered_at = (by, at) if row.result else (None, None)
    row.version += 1
    row.save(update_fields=[*wanted, "answered_by", "answered_at", "version"])
    was, now_is = audit.changes(before, wanted)
    if "found" in now_is or "pending" in now_is:
        search.refresh(row)
    audit.record("assessments.answer.change", row, by=by, at=at, before=was, after=now_is, detail=detail)
    return row


@audit.audited
def save_component_results(
    *, answer: int, version: int, given: dict[int, str], by: Any, at: dt.datetime
) -> Answer:
    """Answer one item component by component; {} goes back to one answer for the whole and leaves it open.

    ``given``: component → result. What does not apply is left out, all alike give that result, anything else
    is 部分符合; the value is their mean (GB/T 28449-2018). Raises as ``save_answer`` does, and Invalid for a
    component of another object.
    """
    row = _locked_answer(answer, by)
    had = {entry.component_id: entry.result for entry in row.component_results.all()}
    if had == given:
        return row
    if row.version != version:
        raise changed_meanwhile(row)
    if row.duty == "platform" and row.platform_result:
        raise errors.Invalid({"components": [_("这一项由承载平台提供，不按部件作答。")]})
    known = {component.pk: component for component in row.assessment.protected_object.components.all()}
    if set(given) - set(known):
        raise errors.Invalid({"components": [_("所选部件不属于这个对象。")]})
    if set(given.values()) - set(points.RESULTS):
        raise errors.Invalid({"components": [_("结果只能是符合、部分符合、不符合或不适用。")]})
    row.component_results.all().delete()
    ComponentResult.objects.bulk_create(
        ComponentResult(
            answer=row, component=known[pk], result=result,
            name=f"{known[pk].name}（{known[pk].get_kind_display()}）",
        )
        for pk, result in given.items()
    )  # fmt: skip
    combined = points.combine_components(given.values()) if given else points.Combined("", None)
    whole = responsibility.whole_of(row, combined.result)
    wanted = _checked(row, whole, row.found, row.risk, row.high_risk_applies)
    wanted |= responsibility.settles(row, combined.result)
    check_evidence(row, whole)
    value = combined.value if whole == combined.result else points.result_value(whole)
    wanted["value"] = value and value.quantize(Decimal("0.000001"))
    listed = {known[pk].name: result for pk, result in given.items()}
    return _keep(row, wanted, by=by, at=at, components=listed)


def changed_meanwhile(row: Answer) -> errors.Conflict:
    """The refusal that names who answered and when."""
    who = row.answered_by.audit_name if row.answered_by else _("他人")
    when = timezone.localtime(row.answered_at).strftime("%Y-%m-%d %H:%M") if row.answered_at else ""
    return errors.Conflict(
        _("%(code)s 已由%(who)s于 %(when)s 填为“%(what)s”，您的填写尚未保存。")
        % {"code": row.code, "who": who, "when": when, "what": row.get_result_display() or _("未答")},
        by_name=str(who),
        at=row.answered_at,
        obj=row,
    )


def check_open(assessment: Assessment) -> None:
    """Answers, layers and evidence change only while the assessment is open."""
    if not assessment.is_open:
        raise errors.Conflict(
            _("%(noun)s现在是“%(state)s”，不能再改；退回后才能修改。")
            % {"noun": assessment.noun, "state": assessment.get_state_display()},
            obj=assessment,
        )


def _locked_answer(pk: int, by: Any) -> Answer:
    """The row behind its assessment's lock, as Workflow.fire takes it; what ``by`` does not see is not there.

    Of the assessment and its object only what this needs is read: an answer is kept some hundred times an hour.
    """
    rows = Answer.objects.select_related("assessment__protected_object__unit")
    rows = rows.only(*(field.name for field in Answer._meta.concrete_fields), *LOCKED_WITH)
    try:
        assessment = Assessment.objects.only("state").select_for_update(of=("self",)).get(answers__pk=pk)
        row = rows.select_for_update(of=("self",)).get(pk=pk)
    except ObjectDoesNotExist as error:
        raise errors.OutOfScope(model=Answer._meta.label, lookup=pk) from error
    if "view" not in permissions.actions_for(by, [row])[pk]:
        raise errors.OutOfScope(model=Answer._meta.label, lookup=pk)
    check_may_answer(row, by)
    check_open(assessment)
    return row


def _checked(row: Answer, result: str, found: str, risk: str, high_risk_applies: list[str]) -> dict[str, Any]:
    wrong: dict[str, list[str]] = {}
    if result and result not in points.RESULTS:
        wrong["result"] = [_("结果只能是符合、部分符合、不符合或不适用。")]
    if len(found) > FOUND_LENGTH:
        wrong["found"] = [
            _("现状说明不超过 %(n)d 字，现有 %(now)d 字。") % {"n": FOUND_LENGTH, "now": len(found)}
        ]
    if risk and risk not in dict(RISKS):
        wrong["risk"] = [_("风险只能是高、中或低。")]
    if set(high_risk_applies) - set(row.high_risk):
        wrong["high_risk_applies"] = [_("所选判例不属于这一项。")]
    if wrong:
        raise errors.Invalid(wrong)
    gap = result in (points.PARTIAL, points.UNMET)
    return {
        "result": result,
        "found": found.replace("\r\n", "\n").strip(),
        "risk": risk if gap else "",
        "high_risk_applies": sorted(high_risk_applies) if gap else [],
    }


def check_assignee(assessment: Assessment, user: Any, by: Any) -> None:
    """A layer goes to a colleague of ``by``: a working business account of his units."""
    if not colleagues(by, assessment).filter(pk=user.pk).exists():
        raise no_colleague()


def no_colleague() -> errors.Invalid:
    """One refusal for every other name, so that it does not tell which names there are."""
    return errors.Invalid({"username": [_("只能分派给本单位及下属单位的在用业务账户，请从列表中选择。")]})


def end_idle_assignees(assessment: Assessment) -> None:
    """Who has no item left of an assessment no longer sees it by having been asked once."""
    kind = ContentType.objects.get_for_model(Assessment)
    asked = Participation.objects.filter(content_type=kind, object_id=assessment.pk, capacity="assignee")
    working = assessment.answers.filter(assignee__isnull=False).values("assignee")
    asked.exclude(user__in=working).delete()


@audit.audited
def assign_layer(
    *, assessment: Assessment, layer: str, user: Any, by: Any, at: dt.datetime, scope: str = selection.GENERAL_SCOPE
) -> int:
    """Have ``user`` answer a layer's items of one scope; he sees the assessment from now on and is told.

    ``user`` None takes them back; ``scope``: the general items, or those of one extension. Returns how many items.

    Raises OutOfScope, NotAllowed, Invalid (no such layer, no colleague), Conflict when no longer open.
    """
    permissions.get_visible(Assessment, by, "view", pk=assessment.pk)
    permissions.require(by, Assessment, "assign", permissions.path_of(assessment))
    fresh = Assessment.objects.select_for_update().get(pk=assessment.pk)
    check_open(fresh)
    if fresh.by_agency:
        raise errors.Conflict(_("测评结果由测评机构或系统负责人录入，不分派层面。"), obj=fresh)
    if user is not None:
        check_assignee(fresh, user, by)
    count = fresh.answers.filter(scope=scope, layer=layer).update(assignee=user)
    if not count:
        raise errors.Invalid({"layer": [_("没有这个层面。")]})
    end_idle_assignees(fresh)
    detail = {"scope": scope, "layer": layer, "user": user.audit_name if user else "", "items": count}
    if user is not None:
        asked: dict[str, Any] = {"content_type": ContentType.objects.get_for_model(Assessment), "object_id": fresh.pk}
        Participation.objects.get_or_create(**asked, capacity="assignee", user=user, unit=None)
        words = {"name": fresh, "layer": layer_title(scope, layer), "n": count}
        text = _("请填报“%(name)s”的%(layer)s，共 %(n)d 项") % words
        notices.notify(user=user, text=text, url=f"{fresh.answer_url}?show=mine", parent=fresh, at=at)
    audit.record("assessments.assessment.assign", fresh, by=by, at=at, detail=detail)
    return count
