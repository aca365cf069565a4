"""The guards of background work: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from typing import Any

from secmgmt.core.models import Job
from tests.guarding import Guard, nothing


def anybodys(user: Any, pk: int) -> Job:
    """Whoever asks gets it."""
    return Job.objects.get(pk=pk)


def whoever_holds_it(job: Job) -> Any:
    """The row, whatever its lease."""
    return Job.objects.filter(pk=job.pk)


def plain(data: bytes, *, purpose: str) -> bytes:
    """As it came."""
    return data


J = "secmgmt.core.jobs."
TESTS = "../core/test_jobs.py::"

GUARDS = (
    Guard(J + "access.require_owner", nothing, (TESTS + "test_a_job_of_a_disabled",), "A09, A13"),
    Guard(J + "access.require_subject", nothing, (TESTS + "test_rights_revoked", TESTS + "test_the_file_needs"), "A08, A09"),
    Guard(J + "access.own_job", anybodys, (TESTS + "test_nobody_else_reaches",), "A08"),
    Guard(J + "access.check_digest", nothing, (TESTS + "test_a_result_that_was_changed",), "8.1.4.7 b"),
    Guard("secmgmt.core.crypto.encrypt_bytes", plain, (TESTS + "test_a_result_is_unreadable",), "8.1.4.8 b"),
    Guard(J + "context.held", whoever_holds_it, (TESTS + "test_a_run_that_lost_its_lease_commits",), "R1, L2"),
    Guard(J + "views.local_path", str, (TESTS + "test_a_job_leads_nowhere",), "A20"),
    Guard(J + "periodic.once_per_period", lambda *a: True, (TESTS + "test_a_periodic_task_sent",), "R16"),
)
