"""Nobody but the leadership accepts a risk, never without an end; nobody signs his own; others see nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from assessments.models import Risk
from assessments.risk import queries, services
from secmgmt.core import errors
from secmgmt.core.clock import now, today
from tests.support import make_position

from .support import asset, begun, line, signed_in, take
from .test_register import problem

SOON = dt.timedelta(days=9)


def waiting(city, **values):
    row = begun(city)
    risk = line(city, row, treatment="accept", measure="下线", **values)
    assert take(city.lin, row, "submit") == 302
    return risk


def accept(risk, by, until=None, reason="年内搬迁"):
    return services.accept_risk(risk=risk, reason=reason, until=until, version=risk.version, by=by, at=now())


def test_only_the_leadership_accepts(city):
    risk = waiting(city)
    url = reverse("assessments:risk-accept", args=[risk.pk])
    sent = {"reason": "是", "until": (today() + SOON).isoformat(), "version": risk.version}
    for user, code in ((city.lin, 403), (city.zhou, 403), (city.shen, 403), (city.su, 404)):
        assert signed_in(user).post(url, sent).status_code == code
        with pytest.raises((errors.NotAllowed, errors.OutOfScope)):
            accept(risk, user, today() + SOON)
    risk.refresh_from_db()
    assert risk.accepted_until is None


@pytest.mark.parametrize("until", [None, today() - SOON, today(), today() + dt.timedelta(days=800)])
def test_an_acceptance_has_an_end(city, until):
    risk = waiting(city)
    with pytest.raises(errors.Invalid):
        accept(risk, city.gao, until)
    url = reverse("assessments:risk-accept", args=[risk.pk])
    assert signed_in(city.gao).post(url, {"reason": "是", "until": "", "version": risk.version}).status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        Risk.objects.filter(pk=risk.pk).update(accepted_by=city.gao, accepted_until=None)


def test_a_major_hazard_is_never_accepted(city):
    row = begun(city)
    item = problem(city, row.protected_object, major=True)
    line(city, row, problem=item.pk, treatment="accept", measure="下线", status=422)
    risk = line(city, row, problem=item.pk, treatment="transfer", measure="投保")
    assert take(city.lin, row, "submit") == 302
    Risk.objects.filter(pk=risk.pk).update(treatment="accept")  # however it came to be
    with pytest.raises(errors.Conflict):
        accept(risk, city.gao, today() + SOON)


def test_registers_of_others_are_not_seen(city):
    risk = waiting(city)
    row, thing = risk.assessment, risk.asset
    for user, code in ((city.zhou, 200), (city.shen, 200), (city.su, 404), (city.duan, 404)):
        found = {signed_in(user).get(one.get_absolute_url()).status_code for one in (row, risk, thing)}
        assert found == {code}
    assert row.title not in signed_in(city.su).get(reverse("assessments:riskassessment-list")).content.decode()


def test_who_submitted_does_not_sign(city):
    make_position(city.lin, city.health, "act_as_unit_lead")
    row = begun(city)
    line(city, row, treatment="transfer", measure="投保")
    assert take(city.lin, row, "submit") == 302
    assert take(city.lin, row, "sign") == 403
    assert take(city.zhou, row, "sign") == 302


def test_the_leadership_does_not_sign_for_a_unit_nor_a_unit_for_an_inspection(city):
    row = begun(city)
    line(city, row, treatment="transfer", measure="投保")
    take(city.lin, row, "submit")
    assert take(city.gao, row, "sign") == 403


def test_what_was_submitted_stays_as_it_was(city):
    row = begun(city)
    risk = line(city, row, treatment="transfer", measure="投保")
    take(city.lin, row, "submit")
    url = reverse("assessments:risk-update", args=[risk.pk])
    assert signed_in(city.lin).post(url, {"severity": 1, "version": risk.version}).status_code == 409
    asset(city, row, "另一资产", status=422)
    line(city, row, threat=risk.threat_id, frequency=1, status=422)
    inventory = reverse("assessments:riskassessment-inventory", args=[row.pk])
    assert signed_in(city.lin).post(inventory).status_code == 409
    assert Risk.objects.get().severity == 5
    assert row.assets.count() == 1


def test_nobody_accepts_what_he_submitted(city):
    make_position(city.lin, city.root, "act_as_leader")
    risk = waiting(city)
    with pytest.raises(errors.NotAllowed):
        accept(risk, city.lin, today() + SOON)
    assert not queries.to_accept(city.lin, today()).exists()
    assert list(queries.to_accept(city.gao, today())) == [risk]


def test_what_came_back_and_was_changed_is_accepted_anew(city):
    risk = waiting(city)
    accept(risk, city.gao, today() + SOON)
    assert take(city.zhou, risk.assessment, "return_") == 302
    url = reverse("assessments:risk-update", args=[risk.pk])

    def change(**values):
        risk.refresh_from_db()
        sent = {
            "asset": risk.asset_id, "threat": risk.threat_id, "vulnerability": risk.vulnerability_id, "frequency": 2,
            "severity": 5, "treatment": "accept", "measure": "下线", "version": risk.version, **values,
        }  # fmt: skip
        assert signed_in(city.lin).post(url, sent).status_code == 302
        risk.refresh_from_db()
        return risk.accepted_until

    assert change() == today() + SOON
    assert change(frequency=5) is None
    assert take(city.lin, risk.assessment, "submit") == 302
    assert take(city.zhou, risk.assessment, "sign") == 422
