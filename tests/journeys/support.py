"""People at their browsers: signed in with the form, taking steps as the pages offer them."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse

from tests.support import CastClient, login

SEEN = re.compile(r'name="seen" value="([^"]*)"')


class Desk:
    """One person's browser."""

    def __init__(self, user: Any) -> None:
        self.user, self.client = user, CastClient()
        assert login(self.client, user).status_code == 302

    def get(self, url: str, expect: int = 200) -> str:
        """A page as text."""
        response = self.client.get(url)
        assert response.status_code == expect, (url, response.status_code)
        return response.content.decode()

    def post(self, url: str, fields: dict[str, Any], expect: int = 302) -> str:
        """A form; where it leads to, or the page that answers."""
        response = self.client.post(url, fields)
        text = response.content.decode()
        told = " ".join(re.sub(r"<[^>]*>", " ", text.partition("<h1")[2]).split())[:1500]
        assert response.status_code == expect, (url, response.status_code, told)
        return response["Location"] if expect == 302 else text

    def step(self, obj: Any, name: str, expect: int = 302, **fields: Any) -> str:
        """Take a step of a record from its page of confirmation, on what that page shows."""
        model = obj._meta.model_name
        url = reverse(f"{obj._meta.app_label}:{model}-transition", args=[obj.pk, name])
        shown = SEEN.search(self.get(url))
        assert shown, f"{url} asks for nothing"
        answer = self.post(url, {"seen": shown.group(1), "opinion": "", **fields}, expect)
        obj.refresh_from_db()
        return answer
