"""Demo gradings of the demo objects: the same every time, left alone where they exist.

Most stand already; a few went, or are going, through the steps by the people whose steps they are.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assets.models import ProtectedObject
from secmgmt.accounts.models import User
from secmgmt.core import audit, digest, records
from secmgmt.core.workflow import seen_token

from . import demo_data
from .demo_evaluation import REPORT_DAY, assess
from .evaluation.models import Assessment
from .grading.forms import CertificateForm
from .grading.models import Grading, GradingState
from .grading.services import invite_expert, set_levels, standing_grading
from .grading.workflow import WORKFLOW

DEGREE = {1: ("citizens", "general"), 2: ("public_order", "general"), 3: ("public_order", "serious")}
DEGREE[4] = ("public_order", "very_serious")


def create_assessments(at: dt.datetime) -> None:
    """Levels for the demo objects, and three self-assessments in different states."""
    objects = ProtectedObject.objects.filter(is_demo=True, is_secret_register=False)
    objects = objects.exclude(name__in=demo_data.UNGRADED).select_related("owner", "unit").order_by("pk")
    with audit.act():
        for obj in objects:
            if Grading.objects.filter(protected_object=obj).exists():
                continue
            if obj.name in demo_data.JOURNEYS:
                _travel(obj, demo_data.JOURNEYS[obj.name], at)
            else:
                _stand(obj, at)
    for number, (name, state) in enumerate(demo_data.ASSESSED.items()):
        obj = objects.filter(name=name).first()
        if obj is not None and obj.owner is not None and not Assessment.objects.filter(protected_object=obj).exists():
            assess(obj, state, number, at)


def _grading(obj: ProtectedObject, at: dt.datetime, **values: Any) -> Grading:
    """The draft of a grading, with its levels."""
    grading = Grading(
        protected_object=obj,
        report_date=REPORT_DAY,
        rule_set="2025",
        business_reason="演示数据：按业务信息受破坏后侵害的客体和程度确定。",
        service_reason="演示数据：按系统服务受破坏后侵害的客体和程度确定。",
        **values,
    )
    for side, level in zip(("business", "service"), demo_data.LEVELS.get(obj.name, (2, 2)), strict=True):
        harmed, degree = DEGREE[level]
        setattr(grading, f"{side}_{harmed}", degree)
    grading.compute_levels()
    records.stamp(grading, by=obj.owner, at=at)
    return grading


def _stand(obj: ProtectedObject, at: dt.datetime) -> None:
    """A grading from before this system was used: its outcome only."""
    grading = _grading(obj, at, determined_at=at)
    final = obj.pk % 3 == 0 or grading.level == 1
    grading.state = GradingState.FINAL if final else GradingState.DETERMINED
    grading.certificate_number = f"41990043001-26{obj.pk:03d}" if final and grading.level > 1 else ""
    grading.frozen_digest = digest.hash_value(grading.frozen_content())
    grading.save()
    set_levels(protected_object=obj, grading=standing_grading(obj), by=obj.owner, at=at)


def _travel(obj: ProtectedObject, target: str, at: dt.datetime) -> None:
    """A grading that goes its way: submitted, reviewed by experts, with the authority or filed."""
    owner = obj.owner
    asked = {"has_authority": True, "authority_name": "市数据局"} if target == "authority" else {}
    grading = _grading(obj, at, **asked)
    grading.save()
    experts = list(User.objects.filter(username__in=demo_data.EXPERTS, is_demo=True).order_by("username"))
    for expert in experts:
        invite_expert(grading=grading, user=expert, by=owner, at=at)
    grading = _step(grading, "submit", owner, at)
    if target == "expert":
        return
    opinion = demo_data.EXPERT_OPINION
    if target == "authority":
        _step(grading, "pass_on", experts[0], at, opinion=opinion)
        return
    grading = _step(grading, "pass_", experts[0], at, opinion=opinion)
    _file(grading, owner, at)


def _file(grading: Grading, owner: Any, at: dt.datetime) -> None:
    """The police's certificate, recorded by the owner as on the page."""
    obj = grading.protected_object
    name, text = demo_data.PROOF
    proof = SimpleUploadedFile(name, text.format(name=obj.name, level=grading.level_text).encode())
    data = {
        "certificate_number": f"41990043001-26{obj.pk:03d}",
        "decided_by": "颍川市公安局",
        "decided_on": REPORT_DAY + dt.timedelta(days=18),
        "declared_not_secret": True,
    }
    form = CertificateForm(data, {"file": proof}, instance=grading, user=owner)
    if not form.is_valid():
        raise ValueError(form.errors)
    _step(form.apply(grading, by=owner, at=at), "record_filing", owner, at)


def _step(grading: Grading, name: str, by: Any, at: dt.datetime, *, opinion: str = "") -> Grading:
    return WORKFLOW.fire(grading, name, by=by, at=at, opinion=opinion, seen=seen_token(grading))
