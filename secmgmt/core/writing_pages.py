"""The pages of a feature that write one row: create, change, delete. A part of ``FeatureViews``."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from . import audit, errors, pages, permissions, records
from .bounds import whole_number
from .clock import now
from .forms import RecordForm, differences


class WritingPages:
    """What ``FeatureViews`` does to write one row; a view only translates, ``records`` is the one door."""

    def create_page(self, request: HttpRequest) -> HttpResponse:
        """A new record."""
        permissions.require(request.user, self.model, "add")
        title = self.creates % {"what": self.label()}
        context = {"title": title, "submit": title, "cancel_url": self.url("list")}
        if request.method != "POST":
            return self.show("form", {**context, "form": self.make_form()})
        form = self.make_form(bound=True)
        try:
            obj = self.store(form)
        except errors.Invalid as error:
            return self.show("form", {**context, "form": pages.with_errors(form, error)}, status=error.status)
        messages.success(request, _("已登记“%(name)s”。") % {"name": obj})
        return redirect(self.after_save(obj, True))

    def update_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change a record; a stale save shows both versions and overwrites nothing."""
        obj = self.fetch(pk, "change")
        pages.require_whole(self, obj)
        if not self.editable(obj):
            raise errors.Conflict(_("内容已提交并冻结，现在不能修改；退回后才能再改。"), obj=obj)
        context = {
            "title": _("修改%(what)s") % {"what": self.label()},
            "submit": _("保存修改"),
            "cancel_url": self.url("detail", obj) or self.url("list"),
        }
        if request.method != "POST":
            return self.show("form", {**context, "form": self.make_form(obj)}, obj=obj)
        form = self.make_form(self.fetch(pk, "change"), bound=True)
        try:
            saved = self.store(form)
        except errors.Invalid as error:
            context["form"] = pages.with_errors(form, error)
            return self.show("form", context, obj=obj, status=error.status)
        except errors.Stale as error:
            return self.stale_page(error, context)
        messages.success(request, _("已保存“%(name)s”。") % {"name": saved})
        return redirect(self.after_save(saved, False))

    def store(self, form: RecordForm) -> Any:
        """The one door to write; a feature whose creation is a service overrides it."""
        return records.save(form, by=self.request.user, at=now())

    def stale_page(self, error: errors.Stale, context: dict[str, Any]) -> HttpResponse:
        """Both versions, and the person's input kept in a form on the version stored now."""
        user = self.request.user
        data = self.request.POST.copy()
        data["version"] = str(error.current.version)
        form = self.form_class(data, instance=self.fetch(error.current.pk), user=user)
        fresh = self.form_class(instance=self.fetch(error.current.pk), user=user)
        detail = {"path": self.request.path[:300]}
        audit.refuse("refused.stale", error.current, by=user, reason=error.message, detail=detail)
        both = {
            "form": form,
            "error": error,
            "differences": differences(fresh, form),
            "theirs_url": self.url("detail", error.current) or self.url("list"),
            "submit": _("保留我填写的"),
        }
        return self.show("form", {**context, **both}, obj=error.current, status=error.status)

    def delete_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete a record after saying what goes."""
        obj = self.fetch(pk, "delete")
        if request.method == "POST":
            version = whole_number(request.POST.get("version")) or 0
            records.delete(obj, by=request.user, at=now(), version=version)
            messages.success(request, _("已删除“%(name)s”。") % {"name": obj})
            return redirect(self.url("list"))
        context = {
            "title": _("删除%(what)s") % {"what": self.label()},
            "text": _("删除“%(name)s”？删除后不能恢复，办理和变更记录保留。") % {"name": obj},
            "submit": _("删除这条%(what)s") % {"what": self.label()},
            "danger": True,
            "version": obj.version,
            "cancel_url": self.url("detail", obj),
        }
        return self.show("confirm", context, obj=obj)
