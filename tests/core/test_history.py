"""A history speaks in the words of the record's fields, with names and days in place of numbers."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from assets.models import ProtectedObject
from secmgmt.core import attachments, audit, history
from secmgmt.core.clock import now
from secmgmt.core.models.base import Record
from secmgmt.core.views import FeatureViews, Role
from tests.assets.factories import make_object
from tests.support import City

CHINESE = re.compile(r"[一-鿿]")
# What only the program keeps: a history leaves it out.
INTERNAL = {"is_demo", "frozen_digest", "weights", "result", "permission"} | {
    "action_url", "escalated", "fingerprint", "high_risk", "shipped", "summary",
}  # fmt: skip


def features() -> list[type[FeatureViews]]:
    """Every list with a page of histories, the sample ones of the tests apart."""
    found, waiting = [], list(FeatureViews.__subclasses__())
    while waiting:
        view = waiting.pop()
        waiting += view.__subclasses__()
        if Role.HISTORY in view.roles and getattr(view, "model", None) and not view.__module__.startswith("tests."):
            found.append(view)
    return found


def test_every_field_a_history_may_tell_of_has_a_chinese_name():
    models = {view.model for view in features()}
    assert len(models) >= 10 and all(issubclass(model, Record) for model in models)
    told = {(model, name) for model in models for name in audit.fields_of(model())}
    told |= {(model, field.name) for model in models for field in model._meta.many_to_many}
    unnamed = {f"{m._meta.label}.{name}" for m, name in told if not CHINESE.search(history.label_of(m, name))}
    assert {label for label in unnamed if label.rpartition(".")[2] not in INTERNAL} == set()


def changes(obj, user) -> dict[str, tuple[str | None, str]]:
    entries, _pager = history.page(obj, user, QueryDict())
    return {label: (before, after) for label, before, after in entries[0].changes}


def changed(obj, by, before, after) -> None:
    with audit.act():
        audit.record("assets.protectedobject.change", obj, by=by, at=now(), before=before, after=after)


@pytest.mark.django_db
def test_values_are_names_choices_and_yes_or_no(city: City):
    obj = make_object(city.health, "区域卫生平台")
    changed(
        obj,
        city.lin,
        {"owner": str(city.lin.pk), "unit": str(city.hospital.pk), "status": "building", "is_mobile": "False"},
        {"owner": str(city.su.pk), "unit": str(city.health.pk), "status": "running", "is_mobile": "True"},
    )
    assert changes(obj, city.lin) == {
        "系统负责人": ("林予安", "苏晚晴"),
        "责任单位": ("市中心医院", "市卫生健康委"),
        ProtectedObject._meta.get_field("status").verbose_name: ("在建设", "已运行"),
        ProtectedObject._meta.get_field("is_mobile").verbose_name: ("否", "是"),
    }


@pytest.mark.django_db
def test_what_the_reader_may_not_see_is_not_named_and_what_only_the_program_keeps_is_left_out(city: City):
    obj = make_object(city.health, "区域卫生平台")
    before = {"unit": str(city.education.pk), "is_demo": "False"}
    changed(obj, city.lin, before, {"unit": str(city.health.pk), "is_demo": "True"})
    assert changes(obj, city.lin) == {"责任单位": ("（您不能查看的单位）", "市卫生健康委")}
    assert changes(obj, city.gao) == {"责任单位": ("市教育局", "市卫生健康委")}


@pytest.mark.django_db
@pytest.mark.usefixtures("disk")
def test_files_and_remarks_are_told_in_their_own_words(city: City, at):
    obj = make_object(city.health, "区域卫生平台")
    upload = SimpleUploadedFile("报告.txt", "扫描通过\n".encode())
    attachments.attach(parent=obj, upload=upload, by=city.lin, at=at, declared_not_secret=True)
    told = changes(obj, city.lin)
    assert told["文件名"] == (None, "报告.txt") and "大小" in told and "摘要" in told


def test_a_moment_is_told_in_local_time():
    column = ProtectedObject._meta.get_field("created_at")
    assert history._text(column, "2026-03-16T01:00:00+00:00", {}) == "2026-03-16 09:00"
