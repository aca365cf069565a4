"""Word templates of an organization: which one a report takes, trying one, putting it into use and out of it."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import attachments, audit, errors, permissions
from secmgmt.core.manifest import collect
from secmgmt.core.memory import give_back
from secmgmt.core.models import Attachment, ReportTemplate
from secmgmt.core.models.report import TemplateState
from secmgmt.core.reporting import templates
from secmgmt.core.reporting.document import Document
from secmgmt.core.reporting.docx import render_docx
from secmgmt.core.reporting.render import render
from secmgmt.core.workflow import Transition, Workflow, seen_token

log = logging.getLogger(__name__)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def kinds() -> list[tuple[str, Any]]:
    """(code, label) of the kinds of reports that are made as Word files."""
    return [(kind.code, kind.label) for kind in collect("reports") if "docx" in kind.formats]


def kind_label(row: ReportTemplate) -> str:
    """The Chinese name of the kind of report, its code where no feature makes it any more."""
    return next((str(label) for code, label in kinds() if code == row.kind), row.kind)


def template_for(kind: str, subject: Any) -> ReportTemplate | None:
    """The template in use for reports of ``kind`` about ``subject``: that of the nearest unit above it."""
    path = permissions.path_of(subject)
    above = [f"/{'/'.join(parts)}/" for parts in prefixes(path)]
    found = ReportTemplate.objects.filter(kind=kind, state=TemplateState.ACTIVE, unit__path__in=above)
    return found.order_by(Length("unit__path").desc()).first()


def prefixes(path: str) -> list[list[str]]:
    """The ids of a path's node and of each one above it."""
    ids = [part for part in path.split("/") if part]
    return [ids[:n] for n in range(1, len(ids) + 1)]


def content_of(row: ReportTemplate, by: Any) -> bytes:
    """The file of a template, its digest checked.

    Raises Conflict where it is broken, Incomplete without one or where it is no Word document.
    """
    file = Attachment.of(row).first()
    if file is None:
        raise errors.Incomplete(_("还没有上传模板文件（.docx）。"), [(_("上传模板文件"), row.get_absolute_url())])
    if file.media_type != DOCX:
        raise errors.Incomplete(_("模板文件不是 .docx 文档。"), [(file.name, row.get_absolute_url())])
    with attachments.open_checked(file, by) as handle:
        return handle.read()


def filled(row: ReportTemplate, document: Document, by: Any) -> bytes:
    """The document in the template. Raises TemplateRefused with what is wrong and who mends it."""
    content = content_of(row, by)
    try:
        return render_docx(document, content)
    except templates.TemplateRefused:
        raise
    except Exception as error:  # whatever Word wrote into it: told to the person, kept as the cause
        log.warning("template %s cannot take a %s", row.pk, row.kind, exc_info=True)
        raise templates.TemplateRefused(_("文档内容放不进这个模板，请用起始模板重新制作模板文件。")) from error
    finally:
        give_back()


def rendered(document: Document, fmt: str, *, kind: str, subject: Any, by: Any) -> tuple[bytes, dict[str, Any]]:
    """The document in ``fmt``, as Word in the template that is in use for it; and what is kept of that template.

    Raises TemplateRefused where the template cannot take this document.
    """
    row = template_for(kind, subject) if fmt == "docx" else None
    if row is None:
        return render(document, fmt), {}
    try:
        content = filled(row, document, by)
    except errors.DomainError as error:
        words = {"name": row, "why": error.message.rstrip("。")}
        text = _("文书模板“%(name)s”不能用于这份文档：%(why)s。请业务规则管理员停用或修改这个模板。")
        raise templates.TemplateRefused(text % words) from error
    return content, {"template": row.pk, "template_name": row.name}


def sample_in(row: ReportTemplate, by: Any) -> bytes:
    """A small document of everything there is, in the template. Raises Incomplete with what is wrong."""
    try:
        return filled(row, templates.sample(), by)
    except templates.TemplateRefused as error:
        raise errors.Incomplete(error.message, [(row.name, row.get_absolute_url())]) from error


def check_usable(row: ReportTemplate, by: Any) -> None:
    """A small document comes out of it. Raises Incomplete with what is wrong."""
    sample_in(row, by)


def replace_other(row: ReportTemplate, by: Any, at: dt.datetime, opinion: str) -> None:
    """The one in use so far goes out of use, by the same hand."""
    used = ReportTemplate.objects.filter(unit_id=row.unit_id, kind=row.kind, state=TemplateState.ACTIVE)
    for other in used.exclude(pk=row.pk):
        WORKFLOW.fire(
            other, "retire", by=by, at=at, seen=seen_token(other), opinion=_("由“%(name)s”代替") % {"name": row}
        )


WORKFLOW = Workflow(
    "core.ReportTemplate",
    TemplateState,
    (
        Transition(
            "enable", (TemplateState.DRAFT,), TemplateState.ACTIVE, "enable", gettext_lazy("启用"),
            check=check_usable, effect=replace_other, freezes=True, primary=True,
        ),
        Transition(
            "retire", (TemplateState.ACTIVE,), TemplateState.RETIRED, "enable", gettext_lazy("停用"), negative=True,
        ),
        Transition(
            "enable_again", (TemplateState.RETIRED,), TemplateState.ACTIVE, "enable", gettext_lazy("重新启用"),
            check=check_usable, effect=replace_other, primary=True,
        ),
    ),
)  # fmt: skip


@audit.audited
def tried(*, row: ReportTemplate, by: Any, at: dt.datetime) -> bytes:
    """A sample document in this template, to look at before it is put into use. Raises Incomplete."""
    content = sample_in(row, by)
    audit.record("core.reporttemplate.try", row, by=by, at=at)
    return content
