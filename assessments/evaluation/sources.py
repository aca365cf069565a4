"""Where an item's answer came from, as pages and reports tell it, and who may see what stands behind it.

The unit's own earlier evidence is shown to whoever sees the item. A platform's finding and evidence are shown only
while its owner shares them with this hosting, and only those of the very item that was inherited.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import errors
from secmgmt.core.models import Attachment
from secmgmt.core.templatetags.ui import when

from . import points
from .models import Answer, Assessment
from .reuse_models import AnswerSource, EvidenceShare

WORDS = {"carried": gettext_lazy("沿用上次"), "shown": gettext_lazy("上次答复"), "platform": gettext_lazy("平台结果")}


def of_assessment(assessment: Assessment) -> dict[int, list[AnswerSource]]:
    """The sources of all items of an assessment, by item."""
    found: dict[int, list[AnswerSource]] = defaultdict(list)
    for entry in AnswerSource.objects.filter(answer__assessment=assessment).defer("found").order_by("pk"):
        found[entry.answer_id].append(entry)
    return found


def chip(entry: AnswerSource) -> str:
    """The source in a few words: what, result, date."""
    result = points.RESULT_LABELS.get(entry.result, "")
    if entry.kind == "platform":
        words = {"name": entry.name, "result": result, "day": when(entry.dated) if entry.dated else ""}
        return _("%(name)s：%(result)s %(day)s") % words if entry.result else _("%(name)s：待确认") % words
    words = {"day": when(entry.dated), "result": result}
    return _("上次 %(day)s：%(result)s") % words if result else _("上次 %(day)s") % words


def sentence(entry: AnswerSource) -> str:
    """The source in full: who assessed what with which result when, or why nothing could be taken."""
    if entry.reason:
        return entry.reason
    words = {
        "name": entry.name, "agency": entry.agency, "code": entry.code, "day": when(entry.dated),
        "noun": entry.noun or _("自评估"),
        "result": points.RESULT_LABELS.get(entry.result, _("未单独作答")),
    }  # fmt: skip
    if entry.kind == "platform":
        return _("%(result)s（%(name)s %(code)s，%(agency)s %(day)s %(noun)s）") % words
    text = _("%(result)s（%(name)s %(code)s，%(day)s）") % words
    return text if entry.kind == "carried" else text + _("；未直接采用，请按本项要求作答")


def shares_on(day: dt.date) -> QuerySet:
    """The hostings whose platform's owner shows findings and evidence on ``day``."""
    rows = EvidenceShare.objects.filter(Q(until__isnull=True) | Q(until__gte=day))
    rows = rows.filter(Q(hosting__until__isnull=True) | Q(hosting__until__gte=day), hosting__since__lte=day)
    return rows


def is_open(entry: AnswerSource, day: dt.date) -> bool:
    """Whether what stands behind a source may be shown to who sees the item it was taken for."""
    if entry.kind != "platform":
        return True
    return bool(entry.origin_id) and shares_on(day).filter(hosting=entry.hosting_id).exists()


def files_behind(entry: AnswerSource, day: dt.date) -> QuerySet:
    """The evidence behind a source, as far as it may be shown: nothing else of where it was taken from."""
    rows = Attachment.objects.select_related("term")
    if not is_open(entry, day):
        return rows.none()
    if entry.kind != "platform":
        return rows.filter(pk__in=entry.files)
    kind = ContentType.objects.get_for_model(Answer)
    return rows.filter(content_type=kind, object_id=entry.origin_id or 0)


def file_behind(row: Answer, file: int, day: dt.date) -> Attachment:
    """One file of evidence behind an item. OutOfScope: of another item, or no longer shared."""
    for entry in row.sources.all():
        found = files_behind(entry, day).filter(pk=file).first()
        if found is not None:
            return found
    raise errors.OutOfScope(model=Attachment._meta.label, lookup=file)


def told_of(row: Answer, day: dt.date) -> dict[str, Any]:
    """What an opened item shows of its sources."""
    told = []
    for entry in row.sources.select_related("origin"):
        shown = is_open(entry, day)
        found = entry.found
        if entry.kind == "platform" and shown and entry.origin is not None:
            found = entry.origin.found
        told.append(
            {
                "label": WORDS[entry.kind], "line": sentence(entry), "found": found,
                "closed": entry.kind == "platform" and bool(entry.result) and not shown,
                "files": [
                    (file, term_of(file), file.pk in entry.stale,
                     reverse("assessments:answer-source-file", args=[row.pk, file.pk]))
                    for file in files_behind(entry, day)
                ],
            }
        )  # fmt: skip
    return {"told": told, "inherited": row.duty == "platform" and bool(row.platform_result)}


def term_of(file: Attachment) -> dt.date | None:
    """The day until which a file proves, None where none was written on it."""
    return file.term.valid_until if hasattr(file, "term") else None
