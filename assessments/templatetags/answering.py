"""What stands on the answering page hundreds of times, of an item's row and of the side index: made here, not by nodes.

Everything a person typed is escaped by ``format_html``; the rest is this module's own text.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.catalog import sources as catalogue
from assessments.evaluation import points, sources, todos
from secmgmt.core.templatetags.ui import icon, moment, tag_

register = template.Library()
register.filter(todos.why_returned)

SHOWN = 60  # characters of a note in the row; all of it is in the opened item
CSS = {points.MET: "v-ok", points.PARTIAL: "v-part", points.UNMET: "v-bad", points.NOT_APPLICABLE: "v-na"}
TONES = {points.MET: ("ok", None), points.PARTIAL: ("warn", "half"), points.UNMET: ("bad", None)}


@register.simple_tag
def result_tag(result: str) -> str:
    """A result as a tag, where nothing can be chosen."""
    return tag_(points.RESULT_LABELS.get(result, _("未答")), *TONES.get(result, ("", None)))


@register.simple_tag
def segment(row: Any) -> SafeString:
    """The choice of a result: one radio each, the given one checked."""
    return mark_safe(_segment(row.given, get_language() or "").replace("#", str(row.pk)))  # noqa: S308 - a number


@lru_cache(maxsize=32)
def _segment(result: str, language: str) -> str:
    one = (
        '<input class="{}" type="radio" name="result" id="r-#-{}" value="{}"{}><label for="r-#-{}">{}</label>'
    )
    choices = (
        (CSS[value], value, value, " checked" if value == result else "", value, label)
        for value, label in points.RESULT_LABELS.items()
    )
    return format_html_join("", one, choices)


@register.simple_tag
def item_meta(row: Any, oob: bool = False) -> SafeString:
    """The marks under an item's text; out of band (``oob``) they replace those on the page."""
    parts: list[str] = []
    if row.pending:
        parts.append(_pending(row))
    elif not row.result:
        parts.append(format_html("<b>{}</b>", _("未答")))
    if row.duty == "joint" and row.platform_result:
        parts.append(_joint(row))
    if row.high_risk:
        parts.append(_high_risk(get_language() or ""))
    if row.risk:
        parts.append(tag_(_("%(risk)s风险") % {"risk": row.get_risk_display()}, "bad" if row.risk == "高" else "", ""))
    if row.lacks_reason:
        parts.append(tag_(_("缺理由"), "warn", "alert"))
    if row.by_component:
        parts.append(_span(_("按 %(n)d 个部件汇总") % {"n": row.by_component}))
    if row.found:
        parts.append(_span(Truncator(row.found).chars(SHOWN)))
    if row.assignee_id:
        parts.append(_span(_("分派给 %(name)s") % {"name": row.assignee}))
    if row.answered_by_id:
        parts.append(format_html("<span>{} {}</span>", row.answered_by, moment(row.answered_at)))
    head = ("" if row.settled else " data-open") + (' hx-swap-oob="true"' if oob else "")
    inside = SafeString("".join(map(str, parts)))
    return format_html('<div class="item-meta" id="m-{}"{}>{}</div>', row.pk, SafeString(head), inside)


def _pending(row: Any) -> SafeString:
    """What an item waits for; what was carried over is confirmed with one button or key."""
    mark = tag_(row.get_pending_display(), "warn", "clock")
    if row.pending != "carried" or not getattr(row, "editable", False) or row.by_component:
        return SafeString(mark)
    button = format_html(
        '<button class="btn btn-sm" type="submit" form="a-{}" data-confirm>{}</button>', row.pk, _("确认沿用")
    )
    return SafeString(mark + button)


def _joint(row: Any) -> str:
    """Both parts of an item of which the platform does its part."""
    words = {
        "own": points.RESULT_LABELS.get(row.own_result, _("未答")),
        "platform": points.RESULT_LABELS[row.platform_result],
        "whole": points.RESULT_LABELS.get(row.result, "—"),
    }
    return _span(_("本方%(own)s、平台%(platform)s，取%(whole)s") % words)


@register.simple_tag
def item_sources(row: Any) -> SafeString:
    """Where an item's answer comes from: a chip for each source. An answer does not change them."""
    tones = {"platform": "info"}
    chips = (tag_(sources.chip(entry), tones.get(entry.kind, "plain"), icon_of(entry)) for entry in row.told)
    return SafeString("".join(map(str, chips)))


def icon_of(entry: Any) -> str:
    """A platform or an earlier time."""
    return "server" if entry.kind == "platform" else "history"


@register.simple_tag
def item_hangs(row: Any) -> SafeString:
    """How many files and remarks hang on an item: apart from its marks, since an answer does not change them."""
    listed = (("clip", _("证据"), row.files), ("chat", _("留言"), row.remarks))
    given = ((icon(symbol), label, count) for symbol, label, count in listed if count)
    return format_html_join("", '<span class="sm">{}{} {}</span>', given)


@register.simple_tag
def point_line(point: Any, oob: bool = False) -> SafeString:
    """A control point's line of the side index."""
    return format_html(
        '<a href="#{}" id="j-{}"{}><span>{}</span><span>{}{}/{}</span></a>',
        point.key, point.key, SafeString(' hx-swap-oob="true"' if oob else ""), point.name,
        "✓ " if point.done else "", point.answered, point.total,
    )  # fmt: skip


def _span(text: str) -> str:
    return format_html("<span>{}</span>", text)


@lru_cache(maxsize=8)
def _high_risk(language: str) -> str:
    return tag_(_("高风险项"), "plain", "flag")


@cache
def case_titles() -> dict[str, str]:
    """What the high-risk guideline calls its cases; its file is read once."""
    return {case.case_no: case.case_title for case in catalogue.shipped_cases()}


@register.filter
def case_title(number: str) -> str:
    """What a high-risk case is about, "" when the guideline has no such number."""
    return case_titles().get(number, "")
