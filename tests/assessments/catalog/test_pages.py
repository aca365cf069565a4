"""The catalogue as people read it in the browser."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assessments.catalog.services import load_shipped
from assessments.models import CatalogItem
from tests.support import CastClient, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(city) -> CastClient:
    load_shipped()
    client = CastClient()
    assert login(client, city.lin).status_code == 302
    return client


def test_the_catalogue_is_narrowed_to_one_level(reader):
    page = reader.get(reverse("assessments:catalogitem-list"), {"level": 3})
    assert page.status_code == 200
    assert {item.level for item in page.context["filterset"].qs} == {3}


def test_an_item_shows_how_it_is_checked(reader):
    item = CatalogItem.objects.filter(level=3, guidance__isnull=False).exclude(guidance__check_text="").first()
    page = reader.get(reverse("assessments:catalogitem-detail", args=[item.pk]))
    assert page.status_code == 200
    assert item.guidance.check_text in page.content.decode()
