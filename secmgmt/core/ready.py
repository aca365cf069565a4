"""What the kernel sets up once the app registry is complete."""

from __future__ import annotations

from . import checks, manifest, notices


def connect() -> None:
    """Register system checks and the unread counter."""
    checks.register()
    manifest.set_unread_counter(notices.unread)
