"""The text of a PDF, read in a process of its own that may be ended: ``python -m secmgmt.core.filesafety.pdftext``.

A few kilobytes can ask the parser for hours of work or for all memory, and nothing inside a process stops a parser.
The child knows neither Django nor a secret, takes the file on its standard input and answers one line of JSON.
A process has few such children at once: who finds no place waits a little, then is asked to come again.
"""

from __future__ import annotations

import io
import json
import logging
import os
import resource
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pypdf
from pypdf.errors import LimitReachedError

from secmgmt.supervisor import die_with_parent

ROOT = Path(__file__).resolve().parents[3]
MB = 1024 * 1024
CPU_SECONDS = 30  # a page of ours takes 0.06
WALL_SECONDS = 50  # the machine may have other work
MEMORY = 1024 * MB
MAX_CHARACTERS = 8 * MB
STREAM = 16 * MB  # what one stream may unpack to, by any filter; the text of a dense page is far below one
STREAM_LIMITS = {f"{name}_maximum_output_length": STREAM for name in ("zlib", "lzw", "run_length", "brotli")}
PLACES = threading.BoundedSemaphore(2)  # children of this process at once, so that memory stays bounded as a whole
PATIENCE = 5.0  # seconds; a request that waits holds a thread of the web process


@dataclass(frozen=True)
class Reading:
    """``pages``: the text of each of the first pages; ``count``: how many there are. ``fault``: ``""``, ``structure``,
    ``page`` (the one after ``pages``), ``locked`` (opens with a password only), ``endless`` (a limit was reached) or
    ``busy`` (nothing was tried: others are being read)."""

    pages: list[str]
    count: int = 0
    fault: str = ""


def read(content: bytes, most: int) -> Reading:
    """The text of the first ``most`` pages, within the limits of time and memory, when a place is free."""
    if not PLACES.acquire(timeout=PATIENCE):
        return Reading([], fault="busy")
    try:
        return _in_child(content, most)
    finally:
        PLACES.release()


def _in_child(content: bytes, most: int) -> Reading:
    limits = [str(number) for number in (os.getpid(), CPU_SECONDS, MEMORY, most)]
    command = [sys.executable, "-m", __name__, *limits]
    try:
        done = subprocess.run(  # noqa: S603 - our own command line
            command, input=content, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=WALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        return Reading([], fault="endless")
    if done.returncode < 0:  # ended by the kernel: its time was up
        return Reading([], fault="endless")
    done.check_returncode()
    return Reading(**json.loads(done.stdout))


class Skipped(logging.Handler):
    """Raises what the parser only warns of: that it left out part of a page's text."""

    def emit(self, record: logging.LogRecord) -> None:
        raise ValueError(record.getMessage())


def extract(content: bytes, most: int) -> Reading:
    """The work of the child."""
    pages: list[str] = []
    count = size = 0
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return Reading([], fault="locked")
        count = len(reader.pages)
        for page in reader.pages[:most]:
            pages.append(page.extract_text())
            size += len(pages[-1])
            if size > MAX_CHARACTERS:
                return Reading([], count, "endless")
    except (MemoryError, LimitReachedError):
        return Reading([], count, "endless")
    except Exception:  # the parser fails in many ways on crafted files; none may pass unread
        return Reading(pages, count, "page" if count else "structure")
    return Reading(pages, count, "" if count else "structure")


def main(parent: int, seconds: int, memory: int, most: int) -> None:
    """Bind this process to its limits and its parent, then read."""
    die_with_parent(parent)
    os.nice(5)  # pages go first
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    pypdf.overwrite_configuration(pypdf.get_configuration().with_overwrites(**STREAM_LIMITS, jbig2dec_binary=None))
    logging.getLogger("pypdf").propagate = False
    logging.getLogger("pypdf._page").addHandler(Skipped())
    print(json.dumps(vars(extract(sys.stdin.buffer.read(), most))))


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
