"""Where replies are made that are not there yet. Blocking, and used by one thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire_feeds import opml
from newswire_feeds.address import OPML_PATH, FeedAddress, canonical, known_language, read
from newswire_feeds.catalogue import Catalogue
from newswire_feeds.choice import choice_query, front_page, read_choice
from newswire_feeds.composition import TooMuchAsked, select
from newswire_feeds.pages import Pages
from newswire_feeds.press import Press
from newswire_feeds.reply import Finished, Reply, finish_feed, finish_text, in_words
from newswire_feeds.words import spoken

if TYPE_CHECKING:
    from newswire.api import Services
    from newswire_feeds.address import Kind
    from newswire_feeds.composition import Selection
    from newswire_feeds.options import FeedsOptions
    from newswire_feeds.request import Request

_HTML = "text/html; charset=utf-8"
_VARY = "Accept-Encoding, Sec-Fetch-Dest"
"""What a feed's answer depends on: a browser that goes there gets a page."""
_MISSING_MAX_AGE = 60
"""Seconds for which "not found" may be remembered: a topic may get its first article any moment."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A feed there is."""

    address: FeedAddress
    part: str
    """What it is of, in its readers' words."""
    selection: Selection


class Workshop:
    """Makes documents, pages, redirects.

    Args:
        services: the room.
        options: what the feeds plugin offers.
        memory: bytes of rendered entries to keep.
    """

    def __init__(self, services: Services, options: FeedsOptions, *, memory: int) -> None:
        self._services = services
        self._options = options
        self._catalogue = Catalogue(services)
        self._press = Press(services, options, self._catalogue, memory=memory)
        self._pages = Pages(services, self._catalogue, options.title)

    def make(self, request: Request, number: int, kept: Finished | None = None) -> Finished | Reply:
        """The reply to a request.

        Args:
            request: what is asked for.
            number: the newest event's, as of before.
            kept: what was true at an earlier event, if that is still there.

        Returns:
            What may be kept until the log grows, or a reply to this request alone. The former only to the one
            spelling of an address, so that what is kept does not grow with what people think of.
        """
        self._catalogue.renew(number)
        try:
            if request.path == "/":
                return self._front(request, number)
            if request.path == OPML_PATH:
                return self._opml(request, number)
            return self._feed(request, number, kept)
        except TooMuchAsked as error:
            return in_words(400, str(error))

    def _front(self, request: Request, number: int) -> Finished | Reply:
        choice = self._choice(request)
        if request.query != (choice_query(choice) if choice else ""):
            return _elsewhere(front_page(choice) if choice else "/")
        feed = choice or FeedAddress(request.language, "atom")
        headers = {
            "cache-control": f"public, max-age={self._options.max_age}",
            "vary": "Accept-Encoding" if choice else "Accept-Encoding, Accept-Language",
            **self._page_headers(feed.language),
        }
        return finish_text(self._pages.front(feed), request.encoding, number=number, headers=headers)

    def _opml(self, request: Request, number: int) -> Finished | Reply:
        choice = self._choice(request)
        if request.query != (choice_query(choice) if choice else ""):
            return _elsewhere(f"{OPML_PATH}?{choice_query(choice)}" if choice else OPML_PATH)
        headers = {
            "cache-control": f"public, max-age={self._options.max_age}",
            "vary": "Accept-Encoding",
            "content-type": opml.MEDIA_TYPE,
            "content-disposition": 'attachment; filename="feeds.opml"',
        }
        written = opml.write(self._services, self._catalogue, self._options.title, choice)
        return finish_text(written, request.encoding, number=number, headers=headers)

    def _choice(self, request: Request) -> FeedAddress | None:
        site = self._services.site
        return read_choice(
            request.query,
            spoken=request.language,
            languages=site.languages,
            taxonomy=self._services.taxonomy,
            known=self._catalogue,
        )

    def _feed(self, request: Request, number: int, kept: Finished | None) -> Finished | Reply:
        asked = self._find(request)
        if isinstance(asked, Reply):
            return asked
        if kept is not None and self._stands(asked, kept.number):
            return kept.at(number)
        made = self._page(request, asked, number) if request.page else self._document(request, asked, number)
        return made or self._missing(request, asked.address)

    def _find(self, request: Request) -> _Asked | Reply:
        """The feed that is asked for, by the one spelling of its address."""
        asked = read(request.path, request.query)
        site = self._services.site
        address = canonical(asked, site.languages, self._services.taxonomy) if asked else None
        if address is None:
            return self._missing(request, asked)
        part = self._catalogue.part(address)
        selection = select(address.composition, self._services.filters) if part is not None else None
        if part is None or selection is None:
            return self._missing(request, address)
        if (request.path, request.query) != (address.plain_path, address.query):
            return _moved(address)
        return _Asked(address, part, selection)

    def _stands(self, asked: _Asked, number: int) -> bool:
        """Whether nothing has changed in a feed since an event: then what was made of it need not be made anew."""
        selection, library = asked.selection, self._services.library
        if asked.address.composed.digest:  # any change in the language may mean that a day is over
            change = library.changed(asked.address.language)
        else:
            change = library.changed(asked.address.language, topics=selection.topics, sources=selection.sources)
        return change is None or change.seq <= number

    def _document(self, request: Request, asked: _Asked, number: int) -> Finished | None:
        document = self._press.document(asked.address, asked.part, asked.selection)
        if document is None:
            return None
        return finish_feed(document, request.encoding, number=number, headers=self._feed_headers())

    def _page(self, request: Request, asked: _Asked, number: int) -> Finished | None:
        address = asked.address
        entries = self._press.listed(address, asked.selection)
        if entries is None:
            return None
        relatives = self._catalogue.relatives(address.current, asked.selection)
        page = self._pages.feed(address, asked.part, entries, relatives)
        headers = {**self._feed_headers(), **self._page_headers(address.language)}
        return finish_text(page, request.encoding, number=number, headers=headers)

    def _feed_headers(self) -> dict[str, str]:
        return {"cache-control": f"public, max-age={self._options.max_age}", "vary": _VARY}

    def _page_headers(self, language: str) -> dict[str, str]:
        return {
            "content-type": _HTML,
            "content-language": spoken(language),
            "content-security-policy": self._pages.security_policy,
            "referrer-policy": "no-referrer",
        }

    def _missing(self, request: Request, address: FeedAddress | None) -> Reply:
        site = self._services.site
        known = known_language(address.language, site.languages) if address else None
        language = known or request.language
        kind: Kind | None = address.kind if address and known else None
        page = self._pages.missing(language, kind=kind, meant=self._meant(address) if known else None)
        headers = {
            "cache-control": f"public, max-age={_MISSING_MAX_AGE}",
            "vary": "Accept-Language",
            "x-content-type-options": "nosniff",
            **self._page_headers(language),
        }
        return Reply(404, headers, page)

    def _meant(self, address: FeedAddress | None) -> FeedAddress | None:
        """The feed that was probably meant, if there is one."""
        if address is None:
            return None
        if address.archive and self._catalogue.part(address) and select(address.composition, self._services.filters):
            return address.current
        return self._catalogue.unknown(address.current)


def _moved(address: FeedAddress) -> Reply:
    """Sends a reader to the one spelling, for good.

    301 and not 308: some feed readers do not know the younger number, and both mean the same for GET.
    """
    kept = "public, max-age=86400"
    return in_words(301, f"This feed is at {address.path}", location=address.path, cache_control=kept)


def _elsewhere(target: str) -> Reply:
    """Sends a browser from what its form made to the one spelling of it."""
    return in_words(303, f"This page is at {target}", location=target)
