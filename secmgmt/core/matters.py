"""What the queue of decisions shows of a record, in the shape of ``portal/matter.html``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Attachment, Decision

Facts = Sequence[tuple[Any, Any]]


def matter(
    row: Any,
    *,
    facts: Facts,
    asked: Facts,
    tables: Iterable[dict[str, Any]] = (),
    warnings: Iterable[Any] = (),
    parts: Sequence[Any] = (),
) -> dict[str, Any]:
    """What there is to know before deciding on ``row``: facts, request, tables, files, the trail with its opinions.

    A fact without a value is left out.
    ``parts``: rows of one model whose files belong to it as well.
    """
    decisions = list(Decision.of(row))
    last = next((step for step in decisions if step.transition == "submit"), None)
    when = timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M") if last else ""
    times = sum(step.transition == "submit" for step in decisions)
    told = _("%(who)s %(when)s（第 %(n)d 次）") % {"who": last.by_name, "when": when, "n": times} if last else ""
    return {
        "facts": filled(facts), "asked": filled([*asked, (_("提交"), told)]),
        "tables": list(tables), "warnings": list(warnings),
        "files": [*Attachment.of(row).order_by("pk"), *_files_of(parts)], "decisions": decisions,
    }  # fmt: skip


def _files_of(parts: Sequence[Any]) -> Iterable[Attachment]:
    if not parts:
        return ()
    kind = ContentType.objects.get_for_model(parts[0])
    found = Attachment.objects.filter(content_type=kind, object_id__in=[part.pk for part in parts])
    return found.order_by("object_id", "pk")


def filled(facts: Facts) -> Facts:
    """Those that say something."""
    return [fact for fact in facts if fact[1] not in (None, "")]


def table(
    title: Any, heads: Sequence[Any], rows: Iterable[Sequence[Any]], *, total: int = 0, url: str = "", empty: Any = ""
) -> dict[str, Any]:
    """A table of a matter; ``total``: how many rows there are, where only the first are shown, the rest at ``url``."""
    listed = [list(zip(heads, row, strict=True)) for row in rows]
    return {"title": title, "heads": heads, "rows": listed, "rest": max(0, total - len(listed)), "url": url,
            "empty": empty}  # fmt: skip
