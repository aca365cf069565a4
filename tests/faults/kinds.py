"""Jobs for the fault tests; each counts its effect in the database, so that doing it twice shows."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from secmgmt.core import audit
from secmgmt.core.clock import now
from secmgmt.core.errors import DomainError
from secmgmt.core.jobs import JobContext, job
from secmgmt.core.models import PeriodicRun

EFFECT = "test-effect"


def connect() -> None:
    """Importing this module has registered the kinds."""


def effects(name: str) -> int:
    """How often the job ``name`` took effect."""
    return PeriodicRun.objects.filter(name=EFFECT, period__startswith=f"{name}/").count()


def mark_effect(ctx: JobContext, name: str) -> None:
    """A row that says the job took effect in this attempt."""
    PeriodicRun.objects.create(name=EFFECT, period=f"{name}/{ctx.job.attempts}", at=now())


@job("test.slow", label="慢任务")
def slow(ctx: JobContext) -> None:
    """Works ``seconds`` in small steps, marks the file ``started``, then takes effect and ends."""
    Path(ctx.params["started"]).write_text(str(ctx.job.attempts))
    steps = int(ctx.params["seconds"] * 10)
    for step in range(steps):
        time.sleep(0.1)
        ctx.progress(step + 1, steps, "步骤")
    ctx.save_file("结果.txt", "text/plain", "好".encode())
    with ctx.finishing() as result:
        mark_effect(ctx, ctx.params["name"])
        result["done"] = True


@job("test.open_transaction", label="长事务")
def open_transaction(ctx: JobContext) -> None:
    """Reports progress while its own transaction stays open until the file ``go`` exists."""
    with ctx.finishing() as result:
        ctx.progress(1, 2, "一半")
        deadline = time.monotonic() + 10
        while not Path(ctx.params["go"]).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        result["done"] = True


@job("test.refuses", label="被拒绝的任务")
def refuses(ctx: JobContext) -> None:
    """Fails for a reason the person can understand."""
    ctx.save_file("半成品.txt", "text/plain", b"half")
    raise DomainError("第 3 行的等级不是数字，请改正后重新导入。")


@job("test.breaks", label="出错的任务", max_attempts=2)
def breaks(ctx: JobContext) -> None:
    """Fails for a reason nobody foresaw, after writing something."""
    with audit.act():
        mark_effect(ctx, ctx.params["name"])
        raise RuntimeError("boom: internal detail")


@job("test.file", label="生成文件")
def makes_file(ctx: JobContext) -> dict[str, Any]:
    """Makes a small file and says where to go."""
    ctx.save_file("汇总 表.html", "text/html", ctx.params.get("text", "<b>x</b>").encode())
    return {"url": ctx.params.get("url", "")}
