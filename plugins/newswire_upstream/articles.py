"""From an item to an article: cleaned at this boundary, so that nothing a feed brings can do harm behind it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from pydantic import ValidationError

from newswire.api import (
    Article,
    Edition,
    Image,
    Problem,
    Source,
    closest,
    one_line,
    plain_text,
    shorten,
    standardize,
    to_html,
    without_tracking,
)
from newswire_upstream.dates import read_date

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from newswire.api import Taxonomy
    from newswire_upstream.document import Document, Item, Markup
    from newswire_upstream.feeds import Feed
    from newswire_upstream.options import UpstreamOptions

_TITLE = 120
"""How long the title of an item may be that has none, in characters as readers count them."""
_LONGEST_TITLE = 1000
_LONGEST_SUMMARY = 10_000
_LONGEST_BODY = 1_900_000
_MOST_AUTHORS = 20
_MOST_TOPICS = 100
_BLOCK = re.compile(r"<(?:p|h[1-6]|ul|ol|table|pre|blockquote|figure|div)\b", re.IGNORECASE)
_PIXEL = re.compile(r"""<img\b[^>]*\b(?:width|height)="[01](?:px)?"[^>]*>""")
_FIRST_IMAGE = re.compile(r'<img\b[^>]*?\bsrc="([^"]+)"[^>]*>')
_ALT = re.compile(r'\balt="([^"]*)"')
_TYPES = {"png": "image/png", "gif": "image/gif", "webp": "image/webp", "avif": "image/avif", "svg": "image/svg+xml"}


class Foreign(Exception):
    """The item is in a language that the site does not have."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes articles of the items of one feed.

    Args:
        feed: as the config has it.
        document: as it was read.
        options: of its intake.
        taxonomy: the site's topics.
        languages: the site's languages.
        now: no item is dated later.
    """

    feed: Feed
    document: Document
    options: UpstreamOptions
    taxonomy: Taxonomy
    languages: Collection[str]
    now: datetime

    def make(self, item: Item, article_id: str) -> Article:
        """The article of an item.

        Raises:
            Foreign: it is in a language the site does not have.
            ValueError: it cannot be one; the text says why.
        """
        language = self._language(item)
        url = self._url(item)
        body, whole = self._body(item)
        summary, derived = self._summary(item, whole)
        title = shorten(_words(item.title), _LONGEST_TITLE // 2)[:_LONGEST_TITLE]
        published = self._date(item.published) or self._date(item.updated)
        updated = self._date(item.updated)
        edition = Edition(
            language=language,
            title=title or shorten(summary, _TITLE) or one_line(url),
            summary=summary,
            summary_derived=derived,
            body=body,
            body_format="html",
            url=url,
        )
        return Article(
            id=article_id,
            original_language=language,
            editions=(edition,),
            topics=self._topics(item),
            source=self._source(item, url),
            authors=tuple(dict.fromkeys(one_line(name)[:200] for name in item.authors[:_MOST_AUTHORS])),
            image=self._image(item, whole),
            published=published,
            updated=updated if updated and published and updated > published else None,
        )

    def _language(self, item: Item) -> str:
        said = [item.language, self.document.language] if self.options.trust_language else []
        for written in said:
            try:
                tag = standardize(written.replace("_", "-")) if written.strip() else None
            except ValueError:
                continue
            if tag is not None:
                break
        else:
            tag = self.feed.language
        if tag is None:
            raise ValueError("neither the item nor its feed says a language; give the intake the option language")
        found = closest(tag, self.languages)
        if found is None:
            raise Foreign(tag)
        return found

    def _url(self, item: Item) -> str:
        guid = item.guid if item.guid.startswith(("http://", "https://")) else ""
        written = item.link or guid or self.document.link
        try:
            url = without_tracking(urljoin(self.feed.address, written.strip()))
        except ValueError:
            url = ""
        if not url.startswith(("http://", "https://")):
            raise ValueError("it has no link to a page")
        return re.sub(r"[\s<>\"\\]", lambda found: f"%{ord(found[0]):02X}" if ord(found[0]) < 256 else "", url)  # noqa: PLR2004  # Latin-1

    def _body(self, item: Item) -> tuple[str | None, str]:
        """The text to be taken, and what there is of one, in clean HTML."""
        markup = item.content
        if markup is None and item.summary and item.summary.html and _BLOCK.search(item.summary.text):
            markup = item.summary
        if markup is None:
            return None, ""
        html = self._clean(markup)
        taken = (self.options.bodies and markup is not item.summary) or self._long(html)
        return (html if taken and self.options.bodies and html else None), html

    def _long(self, html: str) -> bool:
        """Whether a description is more than a summary."""
        return len(plain_text(html, "html")) > 2 * self.options.summary_length

    def _clean(self, markup: Markup) -> str:
        text = markup.text[:_LONGEST_BODY]
        if not markup.html:
            text = "".join(f"<p>{_escaped(part)}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())
        base = markup.base if markup.base.startswith(("http://", "https://")) else self.feed.address
        return _PIXEL.sub("", to_html(text, "html", base_url=base)).strip()

    def _summary(self, item: Item, html: str) -> tuple[str, bool]:
        written = _words(item.summary)
        if written and (item.content is not None or len(written) <= 2 * self.options.summary_length):
            return shorten(written, 2 * self.options.summary_length)[:_LONGEST_SUMMARY], False
        text = one_line(plain_text(html, "html")) if html else written
        return shorten(text, self.options.summary_length)[:_LONGEST_SUMMARY], bool(text)

    def _date(self, written: str) -> datetime | None:
        found = read_date(written)
        # Nobody published before the web; feeds of broken clocks and empty fields say 1970.
        if found is None or found.year < 1990:  # noqa: PLR2004
            return None
        return min(found, self.now)

    def _topics(self, item: Item) -> tuple[str, ...]:
        names: Mapping[str, str] = {name.casefold(): slug for name, slug in self.options.topic_names.items()}
        named = (
            self.taxonomy.resolve(names.get(one_line(name).casefold(), name)) for name in item.categories[:_MOST_TOPICS]
        )
        return tuple(dict.fromkeys([*self.feed.topics, *filter(None, named)]))

    def _source(self, item: Item, url: str) -> Source | None:
        title = item.source or self.document.title
        name = one_line(self.feed.source or plain_text(title, "html"))[:200]
        return Source(name=name, url=url) if name else None

    def _image(self, item: Item, html: str) -> Image | None:
        picture = item.picture
        found = None if picture else _FIRST_IMAGE.search(html)
        alt = _ALT.search(found[0]) if found else None
        try:
            if picture is not None:
                address = urljoin(self.feed.address, picture.url)
                return Image(
                    url=address, alt=one_line(picture.alt), type=_type(picture.type, address), length=picture.length
                )
            if found:
                address = plain_text(found[1], "html")
                return Image(url=address, alt=plain_text(alt[1], "html") if alt else "", type=_type("", address))
        except (ValidationError, ValueError):
            pass  # a picture without an address that anybody can use is none
        return None


def _type(said: str, address: str) -> str:
    if said.startswith("image/"):
        return said
    return _TYPES.get(address.partition("?")[0].rpartition(".")[2].lower(), "image/jpeg")


def _words(markup: Markup | None) -> str:
    if markup is None:
        return ""
    return one_line(plain_text(markup.text, "html") if markup.html else markup.text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")


def problem_of(place: str, item: Item, error: ValueError) -> Problem:
    """What to tell of an item that cannot be taken."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        words = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    else:
        words = str(error)
    named = one_line(item.link or item.guid or _words(item.title))[:200] or "an item"
    return Problem(place, f"{named}: {words}")
