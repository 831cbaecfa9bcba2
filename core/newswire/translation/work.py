"""One translation, from the request to the edition, and what follows where none comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from newswire.dispatch import guard
from newswire.dispatch.settle import REFUSED_PAUSE, backoff
from newswire.errors import (
    AccountRefused,
    InvalidArticle,
    LanePaused,
    NewswireError,
    Rejected,
    Retry,
    UnknownArticle,
)
from newswire.logs import get_logger
from newswire.model import Edition, words_hash
from newswire.reading import words as told
from newswire.secrets import mask
from newswire.store import articles, translations, translators
from newswire.store.translations import TranslationState
from newswire.translation import wanting
from newswire.translation.desk import Accounts, Desk
from newswire.translation.publishing import publish
from newswire.translator import Translation, TranslationRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from newswire.config.resolved import ConfiguredTranslator
    from newswire.glossary import Glossary
    from newswire.publisher import Publisher
    from newswire.store import Store
    from newswire.store.articles import StoredArticle
    from newswire.store.translations import RequestedTranslation
    from newswire.taxonomy import Taxonomy
    from newswire.translator import Translator

log = get_logger(__name__)
TRIES = 8
"""How often an article is tried that cannot be translated at the moment, before it is given up."""
LONGEST = timedelta(minutes=30)
"""How long one article may take."""
RESTS = timedelta(seconds=1), timedelta(days=32)
"""Bounds of what a service may ask to wait."""


class _Overtaken(Exception):
    """The original changed while it was being translated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What all translations have in common."""

    store: Store
    publisher: Publisher
    taxonomy: Taxonomy
    glossary: Glossary
    languages: Collection[str]
    """The site's."""
    url: str
    """The page of what a machine translated, with ``{language}`` and ``{id}``; empty: the original's."""
    clock: Callable[[], datetime]
    random: Callable[[], float]
    """Gives a number from 0 up to 1."""


