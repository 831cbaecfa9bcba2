"""One change to many rows, at the price of one statement.

SQLite changes row after row within the process, which costs next to nothing. PostgreSQL is asked over a connection,
statement by statement; there all rows travel as one JSON document and are changed by one statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import JSON, bindparam, cast, column, func
from sqlalchemy.types import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Update
    from sqlalchemy.engine import Connection
    from sqlalchemy.types import TypeEngine


class ChangeMany:
    """A change that is made to many rows.

    Args:
        make: makes the statement from what is given of each row.
        given: the names and types of that.
    """

    def __init__(
        self, make: Callable[[Mapping[str, ColumnElement[Any]]], Update], given: Mapping[str, TypeEngine[Any]]
    ) -> None:
        self._given = dict(given)
        self._each = make({name: bindparam(name, type_=kind) for name, kind in given.items()})
        rows = (
            func.json_to_recordset(cast(bindparam("given", type_=Text), JSON))
            .table_valued(*(column(name, kind) for name, kind in given.items()))
            .render_derived(name="given", with_types=True)
        )
        self._together = make(dict(rows.c))

    def make(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Changes the rows; each is a mapping by the names of what is given."""
        if connection.dialect.name == "sqlite":
            connection.execute(self._each, list(rows))
        else:
            connection.execute(self._together, {"given": self._document(connection, rows)})

    def _document(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> str:
        """Rows as the columns hold them: times as numbers, documents as text."""
        dialect = connection.dialect
        binding = {name: kind.dialect_impl(dialect).bind_processor(dialect) for name, kind in self._given.items()}
        plain = [
            {name: bind(row[name]) if bind is not None else row[name] for name, bind in binding.items()} for row in rows
        ]
        return orjson.dumps(plain).decode()
