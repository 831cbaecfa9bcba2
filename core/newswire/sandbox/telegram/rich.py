"""Rich messages: what the server takes, as far as it is known.

Source: Bot API 10.1 to 10.3, `sendRichMessage` and `InputRichMessage`: 32,768 characters, 500 blocks (list items and
table rows count), 16 levels of nesting, 50 pictures and other media, 20 columns of a table; an HTML dialect with a
closed set of tags and of named entities. The words of the refusals are not known; these are in the manner of the
others. Markdown and ready-made blocks are refused here: stricter than the real server.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import nh3

from newswire.sandbox.telegram.errors import bad_request
from newswire.sandbox.telegram.links import LinkError, checked_link
from newswire.sandbox.telegram.text import Formatted

MAX_RICH_TEXT = 32_768
MAX_BLOCKS = 500
MAX_DEPTH = 16
MAX_MEDIA = 50
MAX_COLUMNS = 20

INLINE = frozenset(
    "a b strong i em u ins s strike del code mark sub sup span tg-spoiler tg-emoji tg-time cite br".split()
)
BLOCKS = frozenset(
    "p h1 h2 h3 h4 h5 h6 hr ul ol li table caption tr th td thead tbody details summary blockquote pre aside "
    "figure figcaption img video audio footer".split()
)
COUNTED = frozenset("p h1 h2 h3 h4 h5 h6 hr li tr details blockquote pre figure img video audio aside footer".split())
VOID = frozenset(("br", "hr", "img"))
MEDIA = frozenset(("img", "video", "audio"))
ONLY_INLINE = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "summary", "caption", "figcaption"))
_NAMED = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|nbsp|hellip|mdash|ndash|lsquo|rsquo|ldquo|rdquo);|#)\w+;")


def rich_of(given: Any) -> tuple[dict[str, Any], Formatted]:
    """Give a rich message as it was sent, and what it says as plain text.

    Raises:
        BotApiError: 400, for what the server would not take.
    """
    if not isinstance(given, dict):
        raise bad_request("can't parse rich message JSON object")
    html = given.get("html")
    if not isinstance(html, str) or not html.strip():
        raise bad_request("rich message must be non-empty")
    unknown = _NAMED.search(html)
    if unknown:
        raise bad_request(f'can\'t parse rich message: unsupported named entity "{unknown[0]}"')
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.open:
        raise bad_request(
            f"can't parse rich message: can't find end tag corresponding to start tag \"{reader.open[-1]}\""
        )
    text = "".join(reader.said).strip()
    if len(text) > MAX_RICH_TEXT:
        raise bad_request("rich message is too long")
    if reader.blocks > MAX_BLOCKS:
        raise bad_request("rich message has too many blocks")
    if reader.media > MAX_MEDIA:
        raise bad_request("rich message has too many media")
    if not text and not reader.media:
        raise bad_request("rich message must be non-empty")
    return given, Formatted(re.sub(r"\n{3,}", "\n\n", text))


def rich_html(html: str, *, pictures: bool = False) -> str:
    """Give HTML in the dialect as a page may show it: safe, without pictures, or with those that come by https."""
    shown = (INLINE | BLOCKS) - MEDIA - {"span", "tg-emoji", "tg-time", "tg-spoiler"}
    tags = set(shown | {"img"} if pictures else shown)
    return nh3.clean(html, tags=tags, url_schemes={"http", "https", "mailto"}, attribute_filter=_only_https)


def _only_https(tag: str, attribute: str, value: str) -> str | None:
    return None if tag == "img" and attribute == "src" and not value.lower().startswith("https://") else value


class _Reader(HTMLParser):
    """Reads the dialect; whatever is not in it is refused."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.said: list[str] = []
        self.blocks = self.media = self.columns = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in INLINE | BLOCKS:
            raise bad_request(f'can\'t parse rich message: unsupported start tag "{tag}"')
        if tag in BLOCKS and any(one in ONLY_INLINE for one in self.open):
            raise bad_request(f'can\'t parse rich message: tag "{tag}" can\'t be in "{self.open[-1]}"')
        self.blocks += tag in COUNTED
        self._count(tag)
        attributes = dict(attrs)
        self._check_address(tag, attributes.get("href") if tag == "a" else attributes.get("src"))
        if tag in VOID:
            self.said.append("\n" if tag != "img" else "")
            return
        self.open.append(tag)
        if len(self.open) > MAX_DEPTH:
            raise bad_request("rich message is nested too deeply")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            expected = f', expected "</{self.open[-1]}>"' if self.open else ""
            raise bad_request(f'can\'t parse rich message: unexpected end tag "</{tag}>"{expected}')
        self.open.pop()
        if tag in BLOCKS:
            self.said.append("\t" if tag in ("th", "td") else "\n")

    def handle_data(self, data: str) -> None:
        self.said.append(data if "pre" in self.open else re.sub(r"[ \t\r\n\f]+", " ", data))

    def _count(self, tag: str) -> None:
        if tag == "tr":
            self.columns = 0
        elif tag in ("th", "td"):
            self.columns += 1
            if self.columns > MAX_COLUMNS:
                raise bad_request("rich message has too many table columns")
        elif tag in MEDIA:
            self.media += 1

    @staticmethod
    def _check_address(tag: str, address: str | None) -> None:
        if tag in MEDIA and not address:
            raise bad_request(f'can\'t parse rich message: tag "{tag}" must have attribute "src"')
        if not address or address.startswith("#"):
            return
        try:
            checked_link(address)
        except LinkError as error:
            raise bad_request(f"can't parse rich message: URL '{address}' is invalid: {error}") from error
