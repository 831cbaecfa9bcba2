"""Articles by hand, for a rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.model import Article, Edition

if TYPE_CHECKING:
    from collections.abc import Sequence

LANGUAGES = ("en", "de", "fr", "ar", "ja")
"""The languages of a rehearsal's site."""


def an_article(key: str = "a", *, languages: Sequence[str] = ("en",), **changes: Any) -> Article:
    """An article with an edition in each language, the first of them the original.

    Args:
        key: its id; every title, summary, body and address has it in it.
        languages: the languages of its editions.
        changes: fields of `newswire.api.Article` that replace the plain ones.
    """
    plain: dict[str, Any] = {
        "id": key,
        "original_language": languages[0],
        "editions": [an_edition(language, key) for language in languages],
        "topics": ["science"],
        "source": {"name": "Hacker News", "url": "https://hn.example/1"},
    }
    return Article.model_validate(plain | changes)


def an_edition(language: str = "en", key: str = "a", **changes: Any) -> Edition:
    """An edition with a body.

    Args:
        language: its language.
        key: the id of its article.
        changes: fields of `newswire.api.Edition` that replace the plain ones.
    """
    plain: dict[str, Any] = {
        "language": language,
        "title": f"Title of {key} ({language})",
        "summary": f"Summary of {key} ({language})",
        "body": f"Body of {key} ({language})",
        "url": f"https://news.example.org/{language}/{key}",
    }
    return Edition.model_validate(plain | changes)


def with_edition(article: Article, edition: Edition) -> Article:
    """The article with this edition in the place of the one it had in that language, if it had one."""
    others = [one for one in article.editions if one.language != edition.language]
    return article.model_copy(update={"editions": (*others, edition)})
