"""What a receiver is told: the documents, their JSON Schema, and how a story becomes one.

The shape (`type`, `timestamp`, `data`) and the form of the types follow the Standard Webhooks specification 1.0.0,
"Payload structure" and "Event types".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from newswire.api import to_html

if TYPE_CHECKING:
    from newswire.api import Story

EventType = Literal["article.published", "article.revised", "article.withdrawn"]


class Document(BaseModel):
    """Base of everything below."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Topic(Document):
    """A topic of an article."""

    slug: str
    label: str
    """What its readers call it."""


class Source(Document):
    """Where the story came from."""

    name: str
    url: str | None


class Image(Document):
    """The article's picture."""

    url: str
    alt: str
    type: str
    """Its media type."""
    length: int
    """Its size in bytes, 0 where nobody knows."""


class Reference(Document):
    """Another page: the article in another language, or a related one."""

    title: str
    url: str
    language: str


class Body(Document):
    """The text of an article."""

    language: str
    """The language it is written in; where the translation is not there yet, another than the title's."""
    direction: Literal["ltr", "rtl"]
    html: str
    """Safe HTML with complete addresses."""


class QuestionAndAnswer(Document):
    """One of the questions readers ask, in the article's own text."""

    question: str
    answer: str


class ArticleData(Document):
    """An article as the channel's readers get it."""

    id: str
    """Stays the same for ever; what is known of an article is replaced by what a later message of it says."""
    revision: int
    """Rises with every change of the article, in whatever language."""
    url: str
    language: str
    """The language of title and summary, as a BCP 47 tag."""
    direction: Literal["ltr", "rtl"]
    title: str
    summary: str
    notice: str | None
    """What readers must be told of the language, in `reader_language`; null where everything is in it."""
    reader_language: str
    """The language of notice and labels."""
    urgent: bool
    published: datetime
    updated: datetime
    topics: tuple[Topic, ...]
    source: Source | None
    authors: tuple[str, ...]
    translators: tuple[str, ...]
    image: Image | None
    alternates: tuple[Reference, ...]
    """The article in its other languages."""
    related: tuple[Reference, ...]
    body: Body | None = None
    """Where the channel has ``content = "full"`` and there is a text."""
    questions: tuple[QuestionAndAnswer, ...] = ()
    """Where the channel has ``content = "full"``."""
    digest: tuple[ArticleData, ...] = ()
    """Of a digest, the articles it lists; empty for an article."""


class WithdrawnData(Document):
    """An article that is no more."""

    id: str


class ArticleMessage(Document):
    """The body of a request that brings an article."""

    type: Literal["article.published", "article.revised"]
    timestamp: datetime
    """When the event occurred; when the request was made says the header ``webhook-timestamp``."""
    data: ArticleData


class WithdrawnMessage(Document):
    """The body of a request that takes an article back."""

    type: Literal["article.withdrawn"]
    timestamp: datetime
    data: WithdrawnData


def schema() -> dict[str, Any]:
    """The JSON Schema of the bodies of all requests (draft 2020-12)."""
    adapter: TypeAdapter[Any] = TypeAdapter(ArticleMessage | WithdrawnMessage)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What newswire sends to a webhook",
        **adapter.json_schema(mode="serialization"),
    }


def data_of(story: Story, *, full: bool) -> ArticleData:
    """What is told of a story.

    Args:
        story: the story.
        full: whether its text is told, too.
    """
    return ArticleData(
        id=story.article_id,
        revision=story.rev,
        url=story.url,
        language=story.language,
        direction=story.direction,
        title=story.title,
        summary=story.summary,
        notice=story.notice,
        reader_language=story.reader_language,
        urgent=story.urgent,
        published=story.published,
        updated=story.updated,
        topics=tuple(Topic(slug=topic.slug, label=topic.label) for topic in story.topics),
        source=Source(name=story.source.name, url=story.source.url) if story.source else None,
        authors=story.authors,
        translators=story.translators,
        image=_image(story),
        alternates=tuple(Reference(title=one.title, url=one.url, language=one.language) for one in story.alternates),
        related=tuple(Reference(title=one.title, url=one.url, language=one.language) for one in story.related),
        body=_body(story) if full else None,
        questions=_questions(story) if full else (),
        digest=tuple(data_of(member, full=full) for member in story.digest),
    )


def _image(story: Story) -> Image | None:
    image = story.image
    return Image(url=image.url, alt=image.alt, type=image.type, length=image.length) if image else None


def _body(story: Story) -> Body | None:
    if story.body is None or story.digest:
        return None
    html = to_html(story.body, "html" if story.body_format == "html" else "markdown", base_url=story.body_url)
    return Body(language=story.body_language, direction=story.body_direction, html=html)


def _questions(story: Story) -> tuple[QuestionAndAnswer, ...]:
    return tuple(QuestionAndAnswer(question=one.question, answer=one.answer) for one in story.questions)
