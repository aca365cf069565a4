"""How allauth behaves here: no sign-up, no reset by mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the system administrator only."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Never."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    """TOTP and recovery codes."""
