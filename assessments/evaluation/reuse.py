"""Answering less: a new assessment is filled from the object's earlier one and from the platforms that host it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone

from assessments.catalog.lineage import lineage_of

from . import carrying, inheritance, points
from .models import Answer, Assessment, ComponentResult
from .responsibility import JOINT, PLATFORM, worse_of
from .reuse_models import AnswerSource
from .reuse_rules import EVIDENCE_AGE, days_of


class Reuse:
    """Fills assessments begun at one time; what several have in common is read once.

    ``prefill`` before the answers are inserted, ``keep`` afterwards.
    """

    def __init__(self, at: dt.datetime) -> None:
        self.day = timezone.localdate(at)
        self.platforms = inheritance.Platforms(self.day)
        self.components: list[ComponentResult] = []

    def prefill(
        self, assessment: Assessment, answers: Sequence[Answer], previous: Assessment | None
    ) -> list[AnswerSource]:
        """Put on the unsaved ``answers`` what can be taken; the sources, to be kept once they have numbers."""
        lineage = lineage_of(assessment.standard)
        sources: list[AnswerSource] = []
        earlier = carrying.earlier_answers(previous, days_of(EVIDENCE_AGE)) if previous else {}
        tables = self.platforms.tables_of(assessment.protected_object)
        for row in answers:
            part = self.platforms.part(row.code, assessment, tables, lineage)
            if part is not None:
                inheritance.lay_on(row, part)
                sources += [source.of(row) for source in part.sources]
            said = carrying.find(row.code, lineage, earlier) if earlier and row.duty != PLATFORM else None
            if said is not None and previous is not None:
                sources.append(self._carry(row, *said, previous))
        return sources

    def _carry(self, row: Answer, found: carrying.Earlier, takable: bool, previous: Assessment) -> AnswerSource:
        takable = takable and not row.pending  # nothing is taken for an item whose platform is not known
        stale: list[int] = []
        if takable:
            stale = carrying.take(row, found, self.day)
            if row.duty == JOINT:
                row.own_result, row.result = row.result, worse_of(row.result, row.platform_result)
                row.value = points.result_value(row.result)
            self.components += [
                ComponentResult(answer=row, component_id=given.component_id, name=given.name, result=given.result)
                for given in found.components
            ]
        elif found.given:
            row.reuse = "shown"
        return carrying.source_of(row, found, previous, taken=takable, stale=stale)

    def keep(self, sources: Iterable[AnswerSource]) -> None:
        """Store the sources of answers that are inserted by now."""
        listed = list(sources)
        for entry in (*listed, *self.components):
            entry.answer_id = entry.answer.pk
        AnswerSource.objects.bulk_create(listed, batch_size=300)
        ComponentResult.objects.bulk_create(self.components, batch_size=300)
        self.components = []
