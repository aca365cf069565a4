"""The guards of accounts: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from typing import Any

from tests.guarding import Guard, empty, no, nothing, same, yes


def whoever_says_so(request: Any) -> str:
    """The address a header claims, whoever sent it."""
    return request.headers.get("X-Forwarded-For") or request.META["REMOTE_ADDR"]


def unchanged(self: Any, text: str) -> str:
    """A method that hides nothing."""
    return text


A = "secmgmt.accounts."
ABUSE, DEMO = "test_abuse.py", "test_demo_sign_in.py"
IMPORTS = "test_imports.py::TestBetweenCheckAndWrite"
SIGN, PASS, FACTOR = "test_signing_in.py", "test_passwords.py", "test_second_factor.py"
TOKEN, ADMIN, AREA, UNIT, USER = (
    "test_tokens.py",
    "test_administrators.py",
    "test_areas.py",
    "test_units_positions.py",
    "test_users.py",
)

GUARDS = (
    Guard(A + "lockout.account_locked_until", nothing, (SIGN + "::test_five_wrong",), "8.1.4.1 b"),
    Guard(
        A + "lockout.source_is_over", lambda *a: "", (SIGN + "::test_a_source_is_stopped",), "8.1.4.1 b, A39"
    ),
    Guard(A + "lockout.readable", lambda text: text, (SIGN + "::test_control_characters",), "A29"),
    Guard(A + "sessions.is_idle", no, (SIGN + "::test_without_an_act",), "8.1.4.1 b"),
    Guard(A + "sessions.is_too_old", no, (SIGN + "::test_the_longest_sign_in",), "8.1.4.1 b"),
    Guard(
        A + "sessions.end_sessions",
        nothing,
        (ADMIN + "::test_an_administrators_role", USER + "::test_closing"),
        "A13",
    ),
    Guard(
        A + "sessions.revoke_tokens",
        nothing,
        (TOKEN + "::test_disabling", PASS + "::test_a_password_change"),
        "A13",
    ),
    Guard(
        A + "sessions.gave_password_lately",
        yes,
        (SIGN + "::test_a_password_of_some_time_ago", FACTOR + "::test_enrolling_some_time"),
        "8.1.4.1 a, d",
    ),
    Guard(A + "sessions.has_second_factor", yes, (SIGN + "::test_a_session_by_password",), "8.1.4.1 d, A40"),
    Guard(A + "middleware.lacks_second_factor", no, (SIGN + "::test_an_approver_without",), "8.1.4.1 d, A40"),
    Guard(A + "middleware.inside_admin_networks", yes, (AREA + "::test_outside",), "8.1.4.4 c"),
    Guard(
        A + "passwords.must_change",
        no,
        (SIGN + "::test_an_initial", SIGN + "::test_a_password_of"),
        "8.1.4.1 a",
    ),
    Guard(
        A + "passwords.refuse_short_or_plain",
        empty,
        (PASS + "::test_a_weak_password_is_refused",),
        "8.1.4.1 a",
    ),
    Guard(A + "passwords.check_length", nothing, (PASS + "::test_a_password_of_a_megabyte",), "A36"),
    Guard(A + "passwords.refuse_names", empty, (PASS + "::test_account_and_name",), "8.1.4.1 a"),
    Guard(A + "passwords.refuse_patterns", empty, (PASS + "::test_a_weak_password_is_refused",), "8.1.4.1 a"),
    Guard(A + "passwords.refuse_common", empty, (PASS + "::test_a_weak_password_is_refused",), "8.1.4.1 a"),
    Guard(A + "passwords.refuse_recent", empty, (PASS + "::test_the_last_five",), "8.1.4.1 a"),
    Guard(A + "secondfactor.use_step", yes, (SIGN + "::test_the_second_factor_is_asked",), "A40"),
    Guard(A + "secondfactor.refuse_own_reset", nothing, (AREA + "::test_nobody_takes_away",), "8.1.4.1 d"),
    Guard(
        A + "adapter.MFAAdapter.can_delete_authenticator",
        yes,
        (FACTOR + "::test_whoever_needs",),
        "8.1.4.1 d",
    ),
    Guard(A + "links.is_spent", no, (PASS + "::test_the_link_ends",), "A12"),
    Guard(A + "links.forget_links", nothing, (PASS + "::test_a_link_stays_dead",), "A12"),
    Guard(
        A + "tokens.fits", lambda token, secret: token is not None, (TOKEN + "::test_wrong_secrets",), "A40"
    ),
    Guard(A + "tokens.is_usable", yes, (TOKEN + "::test_a_token", TOKEN + "::test_an_expired"), "A13, A40"),
    Guard(A + "tokens.require_scope", nothing, (TOKEN + "::test_a_reading_token",), "8.1.4.2 f"),
    Guard(A + "tokens.refuse_token_for", nothing, (TOKEN + "::test_administrators_get",), "8.1.5"),
    Guard(
        A + "guards.refuse_touching_administrator",
        nothing,
        (AREA + "::test_another_administrators",),
        "A10, A11",
    ),
    Guard(
        A + "guards.refuse_own", nothing, (ADMIN + "::test_nobody_asks", USER + "::test_nobody_closes"), "A10"
    ),
    Guard(A + "guards.refuse_last_administrator", nothing, (ADMIN + "::test_the_last",), "A10"),
    Guard(
        A + "guards.refuse_second_hat",
        nothing,
        (ADMIN + "::test_an_administrator_cannot", ADMIN + "::test_a_holder"),
        "8.1.4.2 d",
    ),
    Guard(A + "models.position.refuse_administrator", nothing, (ADMIN + "::test_no_path",), "8.1.4.2 d"),
    Guard(A + "users.refuse_reserved", nothing, (USER + "::test_a_name_out_of_form",), "8.1.4.2 b"),
    Guard(A + "units.refuse_circle", nothing, (UNIT + "::test_a_unit_never",), "8.1.4.4 d"),
    Guard(A + "units.refuse_merged", nothing, (UNIT + "::test_a_merged_unit_is_history",), "8.1.4.4 d"),
    Guard(A + "views.area.require_area", nothing, (AREA + "::test_the_system_area",), "8.1.5.1"),
    Guard(A + "views.system.masked", lambda text: text, (AREA + "::test_phone_and_mail",), "8.1.4.11, A15"),
    # what a file of many rows asks again when it is written
    Guard(A + "bulk_rules.UserRules.check", empty, (IMPORTS + "::test_who_became_administrator_meanwhile_is_not",), "A10"),
    Guard(A + "bulk_rules._merged", empty, (IMPORTS + "::test_a_unit_merged_meanwhile",), "8.1.4.4 d"),
    Guard(A + "bulk_rules.guards.refuse_own", nothing, (IMPORTS + "::test_nobody_grants",), "A10"),
    Guard(
        A + "bulk_rules._objections",
        empty,
        (IMPORTS + "::test_a_term_granted", IMPORTS + "::test_who_became_administrator_meanwhile_is_granted"),
        "8.1.4.2 d",
    ),
    # as an attacker tries it
    Guard(A + "guards.refuse_own", nothing, (ABUSE + "::test_an_administrator_closes",), "A10"),
    Guard(A + "guards.refuse_touching_administrator", nothing, (ABUSE + "::test_an_administrator_closes",), "A10, A11"),
    Guard(
        "secmgmt.core.workflow.check_person",
        nothing,
        (ADMIN + "::test_who_asked", ADMIN + "::test_nobody_asks", AREA + "::test_an_administrators_grant"),
        "A10, 8.1.4.2 d",
    ),
    Guard(A + "demosignin.fingerprint", lambda user: "same", (DEMO + "::test_a_link_signs_in",), "A12"),
    Guard(A + "demosignin.is_loopback", yes, (DEMO + "::test_from_another_machine",), "A12"),
    Guard(
        A + "demosignin.require_demo",
        nothing,
        (DEMO + "::test_without_the_demo", DEMO + "::test_from_another_machine"),
        "A12",
    ),
    Guard(A + "sessions.end_sessions", nothing, (ABUSE + "::test_a_leavers_session",), "A13"),
    Guard(A + "sessions.revoke_tokens", nothing, (ABUSE + "::test_a_leavers_session",), "A13"),
    Guard(A + "tokens.is_usable", yes, (ABUSE + "::test_a_leavers_session",), "A13, A40"),
    Guard(A + "backends.make_password", nothing, (ABUSE + "::test_an_unknown_account_costs",), "A39"),
    Guard(A + "adapter.client_address", whoever_says_so, (SIGN + "::test_a_forged_forwarded",), "A39"),
    Guard(A + "middleware.lacks_second_factor", no, (ABUSE + "::test_a_password_alone",), "A40"),
    Guard("django.http.request.validate_host", yes, (PASS + "::test_a_host_header",), "A41"),
    Guard(A + "links._digest", same, (ABUSE + "::test_no_link_stands", AREA + "::test_the_password_link_page"), "A42"),
    Guard(A + "tokens._digest", same, (ABUSE + "::test_no_token_stands",), "A42"),
    Guard(A + "authforms.encrypt", same, (FACTOR + "::test_seeds_are",), "A42"),
    Guard(A + "adapter.MFAAdapter.encrypt", unchanged, (FACTOR + "::test_seeds_are",), "A42"),
    Guard("secmgmt.core.logs.masked", same, (ABUSE + "::test_a_link_that_was_refused",), "A42"),
    Guard("secmgmt.core.middleware.masked", same, (ABUSE + "::test_a_link_that_was_refused",), "A42"),
    Guard("secmgmt.celery.app.conf.accept_content", ["json", "pickle"], (ABUSE + "::test_a_message_that",), "A42"),
)
