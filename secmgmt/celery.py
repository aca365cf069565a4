"""The Celery application: transport only, every task's truth is a row of ``core.Job``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secmgmt.settings")
app = Celery("secmgmt")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["secmgmt.core.jobs"], related_name="celery_tasks")
