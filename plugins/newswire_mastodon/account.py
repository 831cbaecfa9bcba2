"""An account on a server: what all its channels share."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newswire.api import Account, Retry
from newswire_mastodon.checking import look_at_account
from newswire_mastodon.client import Client
from newswire_mastodon.governor import Governor
from newswire_mastodon.language import is_known
from newswire_mastodon.limits import Limits, RememberedLimits, read_limits
from newswire_mastodon.pictures import Pictures
from newswire_mastodon.quiet import PublicPosts
from newswire_mastodon.reposts import Reposts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import Channel, Finding, Services
    from newswire_mastodon.options import MastodonAccountOptions

logger = logging.getLogger(__name__)

_REMEMBERED = 1000


class MastodonAccount(Account):
    """One account on one server.

    Args:
        name: its name in the config.
        options: its options.
        services: what the room offers.
    """

    def __init__(self, name: str, options: MastodonAccountOptions, services: Services) -> None:
        self.name = name
        self.clock = services.clock
        state = services.state("mastodon")
        assumes = options.rate_limits == "mastodon"
        self.governor = Governor(f"rate limits of {name}", options.url, state, assumes=assumes)
        self.client = Client(name, options, services.clock, self.governor)
        self.public_posts = PublicPosts(f"public posts of {name}", state)
        self.pictures = Pictures(name, self.client, _servers(services.site.url, services.public_url))
        self.reposts = Reposts(name, state)
        self.site = services.site
        self._remembered = RememberedLimits(f"limits of {name}", options.url, state)
        self._told: Limits | None = None
        self.options = options
        self._given: OrderedDict[str, Channel | None] = OrderedDict()
        self._own_id: str | None = None
        self._languages_told: set[str] = set()

    @property
    def url(self) -> str:
        """The address of its server."""
        return self.options.url

    async def start(self) -> None:
        """Reads the server's limits; posts are composed to them from then on, and previews by other processes, too.

        Raises:
            Outcome: the server does not answer, or refuses.
        """
        await self.ask_limits()
        await asyncio.to_thread(self._remembered.keep, self.limits)

    async def ask_limits(self) -> None:
        """Reads the server's limits, and keeps them to itself.

        Raises:
            Outcome: the server does not answer, or refuses.
        """
        self._told = await self.client.call("read", read_limits)

    @property
    def limits(self) -> Limits:
        """The server's limits, as it told them; until then as it told them the last time, or else Mastodon's own."""
        if self._told is None:
            self._told = self._remembered.read()
        return self._told

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

    def give(self, remote_id: str, channel: Channel | None) -> None:
        """Notes whose post an id is, for as long as nobody else may know it; None: one of the other channels'."""
        self._given[remote_id] = channel or self._given.get(remote_id)
        while len(self._given) > _REMEMBERED:
            self._given.popitem(last=False)

    def others(self, channel: Channel) -> set[str]:
        """The ids of the latest posts of the account's other channels."""
        return {remote_id for remote_id, whose in self._given.items() if whose is not channel}

    async def check(self) -> Sequence[Finding]:
        """Looks whether the server answers, whether the token works and may do what is asked of it."""
        return await look_at_account(self)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.client.aclose()


def _servers(*addresses: str) -> frozenset[str]:
    return frozenset(urlsplit(address).netloc for address in addresses)
