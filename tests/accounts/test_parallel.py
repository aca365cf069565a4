"""Many at once: guesses do not pass the limit, a code and a link are good once, one confirmation wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from secmgmt.accounts import lockout, services
from secmgmt.accounts.models import FailedLogin, User
from secmgmt.accounts.secondfactor import use_step
from secmgmt.core import errors
from secmgmt.core.clock import now
from tests.support import City

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number, work):
    """The results (or errors) of ``work(i)`` in ``number`` threads with connections of their own."""

    def run(i):
        try:
            return work(i)
        except errors.DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_twenty_guesses_at_once_let_five_through():
    results = at_once(
        20, lambda i: lockout.register_attempt(lockout.PASSWORD, "lin", source="1.1.1.1", at=now())
    )
    assert results.count(None) == 5
    assert FailedLogin.objects.get(key="source:1.1.1.1").count == 20


def test_a_success_beside_the_next_attempt_takes_no_counter_away_from_it(monkeypatch):
    """The row of an account goes with a success, at whatever moment another attempt has found it."""
    found = FailedLogin.objects.bulk_create

    def then_forgotten(rows, **kwargs):
        made = found(rows, **kwargs)
        if rows[0].key == "account:lin" and connection.vendor == "postgresql":  # on SQLite one writes at a time
            with ThreadPoolExecutor(1) as pool:
                pool.submit(forget).result()
        return made

    def forget():
        try:
            with transaction.atomic():
                connection.cursor().execute("SET LOCAL lock_timeout = '100ms'")
                lockout.unlock("lin")
        except OperationalError:
            pass  # the row is held
        finally:
            connection.close()

    lockout.register_attempt(lockout.PASSWORD, "lin", source="1.1.1.1", at=now())
    monkeypatch.setattr(FailedLogin.objects, "bulk_create", then_forgotten)
    lockout.register_attempt(lockout.PASSWORD, "lin", source="1.1.1.1", at=now())
    assert FailedLogin.objects.get(key="account:lin").count == 2


def test_successes_and_attempts_at_once_do_not_wait_for_each_other_in_a_ring():
    def work(i):
        for _turn in range(12):
            lockout.register_attempt(lockout.PASSWORD, "lin", source="1.1.1.1", at=now())
            lockout.register_success(lockout.PASSWORD, "lin", source="1.1.1.1")

    results = at_once(4, work)
    assert all(result is None or isinstance(result, lockout.Locked) for result in results)


def test_one_code_at_once_in_eight_places_is_good_in_one():
    city = City()
    assert at_once(8, lambda i: use_step(city.tang, 5_000_000_000)).count(True) == 1


def test_one_link_at_once_in_six_places_sets_one_password():
    city = City()
    token = services.issue_first_password_link(user=city.lin, by=city.sysadmin, at=now())
    words = ["Harbor", "Willow", "Copper", "Meadow", "Timber", "Saddle"]
    results = at_once(
        6, lambda i: services.use_first_password_link(token=token, password=f"{words[i]}-9!crane", at=now())
    )
    assert sum(isinstance(result, User) for result in results) == 1


def test_a_position_and_an_administrators_role_given_at_once_do_not_both_hold():
    city = City()
    item = services.ask_admin_grant(
        user=city.nobody, role="audit_admin", reason="增设", by=city.secadmin, at=now()
    )

    def work(i):
        if i % 2:
            return services.confirm_admin_grant(item=item, by=city.sysadmin, at=now(), seen="v1")
        return make_one(city)

    at_once(2, work)
    user = User.objects.get(pk=city.nobody.pk)
    assert not (user.admin_role and user.position_set.exists())


def make_one(city):
    try:
        return services.grant_position(
            by=city.secadmin,
            at=now(),
            user=city.nobody,
            unit=city.health,
            role="act_as_owner",
            valid_from=now().date(),
        )
    except errors.DomainError as error:
        return error


def test_the_same_position_given_twice_at_once_holds_once():
    city = City()
    at_once(4, lambda i: make_one(city))
    assert city.nobody.position_set.count() == 1
