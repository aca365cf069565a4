"""The kernel's models; each lives in a module of its own."""

from .audit import AuditEvent, AuditHead, AuditResult, AuditRow
from .base import Record, ScopedQuerySet, ScopeNode
from .job import Job, JobState, PeriodicRun
from .report import ReportRun, ReportSchedule, ReportTemplate
from .search import SearchEntry
from .trail import Attached, Attachment, Comment, Decision, Notice, Participation

__all__ = [
    "Attached",
    "Attachment",
    "AuditEvent",
    "AuditHead",
    "AuditResult",
    "AuditRow",
    "Comment",
    "Decision",
    "Job",
    "JobState",
    "Notice",
    "Participation",
    "PeriodicRun",
    "Record",
    "ReportRun",
    "ReportSchedule",
    "ReportTemplate",
    "ScopeNode",
    "ScopedQuerySet",
    "SearchEntry",
]
