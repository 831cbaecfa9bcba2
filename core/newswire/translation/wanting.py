"""What of an article a machine may translate, and for whom. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire import languages
from newswire.model import words_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime, timedelta

    from newswire.model import Article, Edition
    from newswire.store.articles import StoredArticle
    from newswire.subscription import NamedFilter


def hindrance(stored: StoredArticle, language: str, site_languages: Collection[str]) -> str | None:
    """Why an article is not to be translated into a language; None where it may be."""
    article = stored.content
    if stored.digest_for is not None:
        return "it is a digest, which is made anew for each channel"
    if stored.withdrawn:
        return "it is withdrawn"
    if language not in site_languages:
        return f"the site has no language {language}; [site] languages are {', '.join(sorted(site_languages))}"
    if languages.closest(language, [article.original_language]) is not None:
        return f"it was written in {article.original_language}"
    if is_complete(article, language):
        return f"people translated it into {language}"
    return None


def is_complete(article: Article, language: str) -> bool:
    """Whether people wrote an edition with all that the original has."""
    edition = article.edition(language)
    if edition is None or edition.machine is not None:
        return False
    return edition.body is not None or article.original.body is None


def teaser(article: Article, language: str) -> Edition | None:
    """The edition whose title and summary people wrote, if there is one."""
    edition = article.edition(language)
    return edition if edition is not None and edition.machine != "whole" else None


def is_current(article: Article, language: str) -> bool:
    """Whether there is an edition in the language, and what a machine made of it is of the original as it stands."""
    edition = article.edition(language)
    if edition is None or (edition.body is None and article.original.body is not None):
        return False
    return edition.machine is None or edition.translated_from in {None, words_hash(article.original)}


def ruled(
    stored: StoredArticle, filters: Mapping[str, NamedFilter], *, max_age: timedelta | None, now: datetime
) -> dict[str, str]:
    """The languages that rules want an article in, each with the name of the first filter that does.

    Args:
        stored: the article.
        filters: the filters of the config.
        max_age: how old an article may be; None: any age.
        now: the time.
    """
    if max_age is not None and now - stored.published > max_age:
        return {}
    wanted: dict[str, str] = {}
    for name, named in filters.items():
        if named.translate and _takes(named, stored.content):
            for language in named.translate:
                wanted.setdefault(language, name)
    return wanted


def _takes(named: NamedFilter, article: Article) -> bool:
    if named.topics is not None and not named.topics.matches(frozenset(article.topics)):
        return False
    return not named.sources or (article.source is not None and article.source.slug in named.sources)
