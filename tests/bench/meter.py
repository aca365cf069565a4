"""Says with every answer what it cost: processor time of its thread in ms, and the number of statements."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

CPU, QUERIES = "X-Bench-CPU", "X-Bench-Queries"
BOOKKEEPING = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Counter:
    """Counts the statements of a connection; beginning and ending a transaction is none."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        self.count += not sql.startswith(BOOKKEEPING)
        return execute(sql, params, many, context)


class Meter:
    """Middleware of the measured server."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began, counter = time.thread_time(), Counter()
        with connection.execute_wrapper(counter):
            response = self.get_response(request)
        response[QUERIES] = str(counter.count)
        response[CPU] = f"{(time.thread_time() - began) * 1000:.2f}"
        return response
