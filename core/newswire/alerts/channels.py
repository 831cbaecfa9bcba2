"""A look at the channels: which are suspended, paused, silent, or have posts in doubt or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire.alerts.alert import Kind, Symptom
from newswire.delivery import State
from newswire.durations import format_duration
from newswire.shaping import idle
from newswire.store import channels, shaped, trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime
    from typing import Any

    from sqlalchemy.engine import Connection

    from newswire.alerts.alert import Key
    from newswire.config import Config, ConfiguredChannel
    from newswire.store.trouble import Head

GRACE = timedelta(minutes=10)
"""How long a channel must be seen silent: after a pause, or when everything was off, it posts again within that."""
_LONG_AGO = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class ChannelLook:
    """One look at the channels.

    Args:
        connection: to read with.
        config: what there should be.
        posted: when channels posted last, as far as it is known.
        paused: the accounts that are paused, or were a moment ago.
        now: the time.
    """

    connection: Connection
    config: Config
    posted: Mapping[str, datetime]
    paused: AbstractSet[str]
    now: datetime

    def see(self) -> tuple[list[Symptom], set[Key]]:
        """What is wrong, and of which channels it cannot be told whether they are silent."""
        rows = {row["name"]: row for row in channels.brief_rows(self.connection)}
        known = {one.name: one for one in self.config.enabled_channels if one.name in rows}
        symptoms = [*self._troubles(known)]
        mute: set[str] = set()
        for name, channel in known.items():
            row = rows[name]
            if not row["active"]:
                mute.add(name)
                words = row["note"] or "nobody said why"
                symptoms.append(Symptom(kind=Kind.CHANNEL_SUSPENDED, subject=name, words=words))
            elif row["paused_until"] is not None and row["paused_until"] > self.now:
                mute.add(name)
                if not (row["note"] or "").startswith(channels.BY_HAND):
                    symptoms.append(self._paused(channel, row))
            elif channel.account in self.paused:
                mute.add(name)
        silent, held = self._silent({name: one for name, one in known.items() if name not in mute}, rows)
        return symptoms + silent, {(Kind.CHANNEL_SILENT, name) for name in mute | held}

    def _paused(self, channel: ConfiguredChannel, row: Mapping[str, Any]) -> Symptom:
        until = row["paused_until"]
        return Symptom(
            kind=Kind.CHANNEL_PAUSED,
            subject=channel.name,
            words=f"{row['note'] or 'its platform asks it to wait'} (until {until:%Y-%m-%d %H:%M} UTC)",
            until=until,
            after=self.config.alerts.paused_after,
        )

    def _troubles(self, known: Mapping[str, ConfiguredChannel]) -> Iterator[Symptom]:
        for one in trouble.troubles(self.connection):
            if one.channel not in known:
                continue
            if one.state is State.DOUBT:
                words = f"{one.count} {_plural(one.count, 'post')} may or may not be out, since {_clock(one.oldest)}"
                kind, since, after = Kind.DOUBT, one.oldest, self.config.alerts.doubt_after
            else:
                words = f"{one.count} {_plural(one.count, 'was', 'were')} given up, the last {_clock(one.newest)}"
                kind, since, after = Kind.DEAD, one.newest, timedelta()
            yield Symptom(kind=kind, subject=one.channel, words=words, since=since, after=after, newest=one.newest)

    def _silent(
        self, known: Mapping[str, ConfiguredChannel], rows: Mapping[str, Mapping[str, Any]]
    ) -> tuple[list[Symptom], set[str]]:
        """The channels that are silent, and those whose shaping holds them back at the moment."""
        heads = [head for head in trouble.heads(self.connection) if head.channel in known]
        shapings = {head.channel: known[head.channel].shaping for head in heads}
        with_rules = {name: shaping for name, shaping in shapings.items() if shaping is not None}
        held = set(shaped.waiting(self.connection, with_rules, now=self.now)) if with_rules else set()
        candidates = [head for head in heads if self._is_old(head, known[head.channel]) and head.channel not in held]
        memories = {head.channel: _LONG_AGO for head in candidates if head.channel in with_rules}
        posts = shaped.recent(self.connection, memories, now=self.now) if memories else {}
        silent = []
        for head in candidates:
            channel = known[head.channel]
            since = self._free_since(head, channel, rows[head.channel])
            enough = channel.dead_man or timedelta()
            if idle(channel.shaping, posts.get(head.channel, ()), since=since, now=self.now, enough=enough):
                silent.append(self._is_silent(head, channel))
        return silent, held

    def _is_old(self, head: Head, channel: ConfiguredChannel) -> bool:
        return channel.dead_man is not None and self.now - head.since >= channel.dead_man

    def _free_since(self, head: Head, channel: ConfiguredChannel, row: Mapping[str, Any]) -> datetime:
        """Since when, at the earliest, it could post what waits there."""
        moments: list[datetime | None] = [head.since, self.posted.get(head.channel), row["paused_until"]]
        shaping = channel.shaping
        if shaping is not None and shaping.digest is not None and shaping.only_digests and head.new_post:
            moments.append(shaping.digest.next(head.since, shaping.zone))
        return max(moment for moment in moments if moment is not None)

    def _is_silent(self, head: Head, channel: ConfiguredChannel) -> Symptom:
        last = self.posted.get(head.channel)
        out = f"the last post was {_clock(last)}" if last else "nothing went out"
        return Symptom(
            kind=Kind.CHANNEL_SILENT,
            subject=head.channel,
            words=f"articles wait since {_clock(head.since)}, {out} (dead_man is {format_duration(channel.dead_man)})",
            after=min(GRACE, (channel.dead_man or GRACE) / 4),
        )


def _plural(number: int, one: str, many: str | None = None) -> str:
    return one if number == 1 else many or f"{one}s"


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
