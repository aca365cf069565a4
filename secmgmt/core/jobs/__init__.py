"""Background work: every task is a row of core.Job, the message carries only its id.

Feature modules: ``from secmgmt.core.jobs import JobContext, enqueue, job``.
"""

from .context import JobContext, LeaseLost
from .queue import enqueue, sweep
from .registry import job
from .runner import run_job

__all__ = ["JobContext", "LeaseLost", "enqueue", "job", "run_job", "sweep"]
