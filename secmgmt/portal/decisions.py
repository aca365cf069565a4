"""Everything that waits for one's own decision, of whatever kind, on one page: agree or return one or many.

The kinds come from the manifests (``DecisionSource``). A step is taken by ``Workflow.fire`` for each row by itself,
on what its ``seen`` token says the person saw: a row that changed meanwhile is told apart and stops none of the
others, unless the person asked for all or none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from secmgmt.core import audit, errors, manifest, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now
from secmgmt.core.manifest import DecisionSource, Waiting
from secmgmt.core.middleware import note_refusal
from secmgmt.core.workflow import seen_token, workflow_of

SHOWN = 40
MOST = 200
AGREE, RETURN = "agree", "return"


@dataclass(frozen=True)
class Entry:
    """A row of the queue; ``token`` names it and what was seen of it."""

    source: DecisionSource
    row: Any
    line: Waiting
    current: bool = False

    @property
    def key(self) -> str:
        """What the address calls it."""
        return f"{self.source.code}:{self.row.pk}"

    @property
    def token(self) -> str:
        """What a form sends back."""
        return f"{self.key}:{(self.source.seen or seen_token)(self.row)}"

    @property
    def agreeing(self) -> Any:
        """What agreeing is called here, "" where a word is not enough."""
        return _("同意") if self.source.decide else self._label(self.source.agree(self.row))

    @property
    def refusing(self) -> Any:
        """What returning is called here, "" where it is not done."""
        return self._label(self.source.refuse(self.row))

    @property
    def ways(self) -> list[tuple[Any, str]]:
        """Pages on which more is said than yes."""
        return self.source.ways(self.row)

    @property
    def form(self) -> Any:
        """What is asked for besides an opinion."""
        return self.source.asks(prefix=prefix_of(self.source, self.row.pk)) if self.source.asks else None

    def _label(self, step: str) -> Any:
        flow = workflow_of(type(self.row))
        return flow.by_name[step].label if step and flow else ""


@dataclass(frozen=True)
class Outcome:
    """What became of one row of a decision."""

    name: str
    url: str
    done: bool
    text: str
    status: int = 200
    error: Any = None


def sources() -> dict[str, DecisionSource]:
    """The kinds of decisions by code."""
    return {source.code: source for source in manifest.collect("decisions")}


def prefix_of(source: DecisionSource, pk: int) -> str:
    """What the fields of one row are called in a form of several."""
    return f"{source.code}-{pk}"


def concerns(user: Any) -> bool:
    """Whether the queue is for this person."""
    return any(source.concerns(user) for source in sources().values())


def waiting_count(user: Any) -> int:
    """How much waits for a decision of ``user``."""
    mine = [source for source in sources().values() if source.concerns(user)]
    return sum(source.waiting(user).order_by().count() for source in mine)


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The queue, and the one row that is open."""
    known = sources()
    kind = request.GET.get("kind", "")
    entries, chips = [], []
    for source in (source for source in known.values() if source.concerns(request.user)):
        rows = list(source.waiting(request.user)[: SHOWN + 1])
        count = len(rows) if len(rows) <= SHOWN else source.waiting(request.user).order_by().count()
        if count:
            chips.append((source.label, count, f"?kind={source.code}", source.code == kind))
        if kind in ("", source.code):
            entries += [Entry(source, row, source.line(row)) for row in rows[:SHOWN]]
    entries.sort(key=lambda entry: (entry.line.due is None, entry.line.due or dt.date.max))
    total = sum(count for _label, count, _url, _current in chips)
    listed = entries[:SHOWN]
    asked = request.GET.get("at", "")
    current = next((entry for entry in entries if entry.key == asked), listed[0] if listed else None)
    late = sum(entry.line.late for entry in entries)
    context = {
        "title": _("等我审批"), "crumbs": [], "slim": True, "entries": listed, "chips": chips, "kind": kind,
        "total": total,
        "shown": len(listed), "matching": sum(c for _l, c, _u, here in chips if here or not kind), "late": late,
        "current": current, "whole_url": reverse("portal:decisions"),
        "data": current.source.load(current.row, request.user) if current else {},
    }  # fmt: skip
    return render(request, "portal/decisions.html", context)


