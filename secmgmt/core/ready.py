"""What the kernel sets up once the app registry is complete."""

from __future__ import annotations

from . import checks, manifest
from .models.trail import Notice


def connect() -> None:
    """Register system checks and the unread counter."""
    checks.register()
    manifest.set_unread_counter(lambda user: Notice.objects.filter(user=user, read_at__isnull=True).count())
