"""Template tags of the design system; a builtin library, so templates need no ``load``.

A tag gives text that is escaped here or by Django; nothing is ever marked safe that a person typed (A18).
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import clock

register = template.Library()

SPRITE = Path(__file__).resolve().parent.parent / "static" / "core" / "icons.svg"
TONES = ("", "ok", "warn", "bad", "info", "plain", "solid-bad")
TONE_ICONS = {
    "": "minus",
    "ok": "check",
    "warn": "alert",
    "bad": "x",
    "info": "dot",
    "plain": "",
    "solid-bad": "alert",
}
SOON_DAYS = 30


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    """The names of the sprite's symbols, without their ``i-``."""
    text = SPRITE.read_text(encoding="utf-8")
    return frozenset(part.split('"', 1)[0] for part in text.split('<symbol id="i-')[1:])


@register.simple_tag
@lru_cache(maxsize=512)  # a list draws the same few in every row
def icon(name: str, css: str = "") -> str:
    """``{% icon 'check' %}``: one symbol of the sprite, unknown names are a dot."""
    if not name:
        return ""
    return format_html(
        '<svg class="ico{}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>',
        f" {css}" if css else "",
        static("core/icons.svg"),
        name if name in icon_names() else "dot",
    )


@register.simple_tag(name="tag")
def tag_(text: Any, tone: str = "", icon_name: str | None = None) -> str:
    """``{% tag '已备案' 'ok' %}``: a state as word + icon + colour. ``tone`` is one of TONES."""
    if tone not in TONES:
        tone = ""
    symbol = TONE_ICONS[tone] if icon_name is None else icon_name
    css = f"tag tag-{tone}" if tone else "tag"
    return format_html('<span class="{}">{}{}</span>', css, icon(symbol), text)


@register.simple_tag
def state(obj: Any, field: str = "state") -> str:
    """The state of a row as a tag; its model may name tones in ``state_tones`` ({value: tone})."""
    value = getattr(obj, field, "")
    tone = getattr(type(obj), "state_tones", {}).get(value, "info")
    labels = choice_labels(type(obj), field)  # type: ignore[arg-type]
    return tag_(labels.get(value, value), tone)


@lru_cache(maxsize=512)
def choice_labels(model: type, field: str) -> dict[Any, Any]:
    """Stored value → label of a model's field with choices, else nothing.

    ``get_…_display`` hashes all choices at every call, which a list makes hundreds of times.
    """
    options = getattr(model, "_meta", None)
    known = {f.name: f for f in options.concrete_fields} if options else {}
    return dict(known[field].flatchoices) if field in known else {}


@register.simple_tag
def avatar(name: Any) -> str:
    """The round mark with a name's first character."""
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', str(name or "").strip()[:1])


@register.filter
def when(value: Any) -> str:
    """A date or time in the house's wording: today ``14:32``, this year ``11-23``, else ``2025-11-23``."""
    if not value:
        return "—"
    today = clock.today()
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        if local.date() == today:
            return local.strftime("%H:%M")
        return local.strftime("%m-%d %H:%M" if local.year == today.year else "%Y-%m-%d %H:%M")
    return value.strftime("%m-%d" if value.year == today.year else "%Y-%m-%d")


@register.simple_tag
def moment(value: dt.datetime | None) -> str:
    """``<time>`` in the house's wording with the full instant as its title."""
    if not value:
        return "—"
    local = timezone.localtime(value)
    full = local.strftime("%Y-%m-%d %H:%M:%S")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), full, when(value))


def due_parts(value: dt.date, today: dt.date) -> tuple[str, str]:
    """(sentence, tone) of a due date seen from ``today``: 逾期 3 天 / 今天到期 / 剩 2 天."""
    days = (value - today).days
    if days < 0:
        return _("逾期 %(days)d 天") % {"days": -days}, "bad"
    if days == 0:
        return _("今天到期"), "warn"
    return _("剩 %(days)d 天") % {"days": days}, "warn" if days <= SOON_DAYS else ""


@register.simple_tag
def due(value: dt.date | dt.datetime | None, done: bool = False) -> str:
    """A due date as a tag with its distance; when ``done`` it is only the date."""
    if not value:
        return ""
    day = timezone.localdate(value) if isinstance(value, dt.datetime) else value
    if done:
        return format_html('<span class="nw">{}</span>', when(day))
    text, tone = due_parts(day, clock.today())
    return tag_(text, tone, "clock")


@register.filter
def distance(value: dt.date) -> str:
    """How far a due date is: 逾期 3 天 / 今天到期 / 剩 2 天."""
    return due_parts(value, clock.today())[0]


@register.filter
def shown(value: Any) -> str:
    """Any plain value as a reader sees it: nothing is —, yes and no are words, dates are ISO."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return "、".join(shown(item) for item in value) or "—"
    return str(value)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``mapping[key]`` or nothing."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def size(value: int | None) -> str:
    """A file size in B, KB or MB."""
    number = float(value or 0)
    for unit in ("B", "KB", "MB"):
        if number < 1024 or unit == "MB":
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return ""


@register.filter
def hit(text: Any, words: Any) -> str:
    """``text`` escaped, with the searched words marked."""
    wanted = [re.escape(word) for word in str(words or "").split()[:6]]
    if not wanted:
        return conditional_escape(text)
    parts = re.split(f"({'|'.join(wanted)})", str(text), flags=re.IGNORECASE)
    marked = (("<mark>" if n % 2 else "", part, "</mark>" if n % 2 else "") for n, part in enumerate(parts))
    return format_html_join("", "{}{}{}", ((SafeString(a), part, SafeString(b)) for a, part, b in marked))


def described_by(bound: forms.BoundField, bare: bool = False) -> str:
    """The ids of the help and error lines of a field, in reading order."""
    ids = [f"{bound.auto_id}-help"] if bound.help_text and not bare else []
    if bound.errors:
        ids.append(f"{bound.auto_id}-err")
    return " ".join(ids)


@register.inclusion_tag("components/field.html")
def field(
    bound: forms.BoundField, label: str = "", hide_label: bool = False, bare: bool = False
) -> dict[str, Any]:
    """One form field in the house's markup: label, control, help, error under it tied by aria-describedby.

    ``bare``: as on the sign-in page, without help, placeholder and 必填.
    """
    attrs: dict[str, Any] = {"placeholder": ""} if bare else {}
    ids = described_by(bound, bare)
    if ids and not bound.use_fieldset:
        attrs["aria-describedby"] = ids
    if bound.errors:
        attrs["aria-invalid"] = "true"
    widget = bound.field.widget
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "hide_label": hide_label,
        "bare": bare,
        "is_check": isinstance(widget, forms.CheckboxInput),
        "is_wide": isinstance(widget, forms.Textarea),
        "described_by": ids,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with a form, on top of it, each line a link to its field."""
    visible = form.visible_fields()
    lines = [(f"#{bound.auto_id}", bound.label, error) for bound in visible for error in bound.errors]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return {"lines": lines, "others": [*form.non_field_errors(), *hidden], "count": len(lines)}
