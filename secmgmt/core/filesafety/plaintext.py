"""Which encoding a text file is in, and its lines."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO

CHUNK = 256 * 1024
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # \t \n \v \f \r and ESC (coloured logs) are text


def encoding_of(fileobj: IO[bytes]) -> str:
    """``utf-8-sig``, ``utf-16`` or ``gb18030``; an empty string when the whole is not text."""
    fileobj.seek(0)
    head = fileobj.read(2)
    tries = ("utf-16",) if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ("utf-8-sig", "gb18030")
    return next((name for name in tries if is_text(fileobj, name)), "")


def is_text(fileobj: IO[bytes], encoding: str) -> bool:
    """Decodes to its end and holds no control characters."""
    fileobj.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := fileobj.read(CHUNK):
            if _CONTROL.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def lines_of(fileobj: IO[bytes], encoding: str, *, longest: int = 100_000) -> Iterator[str]:
    """Lines one by one; a longer line comes in pieces. Leaves ``fileobj`` open."""
    fileobj.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest = ""
    while chunk := fileobj.read(CHUNK):
        pieces = (rest + decoder.decode(chunk)).splitlines(keepends=True)
        rest = pieces.pop() if pieces else ""
        yield from pieces
        if len(rest) > longest:
            yield rest
            rest = ""
    yield rest
