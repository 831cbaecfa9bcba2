"""The model: an article, its editions, and what belongs to them.

Everything that comes in passes these models; text is cleaned here of what XML cannot carry, so nothing behind
this boundary needs to think of it. The JSON Schema of `Article` is what ``newswire schema article`` prints.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import orjson
import regex
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import Url

from newswire import languages
from newswire.text import clean, one_line

BODY_LIMIT = 2_000_000
"""Longest body of an edition, in characters; a longer one is refused."""
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._~/-]*$"
SLUG_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
YEARS = range(1000, 3000)
"""Years a date may lie in: four digits everywhere, and room on both sides for zones and sums."""
# Marks belong to their letters: without them, names in Hindi or Thai would lose their vowels.
_NO_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_NUMBER = re.compile(r"\s*[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?\s*", re.IGNORECASE)


class Record(BaseModel):
    """Base of every model at a boundary: unknown keys are refused, instances do not change."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True, validate_default=False
    )


def _standard(tag: str) -> str:
    return languages.standardize(tag)


def _web_address(value: str) -> str:
    try:
        # Whatever renders the address later must be able to take it apart: both readings have to succeed.
        readable = bool(Url(value).host and urlsplit(value).hostname)
    except ValueError:
        readable = False
    if not readable or not re.match(r"https?://[^/?#]", value, re.IGNORECASE) or re.search(r"[\s<>\"\\]", value):
        raise ValueError("must be an absolute http or https address")
    return value


def _zoned(value: datetime) -> datetime:
    """A time without a zone counts as UTC."""
    try:
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        moment = None
    if moment is None or moment.year not in YEARS:
        raise ValueError(f"the year must lie between {YEARS[0]} and {YEARS[-1]}")
    return moment


def _day_is_midnight(value: Any) -> Any:
    """A bare date counts as that day's midnight; a bare number is nothing that anybody means as a date."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise ValueError("must be a date such as '2026-11-23' or '2026-11-23T12:00:00Z', not a number")
    return value


def _point(value: Any) -> Any:
    """Two numbers, also as they stand in front matter: ``0.2, -0.5``."""
    return value.split(",") if isinstance(value, str) else value


Line = Annotated[str, AfterValidator(one_line)]
"""Text of one line: cleaned, white space folded."""
Block = Annotated[str, AfterValidator(clean)]
"""Text of many lines: cleaned."""
LanguageTag = Annotated[str, AfterValidator(_standard)]
"""A BCP 47 language tag in its canonical form."""
Address = Annotated[
    str,
    AfterValidator(one_line),
    AfterValidator(_web_address),
    Field(json_schema_extra={"format": "uri", "pattern": r"^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]"}),
]
"""An absolute http or https address."""
Moment = Annotated[datetime, BeforeValidator(_day_is_midnight), AfterValidator(_zoned)]
"""A point in time, in UTC; without a zone it counts as UTC."""
ArticleId = Annotated[str, Field(min_length=1, max_length=200, pattern=ID_PATTERN)]
"""The id of an article: letters, digits and ``. _ ~ / -``; it never changes."""
Share = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
"""A place between the left (or lower) edge of a picture, -1, and the right (or upper) one, 1."""
Machine = Literal["whole", "text", "body"]
"""What of an edition a machine translated."""
Slug = Annotated[str, Field(min_length=1, max_length=100, pattern=SLUG_PATTERN)]
"""A stable name of lower-case letters, digits and single hyphens."""


class Source(Record):
    """Where the story came from ("Hacker News"): attribution, not a connector."""

    name: Annotated[Line, Field(min_length=1, max_length=200)]
    """What a reader is shown."""
    url: Address | None = None
    """Where the story stands at the source."""

    @property
    def slug(self) -> str:
        """The source's name as it stands in addresses."""
        return slugify(self.name)


class Image(Record):
    """The picture of an article."""

    url: Address
    """Where the picture is."""
    alt: Line = ""
    """What it shows, in the language of the edition that names it."""
    type: Line = "image/jpeg"
    """Its media type."""
    length: Annotated[int, Field(ge=0, lt=2**53)] = 0
    """Its size in bytes; 0 when unknown."""
    focus: Annotated[tuple[Share, Share], BeforeValidator(_point)] = (0.0, 0.0)
    """What must stay in sight where the picture is cropped: x and y, each from -1 to 1, from its middle; y goes up."""


class Question(Record):
    """One question with its answer."""

    question: Annotated[Line, Field(min_length=1)]
    """The question, one line."""
    answer: Annotated[Block, Field(min_length=1)]
    """The answer, in Markdown."""


