"""Workflows as tables: the same rows give buttons, API actions, the opinion trail, docs and generated tests.

Nobody but ``Workflow.fire`` assigns a state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, bounds, digest, errors, marks, permissions, search
from .models.trail import Decision

Guard = Callable[[Any, Any], None]
BY_RULE = gettext_lazy("系统")  # who took an automatic step


@dataclass(frozen=True)
class Transition:
    """One arrow. ``action`` is the permission needed; ``guard(obj, by)`` says who in particular may and
    raises NotAllowed (cheap: it also hides the button); ``check(obj, by)`` says whether the content is ready
    and raises Incomplete or Invalid (only when fired). ``effect(obj, by, at, opinion)`` runs inside the
    transaction before the row is saved. ``freezes``: the content is frozen with a digest; ``thaws`` lifts it.
    """

    name: str
    source: tuple[str, ...]
    target: str
    action: str
    label: Any
    needs_opinion: bool = False
    guard: Guard | None = None
    check: Guard | None = None
    effect: Callable[[Any, Any, dt.datetime, str], None] | None = None
    freezes: bool = False
    thaws: bool = False
    negative: bool = False
    primary: bool = False
    extra_form: str = ""  # dotted name of a form class asked for on the confirmation page
    automatic: bool = False  # taken by a rule when its time has come (``elapse``), offered to nobody


class Workflow:
    """The transitions of one model's state field."""

    registry: dict[str, Workflow] = {}

    def __init__(self, model: str, states: Any, transitions: tuple[Transition, ...], *, field: str = "state"):
        self.model_label = model
        self.states = states
        self.transitions = transitions
        self.field = field
        self.by_name = {t.name: t for t in transitions}
        if len(self.by_name) != len(transitions):
            raise ValueError(f"{model}: two transitions share a name")
        Workflow.registry[model.lower()] = self

    def choices_for(self, obj: Any, user: Any, allowed: frozenset[str] | None = None) -> list[Transition]:
        """The transitions this user may fire now; ``allowed``: his actions on the row, when already known."""
        if allowed is None:
            allowed = permissions.actions_for(user, [obj])[obj.pk]
        state = getattr(obj, self.field)
        offered = (t for t in self.transitions if state in t.source and t.action in allowed and not t.automatic)
        return [t for t in offered if _lets(t, obj, user)]

    def elapse(self, obj: Any, name: str, *, at: dt.datetime, reason: str) -> Any:
        """Take an automatic step: a rule moves the row because its time has come, nobody decides.

        ``reason`` stands in the opinion trail. Returns the fresh row, None when it has moved on meanwhile.
        """
        step = self.by_name[name]
        if not step.automatic:
            raise ValueError(f"{self.model_label}.{name} is a person's step")
        with audit.act():
            fresh = type(obj)._default_manager.select_for_update().filter(pk=obj.pk).first()
            if fresh is None or getattr(fresh, self.field) not in step.source:
                return None
            self._move(fresh, step, by=None, at=at, opinion=reason, seen=seen_token(fresh))
        return fresh

    def fire(
        self, obj: Any, name: str, *, by: Any, at: dt.datetime, opinion: str = "", seen: str | None = None
    ) -> Any:
        """Take one step: lock, check state, permission, guards and what was seen, save, keep the opinion, audit.

        ``seen``: ``seen_token(obj)`` as it stood on the page the person decided from. Returns the fresh row.
        Raises OutOfScope, NotAllowed, Conflict (state or content changed meanwhile), Invalid, Incomplete.
        """
        step = self.by_name.get(name)
        if step is None:
            raise errors.OutOfScope(model=self.model_label, lookup=name)
        with audit.act():
            fresh = type(obj)._default_manager.select_for_update().get(pk=obj.pk)
            self._check(fresh, step, by=by, opinion=opinion, seen=seen)
            self._move(fresh, step, by=by, at=at, opinion=opinion, seen=seen or "")
        return fresh

    def require(self, obj: Any, name: str, by: Any) -> None:
        """Whether the step is one that ``by`` may take now, before anything he sent is looked at.

        Raises OutOfScope, Conflict (not in the state it starts from), NotAllowed.
        """
        step = self.by_name[name]
        allowed = permissions.actions_for(by, [obj])[obj.pk]
        if "view" not in allowed and step.action not in allowed:
            raise errors.OutOfScope(model=self.model_label, lookup=obj.pk)
        check_state(self, obj, step)
        if step.automatic:
            raise errors.NotAllowed(_("“%(what)s”由系统按期办理，不由人办理。") % {"what": step.label}, obj=obj)
        if step.action not in allowed:
            raise errors.NotAllowed(
                _("您的岗位不能“%(what)s”。") % {"what": step.label},
                who_may=permissions.who_may(type(obj), step.action),
                obj=obj,
            )
        check_person(step, obj, by)

    def _check(self, fresh: Any, step: Transition, *, by: Any, opinion: str, seen: str | None) -> None:
        self.require(fresh, step.name, by)
        check_seen(fresh, seen)
        if step.needs_opinion and not opinion.strip():
            raise errors.Invalid({"opinion": [_("请写明意见：“%(what)s”须说明理由。") % {"what": step.label}]})
        bounds.check_text("opinion", opinion)
        marks.refuse_marked({"opinion": (_("意见"), opinion)})
        if step.check:
            step.check(fresh, by)

    def _move(self, fresh: Any, step: Transition, *, by: Any, at: dt.datetime, opinion: str, seen: str) -> None:
        """The row in its new state, its content frozen or thawed, the step kept and audited."""
        source = getattr(fresh, self.field)
        if step.effect:
            step.effect(fresh, by, at, opinion)
        setattr(fresh, self.field, step.target)
        if step.freezes:
            fresh.frozen_digest = digest.hash_value(fresh.frozen_content())
        elif step.thaws:
            fresh.frozen_digest = ""
        fresh.version += 1
        fresh.updated_at, fresh.updated_by = at, by
        fresh.save()
        search.refresh(fresh)
        self._keep(fresh, step, source, by=by, at=at, opinion=opinion, seen=seen)

    def _keep(self, fresh: Any, step: Transition, source: str, *, by: Any, at: dt.datetime, opinion: str, seen: str):
        Decision.objects.create(
            content_type=ContentType.objects.get_for_model(fresh),
            object_id=fresh.pk,
            transition=step.name,
            label=str(step.label),
            source=source,
            target=step.target,
            by=by,
            by_name=by.audit_name if by else str(BY_RULE),
            at=at,
            opinion=opinion.strip(),
            seen=seen,
        )
        audit.record(
            f"{fresh._meta.label_lower}.{step.name}",
            fresh,
            by=by,
            at=at,
            before={self.field: source},
            after={self.field: step.target},
            detail={"opinion": opinion.strip()} if opinion.strip() else {},
        )


