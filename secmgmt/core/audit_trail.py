"""The audit chain as a whole: verify it, anchor its head outside the database, purge what is past its term.

GB/T 22239-2019 8.1.4.3 c: records are protected from deletion, change and overwriting. The chain shows an
edited and a missing row; the head shows a cut tail; the anchor file shows a cut tail together with a mended
head. A purge moves the start of the chain and says so in the chain itself.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from . import audit, audit_tables, digest, errors
from .checks import MINIMUM_RETENTION_DAYS
from .clock import now
from .models.audit import AuditEvent, AuditHead

CHUNK = 2000
GENESIS = "0" * 64
PURGE_VERB = "core.auditevent.purge"


@dataclass(frozen=True)
class Break:
    """A place where the trail is not what was written. ``kind``: edited | table | missing | tail | head | anchor."""

    kind: str
    seq: int
    text: str


@dataclass(frozen=True)
class Anchor:
    """A line of the anchor file. ``check`` chains it to the line before."""

    at: str
    seq: int
    digest: str
    algorithm: str
    check: str

    def line(self) -> str:
        return "\t".join((self.at, str(self.seq), self.digest, self.algorithm, self.check)) + "\n"


def verify() -> list[Break]:
    """Every break of the chain from its start (or the last purge) to its head; empty when it is whole.

    Reads in chunks, so millions of rows need little memory. Rows written meanwhile are left to the next run;
    a purge meanwhile makes it start again.
    """
    while True:
        last = AuditEvent.objects.aggregate(last=Max("seq"))["last"] or 0  # before the head: see _tail
        head = AuditHead.objects.filter(pk=1).first() or AuditHead()
        anchors, found = read_anchors()
        found += list(_start(head))
        found += list(_chain(head, anchors))
        found += list(_tail(head, last, anchors))
        if head.start_seq == (AuditHead.objects.filter(pk=1).first() or AuditHead()).start_seq:
            return found


def _chain(head: AuditHead, anchors: dict[int, Anchor]) -> Iterator[Break]:
    """Walk the rows up to the head: each follows the one before and is what its digest says."""
    expected, previous = head.start_seq + 1, head.start_digest
    rows = AuditEvent.objects.filter(seq__lte=head.seq).order_by("seq")
    for event in rows.iterator(chunk_size=CHUNK):
        if event.seq != expected:
            yield Break("missing", expected, missing_text(expected, event.seq - 1))
        elif event.prev_digest != previous:
            text = _("第 %d 条没有接在前一条之后，前一条或本条被改过。")
            yield Break("edited", event.seq, text % event.seq)
        if not is_intact(event):
            yield Break("edited", event.seq, _("第 %d 条的内容与写入时的摘要不符，被改过。") % event.seq)
        elif event.table and not audit_tables.is_intact(event):
            yield Break("table", event.seq, _("第 %d 条的明细表与写入时的摘要不符，被改过或不完整。") % event.seq)
        anchor = anchors.get(event.seq)
        if anchor is not None and anchor.digest != event.digest:
            yield Break("anchor", event.seq, _("第 %d 条与库外锚点不符，整段可能被重写。") % event.seq)
        expected, previous = event.seq + 1, event.digest
    if expected <= head.seq:
        yield Break("tail", expected, missing_text(expected, head.seq))
    elif previous != head.digest:
        yield Break("head", head.seq, _("链头记录的摘要与最后一条不符。"))


def _tail(head: AuditHead, last: int, anchors: dict[int, Anchor]) -> Iterator[Break]:
    """The head may not be behind the rows (``last`` was read before it), nor behind an anchor."""
    if last > head.seq:
        text = _("链头停在第 %(head)d 条，而最后一条是第 %(last)d 条。")
        yield Break("head", last, text % {"head": head.seq, "last": last})
    newest = max(anchors, default=0)
    if newest > head.seq:
        text = _("库外锚点记到第 %(anchor)d 条，库中只到第 %(head)d 条，尾部被截去。")
        yield Break("tail", head.seq + 1, text % {"anchor": newest, "head": head.seq})


def _start(head: AuditHead) -> Iterator[Break]:
    """A chain that does not begin with its first row says so in a checkpoint row of its own."""
    if head.start_seq == 0:
        return
    rows = AuditEvent.objects.filter(verb=PURGE_VERB, seq__gt=head.start_seq, seq__lte=head.seq)
    told = {"last": head.start_seq, "digest": head.start_digest}
    if not any(told.items() <= event.detail.items() for event in rows):
        text = _("链从第 %d 条之后开始，却没有相应的清理记录。")
        yield Break("missing", head.start_seq, text % head.start_seq)


def missing_text(first: int, last: int) -> str:
    """The sentence about rows that are gone."""
    if first >= last:
        return _("第 %d 条缺失。") % first
    return _("第 %(first)d 条至第 %(last)d 条缺失。") % {"first": first, "last": last}


def is_intact(event: AuditEvent) -> bool:
    """Whether a row is what its digest says."""
    return event.algorithm in digest.ALGORITHMS and audit.row_digest(event) == event.digest


def read_anchors() -> tuple[dict[int, Anchor], list[Break]]:
    """The anchor file as seq → line, and what is wrong with the file itself."""
    found: dict[int, Anchor] = {}
    breaks: list[Break] = []
    previous = GENESIS
    for number, text in enumerate(_anchor_lines(), start=1):
        anchor = parse_anchor(text)
        if anchor is None or anchor.check != check_of(previous, anchor):
            breaks.append(Break("anchor", 0, _("锚点文件第 %d 行被改过或不完整。") % number))
        if anchor is not None:
            found[anchor.seq] = anchor
            previous = anchor.check
    return found, breaks


def _anchor_lines() -> list[str]:
    path = Path(settings.AUDIT_ANCHOR_FILE)
    return path.read_text("utf-8").splitlines() if path.exists() else []


def parse_anchor(text: str) -> Anchor | None:
    """A line of the anchor file, None when it is none."""
    parts = text.split("\t")
    if len(parts) != 5 or not parts[1].isdigit():
        return None
    return Anchor(parts[0], int(parts[1]), parts[2], parts[3], parts[4])


def check_of(previous: str, anchor: Anchor) -> str:
    """SM3 over the line before and this line's values."""
    return digest.hash_value([previous, anchor.at, anchor.seq, anchor.digest, anchor.algorithm], "sm3")


