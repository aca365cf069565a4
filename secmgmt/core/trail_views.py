"""Pages of what hangs on records: files, comments, notices; and the site-wide search."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import attachments, comments, errors, notices, parents, search
from .clock import now, today
from .filesafety.refusal import FileRefused
from .forms import UnmarkedForm
from .middleware import note_refusal
from .models.trail import Notice

PER_PAGE = 30
SUGGESTED = 5
FOUND = 20


class UploadForm(UnmarkedForm):
    """One file with what its sender says about it."""

    file = forms.FileField(label=gettext_lazy("文件"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)
    declared_not_secret = forms.BooleanField(
        label=gettext_lazy("本文件不涉及国家秘密"),
        error_messages={"required": gettext_lazy("请核对文件内容，并勾选“不涉及国家秘密”。")},
    )
    confirmed_not_secret = forms.BooleanField(
        label=gettext_lazy("已确认不涉密"), required=False, widget=forms.HiddenInput
    )


def upload_form_for(obj: Any, *sent: Any) -> UploadForm:
    """The form for files of ``obj``, its ids its own: one page may show several records."""
    kind = ContentType.objects.get_for_model(obj)
    form = UploadForm(*sent, auto_id=f"file-{kind.pk}-{obj.pk}-%s")
    form.fields["file"].widget.attrs["data-max"] = settings.UPLOAD_MAX_BYTES
    return form


# -- files -------------------------------------------------------------------------------------------------


def attachment_panel(
    obj: Any, user: Any, *, form: forms.Form | None = None, error: str = ""
) -> dict[str, Any]:
    """The context of ``components/attachments.html`` for a record and who looks at it."""
    may_add = attachments.may_attach(user, obj)
    kind = ContentType.objects.get_for_model(obj)
    removable = may_add and not getattr(obj, "frozen_digest", "")
    listed = list(attachments.attachments_of(obj, user))
    beside = obj.beside_files(listed, user, today()) if listed and hasattr(obj, "beside_files") else {}
    rows = [
        {
            "name": row.name,
            "url": reverse("core:file", args=[row.pk]),
            "size": row.size,
            "digest": row.digest,
            "algorithm": row.algorithm,
            "by": row.by,
            "at": row.at,
            "note": row.note,
            "beside": beside.get(row.pk),
            "delete_url": reverse("core:file-remove", args=[row.pk])
            if removable and not attachments.is_kept(row, obj) and attachments.may_remove(user, row, obj)
            else "",
        }
        for row in listed
    ]
    return {
        "attachments": rows,
        "upload_url": reverse("core:file-attach", args=[kind.pk, obj.pk]) if may_add else "",
        "upload_form": (form or upload_form_for(obj)) if may_add else None,
        "uid": f"{kind.pk}-{obj.pk}",
        "files_label": getattr(obj, "files_label", _("附件")),
        "error": error,
    }


@login_required
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Download one file."""
    return attachments.download(user=request.user, pk=pk)


@login_required
@require_POST
def attach(request: HttpRequest, kind: int, object_id: int) -> HttpResponse:
    """Take one file for a record; what is refused comes back with its reason beside the files."""
    parent = parents.visible_parent(kind, object_id, request.user)
    attachments.check_may_attach(request.user, parent)
    form = upload_form_for(parent, request.POST, request.FILES)
    if not form.is_valid():
        return _files(request, parent, form=form, status=422)
    sent = form.cleaned_data
    upload = sent.pop("file")
    try:
        row = attachments.attach(parent=parent, upload=upload, by=request.user, at=now(), **sent)
    except FileRefused as error:
        note_refusal(request, error)
        return _files(request, parent, form=_asking(form, error), error=error.message, status=error.status)
    if request.htmx:
        return _files(request, parent)
    messages.success(request, _("已上传“%(name)s”。") % {"name": row.name})
    return redirect(search.url_of(parent) or "/")


def _asking(form: UploadForm, error: FileRefused) -> UploadForm:
    """After a question the form shows the box that answers it."""
    if error.code == "secrecy-confirm":
        form.fields["confirmed_not_secret"].widget = forms.CheckboxInput()
    return form


