"""An assessment that is begun."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from assessments.catalog.services import load_shipped
from assessments.evaluation import services
from assessments.models import Assessment
from tests.assets.factories import make_object
from tests.support import City

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def graded(city: City) -> Any:
    """The health bureau's S3A3G3 platform, with the catalogue loaded."""
    load_shipped()
    return make_object(
        city.health, "区域卫生信息共享平台", security_level=3, business_level=3, service_level=3, graded_on=DAY
    )


@pytest.fixture
def assessment(graded, city: City, at) -> Assessment:
    """A started assessment of it."""
    return services.create_assessment(
        protected_object=graded, title="2026 年自评估", report_date=DAY, by=city.lin, at=at
    )


@pytest.fixture
def cloudy(graded: Any, city: City, at: dt.datetime) -> Assessment:
    """A started assessment of an object that rents a cloud."""
    graded.is_cloud, graded.cloud_side = True, "tenant"
    graded.save()
    return services.create_assessment(protected_object=graded, title="云上自评估", report_date=DAY, by=city.lin, at=at)
