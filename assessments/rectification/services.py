"""Opening items from what others found, numbering and routing them, keeping their results, telling people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.grading.queries import people_with
from secmgmt.accounts import roles
from secmgmt.core import audit, digest, errors, notices, ports, records, search
from secmgmt.core.models import Attachment
from secmgmt.core.ports import Shortcoming

from . import queries, rules
from .choices import DECIDERS, OPEN, RISK_OF_SEVERITY, RISK_ORDER, AfterResult, Matter, Origin, State
from .models import DueRule, Numbering, Rectification, RectificationSource, RectifiedResult, RouteRule

Key = tuple[str, int, int]  # origin, content type, row
Place = tuple[int, str, str]  # object, standard, clause


# -- opening -----------------------------------------------------------------------------------------------


def open_corrective_action(what: Shortcoming, by: Any, at: dt.datetime) -> Rectification:
    """The port: follow ``what`` up; the same source always leads to the same item."""
    return open_many(found=[what], by=by, at=at)[0]


@audit.audited
def open_many(*, found: Sequence[Shortcoming], by: Any, at: dt.datetime) -> list[Rectification]:
    """An item for each finding, in their order: the one its source opened before and that is not closed, an open one of
    the same object and clause, or a new one. A handful of statements for hundreds of findings. Conflict: on a registry
    line.
    """
    for what in found:
        if what.obj.is_secret_register:
            raise errors.Conflict(_("涉密系统不在本系统办理整改，另行归口。"), obj=what.obj)
    if not found:
        return []
    day = timezone.localdate(at)
    series = _locked_series(day.year)  # whoever opens items waits for each other, so nothing is opened twice
    keys = [_key(what) for what in found]
    known, places, terms = _known(keys), _open_places(found), list(DueRule.objects.all())
    made: list[Rectification] = []
    linked: list[RectificationSource] = []
    items = []
    for what, key in zip(found, keys, strict=True):
        item = known.get(key) if key else None
        if item is None or item.state == State.CLOSED:  # what was put right and is found again is to be put right anew
            place = (what.obj.pk, what.standard, what.clause)
            item = places.get(place) if what.clause else None
            if item is None or outgrows(item, what):
                item = _new(what, series, terms, by=by, at=at)
                made.append(item)
                if what.clause:
                    places[place] = item
            elif item.pk:
                _worsen(item, what, by=by, at=at)
            if key:
                known[key] = item
                name = f"{what.clause} {what.title}".strip()[:255]
                linked.append(
                    RectificationSource(
                        item=item, origin=what.origin, content_type_id=key[1], object_id=key[2], name=name, at=at
                    )
                )
        items.append(item)
    _store(series, made, linked, by=by, at=at)
    return items


def outgrows(item: Rectification, what: Shortcoming) -> bool:
    """Whether the finding is graver than the risk that was accepted with ``item``: nobody agreed to that."""
    graver = RISK_ORDER[RISK_OF_SEVERITY[what.severity]] < RISK_ORDER[item.risk]
    return item.state == State.ACCEPTED and (graver or is_major(what))


def is_major(what: Shortcoming) -> bool:
    """Whether the finder calls it a 重大风险隐患."""
    return what.major or what.severity == "major"


def _locked_series(year: int) -> Numbering:
    Numbering.objects.bulk_create([Numbering(year=year)], ignore_conflicts=True)
    return Numbering.objects.select_for_update().get(year=year)


@audit.audited
def register(*, form: Any, by: Any, at: dt.datetime) -> Rectification:
    """Store an item from the form of a page, the API or a workbook; a new one gets its number. As ``records.save``."""
    if form.instance.pk is None:
        form.instance.number = next_number(at=at)
    return records.save(form, by=by, at=at)


def next_number(*, at: dt.datetime) -> str:
    """The next number of the year, inside the caller's transaction."""
    series = _locked_series(timezone.localdate(at).year)
    series.last += 1
    series.save(update_fields=["last"])
    return number_text(series)


