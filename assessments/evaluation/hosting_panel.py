"""What the page of a hosting shows of its table of responsibility and of the share of evidence."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import reverse

from secmgmt.core import permissions
from secmgmt.core.clock import today

from . import sharing, sources
from .responsibility import in_force, ready_made
from .reuse_models import SHARES, EvidenceShare, ResponsibilityLine


def responsibility_panel(hosting: Any, user: Any) -> dict[str, Any]:
    """How many items each side answers, what waits for the platform, and what the person may do."""
    ready, lines = ready_made(hosting.model), list(ResponsibilityLine.objects.filter(hosting=hosting))
    counts = Counter(in_force(line, ready) for line in lines) if lines else Counter(r.share for r in ready.values())
    keeps = permissions.may(user, ResponsibilityLine, "add", hosting.tenant.unit.path)
    speaks = sharing.may_speak_for_platform(hosting, user)
    given = EvidenceShare.objects.filter(hosting=hosting).select_related("by").first()
    return {
        "counts": [(label, counts[code]) for code, label in SHARES],
        "kept": len(lines),
        "list_url": f"{reverse('assessments:responsibility-list')}?hosting={hosting.pk}",
        "may_fill": keeps and len(lines) < len(ready),
        "fill_url": reverse("assessments:hosting-fill", args=[hosting.pk]),
        "proposed": sharing.proposed(hosting),
        "speaks": speaks,
        "agree_url": reverse("assessments:hosting-agree", args=[hosting.pk]),
        "share": given,
        "share_open": given is not None and sources.shares_on(today()).filter(pk=given.pk).exists(),
        "share_url": reverse("assessments:hosting-share", args=[hosting.pk]),
    }
