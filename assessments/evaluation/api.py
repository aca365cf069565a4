"""The API of self-assessments and of their items."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, ModelSchema, Router, Schema

from secmgmt.core import errors, permissions
from secmgmt.core.api import ON_VERSION, crud_router, etag, version_of
from secmgmt.core.apibody import WHOLE
from secmgmt.core.clock import now

from . import services
from .forms import AssessmentForm
from .models import Answer, Assessment
from .tables import AssessmentFilter


class AssessmentOut(ModelSchema):
    """A self-assessment; ``result`` holds the scores once it is confirmed."""

    class Meta:
        model = Assessment
        exclude = ("updated_by", "frozen_digest")


class AnswerOut(ModelSchema):
    """One item with its frozen wording and its answer."""

    class Meta:
        model = Answer
        exclude = ("answered_by", "assignee")


class AnswerIn(Schema):
    """What is said of an item; what is left out stays. ``result``: met, partial, unmet, not_applicable or ""."""

    result: str | None = Field(None, max_length=16)
    found: str | None = None
    risk: str | None = Field(None, max_length=2)
    high_risk_applies: list[str] | None = None


class AnswersOut(Schema):
    """All items of an assessment."""

    items: list[AnswerOut]


class ComponentsIn(Schema):
    """Results by component: its number → met, partial, unmet, not_applicable."""

    results: dict[WHOLE, str]


router = crud_router(
    Assessment,
    AssessmentOut,
    AssessmentForm,
    filterset=AssessmentFilter,
    related=("protected_object__unit", "engagement"),
    sort=("title", "report_date", "due_on", "state", "level"),
    store=services.store,
)
answers = Router(tags=[str(Answer._meta.verbose_name)])


@router.get(
    "/{int:pk}/answers", response=AnswersOut, operation_id="assessment_answers", summary="各项",
    url_name="assessment-answers",
)  # fmt: skip
def answers_of(request: HttpRequest, pk: int) -> HttpResponse:
    """All items of an assessment in their order."""
    assessment = permissions.get_visible(Assessment, request.user, pk=pk)
    return JsonResponse({"items": [shown(row) for row in assessment.answers.order_by("order")]})


@answers.get("/{int:pk}", response=AnswerOut, operation_id="answer_detail", summary="详情", url_name="answer-detail")
def answer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One item; its ETag is what ``If-Match`` names on an answer."""
    return told(permissions.get_visible(Answer, request.user, pk=pk))


@answers.patch(
    "/{int:pk}", response=AnswerOut, operation_id="answer_save", summary="作答", url_name="answer-detail",
    openapi_extra=ON_VERSION,
)  # fmt: skip
def answer_save(request: HttpRequest, pk: int, payload: AnswerIn) -> HttpResponse:
    """Answer one item on the version ``If-Match`` names."""
    seen = answerable(request, pk)
    values = payload.dict(exclude_unset=True)
    values.setdefault("result", seen.result)
    if None in values.values():
        raise errors.Invalid({name: ["不能为 null。"] for name, value in values.items() if value is None})
    return told(services.save_answer(answer=pk, version=version_of(request), by=request.user, at=now(), **values))


@answers.put(
    "/{int:pk}/components", response=AnswerOut, operation_id="answer_components", summary="按部件作答",
    url_name="answer-components", openapi_extra=ON_VERSION,
)  # fmt: skip
def answer_components(request: HttpRequest, pk: int, payload: ComponentsIn) -> HttpResponse:
    """Answer one item component by component; an empty object goes back to one answer for the whole."""
    answerable(request, pk)
    given, version = payload.results, version_of(request)
    row = services.save_component_results(answer=pk, version=version, given=given, by=request.user, at=now())
    return told(row)


def answerable(request: HttpRequest, pk: int) -> Answer:
    """The item, when this person answers it: who may not is told so before anything about versions."""
    row = permissions.get_visible(Answer, request.user, pk=pk)
    services.check_may_answer(row, request.user)
    return row


def shown(row: Answer) -> dict[str, Any]:
    """An item as JSON."""
    return AnswerOut.from_orm(row).model_dump(mode="json")


def told(row: Answer) -> HttpResponse:
    """An item with its ETag."""
    response = JsonResponse(shown(row))
    response["ETag"] = etag(row)
    return response
