"""Parts of the feature pages that stand by themselves: facts, form errors, taking a step of a workflow."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from . import audit, errors, permissions
from .clock import now
from .middleware import note_refusal
from .models.trail import Decision
from .workflow import Workflow, seen_token


class TransitionPage:
    """The confirmation of one step of a record's workflow."""

    def __init__(self, views: Any, obj: Any, name: str) -> None:
        self.views, self.obj, self.request = views, obj, views.request
        self.workflow: Workflow = views.workflow
        self.step = self.workflow.by_name.get(name)
        if self.step is None:
            raise errors.OutOfScope(model=self.workflow.model_label, lookup=name)
        self.post = self.request.POST if self.request.method == "POST" else None
        self.form = self._extra_form()

    def _extra_form(self) -> forms.BaseForm | None:
        """What the step asks besides an opinion: its form has ``apply(obj, by, at)``."""
        if not self.step.extra_form:
            return None
        form_class = import_string(self.step.extra_form)
        files = self.request.FILES if self.post is not None else None
        return form_class(self.post, files, instance=self.obj, user=self.request.user)

    def answer(self) -> HttpResponse:
        if self.post is None:
            self.workflow.require(self.obj, self.step.name, self.request.user)
            return self.page()
        try:
            obj = self._fire()
        except errors.Invalid as error:
            return self.page(invalid=error, status=error.status)
        except errors.Incomplete as error:
            note_refusal(self.request, error, self.obj)
            return self.page(missing=error, status=error.status)
        state = self.workflow.states(getattr(obj, self.workflow.field)).label
        messages.success(self.request, done_text(str(self.step.label), str(state)))
        return redirect(self.views.url("detail", obj) or self.views.url("list"))

    def _fire(self) -> Any:
        by, at = self.request.user, now()
        sent = {"opinion": self.post.get("opinion", ""), "seen": self.post.get("seen")}
        if self.form is None:
            return self.workflow.fire(self.obj, self.step.name, by=by, at=at, **sent)
        with audit.act():
            self.workflow.require(self.obj, self.step.name, by)
            if sent["seen"] != seen_token(self.obj):
                raise errors.Conflict(_("内容在您打开之后有变化，请看过新内容再办理。"), obj=self.obj)
            if not self.form.is_valid():
                raise errors.Invalid({name: [str(text) for text in found] for name, found in self.form.errors.items()})
            changed = self.form.apply(self.obj, by=by, at=at) or self.obj
            sent["seen"] = seen_token(changed)
            return self.workflow.fire(changed, self.step.name, by=by, at=at, **sent)

    def page(self, *, invalid: Any = None, missing: Any = None, status: int = 200) -> HttpResponse:
        found, whole = invalid.errors if invalid else {}, self.views.limits([self.obj])[self.obj.pk] is None
        panels = self.views.panels(self.obj) if whole else []
        context = {
            "title": str(self.step.label),
            "step": self.step,
            "target": self.workflow.states(self.step.target).label,
            "seen": (self.post or {}).get("seen") or seen_token(self.obj),
            "facts": facts_shown(self.views, self.obj),
            "form": self.form,
            "opinion": (self.post or {}).get("opinion", ""),
            "opinion_error": " ".join(found.get("opinion", [])),
            "error": missing,
            "decisions": list(Decision.of(self.obj)) if whole else [],
            "panels_main": [panel for panel in panels if panel["column"] == "main"],
            "cancel_url": self.views.url("detail", self.obj) or self.views.url("list"),
        }
        return self.views.show("transition", context, obj=self.obj, status=status)


def done_text(step: str, state: str) -> str:
    """What a step did and where the record stands now, once when both are the same words."""
    done = _("已%(what)s") % {"what": step}
    if state == done:
        return done + "。"
    return _("%(done)s，现在是“%(state)s”。") % {"done": done, "state": state}


def with_errors(form: forms.BaseForm, error: errors.Invalid) -> forms.BaseForm:
    """The form with the errors a service found beyond its own."""
    known = {str(text) for found in form.errors.values() for text in found}
    for name, texts in error.errors.items():
        for text in texts:
            if str(text) not in known:
                form.add_error(name if name in form.fields else None, text)
    if not form.errors:
        form.add_error(None, error.message)
    return form


def facts_shown(views: Any, obj: Any) -> list[tuple[str, Any]]:
    """The facts of a record's page, or what of the record the person was shown."""
    limit = views.limits([obj])[obj.pk]
    if limit is None:
        return views.facts_of(obj)
    return [fact_of(obj, item.name) for item in obj._meta.get_fields() if item.name in limit]


def require_whole(views: Any, obj: Any) -> None:
    """Changing a record and reading its history are for who was shown all of it."""
    if views.limits([obj])[obj.pk] is not None:
        raise errors.NotAllowed(_("您受邀查看的内容不包括这一页。"), obj=obj)


def fact_of(obj: Any, fact: Any) -> tuple[str, Any]:
    """A pair of a detail page: a field's name, or (label, value or function of the row)."""
    if not isinstance(fact, str):
        label, given = fact
        return str(label), given(obj) if callable(given) else given
    display = getattr(obj, f"get_{fact}_display", None)
    try:
        field = obj._meta.get_field(fact)
    except FieldDoesNotExist:
        return fact, getattr(obj, fact)
    value: Any = display() if display else getattr(obj, fact)
    if field.many_to_many:
        value = list(value.all())
    return str(field.verbose_name), value


def closed_to(view: Any) -> str:
    """Why there is nothing in a list for this person at all, "" where it is his to see: an empty list would say that
    there are no such records.
    """
    user, model = view.request.user, view.model
    if permissions.may(user, model, "view") or not model.scope_path:
        return ""
    if user.admin_role:
        return _("管理员管账户、授权和审计，与业务分开，看不到%(what)s。") % {"what": view.label()}
    if permissions.capacities_held(user, permissions.capacities_for(model, "view")):
        return _("您受邀参加的才列在这里，现在没有。")
    words = {"what": view.label(), "who": permissions.who_may(model, "view")}
    return _("您的岗位不查看%(what)s。查看的岗位：%(who)s；需要时请安全管理员授予岗位。") % words


def empty_of(view: Any, create: tuple[str, str, str, str] | None) -> dict[str, Any]:
    """What a list without rows says, and the button that begins it, if this person has one."""
    return {
        "icon": "list",
        "title": _("还没有%(what)s") % {"what": view.label()},
        "text": view.empty_text,
        "url": create[1] if create else "",
        "link": create[0] if create else "",
    }
