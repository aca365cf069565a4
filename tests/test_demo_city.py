"""The demo as a newcomer meets it: the city's own systems, assessed in part, and work waiting for those who have it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from assessments import demo_data
from assessments.filing.models import FilingState
from assessments.management.commands import write_samples
from assessments.models import Answer, Assessment, Filing, GateCondition, Grading, Project, RiskAssessment
from assessments.review.queries import go_live_blockers
from assets.models import ProtectedObject
from secmgmt.accounts import demosignin
from secmgmt.accounts.management.commands.demo_accounts import chosen_accounts
from secmgmt.accounts.models import OrgUnit, User
from secmgmt.core import audit_trail, manifest
from secmgmt.core.clock import today
from secmgmt.core.models import AuditEvent, Comment, Decision, ReportSchedule
from secmgmt.core.models.trail import Attachment

pytestmark = [pytest.mark.django_db, pytest.mark.slow("makes the whole demo city")]

# What the city's plan names, as the demo calls it.
NAMED = """
市电子政务网络 政府门户网站群 便民服务网 行政权力网上公开透明运行系统 政府数据资源中心
电子招投标采购平台 网上行政审批系统 市级应急平台 二级应急平台 突发事件预警信息发布系统
治安监控网络 重点污染源与风险点监控系统 暴雨洪涝监测预警系统 数字城管网格平台
区域卫生信息共享平台 电子病历共享系统 居民健康档案系统 智慧旅游信息库 教育教学信息平台
居民卡系统 社区综合管理与信息服务平台 智能电网配电自动化系统 智能水务监控系统
智能燃气监管系统 智能交通GIS系统 涉农专题信息数据库 数字大棚物联网系统
企业信息化基础数据库 专题电子商务平台 物流公共信息平台 市灾备中心
""".split()
WITH_WORK = (
    "系统负责人", "单位网安负责人", "预案编制人", "专家", "主管部门审核人", "公安受理人", "检查人员", "安全领导",
    "系统管理员", "安全管理员", "审计管理员", "测评机构",
)  # fmt: skip
COUNTED = (OrgUnit, User, ProtectedObject, Grading, Assessment, Answer, Attachment, Comment, Decision, AuditEvent)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo city, made once for this file and rolled back after it."""
    with django_db_blocker.unblock(), override_settings(DEBUG=True), transaction.atomic():
        call_command("load_catalogs", verbosity=0)
        call_command("seed_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


def test_every_network_and_system_of_the_citys_plan_is_there_with_levels_one_to_four(demo):
    objects = ProtectedObject.objects.open_ones()
    held = {name.replace(" ", "") for name in objects.values_list("name", flat=True)}
    assert set(NAMED) <= held
    assert len(held) >= 40
    assert set(objects.values_list("security_level", flat=True)) == {None, 1, 2, 3, 4}
    assert 145 <= OrgUnit.objects.count() <= 155


def test_three_self_assessments_stand_in_different_states_with_answers_evidence_and_remarks(demo):
    assert set(Assessment.objects.values_list("state", flat=True)) == {"in_progress", "submitted", "confirmed"}
    assert Assessment.objects.count() >= 3
    for assessment in Assessment.objects.filter(protected_object__name__in=demo_data.ASSESSED):
        answers = assessment.answers.all()
        assert {"met", "partial", "unmet", "not_applicable"} <= set(answers.values_list("result", flat=True))
        pks = list(answers.values_list("pk", flat=True))
        kinds = {"content_type__model": "answer", "object_id__in": pks}
        assert Attachment.objects.filter(**kinds).count() >= 5
        assert Comment.objects.filter(**kinds).count() >= 4


def test_the_citys_government_network_went_through_all_steps_of_grading(demo):
    grading = Grading.objects.get(protected_object__name="市电子政务网络")
    assert (grading.state, grading.sag) == ("final", "S3A3G3")
    assert grading.certificate_number
    steps = Decision.objects.filter(content_type__model="grading", object_id=grading.pk).order_by("pk")
    assert list(steps.values_list("transition", flat=True)) == ["submit", "pass_on", "approve", "record_filing"]


def test_filings_projects_and_risk_assessments_stand_in_their_states(demo):
    assert set(Filing.objects.values_list("state", flat=True)) == set(FilingState.values)
    held = {project.name: bool(go_live_blockers(project.targets.get())) for project in Project.objects.all()}
    assert sorted(held.values()) == [False, False, True]
    assert Project.objects.get(override_at__isnull=False).override_reason
    assert GateCondition.objects.get().url
    signed = RiskAssessment.objects.get(state="signed")
    assert signed.risks.filter(level__gte=4).exists() and signed.risks.filter(accepted_until__isnull=False).exists()
    assert RiskAssessment.objects.get(state="draft").risks.filter(problem__isnull=False).exists()


def test_a_second_run_adds_nothing_and_the_trail_is_whole(demo):
    before = [model.objects.count() for model in COUNTED]
    call_command("seed_demo", verbosity=0)
    assert [model.objects.count() for model in COUNTED] == before
    assert audit_trail.verify() == []


def test_those_with_duties_land_on_work_and_the_others_on_a_true_empty_state(demo, settings):
    settings.DEMO = True
    accounts = chosen_accounts()
    assert len(accounts) == 22
    for label, user in accounts:
        browser = Client()
        browser.post(reverse("account_demo", args=[demosignin.link_token(user)]))
        page = browser.get("/")
        assert page.status_code == 200, label
        waiting = manifest.todos_for(user, today())
        assert bool(waiting) == (label in WITH_WORK), label
        text = re.sub(r"\s+", "", page.content.decode())
        assert ("没有等您办理的事项" in text) != bool(waiting), label
        for todo in waiting:
            assert browser.get(todo.url).status_code == 200, (label, todo.url)


def test_the_sample_folder_holds_every_document_the_demo_gives_and_stays_small(demo):
    folder = Path(settings.BASE_DIR) / "docs" / "samples"
    made = write_samples.documents()
    assert {path.name for path in folder.iterdir()} == {*made, "README.md"}
    assert all(name in (folder / "README.md").read_text(encoding="utf-8") for name in made)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2_000_000
    assert {name.rpartition(".")[2]: data[:4] for name, data in made.items()} == {
        "pdf": b"%PDF", "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04",
    }  # fmt: skip


def test_the_words_of_the_demo_fit_its_objects(demo):
    for obj in ProtectedObject.objects.open_ones():
        assert obj.business and obj.user_count and "演示" not in obj.business
    # What the platform provides it explains itself; what waits to be confirmed is not said yet.
    own = Answer.objects.exclude(duty="platform").filter(pending="")
    assert not own.filter(result="not_applicable", found="").exists()
    gaps = own.filter(result__in=["partial", "unmet"])
    assert gaps.count() > 50 and not gaps.filter(found="").exists() and not gaps.filter(risk="").exists()


def test_gradings_stand_in_every_state_and_one_object_keeps_its_history(demo):
    states = {"draft", "expert", "authority", "determined", "final"}
    assert set(Grading.objects.values_list("state", flat=True)) == states
    card = Grading.objects.filter(protected_object__name="居民卡系统").order_by("report_date")
    assert list(card.values_list("level", "state")) == [(2, "final"), (3, "final")]
    numbers = list(Grading.objects.exclude(certificate_number="").values_list("certificate_number", flat=True))
    assert len(numbers) == len(set(numbers))


def test_the_leader_has_the_citys_reports_made_regularly_and_those_made_are_kept(demo):
    made = {row.every: row.runs.all() for row in ReportSchedule.objects.filter(owner__username="leader", stopped="")}
    assert made.keys() == {"month", "year"} and len(made["month"]) >= 2 and len(made["year"]) >= 1
    assert all(run.storage_key and run.digest and run.params["options"] for runs in made.values() for run in runs)
