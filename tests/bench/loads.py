"""The figures of long work and of many at once: imports, eight writers, what the processes need."""

from __future__ import annotations

import io
import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import openpyxl
import psycopg

from .client import Answer, Browser, Refused
from .figures import Figure, summed
from .pages import OBJECTS, create, items_of, objects_of, save
from .server import Server

WRITERS = 8
SECONDS = 5
POLL_SECONDS = 0.005
# column of the template → value of a row
ROW = {
    "名称": "导入的系统 {mark} {number:05d}",
    "责任单位": "测速单位 {unit:03d}",
    "对象类型": "信息系统",
    "运行状态": "已运行",
    "建设性质": "已建",
    "投入运行日期": "2024-05-01",
    "联系人": "张某",
    "业务类型": "公众服务",
    "服务范围": "地（市、区）内",
    "服务对象": "两者均包括",
}


def workbook(browser: Browser, rows: int, mark: str, whole_city: bool) -> bytes:
    """The product's own template with ``rows`` new objects."""
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{OBJECTS}import/template/").body))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    if missing := set(ROW) - set(heads):
        raise Refused(f"the template has no column {'、'.join(sorted(missing))}")
    for number in range(rows):
        values = {"mark": mark, "number": number, "unit": number % 100 if whole_city else 1}
        for name, text in ROW.items():
            sheet.cell(number + 2, heads.index(name) + 1, text.format(**values))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def imports(server: Server, browser: Browser, database: str, who: str, rows: int) -> Iterator[Figure]:
    """Upload a workbook, look at the preview, confirm it, and wait until it is committed."""
    file = workbook(browser, rows, f"{who}{rows}", who == "all")
    used, began = server.cpu(), time.perf_counter()
    uploaded = browser.post(f"{OBJECTS}import/", {}, expect=302, file=file)
    preview, _seen = browser.wait(uploaded)
    browser.get(preview)
    spent = (time.perf_counter() - began) * 1000, (server.cpu() - used) * 1000
    yield Figure(f"import {rows} objects: upload to preview", "preview", database, who, spent[0], cpu=spent[1])
    used, began = server.cpu(), time.perf_counter()
    seen = browser.wait(browser.post(preview, {}, expect=302))[1]
    spent = (time.perf_counter() - began) * 1000, (server.cpu() - used) * 1000
    what = f"import {rows} objects: confirm to committed" + (f" ({len(seen)} steps seen)" if seen else "")
    yield Figure(what, f"import-{rows}", database, who, spent[0], cpu=spent[1])


def memory(server: Server, database: str) -> Figure:
    """What all processes use together."""
    return Figure("web + worker + beat, PSS", "memory", database, "", server.memory())


@dataclass
class Writer(threading.Thread):
    """Answers items until told to stop, at a connection of its own."""

    browser: Browser
    items: list[tuple[str, str]]
    stop: threading.Event
    answers: list[Answer] = field(default_factory=list)
    error: Exception | None = None

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        """Each item met, then partly met, and so on: a change every time."""
        versions = {address: int(version) for address, version in self.items}
        try:
            for turn in itertools.count():
                for address in versions:
                    if self.stop.is_set():
                        return
                    result = ("met", "partial", "unmet")[turn % 3]
                    self.answers.append(save(self.browser, address, versions[address], result))
                    versions[address] += 1
        except Exception as error:
            self.error = error

    __hash__ = threading.Thread.__hash__


def writers_of(owner: Browser, sign_in: list[Browser], unit: int, *, apart: bool) -> list[Writer]:
    """Eight writers, each at an assessment of his own, or all at different items of one, at objects of ``unit``."""
    stop = threading.Event()
    wanted = objects_of(owner, unit)
    pages = [create(owner, pk).location for pk in wanted[: WRITERS if apart else 1]]
    if apart:
        shares = [items_of(owner, page) for page in pages]
    else:
        items = items_of(owner, pages[0])
        shares = [items[number::WRITERS] for number in range(WRITERS)]
    return [Writer(browser, items, stop) for browser, items in zip(sign_in, shares, strict=True)]


def end(writers: list[Writer]) -> list[Answer]:
    """Stop them; what they have been answered."""
    writers[0].stop.set()
    for writer in writers:
        writer.join()
        if writer.error is not None:
            raise writer.error
    return [answer for writer in writers for answer in writer.answers]


def at_once(
    server: Server, owner: Browser, people: list[Browser], database: str, apart: bool, web: int = 1
) -> Iterator[Figure]:
    """How many answers a second eight writers give; ``web``: the server's web processes."""
    writers = writers_of(owner, people, 8 if apart else 9, apart=apart)
    used, began = server.cpu(), time.perf_counter()
    for writer in writers:
        writer.start()
    time.sleep(SECONDS)
    answers = end(writers)
    rate = len(answers) / (time.perf_counter() - began)
    cpu = (server.cpu() - used) * 1000 / len(answers)
    where = ("an assessment each" if apart else "one assessment") + (f", {web} web processes" if web > 1 else "")
    goal = "writers" if apart and database == "postgresql" else "writers-one"
    figures = {**summed(answers), "value": rate, "cpu": cpu}
    yield Figure(f"8 writers, {where}: answers a second", goal, database, "all", **figures)


class LockWatch(threading.Thread):
    """Looks at PostgreSQL for who waits for a lock, and remembers the longest wait."""

    def __init__(self, url: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.url, self.stop, self.longest = url, stop, 0.0

    def run(self) -> None:
        """Until told to stop."""
        waits = (
            "SELECT max(extract(epoch FROM clock_timestamp() - waitstart)) FROM pg_locks l "
            "JOIN pg_database d ON d.oid = l.database OR l.database IS NULL OR l.database = 0 "
            "WHERE NOT granted AND d.datname = current_database()"
        )
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not self.stop.is_set():
                found = connection.execute(waits).fetchone()[0]
                self.longest = max(self.longest, float(found or 0) * 1000)
                time.sleep(POLL_SECONDS)


def during_import(
    server: Server, owner: Browser, people: list[Browser], url: str, rows: int
) -> Iterator[Figure]:
    """How long eight writers wait for locks, and for their answers, while a large import is committed."""
    file = workbook(owner, rows, "lock", True)
    preview, _seen = owner.wait(owner.post(f"{OBJECTS}import/", {}, expect=302, file=file))
    writers = writers_of(owner, people, 10, apart=True)
    watch = LockWatch(url, writers[0].stop)
    for thread in (watch, *writers):
        thread.start()
    began = time.perf_counter()
    owner.wait(owner.post(preview, {}, expect=302))
    took = time.perf_counter() - began
    answers = end(writers)
    watch.join()
    figures = {**summed(answers), "value": watch.longest}
    yield Figure(f"import {rows} + 8 writers: longest lock wait", "lock", "postgresql", "all", **figures)
    longest = max(answer.wall for answer in answers) * 1000
    what = f"import {rows} + 8 writers: slowest answer"
    yield Figure(what, "latency", "postgresql", "all", longest, times=len(answers))
    yield Figure(f"import {rows} + 8 writers: the import", f"import-{rows}", "postgresql", "all", took * 1000)
