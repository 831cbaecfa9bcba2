"""What an account does beside posting, while its lane is held."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire.channel import Account
from newswire.dispatch import guard
from newswire.logs import get_logger
from newswire.store import channels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from newswire.channel import Channel
    from newswire.dispatch.opened import OpenChannel
    from newswire.store import Store

log = get_logger(__name__)
REST = 30.0
"""Seconds before the work of an account that failed is begun again."""
ENDING = 5.0
"""Seconds it may take to end; after that it is left to itself."""


@dataclass(slots=True)
class Attendance:
    """Runs `Account.attend` while a lane is held.

    Args:
        lane: the lane's name.
        account: the account.
        channels: its open channels, by name.
        store: where channels are suspended.
        monotonic: seconds that never go back.
    """

    lane: str
    account: Account
    channels: Mapping[str, OpenChannel]
    store: Store
    monotonic: Callable[[], float]
    _task: asyncio.Task[None] | None = None
    _again: float = 0.0

    def begin(self) -> None:
        """Starts the work, unless it is under way or rests."""
        idle = type(self.account).attend is Account.attend
        if not idle and self._task is None and self.monotonic() >= self._again:
            self._task = asyncio.create_task(self._attend())

    async def end(self) -> None:
        """Ends the work, and waits a while for that."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        _, unfinished = await asyncio.wait({task}, timeout=ENDING)
        if unfinished:
            log.warning("an account does not end its work")

    async def _attend(self) -> None:
        try:
            await self.account.attend(self._suspend)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001  # a plugin may raise anything, SystemExit too
            log.warning("an account's work failed; it begins again", error=guard.words(error))
            self._again, self._task = self.monotonic() + REST, None

    async def _suspend(self, channel: Channel, reason: str) -> None:
        name = next((name for name, opened in self.channels.items() if opened.channel is channel), None)
        if name is not None:
            log.error("a channel is suspended", channel=name, reason=reason)
            await self.store.run(self._deactivate, name, reason)

    def _deactivate(self, name: str, reason: str) -> None:
        with self.store.write() as connection:
            channels.deactivate(connection, name, reason)
