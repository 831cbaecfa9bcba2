"""Plain text in documents that validators read strictly: rules of the W3C feed validator, and what keeps them. Pure.

Its source is public (github.com/w3c/feedvalidator); the names in brackets are its messages. At level AA errors and
warnings count.
"""

from __future__ import annotations

import mimetypes
import re
from html.entities import name2codepoint
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from newswire.api import StoryImage

# [BadCharacters]: C1 control characters, which XML allows and nobody can see, and the sign of a broken encoding.
_BAD = re.compile("[\x7f-\x9f\ufffd]")
_BAD_BYTES = re.compile(b"\x7f|\xc2[\x80-\x9f]|\xef\xbf\xbd")
# [ContainsHTML], [ContainsUndeclaredHTML]: the end of a tag, or a reference to a character.
_END_TAG = re.compile(r"</\w+>")
_REFERENCE = re.compile(r"&(#?\w+)")
_ADDRESS = re.compile(r"\s*<?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?")
# RFC 9110 section 8.3.1; [InvalidMIMEAttribute].
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+")
_MICROSECONDS = 1_000_000


def without_bad_characters(document: bytes) -> bytes:
    """A document in UTF-8 without characters that are no text."""
    return _BAD_BYTES.sub(b"", document)


def shown(text: str) -> str:
    """A plain text as readers are shown it, without those characters; nothing may be left."""
    return _BAD.sub("", text).strip()


def looks_like_html(text: str) -> bool:
    """Whether a plain text would be taken for HTML."""
    names = _REFERENCE.findall(text)
    return bool(_END_TAG.search(text)) or any(name in name2codepoint or not name.isalpha() for name in names)


def persons(names: Iterable[str]) -> list[str]:
    """Names without the e-mail addresses beside them [ContainsEmail], which nobody meant to publish in a feed."""
    return [found for name in names if (found := shown(" ".join(_ADDRESS.sub("", name).split()) or name.split("@")[0]))]


def media_type(image: StoryImage) -> str:
    """An image's media type; where what was given is none, that of its address."""
    if _MEDIA_TYPE.fullmatch(image.type):
        return image.type
    return mimetypes.guess_type(image.url.partition("?")[0])[0] or "image/jpeg"


def told_apart(moment: datetime, number: int) -> datetime:
    """A time with a fraction of a second that is a number, if it has none.

    Articles that are dated by the day all have the same time, and two entries with one `updated` count as a mistake
    [DuplicateUpdated]. Within its second a time means the same.

    Args:
        moment: the time.
        number: the event's that changed the entry last; no two entries of a feed have the same.
    """
    return moment if moment.microsecond else moment.replace(microsecond=number % _MICROSECONDS)
