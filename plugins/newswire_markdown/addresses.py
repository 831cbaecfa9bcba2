"""Addresses of pages and images, and ids of related articles. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from newswire_markdown.paths import fill

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newswire_markdown.folder import Candidate
    from newswire_markdown.options import MarkdownOptions

_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~/-]{0,199}")


class Addresses:
    """The rules of one intake."""

    def __init__(self, options: MarkdownOptions, site_url: str, default_language: str) -> None:
        self._base = options.base_url or site_url
        self._image_base = options.image_base_url or self._base
        self._url = options.url
        self._url_default = options.url_default_language or options.url
        self._related = options.related_id or options.id
        self._default = default_language

    def page(self, written: str, candidate: Candidate, language: str) -> str:
        """The page of an edition: as the front matter writes it, else by the rule.

        A permalink with placeholders of its own (``/:year/``, ``{{locale}}``) is a rule of another program.
        """
        if written and not re.search(r"[{}]|/:", written.replace("://", "")):
            return _join(self._base, written)
        values = {"lang": language} | candidate.values | {"language": language}
        rule = self._url_default if language == self._default else self._url
        return _join(self._base, fill(rule, values, quoted=True))

    def image(self, written: str) -> str:
        """The absolute address of an image."""
        return _join(self._image_base, quote(written, safe="%/:?#[]@!$&'()*+,;=~"))

    def related(self, keys: Iterable[str], candidate: Candidate) -> tuple[str, ...]:
        """The ids of related articles; what makes no id is left out."""
        ids = (fill(self._related, candidate.values | {"key": key.strip("/")}) for key in keys)
        return tuple(made for made in ids if _ID.fullmatch(made) and made != candidate.article_id)


def _join(base: str, address: str) -> str:
    if _ABSOLUTE.match(address):
        return address
    if address.startswith("//"):
        return f"https:{address}"
    return f"{base.rstrip('/')}/{address.lstrip('/')}"
