"""What the kernel sets up once the app registry is complete."""

from __future__ import annotations

from . import checks, exports, mail, manifest, notices, sheets_tasks  # noqa: F401 - importing a task registers its kind


def connect() -> None:
    """Register system checks and the unread counter."""
    checks.register()
    manifest.set_unread_counter(notices.unread)
