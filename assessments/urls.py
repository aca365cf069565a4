"""URLs of graded protection."""

from .catalog.urls import urlpatterns as catalog_urls
from .evaluation.urls import urlpatterns as evaluation_urls
from .grading.urls import urlpatterns as grading_urls

app_name = "assessments"
urlpatterns = [*evaluation_urls, *grading_urls, *catalog_urls]
