"""Every page, as everybody who sees it sees it, on a laptop and on a phone: axe, sideways scrolling, console, policy.

The pages come from the permission table (``sights.py``) and from scenes (``scenes.py``). They are drawn by the test
client and shown by Chromium under their own addresses, style sheet, scripts and Content-Security-Policy.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.db import transaction
from playwright.sync_api import Browser, Page, Route

from tests.architecture import table
from tests.architecture.cast import Cast

from . import scenes, sights
from .conftest import DESK, PHONE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow(reason="a real browser draws whole pages; a slower machine draws them slower"),
]
HOST = "http://pages.test"
# URLs that answer a GET with something else than a page of their own
NO_PAGES = {
    "core:notice-open": "leads to what the notice is about",
    "core:file": "a file", "core:job-result": "a file", "portal:report-file": "a file",
    "mfa_download_recovery_codes": "a file",
    "assessments:answer-source-file": "a file", "assessments:duty-ics": "a file",
    "assessments:assessment-report": "a file", "assessments:grading-report": "a file",
    # pages for people that nobody here is (inspectors, leaders, departments), from the templates of the pages seen here
    **dict.fromkeys(
        (f"assessments:{name}" for name in (
            "inspection-create", "inspection-update", "inspection-team", "inspection-sampling", "inspection-transition",
            "inspectionitem-create", "inspectionitem-import", "project-override", "risk-accept", "gateopinion-give",
        )),
        "drawn by the tests of its feature",
    ),
    "assessments:assessment-offline-preview": "drawn by test_offline.py",
    "assessments:filingunit-delete": "as every page of deletion",
}  # fmt: skip
ALIKE = ("-import-preview",)  # one page for every workbook; that of objects is a scene
FILES = ("-export", "-import-template", "-import-rows")
HARMLESS = ("Password forms should have",)  # Chromium's advice on a page where one is already signed in
LOOK = """async (audited) => ({
  axe: audited ? (await axe.run(document, {resultTypes: ["violations"]})).violations.flatMap(
    (found) => found.nodes.map((node) => `${found.id}: ${node.html.slice(0, 160)}`)) : [],
  wide: document.documentElement.scrollWidth - innerWidth,
  heads: document.querySelectorAll("h1").length,
  raw: (document.body.innerText.match(/<[a-z]+[^>]*>|&[a-z]+;|{[{%]/g) || []).slice(0, 3),
  title: document.title.split("·")[0].trim(),
})"""


class Window:
    """A Chromium page that shows what it is given as if a server had sent it."""

    def __init__(self, page: Page) -> None:
        self.page, self.problems = page, list[str]()
        self.known = set[str]()  # the kinds of elements of the pages looked at
        page.route("**/*", self.serve)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("console", self.hear)

    def serve(self, route: Route) -> None:
        """The page itself or one of its static files; it asks for nothing else but itself anew, where it waits."""
        path = route.request.url.removeprefix(HOST).partition("?")[0]
        file = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
        if route.request.is_navigation_request():
            headers = {"Content-Security-Policy": self.sight.policy}
            route.fulfill(body=self.sight.html, content_type="text/html; charset=utf-8", headers=headers)
        elif file:
            route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0])
        elif "every" in self.sight.html and route.request.headers.get("hx-request"):
            route.fulfill(status=204)  # nothing new
        else:
            self.problems.append(f"asks for {route.request.url}")
            route.abort()

    def hear(self, message: Any) -> None:
        """Whatever the console says is a finding."""
        if not any(word in message.text for word in HARMLESS):
            self.problems.append(f"console: {message.text}")

    def look(self, sight: sights.Sight) -> list[str]:
        """What is wrong with a page; axe looks at the phone's layout where kinds of elements are new."""
        self.sight, self.problems = sight, []
        kinds = sights.Skeleton.of(sight.html)
        new = bool(kinds - self.known)
        self.known |= kinds
        self.page.set_viewport_size(DESK)
        self.page.goto(f"{HOST}/")
        for width, size in (("desk", DESK), ("phone", PHONE)):
            self.page.set_viewport_size(size)
            seen = self.page.evaluate(LOOK, size is DESK or new)
            self.problems += [f"{width}: {found}" for found in seen["axe"]]
            self.problems += [f"{width}: shows {markup}" for markup in seen["raw"]]
            if seen["wide"] > 0:
                self.problems.append(f"{width}: {seen['wide']} px too wide")
        if seen["heads"] != 1:
            self.problems.append(f"{seen['heads']} h1")
        if not seen["title"]:
            self.problems.append("no title")
        return [f"{sight.name} {sight.subject}: {problem}" for problem in self.problems]


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The people and rows, made once; the transaction around them is taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic(), sights.quietly():
        cast = Cast()
        for subject in sights.SUBJECTS:
            cast.client(subject)  # sign-ins outlive what a single page takes back
        yield cast
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Window]:
    """One window for all pages."""
    with browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai") as context:
        context.add_init_script(Axe().axe_script)
        yield Window(context.new_page())


def urls_of_pages() -> list[str]:
    """Every URL that may have a page: the API has none."""
    return sorted(url for url in table.urls() if not url.startswith("api:"))


def lines_of(url: str) -> list[table.Line]:
    """The rows of the table for a URL."""
    return [line for line in table.lines() if line.url == url and line.method in ("GET", "POST")]


def shows_a_page(line: table.Line) -> bool:
    """Whether somebody who looks may get a page."""
    return any(line.codes[subject] in sights.PAGES for subject in sights.SUBJECTS)


def pages_of_the_table() -> list[tuple[str, str]]:
    """URLs and methods that show somebody a page."""
    found = ((url, line.method) for url in urls_of_pages() for line in lines_of(url) if shows_a_page(line))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("url, method", pages_of_the_table())
def test_every_page_of_the_table_is_sound(cast: Cast, window: Window, url: str, method: str):
    wrong = []
    for line in lines_of(url):
        if line.method == method and shows_a_page(line):
            for sight in sights.of_line(cast, line, window.known):
                wrong += window.look(sight)
    assert wrong == []


@pytest.mark.parametrize("name", scenes.SCENES)
def test_every_page_that_needs_more_than_its_address_is_sound(
    cast: Cast, window: Window, settings: Any, name: str
):
    settings.DEMO = "demo" in name
    with transaction.atomic():
        response = scenes.SCENES[name](cast)
        transaction.set_rollback(True)
    sight = sights.sight_of(name, "", response)
    assert sight, f"{response.status_code} is no page"
    assert window.look(sight) == []


def test_no_page_is_left_out(cast: Cast):
    """A URL that answers a GET has a page in the table, a scene, or a reason to have neither."""
    staged = {name.partition(" ")[0] for name in scenes.SCENES}
    left_out = []
    for url in urls_of_pages():
        reads = [line for line in lines_of(url) if line.method == "GET"]
        if not reads or url in staged or url in NO_PAGES or url.endswith((*FILES, *ALIKE)):
            continue
        if not any(line.codes[subject] == 200 for line in reads for subject in sights.SUBJECTS):
            left_out.append(url)
    assert left_out == [], "pages nobody looked at: write a scene (tests/browser/scenes.py)"
    assert not set(NO_PAGES) - set(table.urls()), "exemptions no longer needed"
