"""Templates of documents for the tests of the whole house."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from secmgmt.core import digest
from secmgmt.core.clock import now
from secmgmt.core.models import Attachment, ReportTemplate
from secmgmt.core.reporting.templates import starter
from secmgmt.portal.doctemplates import DOCX


def template(cast: Any, state: str = "draft", name: str = "红头", kind: str = "grading") -> ReportTemplate:
    """A template of the health bureau with its file."""
    at = now()
    row = ReportTemplate.objects.create(
        unit=cast.city.health, kind=kind, name=name, state=state, created_at=at, updated_at=at,
        frozen_digest="" if state == "draft" else "f" * 64,
    )  # fmt: skip
    content = ContentFile(starter(), name="模板.docx")
    file: Attachment = cast.file(row, cast.person("owner@own"), at)
    default_storage.delete(file.storage_key)
    default_storage.save(file.storage_key, content)
    file.name, file.media_type, file.digest = "模板.docx", DOCX, digest.hash_file(content, file.algorithm)
    file.save()
    return row


def rows(cast: Any) -> dict[str, Any]:
    """One as it is written, one in use."""
    return {"template": template(cast), "template_used": template(cast, "active", "卫健红头", "self-assessment")}


NUMBERS = count(1)  # of a unit and kind only one is in use
LISTS = {"template": ("rules_keeper@below", lambda cast, n: template(cast, name=f"模板{n}"))}
MAKERS = {"core.ReportTemplate": lambda stage, state: template(stage.cast, state, kind=f"kind-{next(NUMBERS)}")}
PAGES = {"core.ReportTemplate": "portal:template-transition"}
