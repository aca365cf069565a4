"""Log lines as JSON: one event one line, so that user text cannot forge another (A29)."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(r"(?<=/)[A-Za-z0-9_:.-]{24,}(?=/|$)")


class Short(logging.Filter):
    """What Django says of a suspicious request (a forged host, too many fields) stays a line: anybody can cause it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, without the trace."""
        if record.name.startswith("django.security."):
            record.exc_info = record.exc_text = None
        return True


def formatter() -> logging.Formatter:
    """Formatter for the standard library's handlers; control characters are escaped by JSON."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            without_secrets,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )


def without_secrets(logger: Any, name: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """The addresses in a log line without what opens something."""
    return {**event, "event": masked(str(event.get("event", "")))}


def masked(path: str) -> str:
    """An address with its random parts cut: whoever reads a log or the trail must not be able to use them (A42)."""
    return _SECRET.sub(lambda found: f"{found[0][:4]}…", path)
