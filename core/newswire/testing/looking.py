"""What a rehearsal lets one look at: accounts, channels and attempts, as the store has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from newswire.store import deliveries
from newswire.store.schema import channel, lane

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.delivery import Delivery


@dataclass(frozen=True, slots=True)
class AccountState:
    """How an account stands."""

    paused_until: datetime | None
    """Until when none of its channels is sent to."""
    note: str | None
    """Why."""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel stands."""

    active: bool
    """Whether it is sent to; False after `newswire.api.ChannelGone`, until its options change."""
    paused_until: datetime | None
    """Until when it is not."""
    note: str | None
    """Why it is not active, or why it is, or was last, paused."""
    address: dict[str, str | int] | None
    """Where its destination has moved, if it has."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to bring a channel to what it should show of an article."""

    operation: str
    """``post``, ``edit`` or ``delete``."""
    outcome: str
    """``sent``, ``suppressed``, or the name of the outcome in small letters: ``channelpaused``."""
    words: str | None
    """The platform's words, or ours; None where there is nothing to say."""
    rev: int
    """The article's revision it was about."""


def account_state(connection: Connection, name: str) -> AccountState:
    """How an account stands."""
    row = connection.execute(select(lane.c.paused_until, lane.c.note).where(lane.c.name == name)).one()
    return AccountState(row.paused_until, row.note)


def channel_state(connection: Connection, name: str) -> ChannelState:
    """How a channel stands."""
    row = connection.execute(select(channel).where(channel.c.name == name)).one()
    return ChannelState(bool(row.active), row.paused_until, row.note, row.address)


def delivery_of(connection: Connection, article_id: str, channel_name: str) -> Delivery:
    """The delivery of an article to a channel.

    Raises:
        KeyError: there is none: the channel does not want the article.
    """
    return deliveries.of_article(connection, article_id)[channel_name]


def attempts_of(connection: Connection, delivery_id: int) -> list[Attempt]:
    """Every attempt of a delivery, in order."""
    rows = deliveries.attempts(connection, delivery_id)
    return [Attempt(row["operation"], row["outcome"], row["words"], row["rev"]) for row in rows]
