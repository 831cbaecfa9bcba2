"""Points in time on the command line."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from newswire.store import Store


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def store_clock(store: Store) -> Callable[[], datetime]:
    """The time that a room on a database goes by: on PostgreSQL the server's, whatever the clock of this machine says.

    Raises:
        StoreError: the database does not answer.
    """
    from newswire.store.clock import DatabaseClock  # noqa: PLC0415  # heavy: not for --help

    if store.engines.sqlite:
        return utc_now
    clock = DatabaseClock(store.engines, utc_now, time.monotonic)
    clock.measure()
    return clock


class Moment(click.ParamType[datetime]):
    """A point in time: ``now``, ISO 8601 (UTC where it names no offset), or a duration: so long ago.

    Args:
        files: whether the name of a file stands for the time it was written.
    """

    name = "time"

    def __init__(self, *, files: bool = False) -> None:
        self._files = files

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time that was meant; fails with what can be written."""
        from newswire.durations import parse_duration  # noqa: PLC0415  # heavy: not for --help

        if isinstance(value, datetime):
            return value
        if value == "now":
            return utc_now()
        if self._files and Path(value).is_file():
            return datetime.fromtimestamp(Path(value).stat().st_mtime, UTC)
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        try:
            return utc_now() - parse_duration(value)
        except ValueError:
            more = ", 'now', or a file" if self._files else " or 'now'"
            self.fail(f"'{value}' is no time: write 2026-11-23T12:00 (UTC), '36h' for so long ago{more}.", param, ctx)


class Length(click.ParamType["timedelta"]):
    """A length of time as in the config: ``90m``, ``36h``, ``3d``."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The length that was meant; fails with what can be written."""
        from newswire.durations import parse_duration  # noqa: PLC0415  # heavy: not for --help

        try:
            return parse_duration(value)
        except ValueError as error:
            self.fail(f"'{value}' {error}.", param, ctx)
