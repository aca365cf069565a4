"""The figures of pages and documents: one person, one request after the other."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from urllib.parse import urlencode

from .client import Answer, Browser
from .figures import Figure, repeat, summed

OBJECTS = "/objects/"
ASSESSMENTS = "/assessments/"
# what is asked of a list
LISTS: dict[str, dict[str, str]] = {
    "": {},
    ", filtered": {"level": "3", "kind": "system"},
    ", sorted": {"sort": "-level"},
    ", searched": {"q": "系统 0001"},
    ", page 50": {"page": "50"},
}
COLUMNS = (
    "name,unit,kind,level,status,marks,owner,in_operation_on,code,construction,business_type,service_users,"
    "service_scope,network_nature,sag"
)
CREATED = 8
ITEM = re.compile(r'action="(/[^"]+/save/)"[^>]*>.*?name="version"[^>]* value="(\d+)"', re.DOTALL)
HTMX = {"HX_Request": "true"}


def objects_of(browser: Browser, unit: int) -> list[str]:
    """The numbers of the level-3 objects of one unit that have no assessment yet (the first may have one)."""
    query = urlencode({"q": f"测速单位 {unit:03d}", "level": "3"})
    return list(dict.fromkeys(re.findall(rf"{OBJECTS}(\d+)/\"", browser.get(f"{OBJECTS}?{query}").text)))[1:]


def create(browser: Browser, pk: str) -> Answer:
    """Start an assessment of a level-3 object; the answer leads to its items."""
    values = {"protected_object": pk, "title": f"自评估 {pk}", "report_date": "2026-03-16", "template": "2025"}
    return browser.post(f"{ASSESSMENTS}new/", {**values, "formula": "simple", "attention": "0.5"}, expect=302)


def items_of(browser: Browser, page: str) -> list[tuple[str, str]]:
    """(address to save to, version) of each item of an answering page."""
    return ITEM.findall(browser.get(page).text)


def save(browser: Browser, address: str, version: int, result: str) -> Answer:
    """Give one answer as the page does."""
    return browser.post(address, {"version": str(version), "result": result}, **HTMX)


def lists(browser: Browser, database: str, who: str, size: int) -> Iterator[Figure]:
    """A list page of objects, asked in several ways."""
    for name, query in LISTS.items():
        address = f"{OBJECTS}?{urlencode(query)}"
        found = repeat(lambda address=address: browser.get(address), 20)
        yield Figure(f"list of {size} objects{name}", "list", database, who, **found)


def exports(browser: Browser, database: str, who: str, size: int) -> Iterator[Figure]:
    """A workbook of the list in chosen columns."""
    address = f"{OBJECTS}export/?cols={COLUMNS}"
    rows = size if who == "all" else size // 100
    found = repeat(lambda: browser.get(address), 3, warm=1)
    yield Figure(f"export {rows} objects, 15 columns, xlsx", "export-15", database, who, **found)


def assessments(browser: Browser, database: str, who: str) -> Iterator[Figure]:
    """Create, open and answer level-3 assessments."""
    wanted = objects_of(browser, 1 if who == "one" else 7)[: CREATED + 1]
    made = [create(browser, pk) for pk in wanted]
    yield Figure("create a level-3 assessment", "create", database, who, **summed(made[1:]))
    page = made[0].location
    items = items_of(browser, page)
    found = repeat(lambda: browser.get(page), 10)
    yield Figure(f"answering page, {len(items)} items", "answering", database, who, **found)
    results = itertools.cycle(("met", "partial", "unmet"))
    saved = [save(browser, address, int(version), next(results)) for address, version in items[:64]]
    yield Figure("save one answer", "save", database, who, **summed(saved[4:]))


def reports(browser: Browser, database: str, who: str) -> Iterator[Figure]:
    """The documents of the assessment that is answered to the end."""
    query = urlencode({"q": "自评估", "sort": "level"})
    listed = browser.get(f"{ASSESSMENTS}?{query}").text
    pk = min(map(int, re.findall(rf"{ASSESSMENTS}(\d+)/\"", listed)))
    for kind, times in (("pdf", 5), ("docx", 5), ("xlsx", 5)):
        address = f"{ASSESSMENTS}{pk}/report/{kind}/"
        found = repeat(lambda address=address: browser.get(address), times, warm=1)
        yield Figure(f"level-3 report as {kind}", kind, database, who, **found)
