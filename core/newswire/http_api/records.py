"""What the API gives: the models the OpenAPI document is made of, and how they come of what the store has."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from pydantic import Field

from newswire.model import Article, Edition, Moment, Record

if TYPE_CHECKING:
    from newswire.publisher import Published
    from newswire.store.articles import StoredArticle, StoredEdition

ARTICLES = "/api/articles"
Standing = Literal["published", "withdrawn"]


class EditionFacts(Record):
    """What is known of an edition besides its content."""

    etag: str
    """The ETag of the edition."""
    intake: str
    """Whose it is: the intake that brought it."""
    appeared: Moment
    """When readers could first have it."""
    completed: Moment | None = None
    """When its body appeared; missing while it has none."""
    changed: Moment
    """When it last changed."""


class ArticleRecord(Record):
    """An article as it stands."""

    id: str
    """Its id."""
    rev: int
    """Its revision; it rises with every change."""
    status: Standing
    """Whether it is to be read."""
    etag: str
    """The article's ETag, for If-Match."""
    intake: str
    """Whose its own fields are: the intake that brought it first."""
    published: Moment
    """When it was first published."""
    changed: Moment
    """When what is in no edition last changed."""
    article: Article
    """The article itself, as PUT takes it."""
    editions: dict[str, EditionFacts]
    """What is known of each edition, by language."""


class EditionRecord(EditionFacts):
    """An edition as it stands."""

    edition: Edition
    """The edition itself, as PUT takes it."""


class Kept(Record):
    """Something that was not taken because it belongs to another intake."""

    pointer: str
    """Where it stands in the body, as a JSON Pointer."""
    intake: str
    """Whose it is."""


class Taken(Record):
    """What became of a request that changes an article."""

    id: str
    """The article's id."""
    outcome: Literal["new", "revised", "unchanged", "withdrawn"]
    """What the request did."""
    rev: int
    """The article's revision now."""
    status: Standing
    """Whether the article is to be read now."""
    etag: str | None = None
    """The ETag of what was changed, as it is now; missing where nothing is there any more."""
    kept: tuple[Kept, ...] = ()
    """What was not taken because it belongs to another intake."""


class ArticleSummary(Record):
    """An article in a list."""

    id: str
    """Its id."""
    address: str
    """Its path on this server."""
    rev: int
    """Its revision."""
    status: Standing
    """Whether it is to be read."""
    etag: str
    """Its ETag."""
    intake: str
    """Whose its own fields are."""
    original_language: str
    """The language it was written in."""
    title: str
    """Its title in that language."""
    languages: tuple[str, ...]
    """The languages it has editions in."""
    topics: tuple[str, ...] = ()
    """Slugs of its topics."""
    source: str | None = None
    """Where the story came from."""
    published: Moment
    """When it was first published."""


class ArticleList(Record):
    """A part of a list of articles."""

    articles: tuple[ArticleSummary, ...]
    """The articles."""
    next: str | None = None
    """The cursor of what follows; missing at the end."""


class Counts(Record):
    """How many articles a language has."""

    articles: int
    """All of them."""
    topics: Mapping[str, int] = Field(default_factory=dict)
    """By the slug of the topic, the most frequent first; an article with two topics counts in both."""
    sources: Mapping[str, int] = Field(default_factory=dict)
    """By the slug of the source, the most frequent first."""
    months: Mapping[str, int] = Field(default_factory=dict)
    """By the month in which they first appeared in the language, as ``2026-11``, the newest first."""


class CountList(Record):
    """How much is published."""

    languages: dict[str, Counts]
    """By language."""


class ReceiptRecord(Record):
    """What the platform answered."""

    remote_id: str
    """The platform's id of the post."""
    url: str | None = None
    """Where the post is."""
    at: Moment
    """When it was sent."""


class AttemptRecord(Record):
    """One attempt to send, edit or delete, or what was done by hand."""

    operation: str
    """What was tried."""
    rev: int
    """With which revision."""
    started: Moment
    """When it began."""
    ended: Moment
    """When it ended."""
    outcome: str
    """What came of it."""
    words: str | None = None
    """The platform's words."""


class DeliveryRecord(Record):
    """How a channel stands with an article."""

    id: int
    """Its number, as ``newswire deliveries`` knows it."""
    channel: str
    """The channel."""
    state: Literal["pending", "sending", "done", "doubt", "dead", "suppressed"]
    """Where it stands."""
    want: int
    """The revision the channel should show."""
    have: int | None = None
    """The revision it shows; missing while nothing is out."""
    language: str | None = None
    """The language of the post."""
    reason: str | None = None
    """Why it stands so."""
    due: Moment
    """Before this nothing is tried."""
    changed: Moment
    """When it last changed."""
    receipt: ReceiptRecord | None = None
    """What the platform answered; missing while nothing is known to be out."""
    attempts: tuple[AttemptRecord, ...] = ()
    """Every attempt that is still kept, in order."""


class DeliveryList(Record):
    """A part of the list of an article's deliveries."""

    deliveries: tuple[DeliveryRecord, ...]
    """The deliveries, the oldest first."""
    next: str | None = None
    """The cursor of what follows; missing at the end."""


