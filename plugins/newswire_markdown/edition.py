"""One file: from its text to an edition and to what it says of its article."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from newswire.api import Edition, Left, Problem, Question, standardize
from newswire_markdown import fields, frontmatter
from newswire_markdown.addresses import Addresses
from newswire_markdown.references import without_undefined
from newswire_markdown.refusals import explain
from newswire_markdown.shortcodes import Cleaner
from newswire_markdown.words import derive_summary, plain

if TYPE_CHECKING:
    from datetime import datetime

    from newswire.api import Site
    from newswire_markdown.folder import Candidate
    from newswire_markdown.frontmatter import Document, Value
    from newswire_markdown.options import MarkdownOptions

_HEADER_LIMIT = 65_536
_FIRST_HEADING = re.compile(r"\A\s*#[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A file that could be read."""

    candidate: Candidate
    document: Document
    language: str
    edition: Edition | None
    """None where the file says that it is withdrawn."""
    original: str | None = None
    published: datetime | None = None
    date_key: str = ""
    """The front matter key of `published`; empty where the path gave it."""
    updated: datetime | None = None
    updated_key: str = ""
    topics: list[str] = field(default_factory=list)
    topics_key: str = ""
    authors: tuple[str, ...] = ()
    source: dict[str, str] | None = None
    image: dict[str, str] | None = None
    related: tuple[str, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that could not be taken, and the language it is in, as far as that could be seen."""

    problem: Problem
    language: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file in a language the site does not have."""

    problem: Problem


class EditionReader:
    """Reads the files of one intake."""

    def __init__(self, options: MarkdownOptions, site: Site) -> None:
        self._options = options
        self._site = site
        self.default_language = options.default_language or site.default_language
        self._cleaner = Cleaner(options.syntax, options.shortcodes, options.variables)
        self._addresses = Addresses(options, site.url, self.default_language)

    def read(self, candidate: Candidate) -> Parsed | Broken | Foreign | Left:
        """Reads a file."""
        document = frontmatter.Document({}, "")
        language = None
        try:
            document = frontmatter.split(self._text(candidate))
            why = self._reason_to_leave(document.values)
            if why:
                return Left(candidate.place, why)
            language = self._site_language(candidate, document.values)
            return self._make(candidate, document, language)
        except _NoLanguageOfTheSite as error:
            return Foreign(Problem(candidate.place, str(error), document.line_of(error.key)))
        except (OSError, frontmatter.FrontMatterError, fields.FieldError, ValidationError) as error:
            message, line = self._explain(error, document)
            return Broken(Problem(candidate.place, message, line), language or self._path_language(candidate))

    def date(self, candidate: Candidate) -> datetime | None:
        """The date of a file, as far as its beginning gives one; nothing is reported here."""
        try:
            with candidate.path.open("rb") as file:
                head = file.read(_HEADER_LIMIT).decode("utf-8", "ignore")
            found = fields.moment(frontmatter.split(head).values, self._options.fields.date)[1]
        except (OSError, frontmatter.FrontMatterError, fields.FieldError):
            found = None
        return found or fields.parse_moment(candidate.values.get("date", ""))

    def _make(self, candidate: Candidate, document: Document, language: str) -> Parsed:
        names, values = self._options.fields, document.values
        withdrawn = fields.truth(values, names.withdrawn)
        date_key, published = fields.moment(values, names.date)
        updated_key, updated = fields.moment(values, names.updated)
        image = fields.image(values, names.image)
        original_key, _ = fields.find(values, names.original)
        original = fields.text(values, names.original)
        try:
            original = standardize(original) if original else ""
        except ValueError as error:
            raise fields.FieldError(str(error), original_key) from None
        return Parsed(
            candidate=candidate,
            document=document,
            language=language,
            edition=None if withdrawn else self._edition(candidate, document, language, image),
            original=original or None,
            published=published or fields.parse_moment(candidate.values.get("date", "")),
            date_key=date_key,
            updated=updated,
            updated_key=updated_key,
            topics=fields.texts(values, names.topics),
            topics_key=fields.find(values, names.topics)[0],
            authors=fields.names(values, names.authors),
            source=fields.source(values, names.source, names.source_url),
            image=image | {"url": self._addresses.image(image["url"])} if image else None,
            related=self._addresses.related(fields.texts(values, names.related), candidate),
            urgent=fields.truth(values, names.urgent),
        )

    def _edition(
        self, candidate: Candidate, document: Document, language: str, image: dict[str, str] | None
    ) -> Edition:
        names, values = self._options.fields, document.values
        page = {key: value for key, value in values.items() if isinstance(value, str)}
        title = self._words(fields.text(values, names.title), page)
        if not title:
            key = fields.find(values, names.title)[0] or ""
            raise fields.FieldError(f"there is no title; write '{(*names.title, 'title')[0]}: ...' at the top", key)
        body = self._body(document.body, page, title)
        summary = self._words(fields.text(values, names.summary), page)
        derived = ""
        if not summary and body:
            derived = self._cleaner.clean_words(derive_summary(body, self._options.summary_length))
        alt = (image or {}).get("alt") or fields.text(values, names.image_alt)
        return Edition(
            language=language,
            title=title,
            summary=summary or derived,
            summary_derived=bool(derived),
            body=body,
            url=self._addresses.page(fields.text(values, names.url), candidate, language),
            image_alt=self._words(alt, page) or None,
            questions=tuple(
                Question(question=self._words(question, page), answer=self._cleaner.clean(answer, page))
                for question, answer in fields.questions(values, names.questions)
            ),
            translators=fields.names(values, names.translators),
        )

    def _words(self, text: str, page: dict[str, str]) -> str:
        return self._cleaner.clean_words(plain(self._cleaner.clean_words(text, page)))

    def _body(self, text: str, page: dict[str, str], title: str) -> str | None:
        body = self._cleaner.clean(text, page)
        if self._options.undefined_references == "text":
            body = self._cleaner.clean(without_undefined(body), page)
        heading = _FIRST_HEADING.match(body)
        if heading and plain(heading[1]) == title:
            body = body[heading.end() :]
        return body.strip("\n") if body.strip() else None

    def _text(self, candidate: Candidate) -> str:
        limit = self._options.max_bytes
        size = candidate.path.stat().st_size
        if size > limit:
            raise frontmatter.FrontMatterError(
                f"the file has {size / 1e6:.1f} MB and the limit is {limit / 1e6:.1f} MB; "
                "shorten it, or raise max_bytes of the intake"
            )
        content = candidate.path.read_bytes()
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise frontmatter.FrontMatterError("the file is not UTF-8; save it in that encoding", line) from None

    def _reason_to_leave(self, values: dict[str, Value]) -> Literal["skipped", "draft"] | None:
        for key, unwanted in self._options.skip_when.items():
            if fields.find(values, (key,))[1] in unwanted:
                return "skipped"
        return "draft" if fields.truth(values, self._options.fields.draft) else None

    def _site_language(self, candidate: Candidate, values: dict[str, Value]) -> str:
        """The language of a file: what its front matter says, else what its path says, else the default.

        Raises:
            _NoLanguageOfTheSite: it is no language tag, or not one of the site's.
        """
        key, value = fields.find(values, self._options.fields.language)
        written = value if isinstance(value, str) else self._path_language(candidate)
        try:
            language = standardize(written)
        except ValueError as error:
            raise _NoLanguageOfTheSite(str(error), key) from None
        if language not in self._site.languages:
            message = (
                f"the language {language!r} is not among the site's; add it to [site] languages, or skip such files"
            )
            raise _NoLanguageOfTheSite(message, key)
        return language

    def _path_language(self, candidate: Candidate) -> str:
        """The language by the path, as it is written there, else the default one."""
        written = candidate.values.get("lang") or candidate.values.get("language") or self.default_language
        try:
            return standardize(written)
        except ValueError:
            return written

    def _explain(self, error: Exception, document: Document) -> tuple[str, int | None]:
        """A sentence on what is wrong, and the line it stands in."""
        if isinstance(error, frontmatter.FrontMatterError):
            return str(error), error.line
        if isinstance(error, fields.FieldError):
            return str(error), document.line_of(error.key)
        if isinstance(error, ValidationError):
            name, words = explain(error)
            key, _ = fields.find(document.values, getattr(self._options.fields, name, ()))
            return f"{key or name}: {words}", document.line_of(key)
        return f"the file cannot be read ({getattr(error, 'strerror', None) or type(error).__name__})", None


class _NoLanguageOfTheSite(fields.FieldError):
    """The language of a file is none, or none of the site's."""
