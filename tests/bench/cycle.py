"""The figures of the regime: queue, board, calendar, coverage, the city, a campaign, inheritance, work offline."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from .client import Answer, Browser, Refused
from .figures import Figure, repeat, summed

ASSESSMENTS = "/assessments/"
TENANTS = 6  # made by the seed, each on one platform whose answers it inherits
SEEN = re.compile(r'name="seen" value="([^"]*)"')
OPENING = "任务正在后台建立"
POLL_SECONDS, CAMPAIGN_SECONDS = 0.5, 180
PAGES = {
    "approval queue": ("leader", "/decisions/"),
    "board of 60,000 items": ("leader", "/rectifications/board/"),
    "calendar of 60,000 items": ("leader", "/rectifications/calendar/"),
    "list of 60,000 items": ("leader", "/rectifications/"),
    "standing calendar": ("leader", "/duties/"),
}


def pages(sign_in: Callable[[str], Browser], database: str) -> Iterator[Figure]:
    """The pages leadership opens."""
    for what, (who, address) in PAGES.items():
        browser = sign_in(who)
        yield Figure(what, "regime", database, who, **repeat(lambda b=browser, a=address: b.get(a), 15))
    leader = sign_in("leader")
    yield Figure("the city on one page", "city", database, "leader", **repeat(lambda: leader.get("/city/"), 15))


def unit_of(browser: Browser, name: str) -> str:
    """The number of a unit, as the form of a campaign offers it."""
    found = re.search(rf'<option value="(\d+)"[^>]*>[^<]*{name}<', browser.get("/campaigns/new/").text)
    if not found:
        raise Refused(f"no unit {name} on the form of a campaign")
    return found.group(1)


def campaign(sign_in: Callable[[str], Browser], database: str) -> Iterator[Figure]:
    """A round over every object of level 3, from its publication to the last task; then its page of coverage."""
    keeper, day = sign_in("keeper"), dt.date.today()
    dates = {
        name: (day + dt.timedelta(days=days)).isoformat()
        for name, days in (("starts_on", 0), ("submit_by", 60), ("confirm_by", 75), ("ends_on", 90))
    }
    values = {
        "title": f"{day.year} 年度自评估", "kind": "self", "unit": unit_of(keeper, "测速市"), "min_level": "3",
        "max_level": "3", "remind_days": "7", **dates,
    }  # fmt: skip
    page = keeper.post("/campaigns/new/", values, expect=302).location
    seen = SEEN.search(keeper.get(f"{page}do/publish/").text)
    began = time.perf_counter()
    keeper.post(f"{page}do/publish/", {"seen": seen.group(1) if seen else "", "opinion": ""}, expect=302)
    while OPENING in keeper.get(page).text:
        if time.perf_counter() - began > CAMPAIGN_SECONDS:
            raise Refused(f"the tasks of {page} are not there after {CAMPAIGN_SECONDS} s")
        time.sleep(POLL_SECONDS)
    took = (time.perf_counter() - began) * 1000
    listed = keeper.get(f"/campaign-tasks/?{urlencode({'campaign': page.strip('/').split('/')[-1]})}").text
    count = re.search(r"共\s*([\d,]+)", re.sub(r"<[^>]*>", "", listed))
    what = f"campaign over {count.group(1) if count else '?'} objects"
    yield Figure(what, "campaign", database, "keeper", took)
    yield Figure("coverage of the campaign", "regime", database, "keeper", **repeat(lambda: keeper.get(page), 15))


def inheritance(sign_in: Callable[[str], Browser], database: str) -> Iterator[Figure]:
    """Assessments of systems whose platform answers for them; one of them taken along and brought back."""
    owner, made = sign_in("one"), list[Answer]()
    listed = owner.get(f"/objects/?{urlencode({'q': '租户系统'})}").text
    for pk in list(dict.fromkeys(re.findall(r'/objects/(\d+)/"', listed)))[:TENANTS]:
        values = {"protected_object": pk, "title": f"自评估 {pk}", "report_date": "2026-03-16", "template": "2025"}
        fields = {**values, "formula": "simple", "attention": "0.5"}
        made.append(owner.post(f"{ASSESSMENTS}new/", fields, expect=302))
    if len(made) < TENANTS:
        raise Refused(f"{len(made)} tenants instead of {TENANTS}")
    yield Figure("create an assessment with inheritance", "inherit", database, "one", **summed(made[1:]))
    page = f"{made[0].location.removesuffix('answer/')}offline/"
    books = [owner.get(f"{page}workbook/") for _turn in range(4)]
    yield Figure("offline workbook out", "offline-out", database, "one", **summed(books[1:]))
    back = [owner.post(page, {}, expect=302, file=book.body) for book in books]
    yield Figure("offline workbook in", "offline-in", database, "one", **summed(back[1:]))


def report(sign_in: Callable[[str], Browser], database: str) -> Iterator[Figure]:
    """The city's yearly compliance report as a document, ordered to done."""
    leader = sign_in("leader")
    address, city = "/reports/compliance/preview/", unit_of(sign_in("keeper"), "测速市")
    for kind in ("pdf", "docx", "xlsx"):
        began = time.perf_counter()
        leader.wait(leader.post(address, {"subject": city, "fmt": kind}, expect=302))
        took = (time.perf_counter() - began) * 1000
        yield Figure(f"yearly report of the city as {kind}", "yearly", database, "leader", took)
