"""An account on a server: what all its channels share."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from newswire.api import Account, Finding, Outcome, Retry
from newswire_mastodon.client import Client
from newswire_mastodon.language import is_known
from newswire_mastodon.limits import Limits, read_limits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from newswire_mastodon.options import MastodonAccountOptions

logger = logging.getLogger(__name__)


class MastodonAccount(Account):
    """One account on one server.

    Args:
        name: its name in the config.
        options: its options.
        clock: tells the time, in UTC.
    """

    def __init__(self, name: str, options: MastodonAccountOptions, clock: Callable[[], datetime]) -> None:
        self.name = name
        self.clock = clock
        self.client = Client(name, options, clock)
        self.limits = Limits()
        self._options = options
        self._own_id: str | None = None
        self._languages_told: set[str] = set()

    @property
    def url(self) -> str:
        """The address of its server."""
        return self._options.url

    async def start(self) -> None:
        """Reads the server's limits; posts are composed to them from then on.

        Raises:
            Outcome: the server does not answer, or refuses.
        """
        self.limits = await self.client.call("read", read_limits)

    async def own_id(self) -> str:
        """The account's id on its server.

        Raises:
            Outcome: it could not be asked for.
        """
        if self._own_id is None:
            own = await self.profile()
            self._own_id = str(own["id"])
        return self._own_id

    async def profile(self) -> dict[str, Any]:
        """The account as its owner sees it.

        Raises:
            Outcome: it could not be asked for.
        """
        own: Any = await self.client.call("read", lambda mastodon: mastodon.account_verify_credentials())
        if not isinstance(own, dict) or not own.get("id"):
            raise Retry("the server does not say whose token it is")
        return dict(own)

    def heed_language(self, asked: str, kept: str | None) -> None:
        """Says in the log, once for each language, when the server shows posts in another than was asked for.

        A server reports nothing: it takes the account's default for a code it does not know, and some say ``en``
        always.
        """
        if kept != asked and str(kept) not in self._languages_told:
            self._languages_told.add(str(kept))
            why = "" if is_known(asked) else f"; Mastodon knows no language {asked!r}"
            logger.warning("account %s: the server shows a post in %r as %r%s", self.name, asked, kept, why)

    async def check(self) -> Sequence[Finding]:
        """Looks whether the server answers, whether the token works, and whether the account is marked as a bot."""
        findings: list[Finding] = []
        if self._options.url.startswith("http://"):
            findings.append(Finding("warning", f"{self._options.url} is not encrypted; whoever listens has the token"))
        try:
            await self.start()
            own = await self.profile()
        except Outcome as outcome:
            return [*findings, Finding("error", f"{self._options.url}: {outcome}")]
        limits = self.limits
        findings.append(
            Finding(
                "ok",
                f"signed in as @{own.get('acct')}; {limits.max_characters} characters a post, "
                f"{limits.characters_reserved_per_url} of them for an address",
            )
        )
        if not own.get("bot"):
            findings.append(
                Finding("warning", f"@{own.get('acct')} is not marked as a bot; most servers' rules ask it")
            )
        return findings

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.client.aclose()
