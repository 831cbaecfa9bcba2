"""Asking for translations, looking what became of them, and letting them be. Blocking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire.errors import Refused, UnknownArticle
from newswire.model import words_hash
from newswire.store import articles, translations, translators
from newswire.store.translations import OPEN, TranslationState
from newswire.translation import wanting
from newswire.translation.publishing import take_back

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.config.resolved import ConfiguredTranslator
    from newswire.publisher import Publisher
    from newswire.store import Store
    from newswire.store.articles import StoredArticle
    from newswire.store.translations import RequestedTranslation


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants a translation."""

    why: str
    """Who, in words: ``rule science``, ``command line``, ``reader``."""
    by_people: bool = True
    """Whether people ask; they are served before rules."""
    translator: str | None = None
    """The translator that is to do it; None: the first that takes the language."""
    again: bool = True
    """Whether what was refused or cancelled is tried again."""


class Asking:
    """Takes requests for translations.

    Args:
        store: where they are kept.
        translators: whom to ask, in order.
        languages: the site's languages.
        clock: tells the time, in UTC.
    """

    def __init__(
        self,
        store: Store,
        translators: Sequence[ConfiguredTranslator],
        languages: Collection[str],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._translators = translators
        self.languages = languages
        self._clock = clock

    def ask(self, article_id: str, language: str, wish: Wish) -> RequestedTranslation:
        """Asks for an article in a language. What was asked for already is not asked for twice.

        Raises:
            UnknownArticle: there is no such article.
            Refused: it cannot be translated, or nothing translates into the language.
        """
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            stored = articles.load(connection, article_id)
            if stored is None:
                raise UnknownArticle(f"no article has the id {article_id!r}")
            return self.note(connection, stored, language, wish)

    def note(self, connection: Connection, stored: StoredArticle, language: str, wish: Wish) -> RequestedTranslation:
        """Asks for an article, in a transaction in which nobody publishes.

        Raises:
            Refused: as `ask`.
        """
        article_id = stored.content.id
        why_not = wanting.hindrance(stored, language, self.languages)
        if why_not is not None:
            raise Refused(f"{article_id} is not translated into {language}: {why_not}")
        known = translations.of_article(connection, article_id).get(language)
        words = words_hash(stored.content.original)
        if known is not None and not self._anew(known, stored, wish):
            if known.state is TranslationState.WAITING and wish.by_people and not known.by_people:
                return translations.change(connection, known.id, by_people=1)
            return known
        now = self._clock()
        values = {
            "translator": self._chosen(language, wish.translator),
            "state": TranslationState.WAITING.value,
            "why": wish.why,
            "by_people": int(wish.by_people),
            "rev": stored.rev,
            "words": words,
            "asked": now,
            "due": now,
            "changed": now,
            "attempt": 0,
            "reason": None,
        }
        if known is not None:
            return translations.change(connection, known.id, **values)
        return translations.add(connection, {"article_id": article_id, "language": language, **values})

    def _anew(self, known: RequestedTranslation, stored: StoredArticle, wish: Wish) -> bool:
        if known.state in OPEN:
            return wish.translator not in {None, known.translator} and known.state is TranslationState.WAITING
        if known.state is TranslationState.DONE:
            other = wish.translator not in {None, known.translator}
            return other or not wanting.is_current(stored.content, known.language)
        # A rule does not insist; but other words are another matter.
        return wish.again or known.words != words_hash(stored.content.original)

    def _chosen(self, language: str, name: str | None) -> str:
        takes = [translator.name for translator in self._translators if translator.takes(language)]
        if name is not None and name not in takes:
            there = ", ".join(takes) or "none"
            raise Refused(f"no enabled translator {name!r} takes {language}; there are: {there}")
        if not takes:
            raise Refused(f"nothing translates into {language}: add a [[translators]] table to the config")
        return name or takes[0]

    def takes(self, language: str) -> bool:
        """Whether anything translates into a language."""
        return any(translator.takes(language) for translator in self._translators)

    def retry(self, request_id: int, translator: str | None = None) -> RequestedTranslation:
        """Lets a request that was refused, cancelled, or waits for its next attempt be worked on at once.

        Raises:
            Refused: there is none, or there is nothing to do.
        """
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            known = _found(connection, request_id)
            stored = articles.load(connection, known.article_id)
            if stored is None:
                raise Refused(f"the article {known.article_id} is not in the store any more")
            if known.state is TranslationState.WORKING:
                raise Refused(f"request {request_id} is being worked on")
            if known.state is TranslationState.WAITING:
                chosen = self._chosen(known.language, translator or known.translator)
                now = self._clock()
                translators.pause(connection, chosen, None, None)
                return translations.change(connection, known.id, due=now, attempt=0, by_people=1, translator=chosen)
            done = known.state is TranslationState.DONE and translator is None
            if done and wanting.is_current(stored.content, known.language):
                raise Refused(f"{known.article_id} is in {known.language} already, and nothing has changed since")
            return self.note(connection, stored, known.language, Wish(known.why, translator=translator))

    def cancel(self, request_id: int, why: str) -> RequestedTranslation:
        """Lets a request be; what is done stays done.

        Raises:
            Refused: there is none, or it is done.
        """
        with self._store.write() as connection:
            known = _found(connection, request_id)
            if known.state is TranslationState.DONE:
                raise Refused(f"request {request_id} is done; 'newswire translations discard {request_id}' undoes it")
            values = {"state": TranslationState.CANCELLED.value, "reason": why, "changed": self._clock()}
            return translations.change(connection, known.id, **values)

    def discard(self, request_id: int, why: str, publisher: Publisher) -> RequestedTranslation:
        """Takes back what a machine translated, and lets the request be; what people wrote stays.

        Raises:
            Refused: there is no such request.
        """
        with self._store.read() as connection:
            known = _found(connection, request_id)
        take_back(publisher, known.article_id, known.language)
        with self._store.write() as connection:
            values = {"state": TranslationState.CANCELLED.value, "reason": why, "changed": self._clock(), "stale": 0}
            return translations.change(connection, known.id, **values)


def _found(connection: Connection, request_id: int) -> RequestedTranslation:
    known = translations.by_id(connection, request_id)
    if known is None:
        raise Refused(f"no request has the id {request_id}; 'newswire translations list' shows what there is")
    return known
