"""Background work of self-assessments: what a platform's new result means for what runs on it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core.clock import now
from secmgmt.core.jobs import JobContext, job

from . import inheritance
from .hosted import RENEW


@job(RENEW, label=gettext_lazy("更新承载系统的继承结果"))
def renew_tenants(ctx: JobContext) -> dict[str, Any]:
    """Bring the open assessments of a platform's tenants up to date; again does no harm."""
    at = now()
    platforms = inheritance.Platforms(timezone.localdate(at))
    with ctx.finishing() as result:
        for assessment in inheritance.open_on([ctx.params["platform"]], ctx.params["standard"]):
            inheritance.renew(assessment=assessment, by=None, at=at, platforms=platforms)
        result["text"] = _("承载系统的继承结果已更新。")
    return result
