"""What every test may use, and what no test may leave behind."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from newswire import secrets

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _forget_secrets_and_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process remembers every secret it read, and keeps its logging; a test starts with neither."""
    monkeypatch.setattr(secrets, "_known", set())
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logger.level for name, logger in _loggers().items()}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, logger in _loggers().items():
        logger.setLevel(levels.get(name, logging.NOTSET))


def _loggers() -> dict[str, logging.Logger]:
    found = logging.Logger.manager.loggerDict
    return {name: logger for name, logger in found.items() if isinstance(logger, logging.Logger)}
