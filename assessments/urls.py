"""URLs of graded protection."""

from .evaluation.urls import urlpatterns as evaluation_urls

app_name = "assessments"
urlpatterns = [*evaluation_urls]
