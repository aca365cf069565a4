"""The app's models; each lives in its feature."""

from .calendar.models import CalendarFeed, DutyRule
from .campaign.models import Campaign, CampaignReminder, CampaignTask
from .catalog.models import CatalogItem, Guidance, HighRiskCase, Standard
from .engagement.models import Agency, Engagement, EngagementFinding
from .evaluation.models import Answer, Assessment, ComponentResult
from .filing.models import Filing, FilingReply, FilingUnit, Prolongation, TermRule
from .grading.models import Grading, OutsideDecision
from .rectification.models import (
    DueRule,
    Numbering,
    Rectification,
    RectificationSource,
    RectifiedResult,
    RouteRule,
)

__all__ = [
    "Agency",
    "Engagement",
    "EngagementFinding",
    "Answer",
    "Assessment",
    "CalendarFeed",
    "Campaign",
    "CampaignReminder",
    "CampaignTask",
    "CatalogItem",
    "ComponentResult",
    "DueRule",
    "DutyRule",
    "Filing",
    "FilingReply",
    "FilingUnit",
    "Grading",
    "Guidance",
    "HighRiskCase",
    "Numbering",
    "OutsideDecision",
    "Prolongation",
    "Rectification",
    "RectificationSource",
    "RectifiedResult",
    "RouteRule",
    "Standard",
    "TermRule",
]