class Work:
    """Has one translator translate.

    Args:
        configured: the translator's table.
        translator: the translator, opened.
        order: what all translations have in common.
    """

    def __init__(self, configured: ConfiguredTranslator, translator: Translator, order: Order) -> None:
        self._configured = configured
        self._translator = translator
        self._order = order
        self._accounts = Accounts(configured.name, configured.caps, order.store, order.clock)

    async def do(self, request: RequestedTranslation) -> bool:
        """Translates an article and publishes it, or keeps why not.

        Returns:
            Whether anything was published.

        Raises:
            StoreError: the database does not answer; the request is taken up again later.
        """
        store = self._order.store
        asked = await store.run(self._begin, request)
        if asked is None:
            return False
        about = {"article": request.article_id, "language": request.language, "translator": self._configured.name}
        try:
            desk = Desk(self._accounts, request.id)
            made = await guard.call(lambda: self._translator.translate(asked, desk), LONGEST.total_seconds())
            edition = self._edition(asked, made)
            published = await store.run(self._publish, request.id, asked, edition)
        except _Overtaken:
            await store.run(self._settle, request.id, Retry("the original changed meanwhile", after=timedelta(0)))
            return False
        except Exception as error:  # noqa: BLE001  # whatever a plugin raises, the others are translated
            outcome = _outcome(error)
            log.warning("not translated", **about, outcome=type(outcome).__name__, words=mask(str(outcome)))
            await store.run(self._settle, request.id, outcome)
            return False
        log.info("translated", **about)
        return published

    def _begin(self, request: RequestedTranslation) -> TranslationRequest | None:
        """What the translator is asked for; None where nobody wants it any more."""
        order, now = self._order, self._order.clock()
        with order.store.write() as connection:
            stored = articles.load(connection, request.article_id)
            known = translations.by_id(connection, request.id)
            if known is None or known.state is not TranslationState.WAITING:
                return None
            hindrance = _hindrance(stored, request.language, order.languages)
            if stored is None or hindrance is not None:
                values = {"state": TranslationState.CANCELLED.value, "reason": hindrance, "changed": now}
                translations.change(connection, request.id, **values)
                return None
            begun: dict[str, Any] = {
                "state": TranslationState.WORKING.value,
                "started": now,
                "changed": now,
                "attempt": known.attempt + 1,
                "rev": stored.rev,
                "words": words_hash(stored.content.original),
            }
            translations.change(connection, request.id, **begun)
        article = stored.content
        source = article.original_language
        return TranslationRequest(
            article_id=article.id,
            original=article.original,
            language=request.language,
            topics=tuple(order.taxonomy.label(slug, source) for slug in article.topics),
            teaser=wanting.teaser(article, request.language),
            glossary=order.glossary.terms(article.topics, source, request.language),
            names=order.glossary.names(article.topics),
        )

    def _edition(self, asked: TranslationRequest, made: object) -> Edition:
        """The edition, through the gate that whatever an intake brings passes.

        Raises:
            Rejected: the translator gave what no edition can be made of.
        """
        if not isinstance(made, Translation):
            raise Rejected(f"the translator gave {type(made).__name__}, and no Translation")
        original = asked.original
        url = self._order.url.format(language=asked.language, id=asked.article_id) or original.url
        values: dict[str, Any] = {
            "language": asked.language,
            "title": made.title,
            "summary": made.summary,
            "summary_derived": original.summary_derived,
            "body": made.body,
            "body_format": made.body_format,
            "url": url,
            "image_alt": made.image_alt,
            "questions": [question.model_dump() for question in made.questions],
            "machine": "whole",
            "translated_from": words_hash(original),
        }
        try:
            edition = Edition.model_validate(values)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            where = ".".join(map(str, found[0]["loc"]))
            raise Rejected(f"no edition can be made of the translation: {where}: {told(found[0])}") from None
        if original.body is not None and edition.body is None:
            raise Rejected("the translation has no body")
        return edition

    def _publish(self, request_id: int, asked: TranslationRequest, edition: Edition) -> bool:
        order = self._order
        with order.store.read() as connection:
            known = translations.by_id(connection, request_id)
        if known is None or known.state is not TranslationState.WORKING:
            return False  # somebody cancelled it meanwhile

        def decide(stored: StoredArticle) -> Edition:
            if words_hash(stored.content.original) != words_hash(asked.original):
                raise _Overtaken
            hindrance = wanting.hindrance(stored, asked.language, order.languages)
            if hindrance is not None:
                raise InvalidArticle(hindrance)
            return edition

        values: dict[str, Any] = {"changed": order.clock(), "attempt": 0, "stale": 0}
        try:
            published = publish(order.publisher, asked.article_id, decide)
            values |= {"state": TranslationState.DONE.value, "reason": None, "rev": published.rev}
            new = published.kind is not None
        except (InvalidArticle, UnknownArticle) as error:
            values |= {"state": TranslationState.CANCELLED.value, "reason": str(error)}
            new = False
        with order.store.write() as connection:
            translations.change(connection, request_id, **values)
        return new

    def _settle(self, request_id: int, outcome: NewswireError) -> None:
        now, name = self._order.clock(), self._configured.name
        with self._order.store.write() as connection:
            known = translations.by_id(connection, request_id)
            if known is None or known.state is not TranslationState.WORKING:
                return
            values: dict[str, Any] = {"state": TranslationState.WAITING.value, "changed": now}
            values["reason"] = mask(guard.words(outcome))
            match outcome:
                case LanePaused(after=after):
                    values |= {"due": now, "attempt": known.attempt - 1}
                    translators.pause(connection, name, _later(now, after), values["reason"])
                case AccountRefused():
                    values |= {"due": now, "attempt": known.attempt - 1}
                    note = f"credential refused: {values['reason']}"
                    translators.pause(connection, name, now + REFUSED_PAUSE, note)
                case Rejected():
                    values["state"] = TranslationState.REFUSED.value
                case Retry(after=timedelta(days=0, seconds=0, microseconds=0)):
                    values |= {"due": now, "attempt": known.attempt - 1}
                case _ if known.attempt >= TRIES:
                    values["state"] = TranslationState.REFUSED.value
                    values["reason"] = f"given up after {known.attempt} attempts: {values['reason']}"
                case Retry(after=timedelta() as after):
                    values["due"] = _later(now, after)
                case _:
                    values["due"] = now + backoff(known.attempt, self._order.random)
            translations.change(connection, request_id, **values)


def _outcome(error: Exception) -> NewswireError:
    """What a translator raised; what is no outcome of ours may mean anything, and is tried again."""
    if isinstance(error, TimeoutError):
        return Retry(f"it took longer than {LONGEST.total_seconds():.0f} s")
    return error if isinstance(error, NewswireError) else Retry(guard.words(error))


def _later(now: datetime, after: timedelta) -> datetime:
    least, most = RESTS
    return now + min(max(after, least), most)


def _hindrance(stored: StoredArticle | None, language: str, site_languages: Collection[str]) -> str | None:
    if stored is None:
        return "the article is not in the store any more"
    return wanting.hindrance(stored, language, site_languages)
