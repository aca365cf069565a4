"""What a platform's assessment means for the systems it hosts: they learn that something changed, and are renewed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.catalog.lineage import lineage_of
from assessments.grading.queries import people_with
from assets.connections.queries import tenants_of
from assets.models import Hosting
from secmgmt.accounts import roles
from secmgmt.core import errors, notices
from secmgmt.core.jobs import enqueue

from . import comparison, inheritance
from .models import Assessment
from .responsibility import OWN, table_of

RENEW = "assessments.renew_tenants"


def check_current(obj: Assessment, at: dt.datetime) -> None:
    """Raises Incomplete: what is inherited is no longer what the platforms have, so it is renewed before submission."""
    found = inheritance.differences(obj, inheritance.Platforms(timezone.localdate(at)))
    if found:
        text = _("平台结果或责任分担表已有变化，涉及 %(n)d 项，请先更新继承结果，再提交。") % {"n": len(found)}
        page = f"{obj.answer_url}?show=inherited"
        links = [(f"{row.code} {row.summary[:40]}", f"{page}#item-{row.pk}") for row, *_rest in found]
        raise errors.Incomplete(text, links)


def platform_changed(assessment: Assessment, *, by: Any, at: dt.datetime) -> None:
    """After the confirmation of a platform's assessment: its tenants' open ones are renewed, and they are told.

    Told of, without detail, is an item that turned worse since the last one, to those who inherit it and, storey by
    storey, to those who run on them.
    """
    obj, day = assessment.protected_object, timezone.localdate(at)
    if not Hosting.objects.filter(platform=obj).exists():
        return
    if inheritance.open_on([obj.pk], assessment.standard_code):
        params = {"platform": obj.pk, "standard": assessment.standard_code}
        enqueue(RENEW, params=params, by=by, at=at, subject=obj)
    before = comparison.earlier_of(assessment).first()
    worse = comparison.compare(assessment, before).of(comparison.WORSE) if before else []
    if worse:
        _tell_below(obj, {line.code for line in worse}, lineage_of(assessment.standard), day, at)


def _tell_below(platform: Any, codes: set[str], lineage: Any, day: dt.date, at: dt.datetime) -> None:
    told, storey = {platform.pk}, [platform]
    while storey:
        below = []
        for upper in storey:
            for hosting in tenants_of(upper, day):
                tenant, table = hosting.tenant, table_of(hosting)
                if tenant.pk in told or all(table.share(code, lineage) == OWN for code in codes):
                    continue
                told.add(tenant.pk)
                below.append(tenant)
                _tell(tenant, upper, day, at)  # of what stands further down it may not know
        storey = below


def _tell(tenant: Any, platform: Any, day: dt.date, at: dt.datetime) -> None:
    people = {person.pk: person for person in people_with(roles.UNIT_LEAD.code, tenant.unit.path, day)}
    owner = tenant.owner
    owners = [owner] if owner else people_with(roles.OWNER.code, tenant.unit.path, day)
    people |= {person.pk: person for person in owners}
    text = _("“%(tenant)s”所用承载平台“%(platform)s”的平台控制点结果变化，请查看继承的测评项")
    words = {"tenant": tenant, "platform": platform}
    url = tenant.get_absolute_url()
    open_one = inheritance.open_of(tenant)
    if open_one is not None:
        url = f"{open_one.answer_url}?show=inherited"
    notices.notify(users=people.values(), text=text % words, url=url, parent=tenant, at=at)
