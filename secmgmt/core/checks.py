"""Checks of ``manage.py check``: retention, demo, secrets."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags
from django.core.checks import register as register_check

MINIMUM_RETENTION_DAYS = 180


def register() -> None:
    """Make the checks known to Django."""
    register_check(check_retention, Tags.security)
    register_check(check_demo, Tags.security, deploy=True)


def check_retention(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Logs are kept at least six months (网络安全法; 高风险判例 6.5.1.2)."""
    if settings.AUDIT_RETENTION_DAYS >= MINIMUM_RETENTION_DAYS:
        return []
    return [
        Error(
            f"AUDIT_RETENTION_DAYS={settings.AUDIT_RETENTION_DAYS} is below {MINIMUM_RETENTION_DAYS} days.",
            hint="网络日志留存不少于六个月；请设为 180 或更大。",
            id="core.E001",
        )
    ]


def check_demo(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The demo's one-click sign-in has no place in production."""
    if settings.DEMO:
        return [Error("DEMO=1 opens one-click sign-in.", id="core.E002")]
    return []