def number_text(series: Numbering) -> str:
    """ZG-2026-0192."""
    return f"ZG-{series.year}-{series.last:04d}"


def _key(what: Shortcoming) -> Key | None:
    if what.source is None or what.source.pk is None:
        return None
    return what.origin, ContentType.objects.get_for_model(what.source).pk, what.source.pk


def _known(keys: Iterable[Key | None]) -> dict[Key, Rectification]:
    """The items that these sources have opened already."""
    asked = [key for key in keys if key]
    rows = RectificationSource.objects.filter(
        origin__in={key[0] for key in asked}, content_type__in={key[1] for key in asked},
        object_id__in=[key[2] for key in asked],
    ).select_related("item__protected_object__unit", "item__protected_object__owner", "item__owner")  # fmt: skip
    return {(row.origin, row.content_type_id, row.object_id): row.item for row in rows}


def _open_places(found: Iterable[Shortcoming]) -> dict[Place, Rectification]:
    """The items still open on the objects, by object and clause."""
    rows = Rectification.objects.filter(
        protected_object__in={what.obj.pk for what in found}, state__in=OPEN,
        clause__in={what.clause for what in found} - {""},
    ).select_related("protected_object__unit", "protected_object__owner", "owner")  # fmt: skip
    return {(row.protected_object_id, row.standard, row.clause): row for row in rows.order_by("-pk")}


def _new(what: Shortcoming, series: Numbering, terms: list[DueRule], *, by: Any, at: dt.datetime) -> Rectification:
    risk, day = RISK_OF_SEVERITY[what.severity], timezone.localdate(at)
    major = is_major(what)
    due, basis = rules.due_date(terms, risk=risk, major=major, found_on=day)
    series.last += 1
    item = Rectification(
        number=number_text(series), protected_object=what.obj, origin=what.origin, title=what.title[:200],
        level=what.level if what.level is not None else what.obj.security_level,
        finding=what.description[:4000], component=what.component[:200], standard=what.standard, clause=what.clause,
        requirement=what.requirement[:500], high_risk_case=what.high_risk_case, risk=risk, major=major,
        found_on=day, due_on=what.due or due, due_basis=(what.due_basis if what.due else basis)[:200],
        owner=what.owner or what.obj.owner, measure=what.measure[:4000], verifier_role=verifier_of(what.origin),
    )  # fmt: skip
    records.stamp(item, by=by, at=at)
    return item


def verifier_of(origin: str) -> str:
    """Who verifies: whoever inspected, else the unit's own security lead."""
    return roles.INSPECTOR.code if origin == Origin.INSPECTION else roles.UNIT_LEAD.code


def _worsen(item: Rectification, what: Shortcoming, *, by: Any, at: dt.datetime) -> None:
    """A further finding of the same thing may make it graver, never milder, and inspectors verify what they found."""
    before = audit.fields_of(item)
    risk = RISK_OF_SEVERITY[what.severity]
    item.risk = min(item.risk, risk, key=RISK_ORDER.__getitem__)
    item.major = item.major or is_major(what)
    item.high_risk_case = item.high_risk_case or what.high_risk_case
    if what.due and what.due < item.due_on:
        item.due_on, item.due_basis = what.due, what.due_basis[:200]
    if what.origin == Origin.INSPECTION:
        item.verifier_role = verifier_of(what.origin)
    if audit.fields_of(item) == before:
        return
    if item.frozen_digest:
        if item.state == State.VERIFYING:
            item.decides_role = item.verifier_role
        elif item.state in (State.PLAN_REVIEW, State.EXTENSION_REVIEW):
            matter = Matter.PLAN if item.state == State.PLAN_REVIEW else Matter.EXTENSION
            item.decides_role, item.route_basis = route(item, matter, at=at)
        item.frozen_digest = digest.hash_value(item.frozen_content())  # whoever looked at it before looks again
    records.stamp(item, by=by, at=at)
    item.save()
    search.refresh(item)
    changed = audit.changes(before, audit.fields_of(item))
    audit.record("assessments.rectification.worsen", item, by=by, at=at, before=changed[0], after=changed[1])