class Edition(Record):
    """An article in one language."""

    language: LanguageTag
    """The language it is written in."""
    title: Annotated[Line, Field(min_length=1, max_length=1000)]
    """The title, plain text."""
    summary: Annotated[Line, Field(max_length=10_000)] = ""
    """The summary, plain text; it may be empty."""
    summary_derived: bool = False
    """Whether the summary was taken from the body because nobody wrote one."""
    body: Annotated[Block, Field(max_length=BODY_LIMIT)] | None = None
    """The text, or None where only title and summary exist in this language."""
    body_format: Literal["markdown", "html"] = "markdown"
    """What the body is written in."""
    url: Address
    """The page of the article in this language."""
    image_alt: Line | None = None
    """What the article's picture shows, in this language."""
    questions: tuple[Question, ...] = ()
    """Questions and answers that belong to the article, in this language."""
    translators: tuple[Line, ...] = ()
    """Who translated it."""
    published: Moment | None = None
    """When this edition appeared, if that is known apart from the article's own date."""
    machine: Machine | None = None
    """What of it a machine translated: all of it (``whole``), or below a title and summary that people wrote the body
    with questions and answers (``text``), or the body alone (``body``); None: nothing. Readers are told."""
    translated_from: Annotated[Line, Field(max_length=100)] | None = None
    """What a machine translated: the hash of the original edition's words as they were then."""

    @field_validator("body")
    @classmethod
    def _no_empty_body(cls, body: str | None) -> str | None:
        return body if body and body.strip() else None

    @field_validator("translators")
    @classmethod
    def _no_empty_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(filter(None, names))


_NOT_TRANSLATED: dict[str, Any] = {
    "url": "",
    "summary_derived": False,
    "translators": (),
    "published": None,
    "machine": None,
    "translated_from": None,
}


class Article(Record):
    """One piece, language-independent, with its editions."""

    id: ArticleId
    """Never changes and is never used again."""
    original_language: LanguageTag
    """The language it was written in; an edition of this language must be there."""
    editions: Annotated[tuple[Edition, ...], Field(json_schema_extra={"minItems": 1})]
    """The article in each of its languages, at most one edition a language."""
    topics: tuple[Slug, ...] = ()
    """Slugs of its topics, without repetition."""
    source: Source | None = None
    """Where the story came from."""
    also_from: Annotated[tuple[Source, ...], Field(max_length=50)] = ()
    """Where else it came from."""
    authors: tuple[Line, ...] = ()
    """Who wrote it."""
    image: Image | None = None
    """Its picture."""
    related: tuple[ArticleId, ...] = ()
    """Ids of articles that belong beside it."""
    published: Moment | None = None
    """When it was first published; None where nobody knows."""
    updated: Moment | None = None
    """When it was last corrected."""
    urgent: bool = False
    """Whether it passes quiet hours and caps."""

    @field_validator("topics", "related")
    @classmethod
    def _no_repetition(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(values))

    @field_validator("authors")
    @classmethod
    def _no_empty_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(filter(None, names))

    @model_validator(mode="after")
    def _editions_fit(self) -> Article:
        present = [edition.language for edition in self.editions]
        twice = sorted({language for language in present if present.count(language) > 1})
        if twice:
            raise ValueError(f"two editions in one language: {', '.join(twice)}")
        if self.original_language not in present:
            there = ", ".join(sorted(present)) or "none"
            raise ValueError(f"the original edition ({self.original_language}) is missing; there are: {there}")
        return self

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everywhere it came from, each source once."""
        named = (*((self.source,) if self.source else ()), *self.also_from)
        return tuple({source.slug: source for source in reversed(named)}.values())[::-1]

    def edition(self, language: str) -> Edition | None:
        """The edition in exactly this language, or None."""
        return next((edition for edition in self.editions if edition.language == language), None)

    @property
    def original(self) -> Edition:
        """The edition in the original language."""
        return next(edition for edition in self.editions if edition.language == self.original_language)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it has editions in, sorted."""
        return tuple(sorted(edition.language for edition in self.editions))


def content_hash(record: Record) -> str:
    """The hash of a record's canonical content: the same content gives the same 32 hexadecimal digits."""
    content = record.model_dump(mode="json", exclude_defaults=True)
    return hashlib.blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def words_hash(edition: Edition) -> str:
    """The hash of what of an edition is translated: a translation made of other words is of an earlier version."""
    return content_hash(edition.model_copy(update=_NOT_TRANSLATED))


def slugify(text: str) -> str:
    """A slug of a name: ``Hacker News`` becomes ``hacker-news``; letters and marks of any script are kept."""
    # Case folding leaves a dot above the i of a Turkish capital, which nobody would type.
    folded = clean(one_line(text).casefold().replace("i\u0307", "i"))
    return _NO_WORD.sub("-", folded).strip("-") or "unnamed"
