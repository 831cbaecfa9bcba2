"""What there is to know of an article and a channel, read for `newswire.explanation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.delivery import Start
from newswire.explanation import Situation
from newswire.store import articles, channels, deliveries, events, shaped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.config import Config, ConfiguredChannel


def situations(
    connection: Connection, config: Config, article_id: str, chosen: Iterable[ConfiguredChannel], *, now: datetime
) -> list[Situation]:
    """The situation of an article on each of some channels; empty where there is no such article."""
    stored = articles.load(connection, article_id)
    if stored is None:
        return []
    rows = deliveries.of_article(connection, article_id)
    within = sorted({row.within for row in rows.values() if row.within is not None})
    digests = {key: deliveries.of_article(connection, key) for key in within}
    known = {row["name"]: row for row in channels.channel_rows(connection)}
    lanes = {row["name"]: row for row in channels.lane_rows(connection)}
    usable = {channel.name for channel in config.enabled_channels}
    chosen = list(chosen)
    memory = {channel.name: channel.shaping.memory for channel in chosen if channel.shaping is not None}
    posted = shaped.recent(connection, memory, now=now)
    new = Start(events.latest(connection), now)
    found = []
    for channel in chosen:
        row, mine = rows.get(channel.name), known.get(channel.name, {})
        found.append(
            Situation(
                stored=stored,
                channel=channel,
                enabled=channel.name in usable,
                start=Start(mine["start_seq"], mine["started"]) if mine else new,
                channel_row=mine,
                lane_row=lanes.get(channel.account, {}),
                delivery=row,
                digest=digests[row.within].get(channel.name) if row is not None and row.within else None,
                posted=posted.get(channel.name, ()),
                now=now,
            )
        )
    return found
