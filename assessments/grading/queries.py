"""What of the gradings waits for whom, and who may be asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.connections.queries import known_to_unit, tenants_of
from assets.inventory.queries import mine
from assets.models import ProtectedObject
from secmgmt.accounts import roles
from secmgmt.accounts.models import OrgUnit, Position, User
from secmgmt.core.models import Decision, Participation

from . import rules
from .models import Grading, GradingState

EXPERT = "expert"
STANDING = (GradingState.DETERMINED, GradingState.FINAL)


def warnings_for(grading: Grading) -> tuple[rules.GradingWarning, ...]:
    """The special rules (GB/T 22240-2020 clause 7) the proposed level does not meet.

    A hosted object that the platform's unit was not told of counts, but is not named.
    """
    hosted: list[tuple[str, int]] = []
    if grading.protected_object_id and grading.report_date:
        rows = tenants_of(grading.protected_object, grading.report_date).filter(tenant__security_level__isnull=False)
        known = set(known_to_unit(rows, grading.protected_object.unit).values_list("pk", flat=True))
        others = _("其他单位的系统")
        hosted = [(r.tenant.name if r.pk in known else others, r.tenant.security_level) for r in rows]
    return rules.special_rule_warnings(
        grading.level,
        hosted=hosted,
        large_personal_data=grading.large_personal_data,
        public_big_data=grading.public_big_data,
    )


def harms_text(grading: Grading, side: str) -> str:
    """「社会秩序、公共利益：严重损害」 for each object harmed."""
    labels = rules.RULE_SETS[grading.rule_set].object_labels
    return "；".join(f"{labels[name]}：{rules.DEGREE_LABELS[degree]}" for name, degree in grading.harms(side))


def searched_text(grading: Grading) -> str:
    """What of a grading the site-wide search looks in."""
    told = (grading.business_reason, grading.service_reason, grading.authority_name, grading.certificate_number)
    return " ".join([str(grading), grading.level_text, str(grading.protected_object.unit), *told])


def ungraded(user: Any) -> QuerySet:
    """The objects in the user's charge that nobody has begun to grade."""
    rows = mine(user).filter(security_level__isnull=True, is_secret_register=False)
    return rows.exclude(Exists(Grading.objects.filter(protected_object=OuterRef("pk")))).order_by("name", "pk")


def open_grading(protected_object: ProtectedObject) -> Grading | None:
    """The grading of the object that is still on its way; there is one at most."""
    return Grading.objects.filter(protected_object=protected_object).exclude(state__in=STANDING).first()


def standing_grading(protected_object: ProtectedObject, *, but: Grading | None = None) -> Grading | None:
    """The newest grading of the object that is determined or final."""
    rows = Grading.objects.filter(protected_object=protected_object, state__in=STANDING)
    return (rows.exclude(pk=but.pk) if but else rows).order_by("-determined_at", "-pk").first()


def people_with(role: str, path: str, day: dt.date) -> QuerySet:
    """The active people who hold ``role`` on ``day`` over the unit at ``path``."""
    numbers = [part for part in path.split("/") if part]
    above = ["/" + "/".join(numbers[:count]) + "/" for count in range(1, len(numbers) + 1)]
    places = Position.objects.valid_on(day).filter(permission__codename=role, content_object__path__in=above)
    return User.objects.filter(pk__in=places.values("user"), is_active=True).order_by("name", "pk")


def reviewers(grading: Grading, day: dt.date) -> QuerySet:
    """Who approves it for its authority: the reviewers over its unit who work at the authority named.

    Nobody: the authority is outside the system, and the owner records its decision with the proof.
    """
    people = people_with(roles.AUTHORITY.code, grading.protected_object.unit.path, day)
    name = grading.authority_name
    return people.filter(Q(unit__name=name) | Q(unit__short_name=name)) if name else people


def authorities_over(path: str, day: dt.date) -> list[str]:
    """The units whose reviewers approve for the unit at ``path``."""
    found = people_with(roles.AUTHORITY.code, path, day).filter(unit__isnull=False)
    return list(found.order_by("unit__name").values_list("unit__name", flat=True).distinct())


def possible_authorities() -> QuerySet:
    """The units that may be named as an authority."""
    return OrgUnit.objects.filter(merged_into__isnull=True).order_by("path")


def unit_called(name: str) -> OrgUnit | None:
    """The unit an authority's name, or short name, stands for."""
    rows = possible_authorities()
    return rows.filter(name=name).first() or rows.filter(short_name=name).first() if name else None


def names_of(user: Any) -> list[str]:
    """What the authority may be called for which ``user`` decides: his unit, or not named."""
    return ["", *filter(None, (user.unit.name, user.unit.short_name))] if user.unit else [""]


