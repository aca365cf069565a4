"""The guards of the portal: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from django.db.models import Q
from docxtpl import DocxTemplate

from secmgmt.accounts.models import OrgUnit
from secmgmt.core.reporting import templates
from tests.guarding import Guard, nothing, same, yes

P = "secmgmt.portal."
REPORTS, SHOWN, SEARCH = "test_reports.py", "test_trail_redaction.py", "test_search.py"

FIGURES = "test_figures.py"

COMPLIANCE, API = "test_compliance.py", "test_reports_api.py"


def everybodys(rows: Any, user: Any, action: str = "view") -> Any:
    """Schedules of whoever set them up."""
    return rows.all()


def all_of_them(user: Any, figures: Any, **more: Any) -> list[Any]:
    """Figures whoever asks."""
    return list(figures)


def every_row(figure: Any, scope: Any, part: str) -> Any:
    """What is listed, whoever reads it."""
    return figure.query(scope).rows


REAL = templates.filled


def rendered_twice(template: bytes, document: Any) -> tuple[Any, Any, frozenset[str]]:
    """Filled, and what was filled in read as a template once more."""
    book, _mark, used = REAL(template, document)
    output = BytesIO()
    book.save(output)
    again = DocxTemplate(BytesIO(output.getvalue()))
    again.render({})
    again.save(output := BytesIO())
    book = docx.Document(BytesIO(output.getvalue()))
    return book, next(one for one in book.paragraphs if templates.BODY in one.text)._element, used


GUARDS = (
    # a report that tells what its maker may see is his alone; a schedule has no more rights than its owner
    Guard(P + "reports.whose", lambda *args: Q(), (COMPLIANCE + "::test_a_report_is_its_makers",), "A08"),
    Guard(P + "schedules.lost", lambda schedule: "", (COMPLIANCE + "::test_a_schedule_whose_owner",), "A09"),
    Guard(
        "secmgmt.core.permissions.restrict", same,
        (COMPLIANCE + "::test_a_report_is_its_makers", API + "::test_nothing_beyond"), "A08, A09",
    ),
    Guard(
        "secmgmt.core.models.report.ScheduleQuerySet.visible_to", everybodys,
        (API + "::test_schedules_are", COMPLIANCE + "::test_one_stops"), "A09",
    ),
    Guard("secmgmt.core.chapters.rows", every_row, (COMPLIANCE + "::test_the_records_are_those",), "A06"),
    Guard(P + "scope.known_to", all_of_them, ("test_city.py::test_of_what_one_has_no_right",), "A06"),
    Guard(P + "scheduled.still_wanted", nothing, (COMPLIANCE + "::test_a_schedule_makes_one",), "A43"),
    # a figure counts what its reader could open row by row, of units he oversees
    Guard(
        "secmgmt.core.permissions.restrict", same,
        (FIGURES + "::test_a_figure_reaches", FIGURES + "::test_one_objects_figures"), "A06",
    ),
    Guard(P + "scope.require_overseer", nothing, (FIGURES + "::test_the_overview_is_for",), "A06"),
    Guard(
        P + "scope.units_overseen", lambda user: OrgUnit.objects.all(), (FIGURES + "::test_a_unit_beyond",), "A06"
    ),
    Guard(P + "reports.require_whole", nothing, (REPORTS + "::test_whoever_was_shown",), "A08, A15"),
    Guard("secmgmt.core.parents.without_limited", same, (REPORTS + "::test_whoever_was_shown",), "A06"),
    Guard("secmgmt.core.permissions.restrict", same, (REPORTS + "::test_a_report_is_taken",), "A08"),
    Guard(
        P + "trail.as_shown", same,
        (SHOWN + "::test_an_answers", SHOWN + "::test_a_remark", SHOWN + "::test_whoever_sees"), "8.1.4.2 d",
    ),
    # what the site-wide search tells: never more than the pages
    Guard(
        "secmgmt.core.permissions.restrict", same,
        (SEARCH + "::test_people_are_found", SEARCH + "::test_a_unit_is_found", SEARCH + "::test_an_answer_is_found"), "A06",
    ),
    Guard("secmgmt.core.parents.with_visible_parent", same, (SEARCH + "::test_remarks_and_files",), "A06"),
    Guard("secmgmt.core.parents.may_see_field", yes, (SEARCH + "::test_who_was_shown_only",), "A06, A15"),
    Guard(
        "secmgmt.core.parents.without_limited", same,
        (SEARCH + "::test_who_was_shown_a_name", SEARCH + "::test_what_is_not_shown"), "A06, A15",
    ),
    Guard(P + "trail.note_reading", nothing, (SHOWN + "::test_opening_one",), "8.1.4.3 a"),
    # Word templates: what an organization writes, and what people typed
    Guard(
        "secmgmt.core.reporting.templates.check_node", nothing,
        ("../core/reporting/test_templates.py::test_a_template_that_reaches", "../core/reporting/test_templates.py::test_an_attack_in_a_header"),
        "A22, A23",
    ),
    Guard(
        "secmgmt.core.reporting.templates.check_relations", nothing,
        ("../core/reporting/test_templates.py::test_a_template_that_would_fetch",), "A27",
    ),
    Guard(
        "secmgmt.core.filesafety.archives.check_external_target", nothing,
        ("test_doctemplates.py::test_a_template_that_would_fetch",), "A27",
    ),
    Guard(
        "secmgmt.core.reporting.docx.filled", rendered_twice,
        ("test_doctemplates.py::test_what_people_typed",), "A24",
    ),
    Guard(P + "doctemplates.render_docx", nothing, ("test_doctemplates.py::test_a_template_that_cannot",), "A22, A23"),
)