@login_required
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Agree or return: one at once, several after a page on which each may have its own opinion."""
    tokens = list(dict.fromkeys(request.POST.getlist("row")))
    act = request.POST.get("act", "")
    if act not in (AGREE, RETURN):
        raise errors.Invalid({"act": [_("请选择同意或退回。")]})
    if not tokens:
        raise errors.Invalid({"row": [_("还没有选择要办理的事项，请先勾选。")]})
    if len(tokens) > MOST:
        raise errors.Invalid({"row": [_("一次最多办理 %(n)d 项。") % {"n": MOST}]})
    chosen = [parted(token) for token in tokens]
    if "confirm" in request.POST:
        return ask(request, chosen, act)
    outcomes = fire_all(request, chosen, act)
    failed = [outcome for outcome in outcomes if not outcome.done]
    if not failed:
        done = _("已同意 %(n)d 项。") if act == AGREE else _("已退回 %(n)d 项。")
        messages.success(request, done % {"n": len(outcomes)})
        return redirect("portal:decisions")
    context = {"title": _("办理结果"), "crumbs": [(_("等我审批"), reverse("portal:decisions"))], "outcomes": outcomes,
               "done": len(outcomes) - len(failed), "failed": len(failed)}  # fmt: skip
    status = max(outcome.status for outcome in failed)
    return render(request, "portal/decided.html", context, status=status)


def parted(token: str) -> tuple[DecisionSource, int, str]:
    """(kind, row, what was seen) of a token. Raises OutOfScope for one that is none."""
    code, _sep, rest = token.partition(":")
    number, _sep, seen = rest.partition(":")
    source, pk = sources().get(code), whole_number(number)
    if source is None or pk is None:
        raise errors.OutOfScope(lookup=token[:60])
    return source, pk, seen


def visible(request: HttpRequest, source: DecisionSource, pk: int) -> Any:
    """The row, as far as the person sees it at all."""
    return permissions.get_visible(manifest.model_named(source.model), request.user, pk=pk)


def ask(request: HttpRequest, chosen: list[tuple[DecisionSource, int, str]], act: str) -> HttpResponse:
    """What is about to be decided, row by row, each with its opinion."""
    listed = []
    for source, pk, seen in chosen:
        row = visible(request, source, pk)
        listed.append({"row": row, "token": f"{source.code}:{pk}:{seen}", "name": f"opinion-{source.code}-{pk}",
                       "label": source.label, "form": form_of(request, source, pk, act)})  # fmt: skip
    title = (_("同意 %(n)d 项") if act == AGREE else _("退回 %(n)d 项")) % {"n": len(listed)}
    context = {"title": title, "crumbs": [(_("等我审批"), reverse("portal:decisions"))], "listed": listed, "act": act,
               "returning": act == RETURN, "back": reverse("portal:decisions")}  # fmt: skip
    return render(request, "portal/decide_many.html", context)


def form_of(request: HttpRequest, source: DecisionSource, pk: int, act: str) -> Any:
    """The form of what agreeing asks for besides an opinion, None where nothing."""
    return source.asks(prefix=prefix_of(source, pk)) if source.asks and act == AGREE else None


def asked_of(request: HttpRequest, source: DecisionSource, pk: int) -> dict[str, Any]:
    """What was given besides the opinion. Raises Invalid with a sentence for each field."""
    if source.asks is None:
        return {}
    form = source.asks(request.POST, prefix=prefix_of(source, pk))
    if not form.is_valid():
        raise errors.Invalid({name: [f"{form.fields[name].label}：{text}" for text in found]
                              for name, found in form.errors.items()})  # fmt: skip
    return form.cleaned_data


def fire_all(request: HttpRequest, chosen: list[tuple[DecisionSource, int, str]], act: str) -> list[Outcome]:
    """Each row by itself, or all in one act where the person asked for all or none."""
    if "whole" not in request.POST:
        return [fire_one(request, source, pk, seen, act) for source, pk, seen in chosen]
    outcomes: list[Outcome] = []
    try:
        with audit.act():
            for source, pk, seen in chosen:
                outcomes.append(fire_one(request, source, pk, seen, act, noting=False))
                if not outcomes[-1].done:
                    raise NotAll
    except NotAll:
        note_refusal(request, outcomes[-1].error)
        text = _("因其中一项不能办理，这一项没有办理。")
        undone = [Outcome(o.name, o.url, False, text, o.status) if o.done else o for o in outcomes]
        rest = chosen[len(outcomes) :]
        return undone + [Outcome(str(pk), "", False, text, undone[-1].status) for _source, pk, _seen in rest]
    return outcomes


class NotAll(Exception):
    """One of all was refused, so none is done."""


def fire_one(
    request: HttpRequest, source: DecisionSource, pk: int, seen: str, act: str, *, noting: bool = True
) -> Outcome:
    """Take the step of one row; a refusal becomes its outcome and stands in the trail."""
    row, at = None, now()
    opinion = request.POST.get(f"opinion-{source.code}-{pk}", "").strip() or request.POST.get("opinion", "").strip()
    try:
        row = visible(request, source, pk)
        if act == AGREE and source.decide is not None:
            asked = asked_of(request, source, pk)
            with audit.act():
                fresh = source.decide(row, by=request.user, at=at, opinion=opinion, seen=seen, **asked)
            return Outcome(str(fresh), fresh.get_absolute_url(), True, _("已同意"))
        step = source.agree(row) if act == AGREE else source.refuse(row)
        flow = workflow_of(type(row))
        if flow is None or not step:
            raise errors.Invalid({"act": [_("这一项不能只用一句话办理，请打开它的页面。")]})
        with audit.act():
            fresh = flow.fire(row, step, by=request.user, at=at, opinion=opinion, seen=seen)
        return Outcome(str(fresh), fresh.get_absolute_url(), True, str(flow.by_name[step].label))
    except errors.DomainError as error:
        if noting:
            note_refusal(request, error, row)
        missing = "；".join(text for text, _url in getattr(error, "missing", ()))
        text = f"{error.message}{missing}"
        name, url = (str(row), row.get_absolute_url()) if row is not None else (f"{source.label} {pk}", "")
        return Outcome(name, url, False, text, error.status, error)
