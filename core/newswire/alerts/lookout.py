"""The lookout: looks around from time to time, in one process of all, and sees to it that the admin is told.

What is decided and what is to be told are one transaction: whatever dies in between, nothing is told twice or lost.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from newswire.alerts import words
from newswire.alerts.alert import Kind, Outlet
from newswire.alerts.judgement import judge
from newswire.alerts.memory import Memory
from newswire.alerts.sight import Look
from newswire.errors import StoreError
from newswire.logs import get_logger
from newswire.secrets import mask
from newswire.store import alerts, channels, leases, notices, wakeups

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.alerts.alert import Alert, Sight
    from newswire.alerts.judgement import Judgement
    from newswire.config import Config
    from newswire.store import Store

log = get_logger(__name__)
LEASE = "alerts"


class Lookout:
    """Decides about alerts.

    Args:
        config: gives the config as it is now.
        store: where everything is.
        clock: tells the time, in UTC.
        owner: who this process is; unique among all on the store.
        wake: called when there is something to send.
    """

    def __init__(
        self,
        config: Callable[[], Config],
        store: Store,
        clock: Callable[[], datetime],
        owner: str,
        wake: Callable[[], None],
    ) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._owner = owner
        self._wake = wake
        self._memory: Memory | None = None

    async def run(self, stop: asyncio.Event, *, once: bool = False) -> None:
        """Looks until told to stop, or once; what fails is told, and the next look comes all the same."""
        try:
            while not stop.is_set():
                try:
                    if await self._store.run(self.look):
                        self._wake()
                except StoreError as error:
                    log.warning("the store does not answer: nobody looks for alerts", error=str(error))
                except Exception:
                    log.exception("a look for alerts failed")
                if once:
                    return
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._config().alerts.every.total_seconds())
        finally:
            with contextlib.suppress(StoreError):  # then the lease runs out
                await self._store.run(self._release)

    def look(self) -> bool:
        """Looks once, unless another process does; gives whether there is something to send. Blocking."""
        config, now = self._config(), self._clock()
        ttl = config.alerts.every * 2
        with self._store.write() as connection:
            if not leases.take(connection, LEASE, self._owner, now=now, ttl=ttl):
                self._memory = None
                return False
        memory = self._memory = self._memory or Memory()
        with self._store.read() as connection:
            sight = Look(connection, config, memory, alerts.load(connection), now).see()
        with self._store.write() as connection:
            if not leases.take(connection, LEASE, self._owner, now=now, ttl=ttl):
                return False
            judgement = self._decide(connection, config, sight, now)
        for alert in judgement.raised:
            log.warning("alert", kind=alert.kind.value, words=alert.words, **_about(alert))
        for alert in judgement.over:
            log.info("an alert is over", kind=alert.kind.value, **_about(alert))
        return bool(judgement.tellings)

    def _decide(self, connection: Connection, config: Config, sight: Sight, now: datetime) -> Judgement:
        masked = replace(sight, symptoms=tuple(replace(one, words=mask(one.words)) for one in sight.symptoms))
        known = alerts.load(connection)
        judgement = judge(
            known, masked, _outlets(connection, config, now), min_interval=config.alerts.min_interval, now=now
        )
        alerts.save(connection, known, judgement.alerts)
        for telling in judgement.tellings:
            name = telling.outlet.channel
            notice = words.notice_of(telling, site_url=config.site.url, at=now)
            notices.add(connection, notice, name, now=now)
            alerts.note_notice(connection, name, notice.id, now)
        if judgement.tellings:
            wakeups.announce(connection)
        return judgement

    def _release(self) -> None:
        with self._store.write() as connection:
            leases.release(connection, LEASE, self._owner, now=self._clock())


def _about(alert: Alert) -> dict[str, str]:
    """Whom an alert is about, under the name that other lines of the log have for it."""
    of_a_channel = alert.kind in {Kind.DOUBT, Kind.DEAD}
    return {"channel" if of_a_channel else alert.kind.value.partition("_")[0]: alert.subject}


def _outlets(connection: Connection, config: Config, now: datetime) -> list[Outlet]:
    """The channels that alerts go to, and whether each can be posted to."""
    if not config.alerts.channel:
        return []
    rows = {row["name"]: row for row in channels.find(connection, config.alerts.channel)}
    lanes = {row["name"]: row for row in channels.lane_rows(connection)}
    last = alerts.last_notices(connection)
    found = []
    for channel in config.enabled_channels:
        if channel.name not in config.alerts.channel:
            continue
        row, lane = rows.get(channel.name), lanes.get(channel.account)
        usable = bool(row and lane and row["active"])
        rests = [one["paused_until"] for one in (row, lane) if one]
        usable = usable and all(until is None or until <= now for until in rests)
        found.append(Outlet(channel=channel.name, account=channel.account, usable=usable, last=last.get(channel.name)))
    return found
