"""Demo gradings of the demo objects: the same every time, left alone where they exist.

Most stand already; a few went, or are going, through the steps by the people whose steps they are.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from assets.models import ProtectedObject
from secmgmt.core import audit, digest, search

from . import demo_data, demo_gradings
from .demo_evaluation import assess
from .evaluation.models import Assessment
from .grading.models import Grading, GradingState
from .grading.queries import standing_grading
from .grading.services import set_levels

CERTIFIED_AFTER = 25  # days from the report
LAST_YEAR = 340  # days from the self-assessments of last year until now


def create_assessments(at: dt.datetime) -> None:
    """Levels for the demo objects, and three self-assessments in different states."""
    objects = ProtectedObject.objects.filter(is_demo=True, is_secret_register=False)
    objects = objects.exclude(name__in=demo_data.UNGRADED).select_related("owner", "unit").order_by("pk")
    demo_gradings.tell_stories(objects, at)
    with audit.act():
        for obj in objects:
            if not Grading.objects.filter(protected_object=obj).exists():
                _stand(obj, at)
    before = at - dt.timedelta(days=LAST_YEAR)
    stories = [(name, "confirmed", before) for name in demo_data.LAST_YEAR]
    for name, state, when in [*stories, *((name, state, at) for name, state in demo_data.ASSESSED.items())]:
        found = objects.filter(name=name).exclude(owner=None).first()
        title = f"{name} {when.year} 年自评估"
        if found is not None and not Assessment.objects.filter(protected_object=found, title=title).exists():
            assess(found, state, when, title)
    demo_gradings.read_old_notices(at)


def _stand(obj: ProtectedObject, at: dt.datetime) -> None:
    """A grading from before this system was used, some time in the last three years: its outcome only."""
    levels = demo_data.LEVELS.get(obj.name, (2, 2))
    day = timezone.localdate(at) - dt.timedelta(days=90 + obj.pk * 97 % 900)
    grading = demo_gradings.draft(obj, levels, day, at)
    final = obj.pk % 6 != 0 or grading.level == 1
    grading.state = GradingState.FINAL if final else GradingState.DETERMINED
    grading.determined_at = at
    if final and grading.level > 1:
        grading.certified_on = day + dt.timedelta(days=CERTIFIED_AFTER)
        grading.certificate_number = f"41990043001-{grading.certified_on:%y}{obj.pk % 500:03d}"
    grading.frozen_digest = digest.hash_value(grading.frozen_content())
    grading.save()
    search.refresh(grading)
    set_levels(protected_object=obj, grading=standing_grading(obj), by=obj.owner, at=at)
