"""The store as a whole."""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar

from sqlalchemy import inspect, text

from newswire.errors import SchemaOutdated
from newswire.store.engine import Engines
from newswire.store.records import PluginState
from newswire.store.schema import REVISION

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """The database of a wire room.

    Its statements are synchronous; `run` puts a function on a thread, so that the event loop never waits for a disk.
    SQLite has one writer, so one thread is enough for writing; PostgreSQL gets a few.

    Args:
        url: an SQLAlchemy URL, ``sqlite:///...`` or ``postgresql+psycopg://...``.
    """

    def __init__(self, url: str) -> None:
        self.engines = Engines(url)
        if self.engines.sqlite and self.engines.url.database:
            Path(self.engines.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._threads = ThreadPoolExecutor(1 if self.engines.sqlite else 4, thread_name_prefix="store")
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="store-read")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self) -> AbstractContextManager[Connection]:
        """One transaction that may write."""
        return self.engines.write()

    def read(self) -> AbstractContextManager[Connection]:
        """One consistent view for reading."""
        return self.engines.read()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Does blocking work that writes, on a thread of the store."""
        call = functools.partial(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def look(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Does blocking work that only reads, on a thread of the store."""
        call = functools.partial(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._readers, call)

    def state(self, plugin: str) -> PluginState:
        """A plugin's own small store."""
        return PluginState(self.engines, plugin)

    def revision(self) -> str | None:
        """The revision of the schema in the database; None for an empty one."""
        with self.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found

    def upgrade(self) -> None:
        """Brings the schema to what this program needs; of several processes that start together one does it."""
        from newswire.store import migrations  # noqa: PLC0415  # alembic takes its time, and is rarely needed

        with self.write() as connection:
            self.engines.serialize_publishing(connection)
            migrations.upgrade(connection)

    def require_current(self, *, make: bool = True) -> None:
        """Makes sure that the schema is the one this program was written for.

        Args:
            make: whether an empty database gets it.

        Raises:
            SchemaOutdated: it is another one, or there is none.
        """
        database = self.engines.url.database
        if not make and self.engines.sqlite and database and not Path(database).exists():
            raise SchemaOutdated(f"there is no database at {database} yet; 'newswire run' makes it")
        found = self.revision()
        if found is None and make:
            self.upgrade()
        elif found != REVISION:
            raise SchemaOutdated(
                f"the database has schema {found}, this program needs {REVISION}; run 'newswire migrate' "
                "(or the newswire version that wrote it)"
            )

    def close(self) -> None:
        """Lets threads and connections go."""
        self._threads.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self.engines.dispose()
