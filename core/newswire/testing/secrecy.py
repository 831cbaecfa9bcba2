"""Listening to everything that is said, so that no secret is among it."""

from __future__ import annotations

import contextlib
import logging
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextlib.contextmanager
def everything_logged(but: Sequence[str] = ()) -> Iterator[list[str]]:
    """Collects what every logger writes at the level DEBUG, before anything masks it.

    Args:
        but: loggers that are not listened to, and those below them.
    """
    said: list[str] = []
    listener = _Listener(said, but)
    root = logging.getLogger()
    loggers = [root, *(one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger))]
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    root.addHandler(listener)
    try:
        yield said
    finally:
        root.removeHandler(listener)
        for logger, level in before:
            logger.setLevel(level)


class _Listener(logging.Handler):
    def __init__(self, said: list[str], but: Sequence[str]) -> None:
        super().__init__(logging.DEBUG)
        self._said = said
        self._but = tuple(but)

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps message, arguments, fields and traceback of a line."""
        if any(record.name == name or record.name.startswith(f"{name}.") for name in self._but):
            return
        self._said.append(f"{record.name}: {record.msg} {record.args!r} {record.__dict__!r}")
        with contextlib.suppress(TypeError, ValueError, KeyError):  # an ill-made line is logging's own business
            self._said.append(record.getMessage())
        if record.exc_info and record.exc_info[1] is not None:
            self._said.append(told_by(record.exc_info[1]))


def told_by(error: BaseException | None) -> str:
    """All that can be read from an error and from those it holds, suppressed ones too."""
    told: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        told += [*traceback.format_exception(error), repr(error), str(error), repr(vars(error))]
        error = error.__cause__ or error.__context__
    return "\n".join(told)
