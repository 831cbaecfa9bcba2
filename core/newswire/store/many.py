"""One change to many rows, at the price of one statement.

SQLite changes row after row within the process, which costs next to nothing. PostgreSQL is asked over a connection,
statement by statement; there all rows travel as one JSON document and are changed, or added, by one statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import JSON, bindparam, cast, column, func, insert, select
from sqlalchemy.types import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Table, Update
    from sqlalchemy.engine import Connection, Dialect
    from sqlalchemy.sql.dml import UpdateBase
    from sqlalchemy.sql.selectable import TableValuedAlias
    from sqlalchemy.types import TypeEngine


class Many:
    """A statement that is made for many rows at once.

    Args:
        each: the statement for one row, whose values are parameters.
        together: the statement for all, whose values come from the rows `given` makes.
        kinds: names and types of the values of a row.
    """

    def __init__(self, each: UpdateBase, together: UpdateBase, kinds: Mapping[str, TypeEngine[Any]]) -> None:
        self._each = each
        self._together = together
        self._kinds = dict(kinds)
        self._sqlite: tuple[str, Sequence[tuple[str, Any]]] | None = None

    def make(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Changes, or adds, rows; each is a mapping with a value for every name."""
        dialect = connection.dialect
        binding = {name: kind.dialect_impl(dialect).bind_processor(dialect) for name, kind in self._kinds.items()}
        plain = [
            {name: row[name] if bind is None else bind(row[name]) for name, bind in binding.items()} for row in rows
        ]
        if dialect.name == "sqlite":
            text, values = self._sqlite = self._sqlite or self._compiled(dialect)
            connection.exec_driver_sql(text, [tuple(row.get(name, value) for name, value in values) for row in plain])
        else:
            connection.execute(self._together, {"given": orjson.dumps(plain).decode()})

    def _compiled(self, dialect: Dialect) -> tuple[str, Sequence[tuple[str, Any]]]:
        """The statement for one row, and its parameters in order, each with its value where that is always the same."""
        compiled = self._each.compile(dialect=dialect)
        return str(compiled), [(name, compiled.params[name]) for name in compiled.positiontup or ()]


def change_many(
    make: Callable[[Mapping[str, ColumnElement[Any]]], Update], kinds: Mapping[str, TypeEngine[Any]]
) -> Many:
    """A change that is made to many rows.

    Args:
        make: makes the statement from what is given of a row, by name.
        kinds: names and types of that.
    """
    parameters = {name: bindparam(name, type_=kind) for name, kind in kinds.items()}
    return Many(make(parameters), make(dict(_given(kinds).c)), kinds)


def add_many(table: Table, *names: str) -> Many:
    """Adding many rows to a table.

    Args:
        table: the table.
        names: the columns that are given; all others have their defaults.
    """
    kinds = {name: table.c[name].type for name in names}
    each = insert(table).values({name: bindparam(name, type_=kind) for name, kind in kinds.items()})
    return Many(each, insert(table).from_select(list(names), select(*_given(kinds).c)), kinds)


def _given(kinds: Mapping[str, TypeEngine[Any]]) -> TableValuedAlias:
    rows = func.json_to_recordset(cast(bindparam("given", type_=Text), JSON))
    columns = rows.table_valued(*(column(name, kind) for name, kind in kinds.items()))
    return columns.render_derived(name="given", with_types=True)
