"""Stories: an article resolved for one subscription. It is all a formatter sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newswire import languages, phrases
from newswire.model import words_hash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newswire.languages import Direction
    from newswire.model import Article, Edition, Question
    from newswire.subscription import Choice
    from newswire.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class StoryTopic:
    """A topic as the readers of a story call it."""

    slug: str
    """Its name in the config."""
    label: str
    """Its name in the reader's language."""
    hashtag: str
    """The words a hashtag is made of; they may be several."""


@dataclass(frozen=True, slots=True)
class StoryImage:
    """The picture, with the words of the story's language where there are some."""

    url: str
    alt: str
    """What it shows; empty where nobody said."""
    type: str
    """Its media type, such as ``image/jpeg``."""
    length: int
    """Its size in bytes; 0 where that is not known."""
    focus: tuple[float, float] = (0.0, 0.0)
    """The point that must stay in sight when it is cut: from -1 to 1, left to right and bottom to top."""


@dataclass(frozen=True, slots=True)
class StorySource:
    """Where the story came from."""

    name: str
    url: str | None
    """Where the story stands there, if that is known."""
    slug: str
    """The source's name in addresses."""


@dataclass(frozen=True, slots=True)
class Link:
    """A title with an address."""

    title: str
    url: str
    language: str
    """The BCP 47 tag of the title and of what the link leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article resolved for one subscription: chosen edition, notices, labels, links."""

    article_id: str
    rev: int
    """The revision of the article, from 1."""
    reader_language: str
    """The language notices and labels are in: the reader's."""
    language: str
    """The language of title and summary."""
    direction: Direction
    """The writing direction of title and summary."""
    title: str
    """Plain text, one line."""
    summary: str
    """Plain text; empty where there is none."""
    url: str
    """The page of the article in the story's language."""
    body: str | None
    """The text, or None where there is none (see `Choice.body`)."""
    body_format: str
    """``markdown`` or ``html``."""
    body_language: str
    """The language of the body; it differs from `language` where the body fell back."""
    body_direction: Direction
    """The writing direction of the body."""
    body_url: str
    """What relative links in the body are relative to."""
    notice: str | None
    """What readers must be told of the language and of machines, in their own; None where there is nothing to say."""
    topics: tuple[StoryTopic, ...]
    """The article's topics, in its order."""
    source: StorySource | None
    authors: tuple[str, ...]
    """Who wrote the article."""
    translators: tuple[str, ...]
    """Who translated this edition."""
    image: StoryImage | None
    questions: tuple[Question, ...]
    """Questions and answers; empty where there are none."""
    questions_language: str
    """The language of questions and answers; it differs from `language` where they fell back with the body."""
    related: tuple[Link, ...]
    """Related articles, each in the edition that fits the reader best."""
    alternates: tuple[Link, ...]
    """The article in its other languages; the titles are the languages' own names."""
    published: datetime
    """When readers of this subscription could first see it."""
    updated: datetime
    """When what they see last changed."""
    urgent: bool
    """Whether it passes caps, quiet hours and digests."""
    digest: tuple[Story, ...] = ()
    """Of a digest the articles that it lists, each as the channel's readers get it, the oldest first; empty for an
    article. Title, summary and body of a digest are made of them, for formatters that make nothing of it."""
    machine: Literal["whole", "body"] | None = None
    """Whether a machine translated what readers get: all of it, or the body only."""
    ask_url: str | None = None
    """The page at which a reader can ask for a translation of what fell back; None where none is on offer."""

    def phrase(self, key: str, **values: str) -> str:
        """A phrase of newswire in the reader's language (``read_more``, ``source``, ``more_articles``, ...)."""
        return phrases.phrase(key, self.reader_language, **values)

    @property
    def remark(self) -> str:
        """What a list says behind the title: a language that is not the reader's, or that a machine translated it."""
        for language in (self.language, self.body_language):
            if languages.closest(self.reader_language, [language]) is None:
                return languages.name(self.body_language, self.reader_language)
        return self.phrase("machine_translation") if self.machine == "whole" else ""


def resolve(
    article: Article,
    choice: Choice,
    *,
    rev: int,
    reader_language: str,
    taxonomy: Taxonomy,
    published: datetime,
    updated: datetime,
    related: Sequence[Link] = (),
    ask_url: str | None = None,
) -> Story:
    """Makes the story of an article for one reader.

    Args:
        article: the article.
        choice: the editions it is told in.
        rev: the article's revision.
        reader_language: the language of notices and labels.
        taxonomy: gives the topics their labels.
        published: when readers of this subscription could first see it.
        updated: when what they see last changed.
        related: titles and addresses of related articles.
        ask_url: the page at which a translation can be asked for.
    """
    edition, body = choice.edition, choice.body
    asked = edition if edition.questions or body is None else body
    told = (notice(edition, body, reader_language), machine_notice(article, choice, reader_language))
    others = sorted((e for e in article.editions if e is not edition), key=lambda e: e.language)
    return Story(
        article_id=article.id,
        rev=rev,
        reader_language=reader_language,
        language=edition.language,
        direction=languages.direction(edition.language),
        title=edition.title,
        summary=edition.summary,
        url=edition.url,
        body=body.body if body else None,
        body_format=body.body_format if body else "markdown",
        body_language=body.language if body else edition.language,
        body_direction=languages.direction(body.language if body else edition.language),
        body_url=body.url if body else edition.url,
        notice=" · ".join(filter(None, told)) or None,
        topics=tuple(
            StoryTopic(slug, taxonomy.label(slug, reader_language), taxonomy.hashtag(slug, reader_language))
            for slug in article.topics
        ),
        source=StorySource(article.source.name, article.source.url, article.source.slug) if article.source else None,
        authors=article.authors,
        translators=edition.translators,
        image=_image(article, edition),
        questions=asked.questions,
        questions_language=asked.language,
        related=tuple(related),
        alternates=tuple(Link(languages.autonym(e.language), e.url, e.language) for e in others),
        published=published,
        updated=max(updated, published),
        urgent=article.urgent,
        machine=_machine(choice),
        ask_url=ask_url,
    )


def _machine(choice: Choice) -> Literal["whole", "body"] | None:
    if choice.edition.machine == "whole":
        return "whole"
    return "body" if choice.body is not None and choice.body.machine else None


def machine_notice(article: Article, choice: Choice, reader_language: str) -> str | None:
    """What readers must be told where a machine translated: that it did, and whether the original has changed since."""
    made = next((edition for edition in (choice.edition, choice.body) if edition and edition.machine), None)
    if made is None or _machine(choice) is None:
        return None
    stale = made.translated_from is not None and made.translated_from != words_hash(article.original)
    return phrases.phrase("machine_translation_stale" if stale else "machine_translation", reader_language)


def notice(edition: Edition, body: Edition | None, reader_language: str) -> str | None:
    """What readers must be told of the language: that all of it, or the body, is in another than theirs."""
    if languages.closest(reader_language, [edition.language]) is None:
        return phrases.phrase("only_in", reader_language, language=languages.name(edition.language, reader_language))
    if body is not None and languages.closest(reader_language, [body.language]) is None:
        return phrases.phrase("body_only_in", reader_language, language=languages.name(body.language, reader_language))
    return None


def _image(article: Article, edition: Edition) -> StoryImage | None:
    image = article.image
    if image is None:
        return None
    alt = edition.image_alt or (image.alt if edition.language == article.original_language else "") or edition.title
    return StoryImage(image.url, alt, image.type, image.length, image.focus)
