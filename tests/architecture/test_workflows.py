"""Every step of every workflow from every state by everybody, against the table kept by hand
(``tests/transitions.csv``).

Columns: ``who`` may take the step ("invited": who takes part in the row), ``row``: what the row must be like for
it, ``never``: who must not though his role would let him. The line ``view`` of a model says who sees its rows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import get_resolver, reverse

from assessments.grading.models import ProofKind
from assessments.models import Assessment, OutsideDecision
from secmgmt.accounts.models import AdminGrant
from secmgmt.core import errors, permissions
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent, Decision, Participation
from secmgmt.core.workflow import Workflow, seen_token
from tests.support import make_position, make_user

from . import extras
from .cast import CAPACITIES, Cast

pytestmark = pytest.mark.django_db  # inside the module's transaction
FILE = Path(__file__).resolve().parent.parent / "transitions.csv"
OF_THE_TESTS = "testapp."
RULE = object()  # who takes an automatic step, "rule" in the table


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    model: str
    step: str
    source: frozenset[str]
    target: str
    who: frozenset[str]
    row: tuple[tuple[str, int], ...]
    never: frozenset[str]


def lines() -> Iterator[Line]:
    with FILE.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            words = {name: frozenset(row[name].split()) for name in ("from", "who", "never")}
            given = tuple((name, int(value)) for name, value in (word.split("=") for word in row["row"].split()))
            yield Line(row["model"], row["step"], words["from"], row["to"], words["who"], given, words["never"])


LINES = list(lines())
_ = get_resolver().url_patterns  # the URLs import every feature, and so every workflow
FLOWS = {flow.model_label: flow for flow in Workflow.registry.values()}
WORKFLOWS = {label: flow for label, flow in FLOWS.items() if not label.startswith(OF_THE_TESTS)}
VIEWERS = {line.model: line.who for line in LINES if line.step == "view"}
STEPS = {(line.model, line.step): line for line in LINES if line.step != "view"}
PLACES = [(label, str(state)) for label, flow in WORKFLOWS.items() for state in flow.states]


def set_field(name: str, row: Any, value: int) -> None:
    """What a word of ``row`` in the table means, unless a feature says otherwise."""
    setattr(row, name, value)


class Stage:
    """The cast, and for each workflow a row in any state with all that its steps ask for."""

    def __init__(self) -> None:
        self.cast = Cast()
        self.asker = make_user(unit=self.cast.city.root, admin_role="security_admin")
        self.makers: dict[str, Callable[..., Any]] = {
            "accounts.AdminGrant": self.grant,
            "assessments.Assessment": self.assessment,
            "assessments.Grading": self.grading,
        }
        self.makers |= {label: partial(make, self) for label, make in extras.gathered("MAKERS").items()}

    def make(self, label: str, state: str, given: tuple[tuple[str, int], ...] = ()) -> Any:
        """A row of ``label`` in ``state``, such as ``given`` says."""
        if label not in self.makers:
            pytest.fail(f"{label} has a workflow: add a row of it to Stage.makers and its steps to {FILE.name}")
        row = self.makers[label](state)
        for name, value in given:
            extras.gathered("GIVEN").get(name, partial(set_field, name))(row, value)
        row.save()
        return row

    def grant(self, state: str) -> AdminGrant:
        at = now()
        return AdminGrant(
            user=make_user(unit=self.cast.city.root), role="audit_admin", reason="增补", asked_by=self.asker,
            state=state, created_at=at, updated_at=at,
        )  # fmt: skip

    def assessment(self, state: str) -> Any:
        row = self.cast.assessment(state)
        row.answers.update(result="met", value=1, domain="技术")
        return self.invited("assessment", row)

    def grading(self, state: str) -> Any:
        """With a proof of every kind, as the forms of outside decisions leave them."""
        row, at = self.cast.grading(state), now()
        row.certificate_number = "41100043001-25017"
        for kind in ProofKind:
            OutsideDecision.objects.create(
                grading=row, kind=kind, decided_by="专家组", decided_on=at.date(), at=at,
                proof=self.cast.file(row, self.cast.person("owner@own"), at),
            )  # fmt: skip
        return self.invited("grading", row)

    def invited(self, kind: str, row: Any) -> Any:
        """``row`` with its guest."""
        Participation.objects.create(
            content_type=ContentType.objects.get_for_model(row), object_id=row.pk,
            user=self.cast.person("expert@invited"), capacity=CAPACITIES[kind],
        )  # fmt: skip
        return row

    def subjects(self) -> Iterator[tuple[str, str]]:
        """(word of the table, subject): one for every role on the row's unit, then those who have nothing there."""
        for code in permissions.ROLES:
            role = code.removeprefix("act_as_")
            yield role, role if role == code else f"{role}@own"
        yield "invited", "expert@invited"
        for subject in ("owner@other", "owner@above", "owner@ended", "expert@over", "nobody"):
            yield subject, subject

    def people(self) -> Iterator[tuple[str, Any]]:
        """The same with the persons."""
        return ((word, self.cast.person(subject)) for word, subject in self.subjects())


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker) -> Iterator[Stage]:
    """Made once; the transaction around it is taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        stage = Stage()
        for _word, subject in stage.subjects():
            stage.cast.client(subject)  # signed in before anything is taken back
        yield stage
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def fire(row: Any, step: str, by: Any) -> Exception | None:
    """What the person who takes this step on what he sees is told; None: it is done."""
    flow = WORKFLOWS[row._meta.label]
    if by is RULE:
        flow.elapse(row, step, at=now(), reason="到期。")
        return None
    try:
        flow.fire(row, step, by=by, at=now(), opinion="属实。", seen=seen_token(row))
    except (errors.DomainError, errors.OutOfScope) as error:
        return error
    return None


def kept(row: Any) -> tuple[Any, int, int]:
    """What a refused step must leave alone."""
    stored = type(row).objects.filter(pk=row.pk).values().get()
    return stored, Decision.of(row).count(), AuditEvent.objects.filter(object_id=str(row.pk)).count()


def test_the_table_names_every_step_as_it_is_and_no_other():
    listed = {key: (line.source, line.target) for key, line in STEPS.items()}
    known = {
        (label, step.name): (frozenset(map(str, step.source)), str(step.target))
        for label, flow in WORKFLOWS.items()
        for step in flow.transitions
    }
    assert listed == known, f"every step has a line in {FILE.name}: model, step, from, to, who may, …"
    assert len(LINES) == len({(line.model, line.step, line.row) for line in LINES}), "a line is there twice"
    assert set(VIEWERS) == set(WORKFLOWS)


def test_the_table_names_people_who_exist(stage):
    known = {word for word, _person in stage.people()} | {"rule"}
    assert {word for line in LINES for word in line.who} <= known
    barred = {"submitter", "answerer", "assignee", "asker", "beneficiary", *extras.gathered("HATS")}
    assert {word for line in LINES for word in line.never} <= barred


@pytest.mark.parametrize("label", WORKFLOWS)
def test_every_state_is_reached_from_the_first_and_every_step_leads_on(label):
    flow = WORKFLOWS[label]
    first = str(stage_model(label)._meta.get_field(flow.field).default)
    reached, waiting = {first}, [first]
    while waiting:
        here = waiting.pop()
        following = {line.target for (model, _step), line in STEPS.items() if model == label and here in line.source}
        waiting += following - reached
        reached |= following
    assert reached == {str(state) for state in flow.states}


def stage_model(label: str) -> Any:
    """The model of a workflow."""
    return ContentType.objects.get_by_natural_key(*label.lower().split(".")).model_class()


@pytest.mark.parametrize("label, state", PLACES)
def test_each_step_is_taken_by_whom_the_table_names_and_by_nobody_else(stage, label, state):
    wrong = []
    with undone():
        for line in (line for line in LINES if line.model == label and line.step != "view"):
            row = stage.make(label, state, line.row)
            before = kept(row)
            for word, person in asked(stage, line, state):
                with transaction.atomic():
                    told = fire(row, line.step, person)
                    if told is None:
                        transaction.set_rollback(True)
                if not isinstance(told, expected(line, state, word)):
                    wrong.append(f"{line.step}: {word} is told {told!r}")
            if kept(row) != before:
                wrong.append(f"{line.step}: a refused step left something behind")
    assert wrong == []


def asked(stage: Stage, line: Line, state: str) -> list[tuple[str, Any]]:
    """Everybody where the step starts; elsewhere one of each kind: who may take it, who sees the row, who does not."""
    everybody = list(stage.people())
    if state in line.source:
        return everybody
    sees = VIEWERS[line.model]
    kinds = (line.who & sees, sees - line.who, {word for word, _person in everybody} - sees)
    chosen = {min(kind) for kind in kinds if kind} | {max(kind) for kind in kinds if kind}
    return [(word, person) for word, person in everybody if word in chosen]


def expected(line: Line, state: str, word: str) -> type | tuple[type, ...]:
    """What the table says this person is told."""
    if word not in VIEWERS[line.model]:
        return errors.OutOfScope
    if state not in line.source:
        return errors.Conflict
    return type(None) if word in line.who else errors.NotAllowed


OTHERS: dict[str, Callable[[int], int]] = {"level": lambda value: 4 - value, "has_authority": lambda value: 1 - value}


@pytest.mark.parametrize("label, step", [key for key, line in STEPS.items() if line.row])
def test_a_step_for_another_kind_of_row_is_refused(stage, label, step):
    line = STEPS[label, step]
    for name, value in line.row:
        other = extras.gathered("OTHERS")[name](value) if name in extras.gathered("OTHERS") else OTHERS[name](value)
        with undone():
            row = stage.make(label, min(line.source), ((name, other),))
            told = [fire(row, step, person) for word, person in stage.people() if word in line.who]
            assert told and all(isinstance(error, errors.NotAllowed) for error in told), told


def put_on(row: Any, hat: str, person: Any) -> None:
    """Let ``person`` have done what the hat stands for."""
    if hat == "answerer":
        row.answers.update(answered_by=person)
    elif hat == "assignee":
        row.answers.update(assignee=person)
    elif hat == "submitter":
        Decision.objects.create(
            content_type=ContentType.objects.get_for_model(row), object_id=row.pk, transition="submit", label="提交",
            source="", target="", by=person, by_name=person.audit_name, at=now(),
        )  # fmt: skip
    elif hat in extras.gathered("HATS"):
        extras.gathered("HATS")[hat](row, person)


def hats(stage: Stage, row: Any, line: Line) -> dict[str, Any]:
    """People who hold a role the step needs, and may be too close to the row to take it once the hat is on."""
    if isinstance(row, AdminGrant):
        gainer = make_user(unit=stage.cast.city.root, admin_role="system_admin")
        AdminGrant.objects.filter(pk=row.pk).update(user=gainer)
        return {"asker": stage.asker, "beneficiary": gainer}
    word = min(line.who)
    if word == "rule":
        return {}
    person = dict(stage.people())[word]
    if word != "owner":
        make_position(person, stage.cast.city.health, "act_as_owner")
    words = ("submitter", "answerer", "assignee") if isinstance(row, Assessment) else ("submitter",)
    words = extras.gathered("WORN").get(row._meta.label, words)
    return dict.fromkeys(words, person)


@pytest.mark.parametrize("label, step", STEPS)
def test_nobody_decides_on_his_own_matter_unless_the_table_lets_him(stage, label, step):
    line = STEPS[label, step]
    with undone():
        row = stage.make(label, min(line.source), line.row)
        for hat, person in hats(stage, row, line).items():
            with undone():
                put_on(row, hat, person)
                told = fire(row, step, person)
                assert isinstance(told, errors.NotAllowed if hat in line.never else type(None)), (hat, told)
    for person in dict(stage.people()).values():
        if person is not None:
            person.forget_grants()  # a position taken back with the rest


@pytest.mark.slow(reason="a long workflow is walked for every combination of what its rows may be like")
@pytest.mark.parametrize("label", WORKFLOWS)
def test_every_step_is_taken_on_a_way_that_began_at_the_first_state(stage, label):
    """No state is set by hand here: each step is fired on a row that earlier steps brought there."""
    own = [line for (model, _step), line in STEPS.items() if model == label]
    kinds = {line.row for line in own if len(line.row)} | {()}
    first = str(stage_model(label)._meta.get_field(WORKFLOWS[label].field).default)
    people, taken = {**dict(stage.people()), "rule": RULE}, set()
    mixed = {(*one, *other) for one in kinds for other in kinds}  # a level with or without an authority
    for given in mixed:
        with undone():
            row = stage.make(label, first, given)
            walk(row, own, people, taken, {first})
    assert taken == {line.step for line in own}


def walk(row: Any, own: list[Line], people: dict[str, Any], taken: set[str], been: set[str]) -> None:
    """Take every step that is open from here, each from the same place, and go on from where it leads."""
    state = row.state
    for line in own:
        if state not in line.source:
            continue
        with undone():
            OutsideDecision.objects.filter(grading_id=row.pk).update(at=now())  # proofs since the last step
            if fire(row, line.step, people[min(line.who)]) is None:
                taken.add(line.step)
                if line.target not in been:
                    been.add(line.target)
                    walk(type(row).objects.get(pk=row.pk), own, people, taken, been)


PAGES = {
    "accounts.AdminGrant": "administration:admingrant-transition",
    "assessments.Assessment": "assessments:assessment-transition",
    "assessments.Grading": "assessments:grading-transition",
    **extras.gathered("PAGES"),
}


@pytest.mark.parametrize("label, step", [key for key, line in STEPS.items() if "rule" not in line.who])
def test_a_refused_step_is_on_the_trail_with_who_and_why(stage, label, step):
    line = STEPS[label, step]
    flow, word = WORKFLOWS[label], min(line.who)
    wrong_state = next(str(state) for state in flow.states if state not in line.source)
    people, subjects = dict(stage.people()), dict(stage.subjects())
    cannot = next(iter(sorted(VIEWERS[label] - line.who)), None)
    blind = next(name for name in people if name not in VIEWERS[label] and people[name] is not None)
    asked = [(wrong_state, word, 409), (min(line.source), cannot, 403), (min(line.source), blind, None)]
    for state, name, code in asked:
        if name is None:
            continue  # whoever sees such a row may take the step
        with undone():
            row = stage.make(label, state, line.row)
            sent = {"seen": seen_token(row), "opinion": "属实。"}
            response = stage.cast.client(subjects[name]).post(reverse(PAGES[label], args=[row.pk, step]), sent)
            assert response.status_code in ((code,) if code else (403, 404))
            event = AuditEvent.objects.get(result="refused")
            assert (event.actor_id, event.detail["status"]) == (people[name].pk, response.status_code)
            assert event.detail["reason"]

