"""The API's page as an integrator finds it: in Chinese, described, from this server alone, for who is signed in."""

from __future__ import annotations

import re

import pytest

from tests.support import City

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[一-鿿]")


def test_the_page_is_for_who_is_signed_in_and_brings_nothing_from_elsewhere(client, city: City):
    assert client.get("/api/v1/docs").status_code == 302
    client.force_login(city.lin)
    page = client.get("/api/v1/docs").content.decode()
    assert '<html lang="zh-CN">' in page and "<main" in page
    assert re.findall(r'(?:src|href)="(?!/static/)[^"]*"', page) == []


def test_every_operation_and_parameter_is_described_in_chinese(client, city: City):
    client.force_login(city.lin)
    described = client.get("/api/v1/openapi.json").json()
    assert "接口令牌" in described["info"]["description"]
    silent = []
    for path, operations in described["paths"].items():
        if path.startswith("/api/v1/things"):  # the sample feature of the kernel's own tests
            continue
        for method, operation in operations.items():
            texts = [operation["summary"], operation["description"], *operation["tags"]]
            texts += [parameter.get("description", "") for parameter in operation.get("parameters", ())]
            silent += [(method, path, text) for text in texts if not CHINESE.search(text)]
    assert silent == []
