"""Real Chromium against a live server: ``open_as(user, address)`` gives the page as that person sees it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from secmgmt.accounts.models import User
from tests.support import PASSWORD, CastClient, City, totp_code

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps an event loop in this thread

DESK, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync".split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder drives a browser."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium; a missing one is a failure with the word that installs it, not a skip."""
    if CHROMIUM is None:
        pytest.fail("no Chromium: apt-get install chromium fonts-wqy-microhei", pytrace=False)
    return {"executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """A laptop's window, the city's time and language."""
    return {"viewport": DESK, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def city(transactional_db: None) -> City:
    """The cast, committed, so that the server's threads see it."""
    return City()


@pytest.fixture
def open_as(live_server: Any, page: Page) -> Callable[[Any, str], Page]:
    """Sign a person in and open an address; a script error or a refused style or script fails the test."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)

    def open_page(user: Any, address: str) -> Page:
        client = CastClient()
        client.force_login(user)
        cookie = client.cookies["sessionid"] if "sessionid" in client.cookies else next(iter(client.cookies.values()))
        page.context.clear_cookies()
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page.goto(f"{live_server.url}{address}")
        return page

    yield open_page
    assert problems == []


@pytest.fixture
def axe_finds() -> Callable[[Page], list[str]]:
    """What axe holds against the page as it is now: "rule: element" lines, empty when nothing."""
    axe = Axe()

    def find(page: Page) -> list[str]:
        found = axe.run(page).response["violations"]
        return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]

    return find


@pytest.fixture
def signed_in(browser: Browser, live_server: Any) -> Iterator[Callable[[User], Page]]:
    """Everybody has a browser of his own and signs in with the forms; a script error fails the journey."""
    contexts, problems = [], list[str]()

    def enter(user: User) -> Page:
        context = browser.new_context(base_url=live_server.url, viewport=DESK, locale="zh-CN")
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto("/")
        page.get_by_label("账号").fill(user.username)
        page.get_by_label("口令", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        if user.needs_second_factor:
            page.get_by_label("动态验证码").fill(totp_code())
            page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("heading", name="工作台")).to_be_visible()
        return page

    yield enter
    for context in contexts:
        context.close()
    assert problems == []
