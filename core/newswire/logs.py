"""Logs: structlog over the standard library, one stream for our lines and those of libraries, without secrets."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Any, Literal, TextIO

import structlog

from newswire.secrets import mask

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import Processor

LogFormat = Literal["console", "json"]

_CAPPED = (
    "alembic",
    "aiohttp.access",
    "httpcore",
    "httpx",
    "mastodon",
    "telegram",
    "urllib3",
    "uvicorn",
    "watchfiles",
)
"""Libraries that tell every request they make, whole addresses and all: a Telegram address has the token in it."""


def setup_logging(level: str = "info", format: LogFormat = "console", stream: TextIO | None = None) -> None:  # noqa: A002  # the word of the config
    """Sends everything that is logged to one stream, every known secret masked, tracebacks included.

    It may be called again: the last call holds.

    Args:
        level: the least important level that is written: debug, info, warning or error.
        format: lines for people, or one JSON object a line.
        stream: where to; standard error when not given.
    """
    target = stream if stream is not None else sys.stderr
    handler = _Handler(target)
    handler.setFormatter(_MaskingFormatter(foreign_pre_chain=_foreign(), processors=_rendering(format, target)))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    threshold = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(threshold)
    for name in _CAPPED:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))
    _configure()


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger that takes what belongs to a line as keywords: ``log.info("sent", channel="news-de")``."""
    if not structlog.is_configured():
        _configure()
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


class _Handler(logging.StreamHandler[TextIO]):
    """Known as ours when logging is set up again."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the name the library calls
        """Tells that a line could not be written; the library itself would print its arguments, secrets and all."""
        error = sys.exc_info()[1]
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(mask(f"a line of {record.name} could not be written: {type(error).__name__}: {error}\n"))


class _MaskingFormatter(structlog.stdlib.ProcessorFormatter):
    """Masks the finished line: whatever came into it, a message, a field or a traceback, is seen here."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, without secrets."""
        return mask(super().format(record))


def _common() -> list[Processor]:
    """What every line goes through, whoever wrote it."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _foreign() -> list[Processor]:
    """What the lines of libraries go through; their extra fields are kept."""
    return [*_common(), structlog.stdlib.ExtraAdder(), _without_leftovers]


def _without_leftovers(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Takes out what the formatter of another handler left in the record."""
    for name in ("message", "asctime"):
        fields.pop(name, None)
    return fields


def _rendering(format: LogFormat, stream: TextIO) -> list[Processor]:  # noqa: A002  # the word of the config
    drop_meta: Processor = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if format == "json":
        return [
            drop_meta,
            structlog.processors.format_exc_info,
            structlog.processors.UnicodeDecoder(),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=_in_words),
        ]
    # The plain traceback: richer ones print local variables, and fold lines so that a secret is cut in two.
    console = structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
    )
    return [drop_meta, console]


def _in_words(value: Any) -> str:
    return str(value)


def _configure() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_common(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
