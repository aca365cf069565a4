"""The answering page in a real Chromium on a slow machine: from the key to the focus, from the answer to 已保存.

Times are taken inside the page, from the key event's own time stamp to the first moment after the frame that shows
the result has been painted; Chromium's processor is slowed down four times.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlencode

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, sync_playwright

from .client import Browser, Refused
from .figures import Figure, spread
from .pages import ASSESSMENTS
from .server import Server, run

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync".split()
TITLE = "项数最多的自评估"
SLOWDOWN, TIMES, WARM = 4, 30, 3
WATCH = """() => {
  let began = 0;
  window.benchTimes = [];
  const painted = (note) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.benchTimes.push([note, performance.now() - began]);
    channel.port2.postMessage(0);
  });
  window.addEventListener("keydown", (event) => { began = event.timeStamp; }, true);
  window.addEventListener("focusin", () => painted("focus"), true);
  new MutationObserver(() => painted("saved"))
    .observe(document.getElementById("saved").parentElement, {childList: true});
}"""
TAKEN = """(note) => {
  const found = window.benchTimes.find((entry) => entry[0] === note);
  if (found) window.benchTimes = [];
  return found ? found[1] : null;
}"""


def missing() -> str:
    """Why this cannot be measured, "" when it can."""
    return "" if CHROMIUM else "answering-browser: no Chromium (apt-get install chromium)"


def answering(server: Server, browser: Browser, url: str, database: str, password: str) -> Iterator[Figure]:
    """Move over the items with J, answer them with 1 and 2."""
    run(url, server.var, "-m", "tests.bench.widest", TITLE)
    listed = browser.get(f"{ASSESSMENTS}?{urlencode({'q': TITLE})}").text
    pk = max(map(int, re.findall(rf"{ASSESSMENTS}(\d+)/\"", listed)))
    with sync_playwright() as playwright:
        try:
            window = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            page = window.new_page(viewport={"width": 1280, "height": 720}, locale="zh-CN")
            sign_in(page, server.port, password)
            yield from keys(page, f"http://127.0.0.1:{server.port}{ASSESSMENTS}{pk}/answer/", database)
        except BrowserError as error:
            raise Refused(str(error).splitlines()[0]) from error


def sign_in(page: Page, port: int, password: str) -> None:
    """Through the form."""
    page.goto(f"http://127.0.0.1:{port}/accounts/login/")
    page.get_by_label("账号").fill("one")
    page.get_by_label("口令", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"http://127.0.0.1:{port}/")


def keys(page: Page, address: str, database: str) -> Iterator[Figure]:
    """The figures of one page."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.goto(address, wait_until="load")
    page.evaluate(WATCH)
    items = page.locator("[data-item]").count()
    moved, saved = [], []
    for turn in range(TIMES + WARM):
        moved.append(timed(page, "j", "focus"))
        saved.append(timed(page, "12"[turn % 2], "saved"))
    page.goto("about:blank")
    what = f"{items} items, {SLOWDOWN} × slower"
    yield Figure(f"{what}: key to focus", "focus", database, "one", **spread(moved[WARM:]))
    yield Figure(f"{what}: answer to saved", "saved", database, "one", **spread(saved[WARM:]))


def timed(page: Page, key: str, note: str) -> float:
    """Milliseconds from the key to the painted frame."""
    page.keyboard.press(key)
    found = page.wait_for_function(TAKEN, arg=note, timeout=10_000).json_value()
    return float(found)