def _lets(step: Transition, obj: Any, user: Any) -> bool:
    if step.guard is None:
        return True
    try:
        step.guard(obj, user)
    except errors.NotAllowed:
        return False
    return True


def check_person(step: Transition, fresh: Any, by: Any) -> None:
    """What the step itself says of who may take it, e.g. not the submitter (A10, A17)."""
    if step.guard:
        step.guard(fresh, by)


def check_state(workflow: Workflow, fresh: Any, step: Transition) -> None:
    """The row must still be where the step starts; otherwise say who moved it and when."""
    if getattr(fresh, workflow.field) in step.source:
        return
    last = Decision.of(fresh).first()
    state = workflow.states(getattr(fresh, workflow.field)).label
    if last is None:
        text = _("现在是“%(state)s”，不能“%(what)s”。") % {"state": state, "what": step.label}
        raise errors.Conflict(text, obj=fresh)
    raise errors.Conflict(
        _("已由%(who)s于 %(when)s %(done)s，现在是“%(state)s”，不能再“%(what)s”。")
        % {
            "who": last.by_name,
            "when": _local(last.at),
            "done": last.label,
            "state": state,
            "what": step.label,
        },
        by_name=last.by_name,
        at=last.at,
        obj=fresh,
    )


def check_seen(fresh: Any, seen: str | None) -> None:
    """What the person decided on must be what is stored now."""
    if seen != seen_token(fresh):
        raise errors.Conflict(
            _("内容在您打开之后有变化，请看过新内容再办理。")
            if seen
            else _("缺少您所见内容的版本，请从页面重新办理。"),
            by_name=getattr(fresh.updated_by, "audit_name", ""),
            at=fresh.updated_at,
            obj=fresh,
        )


def seen_token(obj: Any) -> str:
    """What stands for the content a person decides on: the frozen digest, or the version."""
    return getattr(obj, "frozen_digest", "") or f"v{obj.version}"


def not_the_submitter(obj: Any, by: Any) -> None:
    """Guard: whoever submitted may not decide on it."""
    last = Decision.of(obj).filter(transition="submit").first()
    if last is not None and last.by_id == by.pk:
        raise errors.NotAllowed(_("您是提交人，不能由您本人审定，请由其他有权人员办理。"), obj=obj)


def not_submitted_by(rows: QuerySet, user: Any) -> QuerySet:
    """``rows`` less those that ``not_the_submitter`` would refuse to ``user``."""
    kind = ContentType.objects.get_for_model(rows.model)
    steps = Decision.objects.filter(content_type=kind, object_id=OuterRef("pk"), transition="submit")
    last = Subquery(steps.order_by("-at", "-pk").values("by")[:1])
    whom = Coalesce(last, 0, output_field=BigIntegerField())  # 0: nobody did
    return rows.alias(submitter=whom).exclude(submitter=user.pk)


def workflow_of(model: type[Model]) -> Workflow | None:
    """The workflow of a model, if it has one."""
    return Workflow.registry.get(model._meta.label_lower)


def _local(at: dt.datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
