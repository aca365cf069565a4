"""Site-wide search: one tokenizer makes bigrams, so that two-character Chinese words are found."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.contrib.contenttypes.models import ContentType

from . import manifest
from .models.search import SearchEntry

_WORD = re.compile(r"[0-9a-z]+|[㐀-鿿豈-﫿]+")


def tokenize(text: str) -> list[str]:
    """Lower-cased words of Latin letters and digits, and bigrams of each run of Chinese characters."""
    tokens: list[str] = []
    for run in _WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            tokens.append(run)
        elif len(run) == 1:
            tokens.append(run)
        else:
            tokens.extend(run[i : i + 2] for i in range(len(run) - 1))
    return tokens


def source_of(model: type) -> manifest.SearchSource | None:
    """How a model is searched, when it is."""
    label = model._meta.label_lower
    return next((s for s in manifest.collect("search") if s.model.lower() == label), None)


def refresh(obj: Any) -> None:
    """Bring the index entry of one row up to date (called by the one door to write)."""
    source = source_of(type(obj))
    if source is None:
        return
    SearchEntry.objects.update_or_create(
        content_type=ContentType.objects.get_for_model(obj),
        object_id=obj.pk,
        defaults={"title": source.title(obj)[:255], "tokens": " ".join(tokenize(source.text(obj)))},
    )


def forget(obj: Any) -> None:
    """Take a row out of the index."""
    SearchEntry.objects.filter(content_type=ContentType.objects.get_for_model(obj), object_id=obj.pk).delete()
