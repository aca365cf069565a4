"""Filters of lists: a thin base over django-filter with a search box, scoped choices and chips with counts.

A parameter that makes no sense filters nothing and is named on the page; it never breaks it (A21, A28).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import permissions
from .clock import midnight
from .forms import DateInput, limit_to_visible
from .tables import PAGE, url_with

SEARCH_LENGTH = 100
SEARCH_WORDS = 6
FEW = 200  # as many found rows are named one by one: looked for once, not by every query of the page


@dataclass(frozen=True)
class Chip:
    """A quick filter with its count."""

    label: str
    count: int
    url: str
    current: bool


class DayFilter(django_filters.DateFilter):
    """Days of a moment by the calendar of the office: ``gte`` since that day, ``lt`` until it, the day included.

    The moment itself is compared, so that its index serves.
    """

    def __init__(self, field_name: str, lookup_expr: str, **kwargs: Any) -> None:
        super().__init__(field_name, lookup_expr, widget=DateInput(), **kwargs)

    def filter(self, qs: QuerySet, value: dt.date | None) -> QuerySet:
        """Nothing lies before the first day there is, nor after the last."""
        try:
            edge = value and midnight(value + dt.timedelta(days=self.lookup_expr == "lt"))
        except OverflowError:
            edge = None
        return super().filter(qs, edge)


class RecordFilterSet(django_filters.FilterSet):
    """Base of every list's filters.

    ``search_fields``: fields the search box looks in (every word must occur in one of them).
    ``chip_field``: a choices field shown as chips with counts instead of a select.
    ``chip_distinct``: False where no filter joins several rows to one, so that counting need not sort them out.
    ``counts_all``: False when the list shows more than was filtered, so that its rows are counted apart.
    Foreign keys offer only what ``user`` may see.
    """

    chip_distinct: ClassVar[bool] = True
    counts_all = True
    search_fields: ClassVar[tuple[str, ...]] = ()
    search_label: ClassVar[Any] = gettext_lazy("查找")
    chip_field: ClassVar[str] = ""

    def __init__(
        self, data: Any = None, queryset: QuerySet | None = None, *, user: Any = None, **kwargs: Any
    ) -> None:
        self.user = user
        self._held: dict[tuple[str, ...], Q] = {}
        super().__init__(data if data is not None else QueryDict(), queryset, **kwargs)
        if self.search_fields:
            widget = forms.TextInput({"type": "search"})
            box = django_filters.CharFilter(
                method="search", label=self.search_label, max_length=SEARCH_LENGTH, widget=widget
            )
            box.parent, box.model, box.field_name = self, self.queryset.model, "q"
            self.filters = {"q": box, **self.filters}  # type: ignore[has-type]

    @property
    def form(self) -> forms.Form:
        """The filter form, its foreign keys limited to what the user may see."""
        if not hasattr(self, "_form"):
            form = super().form
            for field in form.fields.values():
                limit_to_visible(field, self.user)
                if isinstance(field, forms.DateField) and isinstance(field.widget, forms.TextInput):
                    field.widget = DateInput()
                if isinstance(field, forms.ChoiceField) and hasattr(field, "empty_label"):
                    field.empty_label = _("全部")
                    if not isinstance(field, forms.ModelChoiceField):  # its widget copied the label before
                        field.widget.choices = [(v, label if v else _("全部")) for v, label in field.widget.choices]
        return self._form

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Every word of ``value`` must occur in one of ``search_fields``."""
        words = value.split()[:SEARCH_WORDS]
        return queryset.filter(self._holding(*words)) if words else queryset

    def _holding(self, *words: str) -> Q:
        """The condition that every word occurs; what few rows were found by it, once they were."""
        if words not in self._held:
            condition = Q()
            for word in sorted(words, key=len, reverse=True):  # the longer, the rarer
                condition &= reduce(or_, [self._contains(field, word) for field in self.search_fields])
            found = list(self.queryset.filter(condition).order_by().values_list("pk", flat=True)[: FEW + 1])
            self._held[words] = Q(pk__in=found) if len(found) <= FEW else condition
        return self._held[words]

    def _contains(self, field: str, word: str) -> Q:
        """``word`` stands in ``field``; of a related row it is looked for once, not once for each row of the list."""
        relation, _sep, last = field.rpartition("__")
        # what has no capitals needs no comparison without them, which costs PostgreSQL as much again
        lookup = "contains" if word.upper() == word.lower() else "icontains"
        here = Q(**{f"{last}__{lookup}": word})
        if not relation:
            return here
        related = permissions.resolve(self.queryset.model, relation)._base_manager.filter(here)
        found = list(related.values_list("pk", flat=True)[: FEW + 1])  # an index serves numbers, not a query
        return Q(**{f"{relation}__in": found if len(found) <= FEW else related.values("pk")})

    def problems(self) -> list[str]:
        """What was ignored, as sentences: 「等级」：…"""
        labels = {name: field.label or name for name, field in self.form.fields.items()}
        return [
            _("筛选条件“%(label)s”没有采用：%(why)s") % {"label": labels.get(name, name), "why": error}
            for name, found in self.form.errors.items()
            for error in found
        ]

    def asked(self) -> dict[str, Any]:
        """The values that made sense."""
        return self.form.cleaned_data if self.form.is_valid() or hasattr(self.form, "cleaned_data") else {}

    def active(self) -> bool:
        """Whether any filter narrows the list."""
        return any(
            value not in (None, "", [], ()) and not (isinstance(value, QuerySet) and not value)
            for value in self.asked().values()
        )

    def fields_shown(self) -> list[forms.BoundField]:
        """The form's fields that are drawn as controls (the chips' field is not)."""
        return [bound for bound in self.form if bound.name != self.chip_field]

    def chips(self) -> list[Chip]:
        """The values of ``chip_field`` with how many rows each has under the other filters: one query."""
        name, counts = self.chip_field, self._chip_counts
        if not name:
            return []
        current = self.data.get(name, "")
        choices = self.queryset.model._meta.get_field(name).flatchoices
        total = Chip(_("全部"), sum(counts.values()), self._url(None), not current)
        return [total] + [
            Chip(str(label), counts.get(value, 0), self._url(value), str(value) == current)
            for value, label in choices
            if counts.get(value) or str(value) == current
        ]

    def total(self) -> int | None:
        """How many rows are found, when the chips' counts say it."""
        if not self.counts_all or not self.chip_field or self.chip_distinct or not self.form.is_valid():
            return None
        value = self.asked().get(self.chip_field)
        return self._chip_counts.get(value, 0) if value else sum(self._chip_counts.values())

    @cached_property
    def _chip_counts(self) -> dict[Any, int]:
        """Rows under the other filters by their value of ``chip_field``."""
        name = self.chip_field
        if not name:
            return {}
        rows = self.queryset.all()
        for key, value in self.asked().items():
            if key != name:
                rows = self.filters[key].filter(rows, value)
        # PostgreSQL counts rows from an index alone, but not the values of a column that the index lacks
        found = Count("pk", distinct=True) if self.chip_distinct else Count("*")
        return dict(rows.order_by().values_list(name).annotate(n=found))

    def _url(self, value: Any) -> str:
        return url_with(self.data, **{self.chip_field: value, PAGE: None})
