"""What is done to an engagement: people let in for its term, problems, completion."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.filing.models import Prolongation
from assessments.filing.queries import terms
from assessments.filing.services import prolong
from assessments.grading.services import end_of
from secmgmt.core import attachments, audit, errors, notices, permissions, ports, records
from secmgmt.core.models import Attachment, Participation

from . import queries
from .models import ACCOUNT, PAPERS, Engagement, EngagementFinding, EngagementKind, Paper


def store(form: Any, *, by: Any, at: dt.datetime) -> Engagement:
    """The form's door for page and API; when the term changes, the agency's access follows it.

    Raises what ``records.save`` does, and Conflict when it is over: nobody gets in again by a later day.
    """
    with audit.act():
        if form.instance.pk is not None:
            check_open(Engagement.objects.select_for_update().get(pk=form.instance.pk))
        row = records.save(form, by=by, at=at)
        Participation.of(row).filter(capacity=ACCOUNT).update(until=end_of(row.ends_on))
    return row


@audit.audited
def admit(*, engagement: Engagement, user: Any, by: Any, at: dt.datetime) -> Participation:
    """Let a person of the agency in until the engagement's last day. Raises NotAllowed, Conflict, Invalid."""
    fresh = locked(engagement, by, "admit")
    if not queries.possible_accounts(timezone.localdate(at)).filter(pk=user.pk).exists():
        raise errors.Invalid({"user": [_("只能选担任“测评机构”岗位的人员。")]})
    if fresh.ends_on < timezone.localdate(at):
        raise errors.Invalid({"user": [_("测评结束日期已过，请先修改测评项目的期限。")]})
    asked, _is_new = Participation.objects.update_or_create(
        content_type=queries.content_type(), object_id=fresh.pk, user=user, unit=None, capacity=ACCOUNT,
        defaults={"until": end_of(fresh.ends_on)},
    )  # fmt: skip
    audit.record("assessments.engagement.admit", fresh, by=by, at=at, detail={"person": user.audit_name})
    text = _("您受托参加“%(name)s”，权限至 %(day)s") % {"name": fresh, "day": fresh.ends_on}
    notices.notify(user=user, text=text, url=fresh.get_absolute_url(), parent=fresh, at=at)
    return asked


@audit.audited
def dismiss(*, engagement: Engagement, account: int, by: Any, at: dt.datetime) -> None:
    """Take a person's access back. Raises NotAllowed, OutOfScope."""
    permissions.get_visible(Engagement, by, "admit", pk=engagement.pk)
    asked = queries.accounts_of(engagement).filter(pk=account).first()
    if asked is None:
        raise errors.OutOfScope(model="core.Participation", lookup=account)
    audit.record("assessments.engagement.dismiss", engagement, by=by, at=at, detail={"person": asked.user.audit_name})
    asked.delete()


def locked(engagement: Engagement, by: Any, action: str) -> Engagement:
    """The row, locked, while it goes on; by who may do ``action`` on it."""
    permissions.get_visible(Engagement, by, action, pk=engagement.pk)
    rows = Engagement.objects.select_related("protected_object__unit").select_for_update(of=("self",))
    fresh = rows.get(pk=engagement.pk)
    check_open(fresh)
    return fresh


def check_open(engagement: Engagement) -> None:
    """Raises Conflict once it is completed or terminated."""
    if not engagement.is_open:
        text = _("测评项目现在是“%(state)s”，不再改动。") % {"state": engagement.get_state_display()}
        raise errors.Conflict(text, obj=engagement)


@audit.audited
def put_paper(
    *, engagement: Engagement, slot: str, upload: Any, by: Any, at: dt.datetime, note: str = "",
    declared_not_secret: bool = False, confirmed_not_secret: bool = False,
) -> Attachment:
    """Keep a document of an activity. Raises NotAllowed, FileRefused, Conflict (over), OutOfScope (no such slot)."""
    if slot not in Paper.values:
        raise errors.OutOfScope(model="assessments.Engagement", lookup=slot)
    fresh = locked(engagement, by, "work")
    return attachments.attach(
        parent=fresh, upload=upload, by=by, at=at, slot=slot, note=note,
        declared_not_secret=declared_not_secret, confirmed_not_secret=confirmed_not_secret,
    )  # fmt: skip


