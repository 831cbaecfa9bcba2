"""One poll of one feed: asks, understands the answer, and says what is to be handed over and kept."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newswire.api import Problem, Unreachable
from newswire_upstream import timing
from newswire_upstream.discovery import discover
from newswire_upstream.document import Document, NoFeed
from newswire_upstream.feeds import digest
from newswire_upstream.reading import read_feed
from newswire_upstream.reception import Reception, receive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from newswire.api import Answer, Courier, Taxonomy
    from newswire_upstream.feeds import Feed
    from newswire_upstream.options import UpstreamOptions
    from newswire_upstream.state import FeedState, Known

REDIRECTS = 5
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, "
    "application/json;q=0.9, text/xml;q=0.8, */*;q=0.5"
)
_NOT_MODIFIED, _NOT_FOUND, _GONE = 304, 404, 410
_FOR_GOOD = {301, 308}
_PRESSED = {429, 503}


@dataclass(frozen=True, slots=True)
class Polled:
    """What came of a poll."""

    state: FeedState
    """What is to be kept, with the time of the next poll."""
    reception: Reception | None = None
    """What its document brings; None where there is no new one."""
    pressed: float = 0.0
    """Seconds for which its server wants to be left alone, all feeds on it."""


class _Fails(Exception):
    """The feed cannot be had now."""

    def __init__(self, words: str, *, retry_after: float | None = None, pressed: bool = False) -> None:
        super().__init__(words)
        self.retry_after = retry_after
        self.pressed = pressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """Polls the feeds of one intake.

    Args:
        options: of the intake.
        courier: sends requests where they may go.
        taxonomy: the site's topics.
        languages: the site's languages.
        clock: tells the time, in UTC.
        random: gives a number from 0 up to 1.
        items: what is known of the items of a feed; blocking.
    """

    options: UpstreamOptions
    courier: Courier
    taxonomy: Taxonomy
    languages: tuple[str, ...]
    clock: Callable[[], datetime]
    random: Callable[[], float]
    items: Callable[[str], Mapping[str, Known]]

    async def poll(self, feed: Feed, state: FeedState, *, heard: bool) -> Polled:
        """Asks for a feed.

        Args:
            feed: as the config has it.
            state: as it was kept.
            heard: whether a hub tells of its news, so that it need not be asked as often.
        """
        state = state.model_copy(update={"polled": self.clock()})
        try:
            answer = await self._ask(feed, state)
            if answer.status == _NOT_MODIFIED:
                return Polled(self._well(state, answer, None, heard=heard))
            return await asyncio.to_thread(self._understand, feed, state, answer, heard=heard)
        except _Fails as error:
            return self._failed(feed, state, error)

    async def _ask(self, feed: Feed, state: FeedState) -> Answer:
        """The answer, from where the feed is now: where it had moved to, else where the config says."""
        if state.moved:
            try:
                answer = await self._get(state.moved, state)
            except Unreachable:
                answer = None
            if answer is not None and (answer.good or answer.status in {_NOT_MODIFIED, *_PRESSED}):
                return _checked(answer)
        try:
            return _checked(await self._get(feed.address, state))
        except Unreachable as error:
            raise _Fails(str(error)) from None

    async def _get(self, address: str, state: FeedState) -> Answer:
        headers = {"accept": _ACCEPT}
        if state.etag:
            headers["if-none-match"] = state.etag
        if state.modified:
            headers["if-modified-since"] = state.modified
        if self.options.username is not None and self.options.password is not None:
            pair = f"{self.options.username}:{self.options.password.get_secret_value()}"
            headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"  # RFC 7617
        return await self.courier.get(address, headers, most=self.options.max_bytes, redirects=REDIRECTS, unpack=True)

    def _understand(self, feed: Feed, state: FeedState, answer: Answer, *, heard: bool) -> Polled:
        if answer.cut:
            raise _Fails(f"it has more than {self.options.max_bytes:,} bytes; see the option max_bytes")
        body = digest(answer.body.decode("latin-1"))
        state = state.model_copy(
            update={"etag": _kept(answer.headers.get("etag")), "modified": _kept(answer.headers.get("last-modified"))}
        )
        if body == state.body and state.begun:
            return Polled(self._well(state, answer, None, heard=heard))
        content_type = answer.headers.get("content-type", "")
        try:
            document = read_feed(answer.body, address=answer.address, content_type=content_type)
        except NoFeed as error:
            raise _Fails(str(error)) from None
        found = discover(answer, document)
        state = state.model_copy(update={"body": body, "hub": found.hub, "topic": found.topic})
        state, reception = self.received(feed, state, document)
        return Polled(self._well(state, answer, document, heard=heard and found.hub is not None), reception)

    def received(
        self, feed: Feed, state: FeedState, document: Document, *, whole: bool = True
    ) -> tuple[FeedState, Reception]:
        """What a document brings, and the state of its feed when that has been taken. Blocking.

        Args:
            feed: as the config has it.
            state: as it was kept.
            document: what came.
            whole: whether it is all of the feed; a hub may send only what is new.
        """
        # A title that counts what is unread, or a site that renames itself, is no news of every article.
        title = state.title or document.title
        reception = receive(
            feed,
            replace(document, title=title),
            self.items(feed.key),
            options=self.options,
            taxonomy=self.taxonomy,
            languages=self.languages,
            now=self.clock(),
            news=state.begun or self.options.first_poll == "post",
            whole=whole,
        )
        kept = {"title": title[:200], "begun": True, "items": len(document.items), "note": document.note or None}
        return state.model_copy(update=kept if whole else {"begun": True}), reception

    def _well(self, state: FeedState, answer: Answer, document: Document | None, *, heard: bool) -> FeedState:
        hint = timing.hinted(answer.headers, document.hints.ttl if document else None)
        now = self.clock()
        update = {
            "succeeded": now,
            "next": now + timing.wait(self.options.poll, hint=hint, heard=heard, random=self.random),
            "failures": 0,
            "error": None,
            "gone": False,
        }
        moved = _moved(answer)
        if moved is not None:
            update["moved"] = moved
        elif answer.address == state.url:
            update["moved"] = None
        return state.model_copy(update=update)

    def _failed(self, feed: Feed, state: FeedState, error: _Fails) -> Polled:
        failures = state.failures + 1
        wait = timing.wait(self.options.poll, failures=failures, retry_after=error.retry_after, random=self.random)
        gone = isinstance(error, _Gone)
        update = {"failures": failures, "error": str(error), "next": self.clock() + wait, "gone": gone}
        told = Reception([Problem(feed.address, str(error))])
        # A feed that fails for the tenth time is no news: newswire status has it.
        reception = told if failures == 1 or gone else None
        pressed = (error.retry_after or timing.LONGEST.total_seconds() / 96) if error.pressed else 0.0
        return Polled(state.model_copy(update=update), reception, pressed)


class _Gone(_Fails):
    """The feed's server says that it is gone for good (RFC 9110 section 15.5.11)."""


def _checked(answer: Answer) -> Answer:
    """The answer, if it is a feed or says that nothing has changed.

    Raises:
        _Fails: it is neither.
    """
    if answer.status == _NOT_MODIFIED or answer.good:
        return answer
    if answer.status == _GONE:
        raise _Gone("it is gone for good (410); take it out of the config, or have it asked again by hand")
    words = {
        401: "it wants a user name and a password (401); there are the options username and password",
        403: "its server does not let us have it (403)",
        _NOT_FOUND: "it is not there (404)",
    }
    raise _Fails(
        words.get(answer.status, f"its server answers {answer.status}"),
        retry_after=answer.retry_after,
        pressed=answer.status in _PRESSED,
    )


def _kept(header: str | None) -> str | None:
    """A validator, as far as it can be sent back: some servers send one in several lines, or without an end."""
    return header if header and header.isascii() and header.isprintable() and len(header) < 1000 else None  # noqa: PLR2004  # no validator is longer


def _moved(answer: Answer) -> str | None:
    """Where the feed has moved for good: as far as all redirects say so (RFC 9110 sections 15.4.2 and 15.4.9)."""
    moved = None
    for hop in answer.hops:
        if hop.status not in _FOR_GOOD:
            break
        moved = hop.address
    return moved
