"""Notices: what newswire itself has to tell its admin, through a channel. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire import languages
from newswire.model import Article, Edition
from newswire.story import Story
from newswire.text import shorten

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

INTAKE = "notices"
"""The intake of the articles that notices are kept as; with `digest_for` it tells them from digests."""
_ROOM_FOR_MORE = len("\n… and 10000 lines more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Some plain words for an admin: no topics, no picture, no markup."""

    id: str
    """Its id, as an article's."""
    title: str
    """What it is about, in one line."""
    lines: tuple[str, ...]
    """What there is to tell, each in one line, the most important first."""
    url: str
    """An address that no other notice has, by which a post of it can be found again."""
    at: datetime
    """When it was made, in UTC."""
    language: str = "en"
    """The BCP 47 tag of its language."""

    def text(self, room: int, length: Callable[[str], int] = len) -> str:
        """The title, an empty line, and as many whole lines as have room; what is left out is counted.

        Args:
            room: how long the text may be.
            length: how long a text is; code points, unless told otherwise.
        """
        text = self.title
        if length(text) > room:
            return shorten(text, room)
        for number, line in enumerate(self.lines):
            left = len(self.lines) - number - 1
            longer = f"{text}\n{line}" if number else f"{text}\n\n{line}"
            if length(longer) + (_ROOM_FOR_MORE if left else 0) > room:
                more = f"… and {left + 1} lines more"
                return f"{text}\n{more}" if length(f"{text}\n{more}") <= room else text
            text = longer
        return text

    def story(self) -> Story:
        """The notice as a story, for formatters that know of nothing else: the lines are the summary."""
        direction = languages.direction(self.language)
        return Story(
            article_id=self.id,
            rev=1,
            reader_language=self.language,
            language=self.language,
            direction=direction,
            title=self.title,
            summary="\n".join(self.lines),
            url=self.url,
            body=None,
            body_format="markdown",
            body_language=self.language,
            body_direction=direction,
            body_url=self.url,
            notice=None,
            topics=(),
            source=None,
            authors=(),
            translators=(),
            image=None,
            questions=(),
            questions_language=self.language,
            related=(),
            alternates=(),
            published=self.at,
            updated=self.at,
            urgent=True,
        )


def notice_article(notice: Notice) -> Article:
    """A notice as it is kept: an article of no list, made for one channel."""
    edition = Edition(
        language=notice.language,
        title=notice.title,
        url=notice.url,
        body="\n".join(notice.lines),
        published=notice.at,
    )
    return Article(id=notice.id, original_language=notice.language, editions=(edition,), published=notice.at)


def notice_of(article: Article) -> Notice:
    """The notice that is kept as an article."""
    edition = article.original
    if article.published is None:
        raise ValueError(f"{article.id} is no notice: it has no time")
    return Notice(
        id=article.id,
        title=edition.title,
        lines=tuple((edition.body or "").splitlines()),
        url=edition.url,
        at=article.published,
        language=edition.language,
    )