def experts(day: dt.date, words: str = "") -> QuerySet:
    """The active people who hold an expert's position on ``day``, by name, title or unit."""
    places = Position.objects.valid_on(day).filter(permission__codename=roles.EXPERT.code)
    rows = User.objects.filter(pk__in=places.values("user"), is_active=True).select_related("unit")
    for word in words.split()[:4]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(username__icontains=word) | Q(title__icontains=word)
            | Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word)
        )  # fmt: skip
    return rows.order_by("name", "pk")


def invited(grading: Grading, at: dt.datetime) -> QuerySet:
    """The invitations of experts to this grading that hold at ``at``."""
    rows = Participation.of(grading).filter(_holding(at), capacity=EXPERT).select_related("user__unit")
    return rows.order_by("pk")


def submitter_of(grading: Grading) -> Any:
    """Who took the grading out of the draft last."""
    first = Decision.of(grading).filter(source=GradingState.DRAFT).select_related("by").first()
    return first.by if first else None


def decides_now(grading: Grading, at: dt.datetime) -> str:
    """Who has the next word on it, in words."""
    obj = grading.protected_object
    if is_superseded(grading):
        return _("已由后来的定级取代")
    if grading.state == GradingState.FINAL:
        return _("已办结")
    if grading.state == GradingState.EXPERT:
        names = "、".join(row.user.name for row in invited(grading, at))
        return _("评审专家：%(names)s") % {"names": names} if names else _("尚未邀请专家，由责任单位邀请或补录评审意见")
    if grading.state == GradingState.AUTHORITY:
        people = reviewers(grading, timezone.localdate(at))
        names = "、".join(people.values_list("name", flat=True)[:6])
        words = {"authority": grading.authority_name, "names": names or _("在系统外，由责任单位补录其核准意见")}
        return _("%(authority)s：%(names)s") % words
    who = obj.owner_line or _("责任单位系统负责人")
    if grading.state == GradingState.DETERMINED:
        return _("%(who)s：向公安机关备案后补录备案证明") % {"who": who}
    return _("%(who)s：填完后提交") % {"who": who}


def of_owner(user: Any, at: dt.datetime) -> QuerySet:
    """What waits for the owner: drafts, and what nobody here reviews or approves; filing has its own list."""
    mine = Q(state=GradingState.DRAFT) | Q(~Exists(_asked(at)), state=GradingState.EXPERT)
    mine |= Q(~Exists(_deciders(timezone.localdate(at))), state=GradingState.AUTHORITY)
    return _rows(user, "record_outside").filter(mine)


def to_review(user: Any) -> QuerySet:
    """Gradings whose expert review is the user's."""
    return _rows(user, "review").filter(state=GradingState.EXPERT)


def to_approve(user: Any) -> QuerySet:
    """Gradings the user approves for the authority."""
    return _rows(user, "approve").filter(state=GradingState.AUTHORITY, authority_name__in=names_of(user))


def _deciders(day: dt.date) -> QuerySet:
    """In a subquery: the positions of those who approve the outer grading, as ``reviewers`` has them."""
    place = ExpressionWrapper(OuterRef("protected_object__unit__path"), output_field=CharField())
    name = ExpressionWrapper(OuterRef("authority_name"), output_field=CharField())
    rows = Position.objects.valid_on(day).filter(permission__codename=roles.AUTHORITY.code, user__is_active=True)
    rows = rows.alias(place=place, asked=name).filter(place__startswith=F("content_object__path"))
    return rows.filter(Q(asked="") | Q(user__unit__name=F("asked")) | Q(user__unit__short_name=F("asked")))


def _asked(at: dt.datetime) -> QuerySet:
    """In a subquery: the invitations to the outer grading that hold at ``at``."""
    kind = {"content_type__app_label": "assessments", "content_type__model": "grading", "capacity": EXPERT}
    return Participation.objects.filter(_holding(at), object_id=OuterRef("pk"), **kind)


def _holding(at: dt.datetime) -> Q:
    """An invitation that is not over, of somebody who is still an expert: no other opens the grading."""
    still = experts(timezone.localdate(at)).order_by().values("pk")
    return (Q(until__isnull=True) | Q(until__gt=at)) & Q(user__in=still)


def is_superseded(grading: Grading) -> bool:
    """Whether the object was graded anew since this one was determined."""
    return grading.determined_at is not None and Grading.objects.filter(
        protected_object=grading.protected_object_id, state__in=STANDING, determined_at__gt=grading.determined_at
    ).exists()


def _rows(user: Any, action: str) -> QuerySet:
    rows = Grading.objects.visible_to(user, action).select_related("protected_object__unit", "protected_object__owner")
    return rows.order_by("updated_at", "pk")


def waiting_count(user: Any, at: dt.datetime) -> int:
    """How many gradings wait for the user: the badge of the menu, the same rows as his to-dos."""
    return sum(rows.order_by().count() for rows in (of_owner(user, at), to_review(user), to_approve(user)))