def _files(
    request: HttpRequest, parent: Any, *, form: forms.Form | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    context = attachment_panel(parent, request.user, form=form, error=error)
    if request.htmx:
        return render(request, "components/attachments.html", context, status=status)
    url = search.url_of(parent)
    crumbs = [(str(parent), url)] if url else []
    context |= {"title": _("附件"), "crumbs": crumbs}
    return render(request, "core/files.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def file_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file off its record after saying which."""
    row = attachments.visible(request.user, pk)
    parent = row.parent
    attachments.check_may_attach(request.user, parent)
    attachments.check_may_remove(request.user, row, parent)
    back = search.url_of(parent) or "/"
    if request.method == "POST":
        attachments.remove(attachment=row, by=request.user, at=now())
        messages.success(request, _("已删除“%(name)s”。") % {"name": row.name})
        return redirect(back)
    context = {
        "title": _("删除附件"),
        "crumbs": [(str(parent), back)],
        "text": _("从“%(parent)s”删除附件“%(name)s”？文件不能恢复，删除记录保留。")
        % {"parent": parent, "name": row.name},
        "submit": _("删除附件"),
        "danger": True,
        "cancel_url": back,
    }
    return render(request, "core/confirm.html", context)


# -- comments ----------------------------------------------------------------------------------------------


def comment_panel(obj: Any, user: Any) -> dict[str, Any]:
    """The context of ``components/comments.html`` for a record and who looks at it."""
    kind = ContentType.objects.get_for_model(obj)
    may_add = parents.carries(obj, "has_comments") and parents.may_see_field(user, obj, comments.FIELD)
    return {
        "uid": f"{kind.pk}-{obj.pk}",
        "comments": list(comments.comments_of(obj, user)),
        "post_url": reverse("core:comment-add", args=[kind.pk, obj.pk]) if may_add else "",
    }


@login_required
@require_POST
def comment_add(request: HttpRequest, kind: int, object_id: int) -> HttpResponse:
    """Add a remark and go back to the record."""
    parent = parents.visible_parent(kind, object_id, request.user)
    text = request.POST.get("text", "")
    try:
        comments.add(parent=parent, text=text, by=request.user, at=now())
    except errors.Invalid as error:
        if not request.htmx:
            raise
        note_refusal(request, error)
        context = {**comment_panel(parent, request.user), "error": "；".join(error.errors["text"]), "text": text}
        return render(request, "components/comments.html", context, status=error.status)
    if request.htmx:
        return render(request, "components/comments.html", comment_panel(parent, request.user))
    return redirect(search.url_of(parent) or "/")


# -- notices -----------------------------------------------------------------------------------------------


@login_required
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """What was I told?"""
    rows = notices.notices_of(request.user)
    only_unread = request.GET.get("unread") == "1"
    if only_unread:
        rows = rows.filter(read_at__isnull=True)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"title": _("消息"), "notices": page, "only_unread": only_unread, "crumbs": []}
    return render(request, "core/notices.html", context)


@login_required
@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice as read and go where it leads."""
    row = Notice.objects.filter(user=request.user, pk=pk).first()
    if row is None:
        raise errors.OutOfScope(model="core.Notice", lookup=pk)
    notices.check_local(row.url)
    if row.read_at is None:
        notices.mark_read(by=request.user, at=now(), pk=pk)
    return redirect(row.url)


@login_required
@require_POST
def notice_read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    notices.mark_read(by=request.user, at=now())
    return redirect("core:notices")


# -- search ------------------------------------------------------------------------------------------------


@login_required
@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    """Where is it? To htmx the few best, while one types."""
    query = request.GET.get("q", "").replace("\0", " ").strip()[: search.QUERY_LENGTH]
    typing = bool(request.htmx) and not request.htmx.history_restore_request
    groups = search.search(request.user, query, SUGGESTED if typing else FOUND) if query else []
    context = {"title": _("查找"), "query": query, "groups": groups, "crumbs": []}
    return render(request, "core/search_hits.html" if typing else "core/search.html", context)
