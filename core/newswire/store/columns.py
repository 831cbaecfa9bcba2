"""Column types that mean the same on SQLite (STRICT tables) and on PostgreSQL."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import BigInteger, Integer, LargeBinary, Text, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# SQLite's STRICT tables know INTEGER (64 bits) and no BIGINT.
Big = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """A point in time, kept as microseconds since 1970 in UTC: exact, sortable, the same on both engines."""

    impl = Big
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Microseconds of a time."""
        del dialect
        return None if value is None else (value - EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The time of microseconds."""
        del dialect
        return None if value is None else EPOCH + value * _MICROSECOND


class Document(TypeDecorator[Any]):
    """A JSON document, kept as text with sorted keys."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The text of a document."""
        del dialect
        return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The document of a text."""
        del dialect
        return None if value is None else orjson.loads(value)


class Packed(TypeDecorator[Any]):
    """A JSON document that is rarely read, kept compressed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """The bytes of a document."""
        del dialect
        return None if value is None else zlib.compress(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """The document of bytes."""
        del dialect
        return None if value is None else orjson.loads(zlib.decompress(value))
