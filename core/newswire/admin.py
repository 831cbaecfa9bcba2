"""What an admin does to deliveries and channels: the same for the command line and the dashboard.

Each change is one transaction, of which running dispatchers learn, and a note of whose hand it was stays with it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from newswire.errors import Refused
from newswire.standing import UNTIL_RESUMED
from newswire.store import by_hand, channels, deliveries, wakeups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.engine import Connection

    from newswire.config import Config
    from newswire.delivery import Delivery
    from newswire.post import Receipt
    from newswire.services import Services
    from newswire.store import Store
    from newswire.store.by_hand import Decide, Settled


@dataclass(frozen=True, slots=True)
class Done:
    """What was done to deliveries."""

    changed: Sequence[Delivery]
    """Each as it was before."""
    notes: Sequence[str]
    """What keeps the changes from being carried out at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """A person who settles things by hand. Everything blocks, and is done wholly or not at all."""

    store: Store
    clock: Callable[[], datetime]
    who: str
    """The name that is kept with what is done."""
    seen: Mapping[int, str] = field(default_factory=dict)
    """Deliveries as this person saw them: `newswire.store.by_hand.marks`. One that has changed since then is
    refused, so that the same click twice does a thing once."""

    def retry(self, ids: Sequence[int]) -> Done:
        """Tries at once what was given up, or waits for its next attempt.

        Raises:
            Refused: it cannot be; the text has a line for each delivery.
        """
        return self._change(ids, partial(by_hand.retry, now=self.clock()))

    def resend(self, ids: Sequence[int]) -> Done:
        """Lets new posts be made, whatever became of the old ones, which are not followed any more.

        Raises:
            Refused: as above.
        """
        with self._writing() as connection:
            return self._changed(connection, ids, self._resending(connection))

    def would_resend(self, ids: Sequence[int]) -> Done:
        """What `resend` would change, without changing it.

        Raises:
            Refused: as above.
        """
        with self.store.read() as connection:
            found = by_hand.examine(connection, ids, self._resending(connection))
            return Done(found, self._notes(connection, found))

    def posted_since(self, since: datetime, channel: str | None = None) -> list[int]:
        """The deliveries whose posts went out since a time and are still out."""
        with self.store.read() as connection:
            return by_hand.posted_since(connection, since, channel)

    def resolve_sent(self, delivery_id: int, receipt: Receipt) -> Done:
        """Takes note that a doubtful post is out; see `receipt_for`.

        Raises:
            Refused: there is no doubt about it.
        """
        now = self.clock()
        with self._writing() as connection:

            def decide(row: Delivery) -> Settled:
                gone = by_hand.withdrawn(connection, row.article_id)
                return by_hand.resolve_sent(row, receipt, withdrawn=gone, now=now)

            return self._changed(connection, [delivery_id], decide)

    def resolve_not_sent(self, ids: Sequence[int]) -> Done:
        """Takes note that doubtful posts are not out: they are sent as if they had never been tried.

        Raises:
            Refused: there is no doubt about one.
        """
        return self._change(ids, partial(by_hand.resolve_not_sent, now=self.clock()))

    def discard(self, ids: Sequence[int]) -> Done:
        """Lets deliveries be: what is not out is never posted, what is out stays as it is until the article changes.

        Raises:
            Refused: one is done.
        """
        return self._change(ids, by_hand.discard)

    def pause(self, names: Sequence[str], length: timedelta | None = None) -> datetime:
        """Posts nothing to channels for a while, or until somebody resumes them.

        Returns:
            When the pause ends.

        Raises:
            Refused: there is no such channel.
        """
        until = self.clock() + length if length is not None else UNTIL_RESUMED
        with self._on_channels(names) as connection:
            channels.pause(connection, names, until=until, note=f"{channels.BY_HAND} ({self.who})")
        return until

    def resume(self, names: Sequence[str]) -> None:
        """Goes on posting to channels that were paused, by hand or by the platform.

        Raises:
            Refused: there is no such channel, or one is not active.
        """
        with self._on_channels(names) as connection:
            gone = [row["name"] for row in channels.find(connection, names) if not row["active"]]
            if gone:
                lines = [f"{name} is not active: 'newswire channels activate' lifts that" for name in gone]
                raise Refused("\n".join(lines))
            channels.pause(connection, names, until=None, note=None)

    def activate(self, names: Sequence[str]) -> None:
        """Posts again to channels that were deactivated because the platform said they are gone or closed to us.

        Raises:
            Refused: there is no such channel, or one is not enabled in the config.
        """
        with self._on_channels(names) as connection:
            absent = [row["name"] for row in channels.find(connection, names) if row["note"] == channels.NOT_ENABLED]
            if absent:
                raise Refused("\n".join(f"{name} is {channels.NOT_ENABLED}: enable it there" for name in absent))
            channels.activate(connection, names)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction in which nobody else publishes, and whose changes running dispatchers learn of."""
        with self.store.write() as connection:
            self.store.engines.serialize_publishing(connection)
            yield connection
            wakeups.announce(connection)

    @contextmanager
    def _on_channels(self, names: Sequence[str]) -> Iterator[Connection]:
        with self.store.write() as connection:
            known = {row["name"] for row in channels.find(connection, names)}
            unknown = [name for name in names if name not in known]
            if unknown:
                raise Refused("\n".join(f"there is no channel {name!r}; 'newswire channels list'" for name in unknown))
            yield connection
            wakeups.announce(connection)

    def _change(self, ids: Sequence[int], decide: Decide) -> Done:
        with self._writing() as connection:
            return self._changed(connection, ids, decide)

    def _changed(self, connection: Connection, ids: Sequence[int], decide: Decide) -> Done:
        def unless_changed(row: Delivery) -> Settled:
            if row.id in self.seen:
                by_hand.require_unchanged(connection, row, self.seen[row.id])
            return decide(row)

        found = by_hand.change(connection, ids, unless_changed, by_hand.Hand(self.who, self.clock()))
        return Done(found, self._notes(connection, found))

    def _resending(self, connection: Connection) -> Decide:
        now = self.clock()
        return lambda row: by_hand.resend(row, withdrawn=by_hand.withdrawn(connection, row.article_id), now=now)

    def _notes(self, connection: Connection, changed: Sequence[Delivery]) -> list[str]:
        notes = []
        for row in channels.find(connection, [item.channel for item in changed]):
            name, until = row["name"], row["paused_until"]
            if not row["active"]:
                notes.append(f"{name} is not active ({row['note']}); 'newswire channels activate {name}' lifts that")
            elif until == UNTIL_RESUMED:
                notes.append(f"{name} is paused until it is resumed; 'newswire channels resume {name}'")
            elif until is not None and until > self.clock():
                notes.append(f"{name} is paused until {until:%Y-%m-%d %H:%M} UTC; 'newswire channels resume {name}'")
        return notes


def receipt_for(
    config: Config, services: Services, store: Store, delivery_id: int, remote_id: str, *, now: datetime
) -> Receipt:
    """What the channel's plugin makes of a post's id or address; no network.

    Raises:
        Refused: there is no such delivery, or its channel is not enabled.
        ValueError: it is no id of a post there; the text goes on after what was written.
    """
    from newswire.delivery import Start  # noqa: PLC0415  # only this opens a channel
    from newswire.dispatch.dispatcher import connect_account, open_channel  # noqa: PLC0415

    with store.read() as connection:
        row = deliveries.by_id(connection, delivery_id)
        places = channels.find(connection, [row.channel]) if row else []
    if row is None:
        raise Refused(f"no delivery has the id {delivery_id}; 'newswire deliveries list' shows what there is")
    configured = next((one for one in config.enabled_channels if one.name == row.channel), None)
    if configured is None:
        raise Refused(f"the channel {row.channel} is not enabled in the config, which tells where its posts are")
    account = connect_account(config.account(configured.account), services)
    opened = open_channel(config, configured, account, Start(0, now))
    return opened.at(places[0]["address"] if places else None).receipt_for(remote_id, now)
