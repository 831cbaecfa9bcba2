"""A service, and one message to it at a time: Apprise blocks, sleeps, and knows no cancelling."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire.api import Account, AccountRefused, ChannelPaused, Finding, LanePaused, Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from newswire.api import Outcome, Services
    from newswire_apprise.options import AppriseAccountOptions
    from newswire_apprise.service import Form, Service

_A_MOMENT = timedelta(seconds=1)
_PATIENCE = timedelta(minutes=5)
"""Longer than any service that will ever come back."""


class AppriseAccount(Account):
    """One service.

    Args:
        name: its name in the config.
        options: its options.
        services: what the room offers.
    """

    def __init__(self, name: str, options: AppriseAccountOptions, services: Services) -> None:
        self.clock = services.clock
        self._name = name
        self._options = options
        self._site = services.site
        self._service: Service | None = None
        self._busy_since: datetime | None = None
        self._free_at: datetime | None = None

    @property
    def service(self) -> Service:
        """The service; made when it is first asked for, which takes a second or two: Apprise loads all it knows.

        Raises:
            AccountRefused: Apprise cannot make anything of the address.
        """
        if self._service is None:
            from newswire_apprise.listening import listening  # noqa: PLC0415  # heavy: only where there is an account

            with listening():  # it talks while it is imported, too
                from newswire_apprise.service import Service  # noqa: PLC0415  # as above

            self._service = Service(self._options, self._site)
        return self._service

    async def start(self) -> None:
        """Loads Apprise.

        Raises:
            AccountRefused: it cannot make anything of the address.
        """
        await asyncio.to_thread(lambda: self.service)

    async def send(self, title: str, body: str, form: Form) -> None:
        """Sends a message.

        Raises:
            Outcome: it was not, or perhaps not, taken.
        """
        service = self.service
        now = self.clock()
        if self._busy_since is not None:
            # Its caller has gone, or it is another channel's. What is not begun cannot be in doubt.
            if now - self._busy_since > _PATIENCE:
                raise Retry(f"{service.name} has not come back from a message of {self._busy_since:%Y-%m-%d %H:%M} UTC")
            raise ChannelPaused("another message of the account is on its way", after=_A_MOMENT)
        if self._free_at is not None and now < self._free_at:
            words = f"{service.name} is sent to every {service.rest:g} s, as Apprise has it"
            raise LanePaused(words, after=self._free_at - now)
        self._free_at = now + timedelta(seconds=service.rest)
        outcome = await self._in_a_thread(lambda: service.send(title, body, form))
        if outcome is not None:
            raise outcome

    async def _in_a_thread(self, work: Callable[[], Outcome | None]) -> Outcome | None:
        """What blocking work gives, from a thread that neither holds up others nor the end of the process."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Outcome | None] = loop.create_future()

        def report(outcome: Outcome | None) -> None:
            if not done.done():
                done.set_result(outcome)

        def run() -> None:
            outcome = work()
            self._busy_since = None
            if not loop.is_closed():
                loop.call_soon_threadsafe(report, outcome)

        self._busy_since = self.clock()
        threading.Thread(target=run, name=f"apprise-{self._name}", daemon=True).start()
        return await done

    async def check(self) -> Sequence[Finding]:
        """Says what Apprise makes of the address; it can ask a service nothing without sending it a message."""
        try:
            await self.start()
        except AccountRefused as error:
            return [Finding("error", str(error))]
        service, limits = self.service, self.service.limits
        takes = f"{service.form('auto')}, {limits.body} characters, " + (
            f"a title of {limits.title}" if limits.title else "the title among them"
        )
        found = [Finding("ok", f"{service.name} takes {takes}; whether it lets us in is seen at the first message")]
        if service.targets != 1:
            words = f"the address names {service.targets} targets; when one fails, nobody can tell which"
            found.append(Finding("warning", f"{words}: make an account of each"))
        return found
