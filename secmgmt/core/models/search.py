"""The rows of the site-wide search index; the bigram index itself is made by a migration per database."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import models


class SearchEntry(models.Model):
    """One findable record. ``tokens``: its text as space-separated bigrams (``secmgmt.core.search``)."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=255)
    tokens = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_type", "object_id"], name="search_once")]
