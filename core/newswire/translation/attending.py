"""Working requests off: each translator by one process at a time, by a lease."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire.errors import StoreError
from newswire.logs import get_logger
from newswire.store import leases, translations, translators
from newswire.translation.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.config.resolved import ConfiguredTranslator
    from newswire.store.translations import RequestedTranslation
    from newswire.translation.work import Order
    from newswire.translator import Translator

log = get_logger(__name__)
LEASE = timedelta(seconds=15)
"""How long a translator stays with a process that gives no sign of life."""
POLL = timedelta(seconds=5)
"""How long it takes at most until work that nobody told of is seen."""
HOUSEKEEPING = timedelta(hours=6)
_SHORTEST = timedelta(milliseconds=50)


class TranslatorRunner:
    """Lets one translator work, while this process has the lease.

    Args:
        configured: its table.
        translator: the translator, opened.
        order: what all translations have in common.
        owner: who this process is; unique among all on the store.
        remember: how long pieces are remembered.
        told: called when something was published.
    """

    def __init__(
        self,
        configured: ConfiguredTranslator,
        translator: Translator,
        order: Order,
        *,
        owner: str,
        remember: timedelta,
        told: Callable[[], None],
    ) -> None:
        self.name = configured.name
        self._configured = configured
        self._translator = translator
        self._order = order
        self._owner = owner
        self._remember = remember
        self._told = told
        self._work = Work(configured, translator, order)
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._ours_until: datetime | None = None
        self._cleaned: datetime | None = None
        self._begun = False
        self.wake = asyncio.Event()

    async def run(self, stop: asyncio.Event, *, patience: timedelta | None = None) -> None:
        """Works until told to stop; with `patience` only until nothing is due within that time.

        What is under way when it is told to stop is left: whoever is next begins it again, and recalls what was
        translated of it.
        """
        try:
            while not stop.is_set():
                self.wake.clear()
                wait = await self._turn()
                if patience is not None and not self._busy and (wait is None or wait > patience):
                    return
                await self._rest(stop, min(POLL, wait) if wait is not None else POLL)
        finally:
            await self._end()

    async def _turn(self) -> timedelta | None:
        """Takes up what there is to do; returns how long until there is more, None where nobody knows of any."""
        try:
            found, due = await self._order.store.run(self._next)
        except StoreError as error:
            log.warning("the store does not answer", translator=self.name, error=str(error))
            if not self._ours:
                await self._drop()
            return POLL
        if not self._ours:
            await self._drop()
            return due
        for request in found:
            task = asyncio.create_task(self._do(request))
            self._busy[request.id] = task
            task.add_done_callback(lambda _, key=request.id: self._done(key))  # type: ignore[misc]  # a default argument
        return due

    @property
    def _ours(self) -> bool:
        return self._ours_until is not None and self._order.clock() < self._ours_until

    def _done(self, request_id: int) -> None:
        self._busy.pop(request_id, None)
        self.wake.set()

    async def _do(self, request: RequestedTranslation) -> None:
        try:
            if await self._work.do(request):
                self._told()
        except StoreError as error:
            log.warning("this translation is begun again later", translator=self.name, error=str(error))
        except Exception:
            log.exception("a translation failed", translator=self.name, article=request.article_id)

    def _next(self) -> tuple[Sequence[RequestedTranslation], timedelta | None]:
        """Takes or keeps the lease; what can be begun now, and how long until there is more."""
        now = self._order.clock()
        with self._order.store.write() as connection:
            name = f"translator {self.name}"
            if not leases.take(connection, name, self._owner, now=now, ttl=LEASE):
                self._ours_until = None
                return (), POLL
            if self._ours_until is None:
                # Nobody else works for it, so what is begun and not busy here was begun by one that is gone.
                translations.take_over(connection, self.name, now=now, but=self._busy)
                if not self._begun:
                    translators.pause(connection, self.name, None, None)  # the config or the service may be another now
                    self._begun = True
            self._ours_until = now + LEASE * 2 / 3  # a younger lease is not written anew
            self._clean(connection, now)
            until, _ = translators.paused(connection, self.name)
            due = translations.next_due(connection, self.name)
            if until is not None and until > now:
                return (), max(until - now, due - now) if due is not None else None
            free = self._configured.concurrency - len(self._busy)
            if free <= 0:
                return (), POLL
            found = translations.upcoming(connection, self.name, now=now, limit=free, but=self._busy)
        if found or due is None:
            return found, POLL if found else None
        return (), max(due - now, _SHORTEST)

    def _clean(self, connection: Connection, now: datetime) -> None:
        if self._cleaned is None or now - self._cleaned >= HOUSEKEEPING:
            self._cleaned = now
            translators.forget(connection, now - self._remember, now)

    async def _rest(self, stop: asyncio.Event, length: timedelta) -> None:
        waits = [asyncio.create_task(self.wake.wait()), asyncio.create_task(stop.wait())]
        await asyncio.wait(waits, timeout=length.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()

    async def _drop(self) -> None:
        """Leaves what is under way: the translator is somebody else's now."""
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._busy.clear()

    async def _end(self) -> None:
        await self._drop()
        with contextlib.suppress(StoreError):  # then the lease runs out
            await self._order.store.run(self._release)
        with contextlib.suppress(Exception):  # a plugin's last words are of no use to anybody
            await self._translator.aclose()

    def _release(self) -> None:
        now = self._order.clock()
        with self._order.store.write() as connection:
            if self._ours_until is not None:
                translations.take_over(connection, self.name, now=now)
            leases.release(connection, f"translator {self.name}", self._owner, now=now)
