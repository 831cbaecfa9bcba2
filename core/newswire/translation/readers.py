"""Readers who ask: where they can, what they can have, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from newswire import languages
from newswire.errors import Refused, UnknownArticle
from newswire.logs import get_logger
from newswire.store import articles, translations
from newswire.store.translations import OPEN, TranslationState
from newswire.translation import wanting
from newswire.translation.asking import Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from newswire.config import Config
    from newswire.model import Article
    from newswire.services import AskedTranslation
    from newswire.store import Store
    from newswire.store.articles import StoredArticle
    from newswire.subscription import Choice
    from newswire.translation.asking import Asking

log = get_logger(__name__)
PAGE = "/translate/"
"""Where readers ask; the feeds plugin answers there."""
WHY = "a reader"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What readers can ask for. Pure."""

    public_url: str
    site_languages: Sequence[str]
    targets: frozenset[str]
    """The languages that something translates into."""

    def address(self, article: Article, choice: Choice, reader_language: str) -> str | None:
        """The page at which a reader can ask for what fell back; None where there is nothing to ask for."""
        shown = choice.body or choice.edition
        if languages.closest(reader_language, [shown.language]) is not None:
            return None
        target = languages.closest(reader_language, self.site_languages)
        if target not in self.targets or languages.closest(target, [article.original_language]) is not None:
            return None
        return f"{self.public_url}{PAGE}{target}?article={quote(article.id, safe='')}"


def offer(config: Config) -> Offer | None:
    """What readers can ask for by the config; None where that is nothing, or nobody answers at the page."""
    answered = any(PAGE in app.paths for app in config.plugins.http_apps)
    targets = frozenset(
        tag for tag in config.site.languages if any(one.takes(tag) for one in config.enabled_translators)
    )
    if not (config.translation.readers and answered and targets):
        return None
    url = config.http.public_url.rstrip("/")
    return Offer(public_url=url, site_languages=config.site.languages, targets=targets)


class ReaderTranslations:
    """Takes what readers ask for; see `newswire.services.Translations`.

    Args:
        offer: what they can ask for; None: nothing.
        asking: takes the requests.
        store: where they are.
        limit: how many all readers can ask for in an hour.
        clock: tells the time, in UTC.
    """

    def __init__(
        self, offer: Offer | None, asking: Asking, store: Store, limit: int, clock: Callable[[], datetime]
    ) -> None:
        self._offer = offer
        self._asking = asking
        self._store = store
        self._limit = limit
        self._clock = clock

    @property
    def offered(self) -> frozenset[str]:
        """The languages readers can ask for; none where they cannot ask."""
        return self._offer.targets if self._offer is not None else frozenset()

    def look(self, article_id: str, language: str) -> AskedTranslation:
        """How an article stands in a language. Blocking."""
        with self._store.read() as connection:
            stored = articles.load(connection, article_id)
            if stored is None or language not in self.offered:
                return "none"
            known = translations.of_article(connection, article_id).get(language)
        if wanting.is_current(stored.content, language) and not stored.withdrawn:
            return "there"
        if known is not None and known.state in OPEN:
            return "asked"
        refused = known is not None and known.state is not TranslationState.DONE
        return "none" if refused or self._hindered(stored, language) else "offered"

    def ask(self, article_id: str, language: str) -> AskedTranslation:
        """Asks for an article, for a reader. Blocking."""
        found = self.look(article_id, language)
        if found != "offered":
            return found
        with self._store.read() as connection:
            made = translations.asked_since(connection, self._clock() - timedelta(hours=1), WHY)
        if made >= self._limit:
            return "too many"
        try:
            self._asking.ask(article_id, language, Wish(WHY, again=False))
        except (Refused, UnknownArticle) as error:
            log.info("a reader asked in vain", article=article_id, language=language, reason=str(error))
            return "none"
        log.info("a reader asked for a translation", article=article_id, language=language)
        return "asked"

    def _hindered(self, stored: StoredArticle, language: str) -> bool:
        return wanting.hindrance(stored, language, self._asking.languages) is not None
