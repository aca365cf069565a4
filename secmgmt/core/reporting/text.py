"""What becomes of a user's text on its way into a document.

Every renderer takes text from here and nowhere else, so a name such as ``<b>`` or ``=1+1`` is the same
harmless characters in all four formats.  The small functions are guards: each has an abuse case (A18,
A25, A26) whose test turns red when it is switched off.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from html import escape
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext

# What XML 1.0 cannot carry, lone surrogates included; tab and newline may stay.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Direction overrides make a printed name read as another one; a report never needs them.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_NEWLINES = re.compile("\r\n?|[\x85\u2028\u2029]")


def _(message: str) -> str:
    """Translate when Django is set up; the engine also works in a bare process."""
    return gettext(message) if settings.configured else message


def clean_text(value: str) -> str:
    """`value` without the characters that no XML document may hold; newlines become ``\\n``."""
    if value.isprintable():  # most of what is written, and much faster asked than replaced
        return value
    return _ILLEGAL.sub("", _NEWLINES.sub("\n", value))


def printable_text(value: str) -> str:
    """`clean_text` and no invisible or direction-changing characters: what ink can show."""
    return _INVISIBLE.sub("", clean_text(value)).expandtabs(4)


def escape_markup(value: str) -> str:
    """`value` as it may stand in an HTML or SVG text or attribute (abuse cases A18, A19)."""
    return escape(value, quote=True)


def safe_href(value: str) -> str:
    """`value` when it is a path of this site or an anchor of this page, else an empty string (A20)."""
    local = value.startswith("#") or (value.startswith("/") and not value.startswith(("//", "/\\")))
    return value if local and not _ILLEGAL.search(value) else ""


def local_time(value: datetime) -> datetime:
    """`value` in the site's time zone; a naive one is taken to be local already."""
    if value.tzinfo is None:
        return value
    return value.astimezone(ZoneInfo(settings.TIME_ZONE if settings.configured else "Asia/Shanghai"))


def chinese_date(value: date | datetime | str) -> str:
    """A date as documents write it: 2026 年 11 月 23 日.  Text is passed on as it is."""
    if isinstance(value, str):
        return printable_text(value)
    if isinstance(value, datetime):
        value = local_time(value)
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


def display(value: object) -> str:
    """A cell's value as a reader sees it: nothing for None, 是/否, ISO dates, plain decimals."""
    if value is None:
        return ""
    if isinstance(value, (str, Promise)):
        return printable_text(str(value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return local_time(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (float, Decimal)):
        text = f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:f}"
        return "0" if text == "-0" else text
    return printable_text(str(value))


def em_width(text: str) -> float:
    """Width of `text` in ems, near enough to lay a page out before its font is known."""
    return sum(0.55 if ord(char) < 0x2000 else 1.0 for char in text)


def name_only(text: str) -> str:
    """"林予安(owner)" → "林予安": a document to be signed names people, not their accounts."""
    return text.partition("(")[0] or text