def _store(
    series: Numbering, made: list[Rectification], linked: list[RectificationSource], *, by: Any, at: dt.datetime
) -> None:
    if made:
        series.save(update_fields=["last"])
        Rectification.objects.bulk_create(made, batch_size=500)
        search.refresh_many(made)
        table = [audit.row_of(item, "add", before={}, after=audit.fields_of(item)) for item in made]
        one = made[0] if len(made) == 1 else None
        verb = "assessments.rectification.open"
        audit.record(verb, one, by=by, at=at, detail={"count": len(made)}, table=table)
        _tell_opened(made, by, at)
    for source in linked:
        source.item_id = source.item.pk  # an item of this batch has its number only now
    RectificationSource.objects.bulk_create(
        linked, batch_size=500, update_conflicts=True, unique_fields=["origin", "content_type", "object_id"],
        update_fields=["item", "name", "at"],
    )


def _tell_opened(made: list[Rectification], by: Any, at: dt.datetime) -> None:
    """Each owner once for all that fell to him on an object."""
    grouped: dict[tuple[Any, Any], list[Rectification]] = defaultdict(list)
    for item in made:
        if item.owner is not None and item.owner != by:
            grouped[item.owner, item.protected_object].append(item)
    for (owner, obj), items in grouped.items():
        first = items[0]
        if len(items) == 1:
            text, url = _("“%(name)s”有问题需要整改：%(what)s"), first.get_absolute_url()
        else:
            text, url = _("“%(name)s”有 %(n)d 个问题需要整改"), list_url(protected_object=obj.pk)
        words = {"name": obj, "what": first.title, "n": len(items)}
        notices.notify(user=owner, text=text % words, url=url, parent=first, at=at)


def list_url(**params: Any) -> str:
    """The list of items under a filter."""
    asked = "&".join(f"{name}={value}" for name, value in params.items())
    return f"{reverse('assessments:rectification-list')}?{asked}"


# -- routing -----------------------------------------------------------------------------------------------


def route(item: Rectification, matter: str, *, at: dt.datetime, but: Any = None) -> tuple[str, str]:
    """(role, basis) that decides on ``item`` now; a role nobody but ``but`` holds there passes to the leadership."""
    role, basis = rules.route(
        RouteRule.objects.all() if RouteRule.objects.exists() else rules.SHIPPED_ROUTES,
        matter=matter, risk=item.risk, major=item.major, level=item.level, cost=item.cost,
    )  # fmt: skip
    skipped = [pk for pk in (getattr(but, "pk", None), item.owner_id) if pk]
    people = people_with(role, item.protected_object.unit.path, timezone.localdate(at)).exclude(pk__in=skipped)
    if role != roles.LEADER.code and not people.exists():
        named = dict(DECIDERS)[role]
        return roles.LEADER.code, (rules.NOBODY_HOLDS % {"basis": basis, "role": named})[:200]
    return role, basis


def due_of(risk: str, major: bool, found_on: dt.date) -> tuple[dt.date, str]:
    """(last day, basis) for a problem found that day, by the rules as they stand."""
    return rules.due_date(DueRule.objects.all(), risk=risk, major=major, found_on=found_on)


def load_rules() -> str:
    """Put the shipped rules into empty tables; what the city keeps itself stays as it is."""
    at = timezone.now()
    added = 0
    tables: tuple[tuple[Any, tuple[Any, ...]], ...] = (
        (DueRule, rules.SHIPPED_DUES), (RouteRule, rules.SHIPPED_ROUTES)
    )  # fmt: skip
    for model, shipped in tables:
        if model.objects.exists():
            continue
        for rule in shipped:
            model.objects.create(**rule._asdict(), created_at=at, updated_at=at)
            added += 1
    if added:
        with audit.act():
            audit.record("assessments.rectification.rules", by=None, at=at, detail={"count": added})
    return _("整改规则：新增 %(n)d 条") % {"n": added}


