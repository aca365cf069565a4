"""The app's models; each lives in its feature."""

from .calendar.models import CalendarFeed, DutyRule
from .campaign.models import Campaign, CampaignReminder, CampaignTask
from .catalog.models import CatalogItem, Guidance, HighRiskCase, Standard
from .engagement.models import Agency, Engagement, EngagementFinding
from .evaluation.models import Answer, Assessment, ComponentResult
from .evaluation.reuse_models import AnswerSource, EvidenceShare, EvidenceTerm, ResponsibilityLine, ReuseRule
from .filing.models import Filing, FilingReply, FilingUnit, Prolongation, TermRule
from .findings.models import AskedFact, Finding, FindingRule
from .grading.models import Grading, OutsideDecision
from .inspection.models import (
    Department,
    Inspection,
    InspectionItem,
    IssuedNotice,
    NoticeKind,
    NoticeReply,
    Sample,
    SampleResult,
)
from .rectification.models import (
    DueRule,
    Numbering,
    Rectification,
    RectificationSource,
    RectifiedResult,
    RouteRule,
)
from .review.models import (
    GateCondition,
    GateDepartment,
    GateItem,
    GateOpinion,
    GateReview,
    GateReviewItem,
    Project,
)
from .risk.list_models import RiskMatrix, Threat, Vulnerability
from .risk.models import Risk, RiskAssessment, RiskAsset
from .scanning.models import Scan, ScanFinding, ScannerRule

__all__ = [
    "Agency",
    "Answer",
    "AnswerSource",
    "AskedFact",
    "Assessment",
    "CalendarFeed",
    "Campaign",
    "CampaignReminder",
    "CampaignTask",
    "CatalogItem",
    "ComponentResult",
    "Department",
    "DueRule",
    "DutyRule",
    "Engagement",
    "EngagementFinding",
    "EvidenceShare",
    "EvidenceTerm",
    "Filing",
    "FilingReply",
    "FilingUnit",
    "Finding",
    "FindingRule",
    "GateCondition",
    "GateDepartment",
    "GateItem",
    "GateOpinion",
    "GateReview",
    "GateReviewItem",
    "Grading",
    "Guidance",
    "HighRiskCase",
    "Inspection",
    "InspectionItem",
    "IssuedNotice",
    "NoticeKind",
    "NoticeReply",
    "Numbering",
    "OutsideDecision",
    "Project",
    "Prolongation",
    "Rectification",
    "RectificationSource",
    "RectifiedResult",
    "ResponsibilityLine",
    "ReuseRule",
    "Risk",
    "RiskAssessment",
    "RiskAsset",
    "RiskMatrix",
    "RouteRule",
    "Sample",
    "SampleResult",
    "Scan",
    "ScanFinding",
    "ScannerRule",
    "Standard",
    "TermRule",
    "Threat",
    "Vulnerability",
]
