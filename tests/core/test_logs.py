"""Log lines: what anybody can cause stays a line."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.conf import settings
from django.test import Client

from secmgmt.core import logs

pytestmark = pytest.mark.django_db


def test_a_forged_host_leaves_a_line_and_no_trace(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(logs.formatter())
    handler.addFilter(logs.Short())
    logging.getLogger("django").addHandler(handler)
    try:
        assert Client(raise_request_exception=False).get("/", HTTP_HOST="evil.example").status_code == 400
    finally:
        logging.getLogger("django").removeHandler(handler)
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    assert any("evil.example" in line["event"] for line in lines)
    assert not any("exception" in line for line in lines)


def test_the_console_of_the_product_filters_so():
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["short"]
    assert settings.LOGGING["filters"]["short"]["()"] == "secmgmt.core.logs.Short"
