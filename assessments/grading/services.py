"""What a grading does to its object: the levels of the newest determined grading stand on it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from assets.models import Hosting, ProtectedObject
from secmgmt.core import audit, errors, permissions
from secmgmt.core.models import Participation

from . import rules
from .models import Grading, GradingState

STANDING = (GradingState.DETERMINED, GradingState.FINAL)
LEVELS = ("security_level", "business_level", "service_level", "graded_on", "filing_number")


def warnings_for(grading: Grading) -> tuple[rules.GradingWarning, ...]:
    """The special rules (GB/T 22240-2020 clause 7) the proposed level does not meet."""
    hosted = Hosting.objects.filter(platform=grading.protected_object, tenant__security_level__isnull=False)
    return rules.special_rule_warnings(
        grading.level,
        hosted=list(hosted.values_list("tenant__name", "tenant__security_level")),
        large_personal_data=grading.large_personal_data,
        public_big_data=grading.public_big_data,
    )


@audit.audited
def set_levels(*, protected_object: ProtectedObject, grading: Grading | None, by: Any, at: dt.datetime) -> None:
    """Put the levels of ``grading`` on its object; None takes them away. Only gradings write these fields."""
    row = ProtectedObject.objects.select_for_update().get(pk=protected_object.pk)
    before = audit.fields_of(row)
    row.security_level = grading.level if grading else None
    row.business_level = grading.business_level if grading else None
    row.service_level = grading.service_level if grading else None
    row.graded_on = grading.report_date if grading else None
    row.filing_number = grading.certificate_number if grading else ""
    row.version += 1
    row.updated_at, row.updated_by = at, by
    row.save(update_fields=[*LEVELS, "version", "updated_at", "updated_by"])
    old, new = audit.changes(before, audit.fields_of(row))
    audit.record("assets.protectedobject.levels", row, by=by, at=at, before=old, after=new)


def standing_grading(protected_object: ProtectedObject, *, but: Grading | None = None) -> Grading | None:
    """The newest grading of the object that is determined or final."""
    rows = Grading.objects.filter(protected_object=protected_object, state__in=STANDING)
    return rows.exclude(pk=but.pk if but else None).order_by("-determined_at", "-pk").first()


@audit.audited
def invite_expert(*, grading: Grading, user: Any, by: Any, at: dt.datetime) -> Participation:
    """Let ``user`` review this grading; the owner invites while it is a draft or under review."""
    if "submit" not in permissions.actions_for(by, [grading])[grading.pk]:
        raise errors.NotAllowed(obj=grading)
    if not any(grant.role == "act_as_expert" for grant in user.grants()):
        raise errors.Invalid({"user": [_("只能邀请担任“专家”岗位的人员。")]})
    kind = ContentType.objects.get_for_model(Grading)
    invited, _is_new = Participation.objects.get_or_create(
        content_type=kind, object_id=grading.pk, user=user, unit=None, capacity="expert"
    )
    audit.record("assessments.grading.invite", grading, by=by, at=at, detail={"expert": user.audit_name})
    return invited
