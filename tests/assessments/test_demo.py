"""The demo's gradings and self-assessments."""

import pytest

from assessments.catalog.services import load_shipped
from assessments.demo import create_assessments
from assessments.models import Assessment, Grading
from secmgmt.core import audit_trail
from tests.assets.factories import make_object

pytestmark = pytest.mark.django_db


def test_demo_objects_are_graded_and_one_is_assessed_and_a_second_run_changes_nothing(city, at):
    load_shipped()
    make_object(city.health, "市电子政务外网", is_demo=True, owner=city.lin)
    make_object(city.health, "疾病预防控制信息系统", is_demo=True, owner=city.lin)
    type(city.zhou).objects.filter(pk=city.zhou.pk).update(is_demo=True)
    create_assessments(at)
    create_assessments(at)
    assert Grading.objects.get().sag == "S3A3G3"
    assessment = Assessment.objects.get()
    assert (assessment.state, assessment.total) == ("confirmed", 211)
    assert assessment.result
    assert audit_trail.verify() == []
