"""The data are held against the rules in the background, when somebody asks for it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import permissions
from secmgmt.core.jobs import JobContext, job
from secmgmt.core.models import Job

from . import checking
from .models import FindingRule


def require_check(work: Job, user: Any) -> None:
    """Whoever may no longer have the data checked has it neither done nor told."""
    permissions.require(user, FindingRule, "check")


@job("findings.check", label=gettext_lazy("核对自动发现规则"), allowed=require_check)
def check(ctx: JobContext) -> None:
    """Rule by rule; a run after a killed one finds nothing twice."""
    out = checking.check_all(by=ctx.user, at=ctx.at, progress=ctx.progress)
    words = {"n": out.checked, "found": len(out.found), "cleared": out.cleared, "asked": len(out.asked)}
    text = _("核对 %(n)d 次：新发现 %(found)d 个问题，%(cleared)d 个已更正，新询问 %(asked)d 项。")
    with ctx.finishing() as result:
        result |= {"url": reverse("assessments:finding-list"), "go": str(_("查看自动发现")), "text": text % words}