@audit.audited
def add_finding(*, engagement: Engagement, values: dict[str, Any], by: Any, at: dt.datetime) -> EngagementFinding:
    """Keep a problem the agency reports. Raises NotAllowed, Conflict (over)."""
    fresh = locked(engagement, by, "work")
    row = EngagementFinding.objects.create(engagement=fresh, at=at, by=by, **values)
    audit.record("assessments.engagement.finding", fresh, by=by, at=at, detail={"title": row.title, "n": row.pk})
    return row


def check_may_drop(row: EngagementFinding, by: Any, at: dt.datetime) -> None:
    """What the agency found the owner does not take away. Raises NotAllowed."""
    if not queries.may_drop([row], row.engagement, by, at):
        raise errors.NotAllowed(_("只有测评机构的人员或者登记人本人可以删除登记的问题。"), obj=row.engagement)


@audit.audited
def drop_finding(*, engagement: Engagement, finding: int, by: Any, at: dt.datetime) -> None:
    """Take a problem back before the report is final. Raises NotAllowed, Conflict (over), OutOfScope."""
    fresh = locked(engagement, by, "work")
    row = fresh.findings.filter(pk=finding).first()
    if row is None:
        raise errors.OutOfScope(model="assessments.EngagementFinding", lookup=finding)
    check_may_drop(row, by, at)
    audit.record("assessments.engagement.drop", fresh, by=by, at=at, detail={"title": row.title})
    row.delete()


def lacking_papers(engagement: Engagement) -> list[Paper]:
    """The documents without which the present activity is not over."""
    given = set(Attachment.of(engagement).values_list("slot", flat=True))
    return [paper for paper in PAPERS.get(engagement.state, ()) if paper not in given]


@audit.audited
def record_result(*, engagement: Engagement, values: dict[str, Any], by: Any, at: dt.datetime) -> Engagement:
    """Keep what the report says: number, date, conclusion. Raises NotAllowed, Conflict (over)."""
    fresh = locked(engagement, by, "complete")
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=list(values))
    audit.record("assessments.engagement.result", fresh, by=by, at=at, after={k: str(v) for k, v in values.items()})
    return fresh


def settle_done(engagement: Engagement, *, by: Any, at: dt.datetime) -> None:
    """Completed: next date, longer certificate, problems to rectification, the agency's access over. Of the step."""
    obj, day = engagement.protected_object, engagement.report_date
    if day is not None:
        engagement.next_due_on = queries.next_due(engagement.kind, obj.security_level, day, terms())
    if day is not None and engagement.kind == EngagementKind.LEVEL:
        kind = Prolongation.Kind.EVALUATION
        prolong(protected_object=obj, kind=kind, source=engagement.report_number, on=day, by=by, at=at)
    for row in engagement.findings.all():
        ports.open_corrective_action(_shortcoming(engagement, row), by=by, at=at)
    end_access(engagement, by=by, at=at)


def _shortcoming(engagement: Engagement, row: EngagementFinding) -> ports.Shortcoming:
    obj = engagement.protected_object
    return ports.Shortcoming(
        origin="agency", source=row, obj=obj, title=row.title, description=row.description, severity=row.severity,
        clause=row.clause, major=row.severity == "major", level=obj.security_level, component=row.component,
        due_basis=engagement.report_number,
    )  # fmt: skip


def end_access(engagement: Engagement, *, by: Any, at: dt.datetime) -> None:
    """Nothing of it is open to the agency any more."""
    people = [asked.user.audit_name for asked in queries.accounts_of(engagement)]
    Participation.of(engagement).filter(capacity=ACCOUNT).update(until=at)
    audit.record("assessments.engagement.dismiss", engagement, by=by, at=at, detail={"people": people})
