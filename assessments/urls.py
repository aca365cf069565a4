"""URLs of graded protection."""

from .calendar.urls import urlpatterns as calendar_urls
from .campaign.urls import urlpatterns as campaign_urls
from .catalog.urls import urlpatterns as catalog_urls
from .engagement.urls import urlpatterns as engagement_urls
from .evaluation.urls import urlpatterns as evaluation_urls
from .filing.urls import urlpatterns as filing_urls
from .findings.urls import urlpatterns as findings_urls
from .grading.urls import urlpatterns as grading_urls
from .inspection.urls import urlpatterns as inspection_urls
from .rectification.urls import urlpatterns as rectification_urls
from .review.urls import urlpatterns as review_urls
from .risk.urls import urlpatterns as risk_urls
from .scanning.urls import urlpatterns as scanning_urls

app_name = "assessments"
urlpatterns = [
    *calendar_urls,
    *campaign_urls,
    *catalog_urls,
    *engagement_urls,
    *evaluation_urls,
    *filing_urls,
    *findings_urls,
    *grading_urls,
    *inspection_urls,
    *rectification_urls,
    *review_urls,
    *risk_urls,
    *scanning_urls,
]
