"""The files of one article: from editions to the article, whole or not at all."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from newswire.api import Arrival, Article, Edition, Image, Problem, Source, Withdrawal, slugify
from newswire_markdown.edition import Broken, Parsed
from newswire_markdown.refusals import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from newswire.api import Site, Taxonomy

_AHEAD = timedelta(days=1)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

Made = Arrival | Withdrawal | Problem
"""What can come of the files of one article."""

T = TypeVar("T")


class ArticleMaker:
    """Makes articles of the files of one intake.

    Args:
        site: its languages, in the order that decides on originals nobody named.
        taxonomy: knows topics by their aliases.
        source: the source of articles that name none.
        default_language: the language most originals are in.
    """

    def __init__(self, site: Site, taxonomy: Taxonomy, *, source: Source | None, default_language: str) -> None:
        self._site = site
        self._taxonomy = taxonomy
        self._source = source
        self._default_language = default_language

    def make(self, article_id: str, files: Sequence[Parsed | Broken], now: datetime) -> list[Made]:
        """What comes of all files with one id.

        An edition that is broken is left out and reported. Where the original is broken, or could be the broken one,
        the article is left out as a whole: half an article would go out as if it were all of it.
        """
        good: dict[str, Parsed] = {}
        lost: set[str] = set()
        problems: list[Made] = []
        for file in files:
            problem = file.problem if isinstance(file, Broken) else _future(file, now)
            if problem or isinstance(file, Broken):
                lost.add(file.language)
            elif file.language in good:
                first = good[file.language].candidate.place
                message = f"is the {file.language!r} edition of {article_id!r}, and so is {first}; rename or remove one"
                problem = Problem(file.candidate.place, message)
            else:
                good[file.language] = file
            if problem:
                problems.append(problem)
        original = self._original(good, lost)
        if original is None:
            return problems
        if original.edition is None:
            return [*problems, Withdrawal(article_id)]
        return [*problems, *self._article(article_id, original, good)]

    def _original(self, good: dict[str, Parsed], lost: set[str]) -> Parsed | None:
        """The original edition's file; None where there is none, or where it is among the lost ones."""
        if not good:
            return None
        present = [language for language in self._order() if language in good or language in lost]
        named = [good[language].original for language in present if language in good]
        wanted = next((language for language in named if language in present), present[0])
        return good.get(wanted)

    def _order(self) -> list[str]:
        return list(dict.fromkeys((self._default_language, *self._site.languages)))

    def _article(self, article_id: str, original: Parsed, good: dict[str, Parsed]) -> list[Made]:
        files = [good[language] for language in self._order() if language in good and good[language].edition]
        published = _first(original, files, lambda file: file.published)
        updated = original.updated
        topics_of = next((file for file in (original, *files) if file.topics), original)
        topics, problems = self._topics(topics_of)
        image = _first(original, files, lambda file: file.image)
        source: Any = _first(original, files, lambda file: file.source)
        try:
            article = Article(
                id=article_id,
                original_language=original.language,
                editions=tuple(sorted(_editions(files, published), key=lambda edition: edition.language)),
                topics=topics,
                source=Source.model_validate(source) if source else self._source,
                authors=_first(original, files, lambda file: file.authors) or (),
                image=Image.model_validate(_image(image, original)) if image else None,
                related=_first(original, files, lambda file: file.related) or (),
                published=published,
                updated=updated if updated and (published is None or updated >= published) else None,
                urgent=original.urgent,
            )
        except ValidationError as error:
            return [*problems, Problem(original.candidate.place, _refusal(error, article_id))]
        return [*problems, Arrival(article)]

    def _topics(self, file: Parsed) -> tuple[tuple[str, ...], list[Made]]:
        """The slugs of a file's topics; a name that makes no slug is reported."""
        slugs: list[str] = []
        problems: list[Made] = []
        for name in file.topics:
            slug = self._taxonomy.resolve(name) or _slug(name)
            if slug:
                slugs.append(slug)
            else:
                line = file.document.line_of(file.topics_key)
                message = f"the topic {name!r} makes no slug; add it to the aliases of a topic under [topics]"
                problems.append(Problem(file.candidate.place, message, line))
        return tuple(dict.fromkeys(slugs)), problems


def _first(original: Parsed, files: Iterable[Parsed], value: Callable[[Parsed], T]) -> T | None:
    """A value of the original edition, else of the first one that has it."""
    return next((found for found in map(value, (original, *files)) if found), None)


def _editions(files: Iterable[Parsed], published: datetime | None) -> Iterator[Edition]:
    """The editions, each with its own date where it appeared later than the article."""
    for file in files:
        if file.edition and file.published and published and file.published > published:
            yield file.edition.model_copy(update={"published": file.published.astimezone(UTC)})
        elif file.edition:
            yield file.edition


def _image(image: dict[str, str], original: Parsed) -> dict[str, str]:
    alt = original.edition.image_alt if original.edition else None
    return {"alt": alt, **image} if alt and not image.get("alt") else image


def _slug(name: str) -> str | None:
    """The slug of a topic's name, in the letters addresses can hold; None where nothing is left of it."""
    if not any(letter.isalnum() for letter in name):
        return None
    letters = unicodedata.normalize("NFKD", slugify(name))
    plain = re.sub(r"-+", "-", letters.encode("ascii", "ignore").decode()).strip("-")[:100].strip("-")
    lost = sum(letter.isalnum() for letter in letters) - sum(letter.isalnum() for letter in plain)
    return plain if not lost and _SLUG.fullmatch(plain) else None


def _future(file: Parsed, now: datetime) -> Problem | None:
    """The problem of a file that is dated in the future; a day is left for time zones."""
    for key, moment in ((file.date_key, file.published), (file.updated_key, file.updated)):
        if moment and moment > now + _AHEAD:
            message = f"dated {moment:%Y-%m-%d}, which lies in the future; correct {key or 'the date in its path'}"
            return Problem(file.candidate.place, message, file.document.line_of(key) if key else None)
    return None


def _refusal(error: ValidationError, article_id: str) -> str:
    place, words = explain(error)
    if place == "id":
        return f"{article_id!r} cannot be an id, which holds letters a to z, digits and . _ ~ / -; rename the file"
    return f"{place or 'article'}: {words}"
