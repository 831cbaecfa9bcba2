"""Articles at hand: what many channels are about to be told of is read, and resolved, once."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from newswire.errors import UnknownArticle
from newswire.store.library import links, tell, tell_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newswire.store.articles import StoredArticle
    from newswire.story import Story
    from newswire.subscription import Choice, Subscription
    from newswire.taxonomy import Taxonomy
    from newswire.translation.readers import Offer

_ARTICLES = 500
_STORIES = 2000


class Articles:
    """The articles and stories that were used last. Used on the event loop; `has` may be asked from any thread.

    Args:
        taxonomy: gives topics their labels.
        offer: the translations that readers can ask for, if they can.
    """

    def __init__(self, taxonomy: Taxonomy, offer: Offer | None = None) -> None:
        self._offer = offer
        self._taxonomy = taxonomy
        self._articles: OrderedDict[str, StoredArticle] = OrderedDict()
        self._stories: OrderedDict[tuple[object, ...], Story] = OrderedDict()

    def has(self, article_id: str, rev: int) -> bool:
        """Whether an article is at hand in this revision or a later one, with those related to it."""
        stored = self._articles.get(article_id)
        if stored is None or stored.rev < rev:
            return False
        return stored.digest_for is None or all(key in self._articles for key in stored.content.related)

    def keep(self, loaded: Mapping[str, StoredArticle]) -> None:
        """Takes articles in; those not used for longest go."""
        for article_id, stored in loaded.items():
            self._articles[article_id] = stored
            self._articles.move_to_end(article_id)
        while len(self._articles) > _ARTICLES:
            self._articles.popitem(last=False)

    def get(self, article_id: str) -> StoredArticle:
        """An article at hand.

        Raises:
            UnknownArticle: it is not.
        """
        stored = self._articles.get(article_id)
        if stored is None:
            raise UnknownArticle(f"the article {article_id!r} is not in the store any more")
        return stored

    def story(self, stored: StoredArticle, choice: Choice, reader_language: str) -> Story:
        """The story of an article for one reader; many channels have the same one."""
        body = choice.body.language if choice.body else None
        key = (stored.content.id, stored.rev, reader_language, choice.edition.language, body)
        story = self._stories.get(key)
        if story is None:
            beside = [self._articles[key] for key in stored.related if key in self._articles]
            story = tell(stored, choice, reader_language, self._taxonomy, links(beside, reader_language), self._offer)
            self._stories[key] = story
            while len(self._stories) > _STORIES:
                self._stories.popitem(last=False)
        return story

    def digest(self, stored: StoredArticle, wanted: Subscription, reader_language: str) -> Story:
        """The story of a digest for its channel.

        Raises:
            UnknownArticle: not all that it lists is at hand.
        """
        members = [self.get(key) for key in stored.content.related]
        return tell_digest(stored, members, wanted, reader_language, self._taxonomy)
