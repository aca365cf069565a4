"""What a person was shown before confirming, kept for that person alone under a random token.

Housekeeping forgets a preview nobody confirmed after a day; a claimed one cannot be stored a second time. Previews,
and uploads a job has still to read, hold people's names and numbers, so they are encrypted where they wait, each
bound to its place.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import re
import secrets
from collections.abc import Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from . import crypto, errors, sealed
from .models.job import PeriodicRun

Ways = Sequence[tuple[str, str]]  # (words, address): where somebody goes on from here
PREVIEWS, UPLOADS = "imports/previews", "imports/uploads"


def place_of(token: str, kind: str, user: Any) -> str:
    """Where a preview of ``user`` is kept: nobody else's path leads there."""
    return f"{PREVIEWS}/{user.pk}-{kind}-{token}"


def new_token() -> str:
    """A token nobody guesses."""
    return secrets.token_hex(16)


def is_token(text: str) -> bool:
    """Whether ``text`` is of our own making: asked before any of it becomes part of a path (A32)."""
    return bool(re.fullmatch(r"[0-9a-f]{32}", text))


def keep(token: str, kind: str, user: Any, data: Any, *parts: Any) -> None:
    """Keep ``data`` (plain values) for ``user``; of ``parts`` each can be read without the others."""
    lines = (json.dumps(part, cls=DjangoJSONEncoder, ensure_ascii=False) for part in (data, *parts))
    sealed.put(place_of(token, kind, user), "\n".join(lines).encode())


def kept(token: str, kind: str, user: Any, ways: Ways = ()) -> Any:
    """What ``user`` kept; anybody else's, or one used, is not found, and ``ways`` lead on."""
    return json.loads(kept_parts(token, kind, user, ways)[0])


def kept_parts(token: str, kind: str, user: Any, ways: Ways = ()) -> list[bytes]:
    """The same, and its parts after it, each as JSON still to be read."""
    missing = errors.OutOfScope(
        _("文件可能已经导入，请先到列表里核对；预览只保留一天，要再导入请重新上传。"),
        heading=_("这份导入预览已用过或已过期"),
        ways=ways,
    )
    if not is_token(token):
        raise missing
    try:
        return sealed.get(place_of(token, kind, user)).split(b"\n")  # JSON writes a line break as \\n
    except (FileNotFoundError, crypto.Unreadable):
        raise missing from None


def keep_upload(upload: Any) -> str:
    """Keep an uploaded file until a job has read it; where."""
    key = f"{UPLOADS}/{secrets.token_hex(20)}"
    upload.seek(0)
    sealed.put(key, upload.read())
    return key


def upload_of(key: str) -> io.BytesIO:
    """An upload that waits. Raises Conflict when it does no longer."""
    try:
        return io.BytesIO(sealed.get(key))
    except (FileNotFoundError, crypto.Unreadable):
        raise errors.Conflict(_("上传的文件已清理，请重新上传。")) from None


def forget(place: str) -> None:
    """Delete what waits at ``place``."""
    with contextlib.suppress(FileNotFoundError):
        default_storage.delete(place)


def drop(token: str, kind: str, user: Any) -> None:
    """Forget a preview."""
    forget(place_of(token, kind, user))


def claim(token: str, at: dt.datetime) -> None:
    """A preview is stored once, whoever else has it in hand: a second click, a second worker."""
    try:
        with transaction.atomic():
            PeriodicRun.objects.create(name="import", period=token, at=at)
    except IntegrityError:
        raise errors.Conflict(_("这次导入已经写入过了，没有再写第二遍。")) from None
