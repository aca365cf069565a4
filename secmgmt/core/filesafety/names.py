"""What an upload is called on pages and in downloads: text, never a part of the key it is stored under."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

MAX_NAME = 120  # characters, extension included
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{p}{n}" for p in ("COM", "LPT") for n in "123456789¹²³")}


def display_name(raw: str) -> str:
    """``raw`` as sent by the browser → a name that is safe to show and to offer for saving.

    Keeps Chinese and spaces; drops folders, control and invisible marks (a right-to-left override makes
    ``gpj.exe`` read ``exe.jpg``) and what Windows forbids; at most ``MAX_NAME`` characters, extension kept.
    """
    name = drop_invisible(drop_folders(raw or ""))
    name = re.sub(r'[<>:"|?*;%]', "_", name)  # ; and % also break Content-Disposition
    name = re.sub(r"\s+", " ", name).strip(" .")
    return shorten(avoid_reserved(name or _("未命名")))


def drop_folders(raw: str) -> str:
    """The last path part, whichever system's separator was used (full-width look-alikes included)."""
    return re.split(r"[/\\\uFF0F\uFF3C\u2215\u2044\u29F5]", raw)[-1]


def drop_invisible(name: str) -> str:
    """Without control, format (RTL, zero-width), surrogate, private and unassigned characters."""
    kept = (" " if c in "\t\n\r\u2028\u2029" else c for c in name)
    return "".join(c for c in kept if not unicodedata.category(c).startswith("C"))


def avoid_reserved(name: str) -> str:
    """``CON.txt`` and its kin open a device on Windows: they get an underscore in front."""
    return f"_{name}" if name.split(".")[0].rstrip().upper() in _RESERVED else name


def shorten(name: str) -> str:
    """At most ``MAX_NAME`` characters; the extension survives."""
    if len(name) <= MAX_NAME:
        return name
    extension = extension_of(name)
    tail = f".{extension}" if extension and len(extension) <= 10 else ""
    return name[: MAX_NAME - len(tail)].rstrip(" .") + tail


def extension_of(name: str) -> str:
    """Lower-case extension without its dot, or an empty string."""
    stem, dot, extension = name.rpartition(".")
    return extension.strip().lower() if dot and stem else ""
