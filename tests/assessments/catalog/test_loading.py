"""Loading the shipped standard."""

import pytest

from assessments.catalog import services
from assessments.catalog.models import CatalogItem, HighRiskCase

pytestmark = pytest.mark.django_db


def test_the_shipped_standard_loads_whole_and_a_second_time_changes_nothing():
    assert "942" in services.load_shipped()
    assert CatalogItem.objects.filter(level=3, scope="通用").count() == 211
    assert not CatalogItem.objects.filter(guidance__isnull=True).exists()
    assert HighRiskCase.objects.count() == 81
    assert "没有变化" in services.load_shipped()


def test_an_overlay_survives_a_new_load_of_the_standard():
    services.load_shipped()
    item = CatalogItem.objects.get(code="8.1.4.1a")
    CatalogItem.objects.filter(pk=item.pk).update(official_text="本单位原文", weight_own=3)
    type(item.standard).objects.filter(pk=item.standard_id).update(digest="")
    services.load_shipped()
    item.refresh_from_db()
    assert (item.official_text, item.weight_own) == ("本单位原文", 3)
