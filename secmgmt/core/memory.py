"""Memory that a large document or job leaves behind in the allocator, given back to the machine."""

from __future__ import annotations

import ctypes

_libc = ctypes.CDLL(None)


def give_back() -> None:
    """Return free pages of the C heap to the kernel; nothing where the C library knows no such call (musl)."""
    trim = getattr(_libc, "malloc_trim", None)
    if trim is not None:
        trim(0)
