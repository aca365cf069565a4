"""Files that are unreadable where they are kept: each encrypted and bound to its place in the storage."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from . import crypto


def put(place: str, data: bytes) -> str:
    """Keep ``data`` at ``place``, a fresh random name."""
    return default_storage.save(place, ContentFile(crypto.encrypt_bytes(data, purpose=place)))


def get(place: str) -> bytes:
    """What was kept at ``place``. Raises FileNotFoundError, crypto.Unreadable (changed, moved, key unknown)."""
    with default_storage.open(place, "rb") as handle:
        return crypto.decrypt_bytes(handle.read(), purpose=place)
