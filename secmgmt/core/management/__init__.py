"""The project's commands, and how one ends that was turned away."""

from __future__ import annotations

from django.core.management.base import CommandError

from secmgmt.core import audit, errors


def turned_away(command: str, error: errors.DomainError, returncode: int = 1) -> CommandError:
    """The end of a command whose act was refused, with its row in the trail as from a page."""
    detail = {"command": command, "status": error.status}
    audit.refuse(f"refused.{error.code}", by=None, reason=error.message[:500], detail=detail)
    return CommandError(error.message, returncode=returncode)
