"""How long a text is for a server, and text of a given length.

The limit is in grapheme clusters, and each address that is recognised counts a fixed number (StatusLengthValidator of
Mastodon). `Mastodon.get_status_length` of the library keeps the same rule; here it has the last word.
"""

from __future__ import annotations

import regex
from mastodon import Mastodon

from newswire.api import graphemes, shorten

# Since Unicode 15.1 an Indic conjunct is one cluster (UAX #29, rule GB9c); servers on an older Unicode count each
# consonant of it. The stricter count is taken: a post must be short enough for either.
_CONJUNCT = regex.compile(r"\p{ccc=9}[\p{M}\u200D]*(?=\p{L})")

# Characters that are one cluster each, whatever the version of Unicode: most of Latin, Greek, Cyrillic, Chinese,
# Japanese and Korean. Going through the clusters of a long text one by one costs as much as sending it.
_ONE_EACH = regex.compile(
    r"[\n -~\u00A0-\u02FF\u0370-\u0482\u048A-\u0530\u2010-\u2027\u2030-\u2060\u3001-\u3029\u3041-\u3096\u30A1-\u30FF"
    r"\u4E00-\u9FFF\uAC00-\uD7A3\uFF01-\uFF60]*+"
)


def length(words: str) -> int:
    """The length of words that hold neither an address nor a mention, in grapheme clusters."""
    if _ONE_EACH.fullmatch(words):
        return len(words)
    parts = graphemes(words)
    return len(parts) + sum(len(_CONJUNCT.findall(part)) for part in parts if len(part) > 2)  # noqa: PLR2004  # shortest


def address_length(address: str, reserved: int) -> int:
    """How much an address counts at most.

    Args:
        address: an ASCII address.
        reserved: what the server says an address counts; one whose domain it does not know counts in full.
    """
    return max(Mastodon.get_status_length(address), reserved)


def status_length(text: str, address: str, counted: int) -> int:
    """The length of a post that holds an address once, and no other address or mention.

    Args:
        text: all of it.
        address: the address.
        counted: how much the address counts.
    """
    if _ONE_EACH.fullmatch(text):
        return len(text) - len(address) + counted
    return Mastodon.get_status_length(text) - Mastodon.get_status_length(address) + counted


def fit(words: str, room: int) -> str:
    """The words, cut between words or at least between graphemes to `room`, with an ellipsis where they are cut."""
    room = max(room, 0)
    limit = room
    while length(cut := shorten(words, limit)) > room:
        limit -= max(length(cut) - room, 1)
    return cut
