"""A payload becomes an article, or its withdrawal. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from newswire.api import Article, Edition, closest, plain_text, slugify, standardize
from newswire_cms.paths import fill, fill_each, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import Site, Taxonomy
    from newswire_cms.mapping import Mapping

GONE = "gone"
"""What is kept of an article that its system has withdrawn: when it publishes it again, it comes back."""
_YES = frozenset({"true", "yes", "1"})


class Unusable(ValueError):
    """A payload of which no article can be made; the message says why, and the cure."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one payload says: an edition of an article, and the article's own fields; or that it is gone."""

    article_id: str
    language: str
    original_language: str | None = None
    """The language the article was written in, where the payload says so."""
    edition: dict[str, Any] | None = None
    """None where the edition is not published."""
    fields: dict[str, Any] | None = None


def read_payload(payload: Any, mapping: Mapping, site: Site, taxonomy: Taxonomy, language: str) -> Part | None:
    """What a payload says; None where it is of no article.

    Args:
        payload: the JSON document.
        mapping: what it means.
        site: knows the languages.
        taxonomy: knows topics by their labels.
        language: the language where the payload names none.

    Raises:
        Unusable: it cannot be read.
    """
    if any(_holds(payload, path, wanted) for path, wanted in mapping.ignored.items()):
        return None
    of = mapping.article
    article_id = fill(of.id, payload)
    if article_id is None:
        raise Unusable(f"it has nothing for the id ({' or '.join(of.id)}); correct article.id in the mapping")
    spoken = _language(fill(of.language, payload) or language, site)
    if not all(_holds(payload, path, wanted) for path, wanted in mapping.published.items()):
        return Part(article_id, spoken)
    original = fill(of.original_language, payload)

    def text(name: str) -> str:
        found = fill(getattr(of, name), payload) or ""
        return plain_text(found, "html").replace("\n", " ") if name in mapping.html else found

    title = text("title")
    if not title:
        raise Unusable(
            f"{article_id} has nothing for the title ({' or '.join(of.title)}); give it one, or correct the mapping"
        )
    edition = {
        "language": spoken,
        "title": title,
        "summary": text("summary"),
        "body": fill(of.body, payload),
        "body_format": "html" if "body" in mapping.html else "markdown",
        "url": fill(of.url, payload) or "",
        "image_alt": text("image_alt") or None,
    }
    return Part(
        article_id,
        spoken,
        _language(original, site) if original else None,
        edition,
        _fields(payload, mapping, taxonomy),
    )


def merge(part: Part, known: Any) -> tuple[Article | None, Any]:
    """The article as it is with what a payload says, and what to keep of it.

    A system sends each translation on its own; the article has all that are published.

    Args:
        part: what the payload says.
        known: what was kept before; None for nothing.

    Returns:
        The article, None where no edition of it is published any more; and what to keep, None for nothing.

    Raises:
        Unusable: what came is no article.
    """
    empty = known is None or known == GONE
    before: dict[str, Any] = known if not empty else {"original": part.language, "fields": {}, "editions": {}}
    editions = {tag: one for tag, one in before["editions"].items() if tag != part.language}
    if part.edition is not None:
        editions[part.language] = part.edition
    if not editions:
        return None, None
    fields = before["fields"] if part.fields is None else part.fields
    wanted = part.original_language or before["original"]
    # The original may come later than its translation, or go before it: until then the first stands for it.
    original = wanted if wanted in editions else next(iter(editions))
    try:
        article = Article.model_validate(
            {
                **fields,
                "id": part.article_id,
                "original_language": original,
                "editions": [Edition.model_validate(one) for one in editions.values()],
            }
        )
    except ValidationError as error:
        raise Unusable(_told(error)) from None
    return article, {"original": wanted, "fields": fields, "editions": editions}


def _fields(payload: Any, mapping: Mapping, taxonomy: Taxonomy) -> dict[str, Any]:
    of = mapping.article
    found: dict[str, Any] = {
        "topics": [slug for name in fill_each(of.topics, payload) if (slug := taxonomy.resolve(name) or slugify(name))],
        "authors": fill_each(of.authors, payload),
        "published": fill(of.published, payload),
        "updated": fill(of.updated, payload),
        "urgent": (fill(of.urgent, payload) or "").lower() in _YES,
    }
    if image := fill(of.image, payload):
        found["image"] = {"url": image, "alt": fill(of.image_alt, payload) or ""}
        if kind := fill(of.image_type, payload):
            found["image"]["type"] = kind
    if source := fill(of.source, payload):
        found["source"] = {"name": source, "url": fill(of.source_url, payload)}
    return found


def _holds(payload: Any, path: str, wanted: Sequence[str]) -> bool:
    return any(str(value) in wanted for value in values(payload, path) if isinstance(value, str | int))


def _language(tag: str, site: Site) -> str:
    try:
        found = closest(standardize(tag.replace("_", "-")), site.languages)
    except ValueError:
        found = None
    if found is None:
        raise Unusable(f"is in {tag!r}, and the site has only {', '.join(site.languages)}; correct [site] languages")
    return found


def _told(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"makes no article: {place}: {message}; correct the mapping, or the article" if place else message
