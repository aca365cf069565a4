"""The Chinese font of PDF pages and drawn pictures: found once, registered once, named on the health page.

Order: the setting (or environment variable) REPORT_FONT, then Debian's fonts-wqy-*, then other fonts, then
reportlab's CID font, which is not embedded and relies on the reader's computer.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

CID_FONT = "STSong-Light"
EMBEDDED_FONT = "ReportBody"
# Noto and Source Han are missing on purpose: their outlines are CFF, which reportlab cannot embed.
CANDIDATES = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf",
    "/usr/share/fonts/truetype/arphic-gkai00mp/gkai00mp.ttf",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "C:/Windows/Fonts/simfang.ttf",
    "C:/Windows/Fonts/simsun.ttc",
)

_lock = Lock()
_registered: dict[str, "FontInfo"] = {}


class FontError(ValueError):
    """The configured font cannot be used; the message says which and why."""


@dataclass(frozen=True)
class FontInfo:
    """`name` as reportlab knows it, `path` of its file (empty for the CID font), whether embedded."""

    name: str
    path: str
    embedded: bool


def _configured_path() -> str:
    if settings.configured:
        return str(getattr(settings, "REPORT_FONT", "") or "")
    return os.environ.get("REPORT_FONT", "")


def _register(path: str) -> FontInfo:
    pdfmetrics.registerFont(TTFont(EMBEDDED_FONT, path, subfontIndex=0))
    return FontInfo(EMBEDDED_FONT, path, embedded=True)


def _find(configured: str) -> FontInfo:
    if configured:
        if not Path(configured).is_file():
            raise FontError(f"REPORT_FONT {configured!r} is not a file")
        try:
            return _register(configured)
        except TTFError as error:
            raise FontError(f"REPORT_FONT {configured!r} cannot be embedded: {error}") from error
    for path in CANDIDATES:
        if Path(path).is_file():
            try:
                return _register(path)
            except TTFError:
                continue  # a damaged or CFF file of that name: the next one may do
    pdfmetrics.registerFont(UnicodeCIDFont(CID_FONT))
    return FontInfo(CID_FONT, "", embedded=False)


def describe_font() -> FontInfo:
    """The font reports are set in.  Raises FontError when REPORT_FONT names one that cannot be used."""
    configured = _configured_path()
    with _lock:
        if configured not in _registered:
            _registered.clear()  # one registered name: a changed setting replaces the font
            widths_of.cache_clear()
            _registered[configured] = _find(configured)
        return _registered[configured]


class Widths(dict):
    """Character → width in ems of one font; filled as characters are met."""

    def __init__(self, font_name: str):
        super().__init__()
        self.font_name = font_name

    def __missing__(self, char: str) -> float:
        width = self[char] = pdfmetrics.stringWidth(char, self.font_name, 1000) / 1000
        return width


@lru_cache(maxsize=4)
def widths_of(font_name: str) -> Widths:
    """The width table of a registered font."""
    return Widths(font_name)
