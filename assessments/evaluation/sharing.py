"""What the two sides of a hosting agree on: its table of responsibility, and whether evidence is shown.

The tenant's owner keeps the table; a line that leaves the platform more than the ready-made table does holds once
the platform's owner agreed to it. Only the platform's owner shows findings and evidence, and ends that again.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from assets.models import Hosting
from secmgmt.core import audit, errors, permissions

from .responsibility import OWN_RANK, ready_made
from .reuse_models import EvidenceShare, ResponsibilityLine


def require_tenant(hosting: Hosting, by: Any) -> None:
    """NotAllowed unless ``by`` keeps the tables of the tenant's unit."""
    permissions.require(by, ResponsibilityLine, "add", hosting.tenant.unit.path)


def may_speak_for_platform(hosting: Hosting, user: Any) -> bool:
    """Whether ``user`` answers for the platform of a hosting: an owner at the platform's unit, not the tenant's."""
    return permissions.may(user, ResponsibilityLine, "agree", hosting.platform.unit.path)


def require_platform(hosting: Hosting, by: Any) -> None:
    """NotAllowed unless ``by`` speaks for the platform."""
    if not may_speak_for_platform(hosting, by):
        raise errors.NotAllowed(
            _("只有承载平台的系统负责人可以办理。"), obj=hosting,
            who_may=permissions.who_may(ResponsibilityLine, "agree"),
        )  # fmt: skip


def seen(hosting: int, by: Any) -> Hosting:
    """The hosting with both ends, locked, as far as ``by`` sees it. OutOfScope: he does not."""
    rows = Hosting.objects.select_related("tenant__unit", "platform__unit")
    permissions.get_visible(Hosting, by, "view", queryset=rows, pk=hosting)
    return rows.select_for_update(of=("self",)).get(pk=hosting)


@audit.audited
def fill_table(*, hosting: int, by: Any, at: dt.datetime) -> int:
    """Write the ready-made table of the way of hosting down line by line, so that it can be changed.

    Lines that exist stay. Returns how many were added. Raises OutOfScope, NotAllowed.
    """
    row = seen(hosting, by)
    require_tenant(row, by)
    known = set(ResponsibilityLine.objects.filter(hosting=row).values_list("code", flat=True))
    lines = [
        ResponsibilityLine(
            hosting=row, code=code, share=ready.share, note=ready.note[:200],
            created_at=at, updated_at=at, updated_by=by,
        )
        for code, ready in ready_made(row.model).items() if code not in known
    ]  # fmt: skip
    ResponsibilityLine.objects.bulk_create(lines, batch_size=300)
    audit.record("assessments.responsibilityline.fill", row, by=by, at=at, detail={"lines": len(lines)})
    return len(lines)


def proposed(hosting: Hosting) -> list[ResponsibilityLine]:
    """The lines that leave the platform more than the ready-made table and wait for its owner."""
    ready = ready_made(hosting.model)
    return [
        line
        for line in ResponsibilityLine.objects.filter(hosting=hosting).order_by("code")
        if line.share != line.agreed
        and OWN_RANK[line.share] < OWN_RANK[ready[line.code].share if line.code in ready else "own"]
    ]


@audit.audited
def agree(*, hosting: int, codes: list[str], by: Any, at: dt.datetime) -> int:
    """Agree for the platform to what the tenant proposed. Returns how many lines.

    ``codes``: as they were shown. Raises OutOfScope, NotAllowed, Conflict when others wait by now.
    """
    row = seen(hosting, by)
    require_platform(row, by)
    waiting = proposed(row)
    if [line.code for line in waiting] != codes or not waiting:
        raise errors.Conflict(_("待同意的条款已有变化，没有办理，请重新核对。"), obj=row)
    for line in waiting:
        line.agreed, line.version, line.updated_at, line.updated_by = line.share, line.version + 1, at, by
    ResponsibilityLine.objects.bulk_update(waiting, ["agreed", "version", "updated_at", "updated_by"])
    detail = {"lines": {line.code: line.share for line in waiting}}
    audit.record("assessments.responsibilityline.agree", row, by=by, at=at, detail=detail)
    return len(waiting)


@audit.audited
def share_evidence(*, hosting: int, until: dt.date | None, by: Any, at: dt.datetime) -> EvidenceShare:
    """Show the tenant findings and evidence of what he inherits (``until`` a day). Raises OutOfScope, NotAllowed."""
    row = seen(hosting, by)
    require_platform(row, by)
    values = {"until": until, "by": by, "at": at}
    share, _created = EvidenceShare.objects.update_or_create(hosting=row, defaults=values)
    detail = {"until": until.isoformat() if until else ""}
    audit.record("assessments.evidenceshare.give", row, by=by, at=at, detail=detail)
    return share


@audit.audited
def end_share(*, hosting: int, by: Any, at: dt.datetime) -> None:
    """Show nothing more from now on. Raises OutOfScope, NotAllowed."""
    row = seen(hosting, by)
    require_platform(row, by)
    EvidenceShare.objects.filter(hosting=row).delete()
    audit.record("assessments.evidenceshare.end", row, by=by, at=at)
