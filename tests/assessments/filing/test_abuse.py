"""Nobody files for another unit, decides on what he handed in, or makes a level final without a certificate."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from assessments.filing.models import Filing
from assessments.filing.workflow import WORKFLOW
from secmgmt.core import errors
from secmgmt.core.clock import now, today
from secmgmt.core.workflow import seen_token
from tests.support import make_position

from .test_flow import NUMBER, client, complete, determined, put, step

pytestmark = pytest.mark.django_db


def fire(user: Any, filing: Filing, name: str, opinion: str = "属实") -> Filing:
    """The step without its page, whose form would find the same first."""
    filing.refresh_from_db()
    return WORKFLOW.fire(filing, name, by=user, at=now(), opinion=opinion, seen=seen_token(filing))


def handed_in(city: Any, **values: Any) -> Filing:
    filing = complete(city, determined(city))
    if values:
        Filing.objects.filter(pk=filing.pk).update(**values)
    return fire(city.lin, filing, "submit")


def test_a_filing_is_seen_by_its_unit_and_who_oversees_it(city):
    filing = handed_in(city)
    pages = ["filing-detail", "filing-history"]
    for user, code in ((city.lin, 200), (city.zhou, 200), (city.fang, 200), (city.su, 404), (city.duan, 404)):
        assert {client(user).get(reverse(f"assessments:{page}", args=[filing.pk])).status_code for page in pages} == {
            code
        }
    assert str(filing.protected_object) not in client(city.su).get(reverse("assessments:filing-list")).content.decode()


def test_who_may_submit_is_the_owner(city):
    filing = complete(city, determined(city))
    for user, code in ((city.zhou, 403), (city.fang, 403), (city.gao, 403), (city.su, 404)):
        assert step(user, filing, "submit").status_code == code
        with pytest.raises((errors.NotAllowed, errors.OutOfScope)):
            fire(user, filing, "submit")
    filing.refresh_from_db()
    assert filing.state == "preparing"


def test_an_officer_does_not_decide_on_what_he_handed_in(city):
    make_position(city.lin, city.root, "act_as_filing_officer")
    filing = handed_in(city)
    assert step(city.lin, filing, "receive").status_code == 403
    with pytest.raises(errors.NotAllowed):
        fire(city.lin, filing, "receive")
    assert step(city.fang, filing, "receive").status_code == 302


def test_an_officer_leaves_to_the_owner_what_is_decided_outside(city):
    filing = handed_in(city, outside=True)
    with pytest.raises(errors.NotAllowed):
        fire(city.fang, filing, "receive")


def test_the_owner_records_nothing_of_what_is_decided_here(city):
    filing = handed_in(city)
    with pytest.raises(errors.NotAllowed):
        fire(city.lin, filing, "record_received")


def test_an_extension_does_not_end_in_a_certificate_nor_a_filing_without(city):
    filing = handed_in(city)
    fire(city.fang, filing, "receive")
    with pytest.raises(errors.NotAllowed):
        fire(city.fang, filing, "approve")


def test_nothing_is_recorded_once_an_officer_works_here_and_the_owner_hands_it_in_anew(city):
    filing = handed_in(city, outside=True)
    Filing.objects.filter(pk=filing.pk).update(state="reviewing")
    for name in ("record_return", "record_reject", "record_filed"):
        with pytest.raises(errors.NotAllowed):
            fire(city.lin, filing, name)
    assert fire(city.lin, filing, "withdraw").state == "preparing"


def test_what_the_police_took_up_is_not_withdrawn(city):
    filing = handed_in(city)
    fire(city.fang, filing, "receive")
    with pytest.raises(errors.NotAllowed):
        fire(city.lin, filing, "withdraw")


def test_an_outside_answer_needs_its_paper(city):
    city.fang.position_set.all().delete()
    filing = handed_in(city, outside=True)
    with pytest.raises(errors.Incomplete):
        fire(city.lin, filing, "record_received")
    filing.refresh_from_db()
    assert filing.state == "submitted"


@pytest.mark.parametrize("number", ["", "4110004300-26001", "41100043001-2600", "４１１０００４３００１-26001"])
def test_a_level_is_final_only_with_a_certificate_as_certificates_are(city, number):
    filing = handed_in(city)
    fire(city.fang, filing, "receive")
    Filing.objects.filter(pk=filing.pk).update(certificate_number=number, certified_on=today())
    with pytest.raises(errors.Invalid):
        fire(city.fang, filing, "file")
    assert filing.protected_object.gradings.get().state == "determined"
    Filing.objects.filter(pk=filing.pk).update(certificate_number=NUMBER)
    fire(city.fang, filing, "file")
    assert filing.protected_object.gradings.get().state == "final"


def test_no_other_door_makes_a_level_final_while_its_filing_is_followed(city):
    filing = handed_in(city)
    grading = filing.protected_object.gradings.get()
    for name in ("record_filing", "record_refusal", "filed"):
        url = reverse("assessments:grading-transition", args=[grading.pk, name])
        assert client(city.lin).get(url).status_code == 403
    grading.refresh_from_db()
    assert grading.state == "determined"


def test_a_material_is_not_put_in_by_another(city):
    filing = complete(city, determined(city))
    address = reverse("assessments:filing-material", args=[filing.pk, "topology"])
    for user, code in ((city.zhou, 403), (city.fang, 403), (city.su, 404)):
        assert client(user).get(address).status_code == code
    assert put(city, filing, "no-such").status_code == 404
