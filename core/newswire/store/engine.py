"""Engines and transactions for both databases."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from newswire.errors import StoreError, TransactionLost

if TYPE_CHECKING:
    from collections.abc import Iterator

_PUBLISH_LOCK = 0x6E657773  # any number, the same in every worker: "news"

# A server that went away without a word (power, cable) is noticed after some 15 s, and not after hours, as TCP would.
# https://www.postgresql.org/docs/current/libpq-connect.html; what the address says itself goes first.
_CONNECT: dict[str, str] = {
    "application_name": "newswire",
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
# A process that is frozen within a transaction holds its locks; the server lets go of them for it. It does not where
# the last statement came in a pipeline (measured on PostgreSQL 18): see _one_by_one.
_SESSION = (
    "SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '15s';"
    # The rows a step works on are few and in memory. By its default of 4, made for spinning disks, the planner would
    # rather read all deliveries than fetch a hundred of them by their key.
    "SET random_page_cost = 1.1"
)


class Engines:
    """A writing and a reading engine for one database.

    On SQLite a writer begins IMMEDIATE: a deferred transaction that reads and then writes fails at once when
    another writer committed in between, whatever the timeout. Readers begin plainly and never wait.

    On PostgreSQL writers read what is committed, statement by statement, and take row locks where they decide by
    what they read; readers get a snapshot.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite:
            self.writer = _sqlite(self.url.render_as_string(hide_password=False), "BEGIN IMMEDIATE")
            self.reader = _sqlite(self.url.render_as_string(hide_password=False), "BEGIN")
        else:
            self.writer = _postgres(self.url)
            self.reader = self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def connect_arguments(self) -> dict[str, Any]:
        """What a connection to PostgreSQL is opened with, for those that are opened beside the engines."""
        _, arguments = self.writer.dialect.create_connect_args(self.url)
        return {**_defaults(self.url), **arguments}

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; it commits at the end, or leaves nothing behind."""
        with _translated(), self.writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view for reading."""
        with _translated(), self.reader.connect() as connection:
            yield connection

    def serialize_publishing(self, connection: Connection) -> None:
        """Lets one publish at a time through, so that events commit in the order of their numbers.

        SQLite has one writer anyway. PostgreSQL hands out identity values before the commit; without this a
        follower's cursor could pass a number that commits later. Whatever else only one process may do at a time
        (building the schema, taking in a new config) asks for the same.
        """
        if not self.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PUBLISH_LOCK})

    def try_to_publish(self, connection: Connection) -> bool:
        """Asks to be the one who publishes, as above, without waiting: a dispatcher holds what publishers wait for."""
        if self.sqlite:
            return True
        return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _PUBLISH_LOCK}))

    def dispose(self) -> None:
        """Closes every connection."""
        self.writer.dispose()
        if self.sqlite:
            self.reader.dispose()


def _postgres(url: URL) -> Engine:
    engine = create_engine(url, pool_size=8, pool_pre_ping=True, connect_args=_defaults(url))

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute(_SESSION)
        connection.autocommit = False

    event.listen(engine, "do_executemany", _one_by_one)
    # An insert of many rows is one statement with many values, so little is left to go one by one.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    return engine


def _one_by_one(cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
    """Executes a statement for many rows without the pipeline that psycopg would open for it.

    After a pipeline PostgreSQL does not notice that a transaction idles, and a frozen process would hold its locks for
    ever.
    """
    for row in parameters:
        cursor.execute(statement, row)
    return True


def _defaults(url: URL) -> dict[str, str]:
    return {name: value for name, value in _CONNECT.items() if name not in url.query}


def _sqlite(url: str, begin: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 10.0})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin event below opens transactions, not the driver
        cursor = connection.cursor()
        # FULL: on power loss NORMAL may drop the last commits; a dropped intent would be a double post.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        words = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
        # PostgreSQL, appendix A: 40P01 deadlock detected, 40001 serialization failure. The transaction left nothing
        # behind, and the same transaction made again succeeds.
        kind = TransactionLost if getattr(error.orig, "sqlstate", None) in {"40P01", "40001"} else StoreError
        raise kind(f"the database refused: {words}") from error
    except PoolTimeoutError as error:
        raise StoreError(f"the database is busy: {error}") from error
