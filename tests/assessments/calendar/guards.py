"""The guards of the standing calendar: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from tests.guarding import Guard, nothing, yes

C = "assessments.calendar."
FEED = "test_feed.py::"

GUARDS = (
    Guard(C + "services.fits", yes, (FEED + "test_a_wrong_secret",), "A13"),
    Guard(C + "services.may_read", yes, (FEED + "test_who_left",), "A08"),
    Guard(C + "services.note_reading", nothing, (FEED + "test_it_is_read_once",), "A36"),
    Guard(C + "services.lockout.register_attempt", nothing, (FEED + "test_a_wrong_secret",), "A39, A40"),
    Guard(C + "models.DutyRule._loosened", lambda self: {}, ("test_pages.py::test_a_duty_of_law",), "43号令 15"),
)
