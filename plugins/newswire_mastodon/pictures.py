"""Pictures of posts: fetched, uploaded with what they show, and waited for until the server has worked on them.

A picture never costs a post: what cannot be had, or is refused, is told in the log, and the post goes out as a card.
What may be there in a minute is waited for a little.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newswire.api import AccountRefused, ChannelPaused, PostGone, Rejected, Retry
from newswire_mastodon.fetching import NoPicture, fetch

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from newswire.api import Json, Media
    from newswire_mastodon.client import Client
    from newswire_mastodon.fetching import Picture
    from newswire_mastodon.limits import Limits

logger = logging.getLogger(__name__)

BORNE = 2
"""How often a picture may fail for a reason that may pass; after that its post goes without."""
WAIT = timedelta(seconds=30)
"""How long a post waits for a picture that has failed."""
PATIENCE = timedelta(seconds=20)
"""How long a server may work on a picture before the post waits for it."""
FIRST_LOOK, LONGEST_LOOK = 0.2, 4.0
"""Seconds between two looks at a picture that is worked on, the first and the most."""
_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that a post is to have."""

    url: str
    alt: str
    focus: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Attached:
    """A picture that a server has, and the id it gave it."""

    id: str
    wanted: Wanted

    def kept(self) -> dict[str, Json]:
        """As it stands in a receipt."""
        return {"id": self.id, "url": self.wanted.url, "alt": self.wanted.alt, "focus": [*self.wanted.focus]}


def attached(kept: Any) -> Attached | None:
    """What a receipt says of a picture."""
    match kept:
        case {"id": str(number), "url": str(url), "alt": str(alt), "focus": [x, y]}:
            return Attached(number, Wanted(url, alt, (float(x), float(y))))
    return None


def wanted(media: Media, details: Mapping[str, Json]) -> Wanted:
    """What a post says of a picture."""
    match details.get("focus"):
        case [float(x) | int(x), float(y) | int(y)]:
            return Wanted(media.url, media.alt, (float(x), float(y)))
    return Wanted(media.url, media.alt)


class Pictures:
    """Brings pictures to the server of an account.

    Args:
        name: the account's name in the config.
        client: talks to the server.
        trusted: servers whose pictures may lie in a private network: the site's own.
        patience: how long a server may work on a picture before the post waits for it.
    """

    def __init__(self, name: str, client: Client, trusted: Collection[str], *, patience: timedelta = PATIENCE) -> None:
        self._name = name
        self._client = client
        self._trusted = trusted
        self._patience = patience
        self._failed: OrderedDict[Wanted, int] = OrderedDict()
        self._refused: OrderedDict[Wanted, int] = OrderedDict()
        self._uploaded: OrderedDict[Wanted, str] = OrderedDict()
        self._ready: OrderedDict[Wanted, bool] = OrderedDict()

    async def bring(self, picture: Wanted, limits: Limits) -> Attached | None:
        """Uploads a picture and waits until it can be posted; None where its post must go without.

        Raises:
            Outcome: it may be there later.
        """
        try:
            number = self._uploaded.get(picture) or await self._upload(picture, limits)
            if picture not in self._ready:
                await self._wait(picture, number)
        except (NoPicture, Rejected, PostGone, ChannelPaused) as error:
            passing = isinstance(error, NoPicture) and error.later
            self._without(picture, error, passing=passing)
        except AccountRefused as error:
            if not str(error).startswith("403"):
                raise
            self._without(picture, error, passing=False)
        except Retry as error:
            self._without(picture, error, passing=True)
        else:
            self._failed.pop(picture, None)
            return Attached(number, picture)
        return None

    def posted(self, pictures: Collection[Attached]) -> None:
        """Forgets uploads that a post has now: no other post can have them."""
        for one in pictures:
            self._forget(one.wanted)

    def refused(self, pictures: Collection[Attached]) -> bool:
        """Whether a post with these pictures was refused once too often; if not, they will be uploaded anew."""
        self.posted(pictures)
        return max((_count(self._refused, one.wanted) for one in pictures), default=0) >= BORNE

    async def _upload(self, picture: Wanted, limits: Limits) -> str:
        found = await fetch(picture.url, most=limits.image_bytes, trusted=self._trusted)
        if found.type not in limits.image_types:
            raise NoPicture(f"the server takes no {found.type}")
        answer: Any = await self._client.call(
            "upload",
            lambda mastodon: mastodon.media_post(
                found.content,
                mime_type=found.type,
                description=picture.alt,
                focus=picture.focus if picture.focus != (0.0, 0.0) else None,
                file_name=_file_name(found),
            ),
        )
        if not isinstance(answer, dict) or not answer.get("id"):
            raise Retry("the server took the picture, but does not say as which")
        _remember(self._uploaded, picture, str(answer["id"]))
        if answer.get("url"):
            _remember(self._ready, picture, value=True)
        return str(answer["id"])

    async def _wait(self, picture: Wanted, number: str) -> None:
        """Asks for a picture until the server has done with it (202 and 206 are "not yet", 422 is "never")."""
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + self._patience.total_seconds(), FIRST_LOOK
        while True:
            try:
                answer: Any = await self._client.call("read", lambda mastodon: mastodon.media(number))
            except Retry:
                self._forget(picture)
                raise
            if isinstance(answer, dict) and answer.get("url"):
                _remember(self._ready, picture, value=True)
                return
            if loop.time() + pause > deadline:
                raise Retry("the server is still working on it")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_LOOK)

    def _forget(self, picture: Wanted) -> None:
        self._uploaded.pop(picture, None)
        self._ready.pop(picture, None)

    def _without(self, picture: Wanted, error: Exception, *, passing: bool) -> None:
        """Says that there is no picture.

        Raises:
            Retry: there may be one soon.
        """
        if passing and _count(self._failed, picture) < BORNE:
            raise Retry(f"waiting for the picture {picture.url}: {error}", after=WAIT) from None
        logger.warning("account %s: a post goes without its picture %s: %s", self._name, picture.url, error)
        self._forget(picture)


def _count(failures: OrderedDict[Wanted, int], picture: Wanted) -> int:
    """Counts a failure; how many there are now."""
    _remember(failures, picture, failures.get(picture, 0) + 1)
    return failures[picture]


def _remember(known: OrderedDict[Wanted, Any], picture: Wanted, value: Any) -> None:
    known[picture] = value
    while len(known) > _REMEMBERED:
        known.popitem(last=False)


def _file_name(picture: Picture) -> str:
    return f"picture.{picture.type.rpartition('/')[2].replace('jpeg', 'jpg')}"
