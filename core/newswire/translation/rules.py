"""Rules: what the config wants translated is asked for as it comes in, and what a correction made stale is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from newswire.extension import Follower
from newswire.logs import get_logger
from newswire.store import articles, events, translations
from newswire.store.translations import OPEN, TranslationState
from newswire.translation import wanting
from newswire.translation.asking import Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.engine import Connection

    from newswire.event import Event
    from newswire.store import Store
    from newswire.store.articles import StoredArticle
    from newswire.store.translations import RequestedTranslation
    from newswire.subscription import NamedFilter
    from newswire.translation.asking import Asking

log = get_logger(__name__)


class TranslationRules(Follower):
    """Follows the event log.

    Args:
        store: where articles and requests are.
        asking: takes the requests.
        filters: the filters of the config.
        max_age: how old an article may be that a rule wants translated; None: any age.
        clock: tells the time, in UTC.
    """

    name: ClassVar[str] = "translation rules"

    def __init__(
        self,
        store: Store,
        asking: Asking,
        filters: Mapping[str, NamedFilter],
        max_age: timedelta | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._asking = asking
        self._filters = filters
        self._max_age = max_age
        self._clock = clock

    def prepare(self) -> None:
        """Lets rules begin with what comes from now on: what is there already is asked for by people. Blocking."""
        with self._store.write() as connection:
            events.begin_at_the_end(connection, self.name)

    async def handle(self, events: Sequence[Event]) -> None:
        """Looks at every article of the events once."""
        await self._store.run(self._look, list(dict.fromkeys(event.article_id for event in events)))

    def _look(self, article_ids: Sequence[str]) -> None:
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            for article_id, stored in articles.load_many(connection, article_ids).items():
                if stored.digest_for is None:
                    self._mark(connection, stored, translations.of_article(connection, article_id))
                    self._apply(connection, stored)

    def _mark(self, connection: Connection, stored: StoredArticle, known: Mapping[str, RequestedTranslation]) -> None:
        now = self._clock()
        for request in known.values():
            if stored.withdrawn:
                if request.state in OPEN:
                    values = {"state": TranslationState.CANCELLED.value, "reason": "the article is withdrawn"}
                    translations.change(connection, request.id, changed=now, **values)
            elif request.state is TranslationState.DONE:
                edition = stored.content.edition(request.language)
                made = edition is not None and edition.machine is not None
                stale = made and not wanting.is_current(stored.content, request.language)
                if stale != request.stale:
                    translations.change(connection, request.id, stale=int(stale))

    def _apply(self, connection: Connection, stored: StoredArticle) -> None:
        wanted = wanting.ruled(stored, self._filters, max_age=None, now=self._clock())
        young = wanting.ruled(stored, self._filters, max_age=self._max_age, now=self._clock())
        known = translations.of_article(connection, stored.content.id)
        for language, name in wanted.items():
            if wanting.hindrance(stored, language, self._asking.languages) is not None:
                continue
            if not self._asking.takes(language) or wanting.is_current(stored.content, language):
                continue
            # However old: what a machine translated is corrected as the original was.
            if language in young or (language in known and known[language].stale):
                wish = Wish(f"rule {name}", by_people=False, again=False)
                self._asking.note(connection, stored, language, wish)
