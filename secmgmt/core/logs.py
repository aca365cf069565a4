"""Log lines as JSON: one event one line, so that user text cannot forge another (A29)."""

import logging

import structlog


def formatter() -> logging.Formatter:
    """Formatter for the standard library's handlers; control characters are escaped by JSON."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
