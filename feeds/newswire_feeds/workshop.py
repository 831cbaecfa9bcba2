"""Where replies are made that are not there yet. Blocking, and used by one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire_feeds import negotiation, opml
from newswire_feeds.address import OPML_PATH, canonical, known_language, read
from newswire_feeds.catalogue import Catalogue
from newswire_feeds.composition import TooMuchAsked, select
from newswire_feeds.pages import Pages
from newswire_feeds.press import Press
from newswire_feeds.reply import Finished, Reply, encode, finish_feed, finish_text
from newswire_feeds.words import spoken

if TYPE_CHECKING:
    from newswire.api import Services
    from newswire_feeds.address import FeedAddress, Kind
    from newswire_feeds.options import FeedsOptions
    from newswire_feeds.request import Request

_HTML = "text/html; charset=utf-8"
_MISSING_MAX_AGE = 60
"""Seconds for which "not found" may be remembered: a topic may get its first article any moment."""


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

    def make(self, request: Request, language: str, number: int) -> Finished | Reply:
        """The reply to a request.

        Args:
            request: what is asked for.
            language: the language of the front page; empty elsewhere.
            number: the newest event's, as of before.

        Returns:
            What may be kept until the log grows, or a reply to this request alone.
        """
        self._catalogue.renew(number)
        if request.path == "/":
            return self._front(request, language, number)
        if request.path == OPML_PATH:
            return self._opml(request, number)
        return self._feed(request, number)

    def _front(self, request: Request, language: str, number: int) -> Finished:
        headers = {
            "cache-control": f"public, max-age={self._options.max_age}",
            "vary": "Accept-Encoding, Accept-Language",
            "content-language": spoken(language),
            "content-security-policy": self._pages.security_policy,
            "referrer-policy": "no-referrer",
        }
        page = self._pages.front(language)
        return finish_text(page, request.encoding, number=number, content_type=_HTML, headers=headers)

    def _opml(self, request: Request, number: int) -> Finished:
        headers = {
            "cache-control": f"public, max-age={self._options.max_age}",
            "vary": "Accept-Encoding",
            "content-disposition": 'attachment; filename="feeds.opml"',
        }
        text = opml.write(self._services, self._catalogue, self._options.title)
        return finish_text(text, request.encoding, number=number, content_type=opml.MEDIA_TYPE, headers=headers)

    def _feed(self, request: Request, number: int) -> Finished | Reply:
        site = self._services.site
        try:
            asked = read(request.path, request.query)
        except TooMuchAsked as error:
            return _refused(str(error))
        address = canonical(asked, site.languages, self._services.taxonomy) if asked else None
        if address is None:
            return self._missing(request, asked)
        part = self._catalogue.part(address)
        selection = select(address.composition, self._services.filters) if part is not None else None
        if part is None or selection is None:
            return self._missing(request, address)
        if (request.path, request.query) != (address.plain_path, address.query):
            return _moved(address)
        document = self._press.document(address, part, selection)
        if document is None:
            return self._missing(request, address)
        return finish_feed(document, request.encoding, number=number, max_age=self._options.max_age)

    def _missing(self, request: Request, address: FeedAddress | None) -> Reply:
        site = self._services.site
        known = known_language(address.language, site.languages) if address else None
        language = known or negotiation.language(request.accept_language, site.languages, site.default_language)
        kind: Kind | None = address.kind if address and known else None
        page = self._pages.missing(language, kind=kind, meant=self._meant(address) if known else None)
        headers = {
            "content-type": _HTML,
            "cache-control": f"public, max-age={_MISSING_MAX_AGE}",
            "vary": "Accept-Language",
            "content-language": spoken(language),
            "content-security-policy": self._pages.security_policy,
            "x-content-type-options": "nosniff",
        }
        return Reply(404, encode(headers), page)

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
    headers = {
        "location": address.path,
        "content-type": "text/plain; charset=utf-8",
        "cache-control": "public, max-age=86400",
    }
    return Reply(301, encode(headers), f"This feed is at {address.path}\n".encode())


def _refused(reason: str) -> Reply:
    """Tells what is wrong with an address; nothing of it is kept."""
    headers = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
    return Reply(400, encode(headers), f"{reason}\n".encode())
