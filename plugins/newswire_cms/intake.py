"""The intake: deals with what came in, one payload after the other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire.api import Arrival, Intake, IntakeType, Left, Problem, Withdrawal, shorten
from newswire_cms.conversion import GONE, Unusable, merge, read_payload
from newswire_cms.inbox import STATE, Inbox
from newswire_cms.options import CmsOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

    from newswire.api import Delivered, Json, Services


@dataclass(frozen=True, slots=True)
class _Brought:
    """What a payload brings, and what is to be kept of its article."""

    delivered: Delivered
    article_id: str | None = None
    kept: Json = None


class CmsIntake(Intake):
    """A content management system that sends what changes.

    Args:
        name: the intake's name.
        options: its table.
        services: site, topics, and the store.
    """

    def __init__(self, name: str, options: CmsOptions, services: Services) -> None:
        self._name = name
        self._options = options
        self._services = services
        self._inbox = Inbox(services.state(STATE), name)

    def read(self) -> Iterator[Delivered]:
        """What waits. Each payload is dropped when the room comes back for the next: by then it has been taken."""
        for key, payload in self._inbox.waiting():
            brought = self._bring(key, payload, {})
            yield brought.delivered
            self._inbox.settle(key, brought.article_id, brought.kept)

    async def watch(self) -> AsyncIterator[Iterable[Delivered]]:
        """What waits from now on; dropped when the room comes back for more."""
        while True:
            batch = await asyncio.to_thread(self._batch)
            if batch:
                yield [brought.delivered for _, brought in batch]
                await asyncio.to_thread(self._settle, batch)
            await asyncio.sleep(self._options.poll)

    def _batch(self) -> list[tuple[str, _Brought]]:
        batch: list[tuple[str, _Brought]] = []
        kept: dict[str, Json] = {}
        for key, payload in self._inbox.waiting():
            brought = self._bring(key, payload, kept)
            if brought.article_id is not None:
                kept[brought.article_id] = brought.kept
            batch.append((key, brought))
        return batch

    def _settle(self, batch: list[tuple[str, _Brought]]) -> None:
        for key, brought in batch:
            self._inbox.settle(key, brought.article_id, brought.kept)

    def _bring(self, key: str, payload: Json, newer: Mapping[str, Json]) -> _Brought:
        """What a payload brings, and what to keep of which article.

        Args:
            key: the payload's key.
            payload: the payload.
            newer: what is kept of articles that came before it and is not written yet.
        """
        site = self._services.site
        place = f"{self._name}:{key.rpartition('/')[2]}"
        try:
            part = read_payload(
                payload,
                self._options.read_mapping,
                site,
                self._services.taxonomy,
                self._options.language or site.default_language,
            )
            if part is None:
                return _Brought(Left(place, "skipped"))
            place = f"{self._name}:{shorten(part.article_id, 100)}"
            known = newer[part.article_id] if part.article_id in newer else self._inbox.known(part.article_id)
            article, kept = merge(part, known)
        except Unusable as error:
            return _Brought(Problem(place, str(error)))
        if article is not None:
            return _Brought(Arrival(article, reinstate=known == GONE), part.article_id, kept)
        if known is None:  # what was never published is a draft: there is nothing to withdraw
            return _Brought(Left(place, "draft"))
        return _Brought(Withdrawal(part.article_id), part.article_id, GONE)


class CmsIntakeType(IntakeType[CmsOptions]):
    """Webhooks of content management systems."""

    kind = "cms"
    options = CmsOptions

    def open(self, name: str, options: CmsOptions, services: Services) -> CmsIntake:
        """Opens the intake."""
        return CmsIntake(name, options, services)
