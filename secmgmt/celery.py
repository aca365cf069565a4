"""The Celery application: transport only, every task's truth is a row of ``core.Job``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secmgmt.settings")
app = Celery("secmgmt")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    # A request must not hang on a broker that is away: one quick second try (a connection that went stale),
    # then the row waits for the sweep.
    broker_connection_timeout=2,
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0},
    # A worker outlives an outage of its broker, however long.
    broker_connection_max_retries=None,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    # Nobody asks for these, and each would be one more message.
    worker_enable_remote_control=False,
    worker_send_task_events=False,
)
app.autodiscover_tasks(["secmgmt.core.jobs"], related_name="celery_tasks")
