"""``python -m tests.bench.widest TITLE``: add the assessment with the most items there can be, begun and not answered.

Level 4 with every extension, a platform that is provider and tenant of a cloud alike: 341 items.
"""

from __future__ import annotations

import sys
from unittest import mock

import django

django.setup()

from assessments.catalog.selection import EXTENSIONS  # noqa: E402
from assessments.evaluation import services  # noqa: E402
from assets.models import ProtectedObject  # noqa: E402
from secmgmt.accounts.models import User  # noqa: E402

from .seed import AT, DAY  # noqa: E402


def add(title: str) -> None:
    """Begin it on an object of ``one``."""
    owner = User.objects.get(username="one")
    obj = ProtectedObject.objects.filter(unit=owner.unit, security_level=3).latest("code")
    obj.security_level = obj.business_level = obj.service_level = 4
    with mock.patch.object(services, "extensions_of", lambda obj: list(EXTENSIONS)):
        services.create_assessment(protected_object=obj, title=title, report_date=DAY, by=owner, at=AT)


if __name__ == "__main__":
    add(sys.argv[1])
