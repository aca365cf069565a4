"""The API of the standing calendar: one's duties, and the rules."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import ModelSchema, Query, Router, Schema

from secmgmt.core.api import MOST, crud_router
from secmgmt.core.clock import today

from . import queries, services
from .filters import DutyRuleFilter
from .forms import DutyRuleForm
from .models import DutyRule

DUTIES = "定期义务"


class DutyOut(Schema):
    """A duty of an object. ``state``: late, soon, later, done or unknown; ``act_by``: the last working day."""

    rule: str
    name: str
    protected_object: int
    object_name: str
    due: dt.date | None
    act_by: dt.date | None
    done: dt.date | None
    state: str
    why: str
    basis: str
    confidence: str
    statutory: bool


class DutiesOut(Schema):
    """A page of duties, the soonest first."""

    items: list[DutyOut]
    page: int
    size: int
    total: int


class DutyRuleOut(ModelSchema):
    """The rule of a duty."""

    class Meta:
        model = DutyRule
        exclude = ("updated_by", "shipped")


rules = crud_router(
    DutyRule, DutyRuleOut, DutyRuleForm, filterset=DutyRuleFilter, sort=("code", "name"), deletable=False,
    store=services.store,
)  # fmt: skip
router = Router(tags=[DUTIES])


@router.get("", response=DutiesOut, operation_id="duties", summary="列表", url_name="duty-list")
def duties(
    request: HttpRequest, mine: bool = Query(False, description="只列我负责的对象"),
    state: str = Query("", description="late 逾期、soon 将到期、later 以后、done 已办、unknown 待核实"),
    page: int = Query(1, ge=1, le=1_000_000), size: int = Query(50, ge=1, le=MOST),
) -> HttpResponse:  # fmt: skip
    """The duties of the objects I may see, or have in charge (``mine``)."""
    objects = queries.mine(request.user) if mine else queries.subjects(request.user)
    found = [duty for duty in queries.duties_of(objects, today()) if state in ("", duty.state)]
    items = [shown(duty) for duty in found[(page - 1) * size : page * size]]
    return JsonResponse({"items": items, "page": page, "size": size, "total": len(found)})


def shown(duty: queries.Duty) -> dict[str, object]:
    """A duty as JSON."""
    rule = duty.rule
    return DutyOut(
        rule=rule.code, name=rule.name, protected_object=duty.obj.pk, object_name=str(duty.obj), due=duty.day,
        act_by=duty.act_by, done=duty.fact.done, state=duty.state, why=duty.due.why, basis=rule.basis,
        confidence=rule.confidence, statutory=rule.statutory,
    ).model_dump(mode="json")  # fmt: skip
