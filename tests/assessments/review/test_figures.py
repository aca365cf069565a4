"""Projects and gates in figures, and the term of an examination by its rule."""

from __future__ import annotations

import datetime as dt

from assessments.filing.services import load_rules
from assessments.models import TermRule
from assessments.review import figures, services
from secmgmt.core.clock import now, today
from secmgmt.core.figures import HIT, REST, FigureScope, rows, value
from secmgmt.core.workdays import add_workdays

from .support import GATES


def test_the_term_of_an_examination_is_a_rule_and_late_ones_are_a_figure(scene):
    load_rules(now())
    TermRule.objects.filter(code="review_gate1_days").update(number=3)
    review = scene.submitted(scene.project(), "GATE-1")
    review.refresh_from_db()
    assert review.due_on == add_workdays(today(), 3)
    scope = FigureScope(scene.city.gao, today(), today(), review.due_on + dt.timedelta(days=1), (scene.city.root.path,))
    values = {figure.code: value(figure, scope.over(today(), scope.today)).numerator for figure in figures.FIGURES}
    assert values == {"synchronized": 0, "project-held": 0, "project-ahead": 0, "review-late": 1}


def test_the_figures_of_projects_are_the_rows_behind_them(scene, followed):
    done = scene.project(name="完成的项目")
    for gate in GATES:
        scene.passed(done, gate)
    held = scene.project(name="到期的项目", planned_on=(today() - dt.timedelta(days=1)).isoformat())
    ahead = scene.project(name="先行的项目")
    services.override_go_live(project=ahead, reason="急", version=ahead.version, by=scene.city.gao, at=now())
    scope = FigureScope(scene.city.gao, today(), today(), today(), (scene.city.root.path,))
    behind = {figure.code: figure for figure in figures.FIGURES}
    assert set(rows(behind["synchronized"], scope, HIT)) == {done}
    assert set(rows(behind["synchronized"], scope, REST)) == {held, ahead}
    assert set(rows(behind["project-held"], scope)) == {held}
    assert set(rows(behind["project-ahead"], scope)) == {ahead}
    assert value(behind["synchronized"], scope).text == "33.33%"