# -- results -----------------------------------------------------------------------------------------------


def keep_result(item: Rectification, by: Any, at: dt.datetime, opinion: str) -> RectifiedResult:
    """Write the 整改后结果 of an item that closes; part of the step."""
    files = Attachment.of(item).order_by("pk").values_list("name", "digest")
    agency = item.origin == Origin.AGENCY or item.sources.filter(origin=Origin.AGENCY).exists()
    row = RectifiedResult.objects.create(
        item=item, result=item.after_result or AfterResult.MET, on=timezone.localdate(at), verifier=by,
        verifier_name=by.audit_name, outcome=item.outcome, opinion=opinion.strip(),
        evidence=[list(file) for file in files], self_declared=agency,
    )  # fmt: skip
    kept = {"result": row.result, "evidence": row.evidence, "self_declared": agency}
    audit.record("assessments.rectification.result", item, by=by, at=at, after=kept)
    return row


def revoke_results(item: Rectification, by: Any, at: dt.datetime) -> None:
    """The results of an item that opens again no longer hold; they stay on record."""
    item.results.filter(revoked_on__isnull=True).update(revoked_on=timezone.localdate(at))
    audit.record("assessments.rectification.revoke", item, by=by, at=at)


def tell_sources(item: Rectification, state: str, by: Any, at: dt.datetime) -> None:
    """Let every finder know the item's new state, in the transaction of the change."""
    for source in item.sources.all():
        ports.corrective_action_changed(source.origin, source.object_id, state, by=by, at=at)


# -- who is told -------------------------------------------------------------------------------------------


def tell(
    item: Rectification, users: Iterable[Any], text: Any, at: dt.datetime, by: Any = None, opinion: str = ""
) -> None:
    """A notice that leads to the item, with the opinion, but not to whoever did it."""
    people = [person for person in users if person is not None and person != by]
    words = {"name": item.protected_object, "number": item.number, "title": item.title, "who": by or ""}
    said = f"：{opinion.strip()}" if opinion.strip() else ""
    notices.notify(users=people, text=str(text) % words + said, url=item.get_absolute_url(), parent=item, at=at)


def tell_deciders(item: Rectification, by: Any, at: dt.datetime) -> None:
    """Whose decision it waits for now."""
    text = _("请办理 %(number)s “%(title)s”（%(name)s），%(who)s已提交")
    tell(item, queries.deciders(item, timezone.localdate(at)), text, at=at, by=by)


def escalate(*, at: dt.datetime) -> int:
    """Tell of what is late: the owner on the first day, the unit's lead and the leadership as days go by.

    Once per stage; the number of items whose lateness went up.
    """
    today = timezone.localdate(at)
    known: dict[tuple[str, str], list[Any]] = {}
    count = 0
    for stage, (days, role) in enumerate(STAGES, start=1):
        late = queries.overdue(Rectification.objects.all(), today - dt.timedelta(days=days - 1))
        rows = late.filter(escalated=stage - 1).select_related("protected_object__unit", "owner")
        for item in rows.iterator(chunk_size=500):
            path = item.protected_object.unit.path
            if role and (role, path) not in known:
                known[role, path] = list(people_with(role, path, today))
            people = known[role, path] if role else [item.owner]
            with audit.act():
                # a run beside this one has told already; a form read before this is not saved over it
                still = Rectification.objects.filter(pk=item.pk, escalated=stage - 1)
                if not still.update(escalated=F("escalated") + 1, version=F("version") + 1):
                    continue
                words = {"days": (today - item.due_on).days}
                tell(item, people, _("整改逾期 %(days)d 天：") % words + "%(number)s “%(title)s”（%(name)s）", at=at)
                audit.record(
                    "assessments.rectification.escalate", item, by=None, at=at, detail={"stage": stage, **words}
                )
                count += 1
    return count


STAGES = ((1, ""), (8, roles.UNIT_LEAD.code), (15, roles.LEADER.code))
"""(days late, role told): "" is the owner. The city's own steps; no standard sets them."""
