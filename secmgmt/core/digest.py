"""Digests for the audit chain, frozen content and files: SM3 by default, SHA-256 where SM3 is not wanted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

ALGORITHMS = {"sm3": hashes.SM3, "sha256": hashes.SHA256}


def hash_bytes(data: bytes, algorithm: str = "") -> str:
    """Hex digest of ``data``."""
    return hash_chunks([data], algorithm)


def hash_chunks(chunks: Iterable[bytes], algorithm: str = "") -> str:
    """Hex digest of a stream of chunks."""
    state = hashes.Hash(ALGORITHMS[algorithm or settings.DIGEST_ALGORITHM]())
    for chunk in chunks:
        state.update(chunk)
    return state.finalize().hex()


def hash_file(handle: Any, algorithm: str = "", size: int = 1 << 20) -> str:
    """Hex digest of an open binary file, read from its start."""
    handle.seek(0)
    return hash_chunks(iter(lambda: handle.read(size), b""), algorithm)


def canonical(value: Any) -> bytes:
    """One byte string for one value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder).encode()


def hash_value(value: Any, algorithm: str = "") -> str:
    """Hex digest of a JSON-like value."""
    return hash_bytes(canonical(value), algorithm)