class TranslationRecord(Record):
    """How it stands with a translation that a machine was asked for."""

    id: int
    """Its number, as ``newswire translations`` knows it."""
    language: str
    """The language it is wanted in."""
    translator: str
    """Whom it was asked of."""
    state: Literal["waiting", "working", "done", "refused", "cancelled"]
    """Where it stands."""
    stale: bool = False
    """Whether the original has changed since."""
    why: str
    """Who asked for it."""
    asked: Moment
    """When it was asked for."""
    due: Moment
    """Before this nothing is tried."""
    changed: Moment
    """When it last changed."""
    attempt: int = 0
    """How often it was tried."""
    requests: int = 0
    """How many requests to the service it took."""
    characters: int = 0
    """How many characters were sent."""
    cost: float = 0.0
    """What it cost, in the currency of the config."""
    reason: str | None = None
    """Why it stands so."""


class TranslationList(Record):
    """The translations of an article that machines were asked for."""

    translations: tuple[TranslationRecord, ...] = ()
    """By language."""


class ProblemField(Record):
    """What is wrong with one part of a request."""

    detail: str
    """What is wrong, and the cure."""
    pointer: str | None = None
    """Where in the body, as a JSON Pointer (RFC 6901)."""
    parameter: str | None = None
    """Or the name of the parameter."""


class ProblemDetails(Record):
    """Why a request was not done (RFC 9457)."""

    type: str
    """Names the kind of problem; it leads to its place in this document."""
    title: str
    """The kind of problem in words."""
    status: int
    """The status code."""
    detail: str
    """What is wrong with this request, and the cure."""
    errors: tuple[ProblemField, ...] = ()
    """The same for each part of the request."""


class ImportLine(Record):
    """What became of one line; the last line of the report has no `line` and counts them all."""

    line: int | None = None
    """The number of the line, from 1."""
    id: str | None = None
    """The article's id, where it could be read."""
    outcome: Literal["new", "revised", "unchanged", "withdrawn", "problem"] | None = None
    """What became of it."""
    rev: int | None = None
    """The article's revision now."""
    etag: str | None = None
    """The article's ETag now."""
    kept: tuple[Kept, ...] = ()
    """What was not taken because it belongs to another intake."""
    problem: ProblemDetails | None = None
    """Why it was not taken."""
    counts: dict[str, int] | None = None
    """In the last line: how many of each outcome."""
    complete: bool | None = None
    """In the last line: whether everything was read."""


def address(article_id: str) -> str:
    """The path of an article: a slash in an id is written ``%2F``."""
    return f"{ARTICLES}/{quote(article_id, safe='')}"


def standing(stored: StoredArticle) -> Standing:
    """Whether an article is to be read."""
    return "withdrawn" if stored.withdrawn else "published"


def article_etag(stored: StoredArticle | None) -> str | None:
    """The ETag of an article; None where there is none. Every change raises the revision."""
    return f'"{stored.rev}-{stored.hash[:12]}"' if stored else None


def edition_etag(edition: StoredEdition | None) -> str | None:
    """The ETag of an edition: a hash of all that its record says."""
    if edition is None:
        return None
    facts = (edition.hash, edition.intake, edition.appeared, edition.completed, edition.changed)
    return f'"{hashlib.blake2b(repr(facts).encode(), digest_size=8).hexdigest()}"'


def article_record(stored: StoredArticle) -> ArticleRecord:
    """An article as it stands."""
    return ArticleRecord(
        id=stored.content.id,
        rev=stored.rev,
        status=standing(stored),
        etag=article_etag(stored) or "",
        intake=stored.intake,
        published=stored.published,
        changed=stored.changed,
        article=stored.content,
        editions={language: EditionFacts(**_facts(edition)) for language, edition in sorted(stored.editions.items())},
    )


def edition_record(stored: StoredArticle, language: str) -> EditionRecord | None:
    """An edition as it stands, or None."""
    content, edition = stored.content.edition(language), stored.editions.get(language)
    if content is None or edition is None:
        return None
    return EditionRecord(**_facts(edition), edition=content)


def _facts(edition: StoredEdition) -> dict[str, Any]:
    return {
        "etag": edition_etag(edition),
        "intake": edition.intake,
        "appeared": edition.appeared,
        "completed": edition.completed,
        "changed": edition.changed,
    }


def summary(stored: StoredArticle) -> ArticleSummary:
    """An article in a list."""
    content = stored.content
    return ArticleSummary(
        id=content.id,
        address=address(content.id),
        rev=stored.rev,
        status=standing(stored),
        etag=article_etag(stored) or "",
        intake=stored.intake,
        original_language=content.original_language,
        title=content.original.title,
        languages=content.languages,
        topics=content.topics,
        source=content.source.name if content.source else None,
        published=stored.published,
    )


def taken(published: Published, etag: str | None, kept: tuple[Kept, ...] = ()) -> Taken:
    """What became of a request that changes an article."""
    return Taken(
        id=published.article_id,
        outcome=published.status.value,
        rev=published.rev,
        status=standing(published.article),
        etag=etag,
        kept=kept,
    )
