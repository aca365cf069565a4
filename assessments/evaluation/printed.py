"""What a report prints besides the scores and the answers: the object, its picture, remedies, titles of cases.

Kept at confirmation with the scores, so that a report made later says what was confirmed, whatever has been renewed
since. The other guidance is shown beside the items only and always as it is now: it helps to answer and is no part
of the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from assessments.catalog.models import HighRiskCase
from assets.topology.services import reported_topology
from secmgmt.core.pages import fact_of
from secmgmt.core.reporting.document import Box, Diagram, Link, Zone
from secmgmt.core.templatetags.ui import shown

from .models import Answer, Assessment

DESCRIBED = (
    *("business_type", "business", "service_scope", "service_users", "user_count"),
    *("deployment", "network_nature", "in_operation_on", "rto_minutes", "rpo_minutes"),
)
"""What 备案表 表二 asks of an object, as far as the inventory says it."""


def printed(assessment: Assessment, answers: Iterable[Answer]) -> dict[str, Any]:
    """As it was confirmed; before that, and where an older confirmation did not keep it, as it is now.

    ``object``: its facts in words; ``standard``: code and name; ``topology``: see ``drawing``; ``remedies``: by item;
    ``cases``: titles by number.
    """
    kept = assessment.result.get("printed", {})
    if "object" in kept:
        return kept
    gaps = [answer for answer in answers if answer.is_gap]
    numbers = {case for answer in gaps for case in answer.high_risk_applies}
    titles = HighRiskCase.objects.filter(case_no__in=numbers).values_list("case_no", "title")
    picture = reported_topology(assessment.protected_object)
    return {
        "object": _facts(assessment.protected_object),
        "standard": _standard(assessment),
        "topology": asdict(picture) if picture else None,
        "remedies": {answer.code: answer.guidance.remedy for answer in gaps if answer.guidance},
        "cases": dict(titles) if numbers else {},
        **kept,
    }


def drawing(kept: dict[str, Any], *, linked: bool) -> Diagram:
    """The picture of the object, ``linked`` or not to the pages of its parts: of what was kept, some may be gone."""
    hidden = {} if linked else {"href": ""}
    parts = {
        "zones": [Zone(**zone) for zone in kept["zones"]],
        "boxes": [Box(**{**box, **hidden}) for box in kept["boxes"]],
        "links": [Link(**link) for link in kept["links"]],
    }
    return Diagram(**{**kept, **parts})


def _facts(obj: Any) -> dict[str, Any]:
    said = ((label, shown(value)) for label, value in (fact_of(obj, name) for name in DESCRIBED))
    return {
        "described": [[str(label), text] for label, text in said if text != "—"],
        "name": str(obj),
        "unit": str(obj.unit),
        "kind": obj.get_kind_display(),
        "status": obj.get_status_display(),
        "owner": obj.owner_line,
        "technical_kinds": "、".join(obj.technical_kinds),
        "filing_number": obj.filing_number,
        "is_big_data": obj.is_big_data,
    }


def _standard(assessment: Assessment) -> str:
    """The standard as it was frozen, with its name while it is the same."""
    standard = assessment.standard
    return f"{standard.code} {standard.name}" if standard else assessment.standard_code
