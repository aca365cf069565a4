"""Work without network by API: fetch the workbook, bring it back, see what it changes, keep what is chosen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Field, Path, Router, Schema

from secmgmt.core import errors, previews
from secmgmt.core.clock import now
from secmgmt.core.filesafety.refusal import FileRefused

from . import offline, offline_store, offline_views
from .models import Assessment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PART = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
UPLOAD: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": PART}}}}
FILE = {"schema": {"type": "string", "format": "binary"}}
BOOK: dict[str, Any] = {"responses": {200: {"description": "工作簿", "content": {XLSX: FILE}}}}

router = Router(tags=[str(Assessment._meta.verbose_name)])


class OfflineLineOut(Schema):
    """One item that differs. ``kind``: change, conflict (changed on both sides) or blocked, then with ``reason``."""

    answer: int
    code: str
    row: int
    kind: str
    reason: str
    now: dict[str, Any]
    given: dict[str, Any]


class PlanOut(Schema):
    """What a workbook changes; nothing is stored. ``seen`` goes along when it is kept.

    ``same``: rows that are as on the server; ``newer``: changed on the server only, which stands; ``absent``: items
    that are not in the workbook and stay as they are.
    """

    token: str
    seen: str
    same: int
    newer: int
    absent: int
    lines: list[OfflineLineOut]


class DecisionIn(Schema):
    """``seen`` of the preview; ``picks``: number of each conflict's item → mine (the workbook's) or theirs."""

    seen: str = Field(max_length=64)
    picks: dict[int, str] = Field(default_factory=dict)


class KeptOut(Schema):
    """How many answers were kept."""

    written: int


@router.get(
    "/{int:pk}/workbook", operation_id="offline_workbook", summary="离线填报工作簿", url_name="offline-workbook",
    openapi_extra=BOOK,
)  # fmt: skip
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The protected workbook of an open assessment."""
    return offline_views.workbook(request, pk)


@router.post(
    "/{int:pk}/workbook", response=PlanOut, operation_id="offline_bring_back", summary="交回离线填报工作簿",
    url_name="offline-workbook", openapi_extra=UPLOAD,
)  # fmt: skip
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What the workbook would change; kept for a day under ``token``, for its sender alone."""
    assessment = offline_views.answered_by(request, pk)
    sent = request.FILES.get("file")
    if sent is None:
        raise errors.Invalid({"file": [_("请在 file 里上传填好的工作簿。")]})
    try:
        token = offline_views.brought_back(request, assessment, sent)
    except FileRefused as error:
        raise errors.Invalid({"file": [error.message]}) from error
    return JsonResponse(told(request, assessment, token))


@router.get(
    "/{int:pk}/previews/{token}", response=PlanOut, operation_id="offline_preview", summary="离线填报预览",
    url_name="offline-preview",
)  # fmt: skip
def preview(
    request: HttpRequest, pk: int, token: str = Path(..., description="预览编号")
) -> HttpResponse:
    """The same preview, held against the answers as they are now."""
    return JsonResponse(told(request, offline_views.answered_by(request, pk), token))


@router.post(
    "/{int:pk}/previews/{token}", response=KeptOut, operation_id="offline_keep", summary="写入离线填报",
    url_name="offline-preview",
)  # fmt: skip
def keep(
    request: HttpRequest, pk: int, payload: DecisionIn, token: str = Path(..., description="预览编号")
) -> HttpResponse:
    """Keep the changes and what was picked of the conflicts, all or nothing; 409 when an answer changed meanwhile."""
    assessment = offline_views.answered_by(request, pk)
    data = offline_views.kept(request, assessment, token)
    plan = offline_views.compared(request, assessment, data)
    if payload.seen != plan.seen:
        raise errors.Conflict(_("核对期间网上的作答又有变动，请重新取得预览再核对。没有写入。"), obj=assessment)
    taken, undecided = offline.decided(plan, payload.picks)
    if undecided:
        codes = "、".join(line.row.code for line in undecided)
        raise errors.Invalid({"picks": [_("还有 %(n)d 项冲突没有选择保留哪一边：%(codes)s。") % {
            "n": len(undecided), "codes": codes
        }]})  # fmt: skip
    count = 0
    if taken:
        count = offline_store.save_answers(
            assessment=assessment, lines=taken, token=token, file=data["file"], by=request.user, at=now()
        )
    previews.drop(token, offline_views.KIND, request.user)
    return JsonResponse({"written": count})


def told(request: HttpRequest, assessment: Assessment, token: str) -> dict[str, Any]:
    """A preview as JSON."""
    plan = offline_views.compared(request, assessment, offline_views.kept(request, assessment, token))
    lines = [
        {"answer": line.row.pk, "code": line.row.code, "row": line.line, "kind": line.kind, "reason": line.reason,
         "now": line.now, "given": line.given}
        for line in plan.lines
    ]  # fmt: skip
    counts = {"same": plan.same, "newer": plan.newer, "absent": plan.absent}
    return {"token": token, "seen": plan.seen, **counts, "lines": lines}