def anchor() -> Anchor | None:
    """Append the chain's head to the anchor file and force it to the disk; None when nothing is new.

    The file belongs on another medium or host (``AUDIT_ANCHOR_FILE``), out of the database's reach.
    """
    head = AuditHead.objects.filter(pk=1).first()
    lines = _anchor_lines()
    last = parse_anchor(lines[-1]) if lines else None
    if head is None or head.seq == 0 or (last is not None and last.seq == head.seq):
        return None
    fresh = Anchor(now().isoformat(), head.seq, head.digest, settings.DIGEST_ALGORITHM, "")
    fresh = replace(fresh, check=check_of(last.check if last else GENESIS, fresh))
    path = Path(settings.AUDIT_ANCHOR_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, fresh.line().encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return fresh


def purge(*, by: Any, at: dt.datetime, keep_days: int) -> int:
    """Remove the rows older than ``keep_days`` and go on from a checkpoint; the number of rows removed.

    Never below 180 days (网络安全法: 留存不少于六个月). A broken chain keeps its rows: a purge would hide the
    break. Raises Invalid, Conflict.
    """
    check_term(keep_days)
    check_whole()  # before the act: it reads the whole table and must not hold a lock meanwhile
    return remove_before(by=by, at=at, limit=at - dt.timedelta(days=keep_days), keep_days=keep_days)


@audit.audited
def remove_before(*, by: Any, at: dt.datetime, limit: dt.datetime, keep_days: int) -> int:
    """The purge itself; its checkpoint row says what was removed, up to which digest."""
    check_term((at - limit).days)
    kept = AuditEvent.objects.filter(at__gte=limit).aggregate(first=Min("seq"))["first"]
    old = AuditEvent.objects.filter(seq__lt=kept) if kept else AuditEvent.objects.all()
    last = old.order_by("-seq").first()
    if last is None:
        return 0
    first = old.order_by("seq").values_list("seq", flat=True).first()
    audit_tables.remove(old)
    count = old.delete()[0]
    told = {"keep_days": keep_days, "first": first, "last": last.seq, "count": count, "digest": last.digest}
    audit.record(PURGE_VERB, by=by, at=at, detail=told)
    # The head row is touched last, like in every act: nothing else waits behind its lock.
    AuditHead.objects.filter(pk=1).update(start_seq=last.seq, start_digest=last.digest)
    return count


def check_term(keep_days: int) -> None:
    """Six months at least stay."""
    if keep_days < MINIMUM_RETENTION_DAYS:
        raise errors.Invalid(
            {"keep_days": [_("审计记录至少保留 %d 天，不能按更短的期限清理。") % MINIMUM_RETENTION_DAYS]}
        )


def check_whole() -> None:
    """A chain with a break keeps all its rows."""
    breaks = verify()
    if breaks:
        raise errors.Conflict(_("审计链有 %d 处断裂，查明之前不能清理。") % len(breaks))
