"""Home and to-do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from secmgmt.core import manifest
from secmgmt.core.clock import today


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, and by when?"""
    todos = manifest.todos_for(request.user, today())
    return render(request, "portal/home.html", {"todos": todos, "today": today()})
