"""What the data say: a finding with its evidence, none, or unknown and asked; once more finds nothing twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from assessments.findings import checking, conditions, services
from assessments.models import Answer, AskedFact, Assessment, Finding, FindingRule, Rectification, Standard
from secmgmt.core import manifest, ports
from secmgmt.core.clock import now, today
from secmgmt.core.manifest import DutyFact
from secmgmt.core.models import Notice
from tests.assessments.calendar.test_facts import evaluated as evaluated_by_agency
from tests.assessments.campaign.support import DAY, graded, small_standard
from tests.assessments.review.cast_rows import review
from tests.support import make_position, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(city) -> dict[str, FindingRule]:
    services.load_shipped()
    return {row.condition: row for row in FindingRule.objects.all()}


@pytest.fixture
def obj(city, rules) -> Any:
    return graded(city.health, "区域平台", owner=city.lin, in_operation_on=dt.date(2020, 1, 1))


def told(rule: FindingRule, obj: Any) -> conditions.Verdict:
    return conditions.verdicts(rule, [obj], today())[obj.pk]


def answers(monkeypatch: Any, **providers: Any) -> None:
    for name, value in providers.items():
        monkeypatch.setattr(ports.PORTS[name], "provider", lambda *args, value=value: value)


def test_the_shipped_rules_are_those_of_the_guideline_and_of_law(rules):
    cases = set(FindingRule.objects.exclude(case="").values_list("case", flat=True))
    assert cases == {
        *("6.4.6.1", "6.4.6.2", "6.5.1.2", "6.6.1.1", "6.7.1.1", "6.9.3.1", "6.9.4.1", "6.9.4.2", "6.10.1.1"),
        "6.10.1.2",
    }
    assert set(FindingRule.objects.filter(kind="duty").values_list("name", flat=True)) == {
        "未备案", "未测评", "备案证明将到期"
    }  # fmt: skip
    assert not FindingRule.objects.filter(question="").exists() and not FindingRule.objects.filter(basis="").exists()
    FindingRule.objects.filter(code="AF-01").update(number=7, is_edited=True, shipped={})
    services.load_shipped()
    assert FindingRule.objects.get(code="AF-01").number == 7


def test_nothing_known_is_no_finding_and_is_asked_once(city, rules, obj, monkeypatch):
    make_position(make_user(unit=city.health), city.health, "act_as_unit_head")
    for name in ("backup_status", "published_plan_for", "last_drill_of", "training_record"):
        monkeypatch.setattr(ports.PORTS[name], "provider", None)
    checking.check_all(by=city.pan, at=now())
    assert not Finding.objects.filter(rule__kind="case").exists()
    asked = set(AskedFact.objects.values_list("rule__case", flat=True))
    assert {"6.4.6.1", "6.4.6.2", "6.5.1.2", "6.6.1.1", "6.9.3.1", "6.10.1.1", "6.10.1.2"} <= asked
    assert Notice.objects.filter(user=city.lin, text__contains="询问").count() == 1
    counted = AskedFact.objects.count(), Finding.objects.count()
    checking.check_all(by=city.pan, at=now())
    assert (AskedFact.objects.count(), Finding.objects.count()) == counted
    assert Notice.objects.filter(user=city.lin, text__contains="询问").count() == 1


def test_backups(rules, obj, monkeypatch):
    rule = rules["backup"]
    answers(monkeypatch, backup_status=ports.BackupStatus(None, None, ("介质损坏",), ""))
    assert told(rule, obj).found and ("备份问题", "介质损坏") in told(rule, obj).evidence
    answers(monkeypatch, backup_status=ports.BackupStatus(now() - 91 * DAY, None, (), ""))
    assert told(rule, obj).found
    answers(monkeypatch, backup_status=ports.BackupStatus(now() - 89 * DAY, None, (), ""))
    assert told(rule, obj).found is False
    answers(monkeypatch, backup_status=None)
    assert told(rule, obj).found is None


def test_plan_training_and_drill(rules, obj, monkeypatch):
    day = today()
    answers(monkeypatch, published_plan_for=None)
    assert told(rules["plan"], obj).found
    answers(monkeypatch, published_plan_for=ports.PlanRef("预案", "1", day, None, ""))
    assert told(rules["plan"], obj).found is False

    rule, none = rules["training"], ports.TrainingRecord(day.year, 0, 0, "")
    answers(monkeypatch, training_record=none, last_drill_of=None)
    assert told(rule, obj).found
    answers(monkeypatch, last_drill_of=ports.DrillRef("演练", day - 500 * DAY, True, ""))
    assert told(rule, obj).found
    answers(monkeypatch, last_drill_of=ports.DrillRef("演练", day - 100 * DAY, None, ""))
    assert told(rule, obj).found is False
    answers(monkeypatch, last_drill_of=None, training_record=ports.TrainingRecord(day.year, 1, 9, ""))
    assert told(rule, obj).found is False
    answers(monkeypatch, training_record=None)
    assert told(rule, obj).found is None
    monkeypatch.setattr(ports.last_drill_of, "provider", None)
    answers(monkeypatch, training_record=none)
    assert told(rule, obj).found is None


def evaluated(monkeypatch: Any, **fact: Any) -> None:
    provider = manifest.DutyProvider("evaluation", "assets.ProtectedObject", lambda ids, day: {
        pk: DutyFact(**fact) for pk in ids
    })  # fmt: skip
    monkeypatch.setattr(conditions, "duty_providers", lambda: {"evaluation": provider})


def test_an_evaluation_missed_is_a_high_risk_only_with_one_open(city, rules, obj, monkeypatch):
    year = today().year
    evaluated(monkeypatch, done=dt.date(year - 2, 6, 1))
    assert told(rules["unevaluated"], obj).found and told(rules["unevaluated_risk"], obj).found is False
    item = ports.Shortcoming("self", None, obj, "弱口令", "管理口弱口令", "high")
    ports.open_corrective_action(item, by=city.lin, at=now())
    verdict = told(rules["unevaluated_risk"], obj)
    assert verdict.found and any("弱口令" in value for _what, value in verdict.evidence)
    evaluated(monkeypatch, done=dt.date(year - 1, 1, 1))
    assert told(rules["unevaluated"], obj).found is False and told(rules["unevaluated_risk"], obj).found is False
    evaluated(monkeypatch, start=dt.date(year, 1, 1))
    assert told(rules["unevaluated"], obj).found is False
    evaluated(monkeypatch, start=dt.date(year - 1, 12, 31))
    assert told(rules["unevaluated"], obj).found
    evaluated(monkeypatch)
    assert told(rules["unevaluated"], obj).found is None
    monkeypatch.setattr(conditions, "duty_providers", dict)
    assert told(rules["unevaluated"], obj).found is None and told(rules["unevaluated_risk"], obj).found is None


def test_a_security_test_before_launch(city, rules, obj):
    class Cast:
        """As the makers of the gates take it."""

    Cast.city = city
    rule = rules["launch_test"]
    assert told(rule, obj).found is None
    row = review(Cast, city.root, "preparing")
    row.project.targets.add(obj)
    assert told(rule, obj).found
    line = row.items.get()
    line.code, line.result = rule.reference, "ok"
    line.save()
    type(row).objects.filter(pk=row.pk).update(state="passed")
    assert told(rule, obj).found is False
    line.result = "bad"
    line.save()
    assert told(rule, obj).found
    obj.status = "building"
    assert told(rule, obj).found is False


def test_redundancy_is_asked_only_of_what_must_be_up_soon(rules, obj):
    rule = rules["continuity"]
    assert told(rule, obj).found is None
    obj.rto_minutes = 240
    assert told(rule, obj).found is None
    obj.rto_minutes = 241
    assert told(rule, obj).found is False


def test_a_unit_without_a_leader_has_one_finding_for_all_its_objects(city, rules, obj):
    head = Finding.objects.filter(rule=rules["leadership"], protected_object__unit=city.health)
    other = graded(city.health, "挂号系统")
    checking.check_rule(rule=rules["leadership"], by=city.pan, at=now())
    assert not head.exists()  # 唐若溪 is in charge
    city.tang.is_active = False
    city.tang.save()
    checking.check_rule(rule=rules["leadership"], by=city.pan, at=now())
    row = head.get()
    assert ["涉及对象", f"{obj}、{other}"] in row.evidence
    checking.check_rule(rule=rules["leadership"], by=city.pan, at=now())
    assert head.count() == 1
    city.tang.is_active = True
    city.tang.save()
    out = checking.check_rule(rule=rules["leadership"], by=city.pan, at=now())
    assert out.cleared == 1 and head.get().state == "gone"


def test_the_last_confirmed_answer_of_the_clause(city, rules, obj):
    standard: Standard = small_standard(1)
    standard.items.update(code="8.1.5.4d")
    at = now()
    row = Assessment.objects.create(
        protected_object=obj, title="自评估", standard=standard, standard_code=standard.code, level=3,
        business_level=3, service_level=3, report_date=today(), state="submitted", created_at=at, updated_at=at,
    )  # fmt: skip
    answer = Answer.objects.create(
        assessment=row, order=1, code="8.1.5.4d", level=3, scope="通用", layer="安全管理中心", control_point="集中管控",
        domain="技术", summary="要求", result="unmet", found="日志只存三个月",
    )  # fmt: skip
    assert told(rules["answer"], obj).found is None
    Assessment.objects.filter(pk=row.pk).update(state="confirmed")
    verdict = told(rules["answer"], obj)
    assert verdict.found and ("现状说明", "日志只存三个月") in verdict.evidence
    Answer.objects.filter(pk=answer.pk).update(result="partial")
    assert told(rules["answer"], obj).found is False


def test_duties_of_law_from_filing(city, rules, obj):
    day = today()
    obj.filing_number, obj.filed_on = "41100043001-20001", dt.date(2024, 1, 1)
    obj.filing_valid_until = day + 30 * DAY
    obj.save()
    verdict = told(rules["certificate"], obj)
    assert verdict.found and ("证明编号", "41100043001-20001") in verdict.evidence
    assert told(rules["unfiled"], obj).found is False
    checking.check_rule(rule=rules["certificate"], by=None, at=now())
    row = Finding.objects.get(rule=rules["certificate"])
    assert row.state == "open" and not Rectification.objects.exists()
    obj.filing_valid_until = day + 900 * DAY
    obj.save()
    checking.check_rule(rule=rules["certificate"], by=None, at=now())
    row.refresh_from_db()
    assert row.state == "gone"


def test_a_rule_switched_off_lets_go_of_what_it_found(city, rules, obj):
    rule = rules["leadership"]
    city.tang.is_active = False
    city.tang.save()
    checking.check_rule(rule=rule, by=None, at=now())
    assert Finding.objects.filter(rule=rule, state="open").exists()
    FindingRule.objects.filter(pk=rule.pk).update(enabled=False)
    checking.check_rule(rule=rule, by=None, at=now())
    assert not Finding.objects.filter(rule=rule, state="open").exists()


def test_an_agency_whose_certificate_had_ended(city, rules, obj):
    rule, day = rules["agency"], today()
    assert told(rule, obj).found is False  # no evaluation: a finding of its own
    row = evaluated_by_agency(obj, "level", day)
    assert told(rule, obj).found is False
    type(row.agency).objects.filter(pk=row.agency_id).update(valid_until=day - DAY)
    assert told(rule, obj).found and ("证书编号", "Z-1") in told(rule, obj).evidence
    type(row.agency).objects.filter(pk=row.agency_id).update(certificate="")
    assert told(rule, obj).found is None
