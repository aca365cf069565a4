"""Site-wide search: one tokenizer makes bigrams, so that two-character Chinese words are found.

The index holds a row a record (``SearchEntry``); SQLite answers from an FTS5 table kept in step by triggers,
PostgreSQL from a GIN index, both made by a migration. What is found is read again through ``visible_to``, so
neither a name nor a number of what a person may not see gets out (A06).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from . import manifest, parents
from .models.search import SearchEntry
from .models.trail import Attached
from .permissions import resolve

_WORD = re.compile(r"[0-9a-z]+|[㐀-鿿豈-﫿]+")
# A PostgreSQL tsvector holds a megabyte; this many characters stay below it whatever they are.
TEXT_LENGTH = 60_000
QUERY_LENGTH = 100
QUERY_WORDS = 8
EXTRACT = 48  # characters around a word that stands in the text only
BATCH = 500
MANY = 1000  # matches; of fewer all kinds are known


@dataclass(frozen=True)
class Hit:
    """A record that was found. ``extract``: where the words stand, when they are not in the title; ``where``:
    what the record belongs to.
    """

    title: str
    url: str
    pk: int
    extract: str = ""
    where: str = ""


@dataclass(frozen=True)
class Group:
    """The records of one kind that were found; ``more``: there are others this person may see."""

    label: str
    icon: str
    hits: list[Hit]
    more: bool


def tokenize(text: str) -> list[str]:
    """Lower-cased words of Latin letters and digits, and bigrams of each run of Chinese characters."""
    return [token for run in _runs(text) for token in _tokens(run)]


def _runs(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


def _tokens(run: str) -> list[str]:
    if run[0].isascii() or len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


def source_of(model: type) -> manifest.SearchSource | None:
    """How a model is searched, when it is."""
    label = model._meta.label_lower
    return next((s for s in manifest.collect("search") if s.model.lower() == label), None)


def refresh(obj: Any) -> None:
    """Bring the index entry of one row up to date (called by the one door to write)."""
    refresh_many([obj])


def refresh_many(objs: Iterable[Any]) -> int:
    """Bring the entries of many rows up to date, a statement a batch; the number of entries written."""
    pairs = ((obj, entry) for obj in objs if (entry := _entry(obj)) is not None)
    count = 0
    while batch := list(islice(pairs, BATCH)):
        store_entries(batch)
        count += sum(bool(entry.tokens) for _obj, entry in batch)
    return count


def refresh_followers(objs: list[Any]) -> None:
    """Bring up to date the entries that hold the names of ``objs``, all of one model: these changed."""
    for source, lookups in _followers(type(objs[0])):
        named = Q(*((f"{lookup}__in", objs) for lookup in lookups), _connector=Q.OR)
        rows = manifest.model_named(source.model)._default_manager.filter(named)
        refresh_many(rows.select_related(*source.related).iterator(chunk_size=BATCH))


def entries_of(objs: Iterable[Any]) -> list[tuple[Any, SearchEntry]]:
    """Rows with the entries that ``store_entries`` writes: made before the rows have their numbers."""
    return [(obj, entry) for obj in objs if (entry := _entry(obj)) is not None]


def store_entries(pairs: list[tuple[Any, SearchEntry]]) -> None:
    """Write the entries of rows (of one model) that are stored by now, and those that hold a name that changed."""
    for obj, entry in pairs:
        entry.object_id = obj.pk
    for start in range(0, len(pairs), BATCH):
        batch = pairs[start : start + BATCH]
        renamed = _renamed(batch)
        SearchEntry.objects.bulk_create(
            [entry for _obj, entry in batch if entry.tokens],
            update_conflicts=True,
            unique_fields=["content_type", "object_id"],
            update_fields=["title", "tokens"],
        )
        if silent := [obj for obj, entry in batch if not entry.tokens]:
            forget_many(silent)
        for objs in renamed:
            refresh_followers(objs)


def _renamed(pairs: list[tuple[Any, SearchEntry]]) -> list[list[Any]]:
    """The rows, a list a model, that were found under another name until now, where other entries hold it."""
    by_model: dict[type[Model], dict[Any, tuple[Any, SearchEntry]]] = defaultdict(dict)
    for obj, entry in pairs:
        by_model[type(obj)][obj.pk] = (obj, entry)
    found = []
    for model, named in by_model.items():
        if _followers(model):
            kind = ContentType.objects.get_for_model(model)
            old = SearchEntry.objects.filter(content_type=kind, object_id__in=list(named))
            titles = dict(old.values_list("object_id", "title"))
            found.append([obj for pk, (obj, entry) in named.items() if titles.get(pk, entry.title) != entry.title])
    return [objs for objs in found if objs]


def _followers(model: type[Model]) -> list[tuple[manifest.SearchSource, list[str]]]:
    """The sources whose text or title holds the names of rows of ``model``, with the lookups that lead to these."""
    found = []
    for source in manifest.collect("search"):
        start = manifest.model_named(source.model)
        parts = [lookup.split("__") for lookup in source.related]
        steps = {"__".join(names[: n + 1]) for names in parts for n in range(len(names))}
        if lookups := [step for step in sorted(steps) if resolve(start, step) is model]:
            found.append((source, lookups))
    return found


def _entry(obj: Any) -> SearchEntry | None:
    source = source_of(type(obj))
    if source is None:
        return None
    return SearchEntry(
        content_type=ContentType.objects.get_for_model(obj),
        object_id=obj.pk,
        title=source.title(obj)[:255],
        tokens=" ".join(tokenize(source.text(obj)[:TEXT_LENGTH])),
    )


def forget(obj: Any) -> None:
    """Take a row out of the index."""
    forget_many([obj])


def forget_many(rows: list[Any]) -> None:
    """Take rows of one model out of the index."""
    if rows:
        kind = ContentType.objects.get_for_model(rows[0])
        SearchEntry.objects.filter(content_type=kind, object_id__in=[row.pk for row in rows]).delete()


def rebuild() -> Iterator[tuple[str, int]]:
    """Make the index anew, a source at a time: (label, number of entries)."""
    kinds = []
    for source in manifest.collect("search"):
        model = manifest.model_named(source.model)
        kind = ContentType.objects.get_for_model(model)
        kinds.append(kind.pk)
        rows = model._default_manager.select_related(*source.related)
        SearchEntry.objects.filter(content_type=kind).exclude(object_id__in=rows.values("pk")).delete()
        yield str(source.label), refresh_many(rows.iterator(chunk_size=BATCH))
    SearchEntry.objects.exclude(content_type_id__in=kinds).delete()


def search(user: Any, query: str, limit: int = 10) -> list[Group]:
    """What ``user`` may see of what matches ``query``, at most ``limit`` records a kind, titles first.

    Every run of the query must occur as it stands; a Latin word also as the beginning of a longer one.
    """
    runs = _runs(query[:QUERY_LENGTH])[:QUERY_WORDS]
    if not runs:
        return []
    text = query.strip()[:QUERY_LENGTH]
    found = (_group(user, source, runs, text, limit) for source in _sources(runs))
    return [group for group in found if group is not None]


def _sources(runs: list[str]) -> list[manifest.SearchSource]:
    """Every source in its order, less those without a match: so that few are asked."""
    sources = sorted(manifest.collect("search"), key=lambda source: source.order)
    kinds = matching(SearchEntry.objects.order_by(), runs).values_list("content_type_id", flat=True)
    if connection.vendor == "postgresql":  # it would read every entry for their kinds
        found = list(kinds[:MANY])
        if len(found) == MANY:
            return sources
    else:
        found = list(kinds.distinct())
    return [source for source in sources if _kind(source).pk in found]


def _kind(source: manifest.SearchSource) -> ContentType:
    return ContentType.objects.get_for_model(manifest.model_named(source.model))


def _group(user: Any, source: manifest.SearchSource, runs: list[str], query: str, limit: int) -> Group | None:
    entries = SearchEntry.objects.filter(content_type=_kind(source))
    matches = matching(entries, runs)
    rows = _best(_visible(user, source, matches), matches, query, limit + 1)
    shown = _shown(user, source, rows)
    if not shown:
        return None
    titles = dict(entries.filter(object_id__in=[row.pk for row in shown]).values_list("object_id", "title"))
    hits = [_hit(user, source, row, titles.get(row.pk) or source.title(row), query) for row in shown[:limit]]
    return Group(str(source.label), source.icon, hits, more=len(shown) > limit)


def _shown(user: Any, source: manifest.SearchSource, rows: list[Any]) -> list[Any]:
    """Of what hangs on a record as a part of it: what hangs on those whose part ``user`` was shown."""
    if not source.part:
        return rows
    parents.load_parents(rows)
    whole = [row for row in rows if row.parent is not None]
    return [row for row in whole if parents.may_see_field(user, row.parent, source.part)]


def _hit(user: Any, source: manifest.SearchSource, row: Any, title: str, query: str) -> Hit:
    words = [word for word in query.lower().split() if word not in title.lower()]
    url = source.url(row, user) if source.url else url_of(row.parent if source.part else row)
    where = source.where(row) if source.where else ""
    return Hit(title, url, row.pk, extract_of(source.text(row), words), where)


def extract_of(text: str, words: list[str]) -> str:
    """The surroundings of the first of ``words`` in ``text``, "" when none stands there."""
    text = " ".join(text.split())
    for word in words:
        at = text.lower().find(word)
        if at >= 0:
            start, end = max(0, at - EXTRACT // 3), at + EXTRACT
            return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
    return ""


def _visible(user: Any, source: manifest.SearchSource, entries: QuerySet) -> QuerySet:
    """The rows of a source that ``user`` may see as a whole, newest first: the index alone never tells."""
    model = manifest.model_named(source.model)
    rows = model._default_manager.all()
    if issubclass(model, Attached):
        rows = parents.with_visible_parent(rows.filter(pk__in=entries.values("object_id")), user)
    else:
        rows = parents.without_limited(rows.visible_to(user), user)
    loaded = source.related + source.shown
    return (rows.select_related(*loaded) if loaded else rows).order_by("-pk")


def _best(rows: QuerySet, entries: QuerySet, query: str, count: int) -> list[Any]:
    """The first ``count`` of ``rows`` with one of ``entries``, titles first: two questions that the database may
    break off, where one that sorts would read all there is.
    """
    lookup = "contains" if query.upper() == query.lower() else "icontains"
    titled = Q(**{f"title__{lookup}": query})
    found: list[Any] = []
    for part in (entries.filter(titled), entries.exclude(titled)):
        if len(found) < count:
            found += rows.filter(pk__in=part.values("object_id"))[: count - len(found)]
    return found


def matching(entries: QuerySet, runs: list[str]) -> QuerySet:
    """The index entries that hold every run, by the database's own full-text index."""
    if connection.vendor == "postgresql":
        words = " & ".join(postgres_phrase(run) for run in runs)
        sql = "to_tsvector('simple', tokens) @@ to_tsquery('simple', %s)"
        return entries.filter(RawSQL(sql, [words], output_field=BooleanField()))  # noqa: S611
    words = " AND ".join(sqlite_phrase(run) for run in runs)
    sql = "SELECT rowid FROM core_searchindex WHERE core_searchindex MATCH %s"
    # ``words`` is made of tokens only (letters, digits, Chinese characters) and goes in as a parameter.
    return entries.filter(pk__in=RawSQL(sql, [words], output_field=BigIntegerField()))  # noqa: S611


def postgres_phrase(run: str) -> str:
    """A run as a tsquery: its tokens one after the other; a single token also as a beginning."""
    tokens = _tokens(run)
    return f"({' <-> '.join(tokens)})" if len(tokens) > 1 else f"{tokens[0]}:*"


def sqlite_phrase(run: str) -> str:
    """A run as an FTS5 query: its tokens one after the other; a single token also as a beginning."""
    tokens = _tokens(run)
    return f'"{" ".join(tokens)}"' if len(tokens) > 1 else f'"{tokens[0]}"*'


def url_of(row: Any) -> str:
    """Where a record's page is, "" when it has none of its own."""
    getter = getattr(row, "get_absolute_url", None)
    return getter() if getter else ""
