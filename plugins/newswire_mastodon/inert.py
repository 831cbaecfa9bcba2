"""Words that stay words: nothing in them pings, tags or links.

A server reads a post's plain text and makes mentions, hashtags and links of what looks like one. A headline about
``@somebody`` must not call that person, ``C#`` and ``#2026`` are no hashtags, and an address in a summary would take
the preview card from the article's own.
"""

from __future__ import annotations

import regex

_WORD_JOINER = "\u2060"
"""Takes no room, and, unlike a zero-width joiner, does not bend the Arabic letter after it."""

# Account::MENTION_RE of Mastodon: "@" and an ASCII name, not after a slash or a word. A name after a word is an
# e-mail address and stays whole; "word" is taken as ASCII here, so that more is caught than by any server.
_MENTION = regex.compile(r"(?<![A-Za-z0-9_/])([@\uFF20])(?=[A-Za-z0-9_])")

# Tag::HASHTAG_RE of Mastodon and what other servers take for one: what stands before it differs between versions, so
# that is not looked at; nor whether a letter follows, for some take "#2026". A keycap (# U+FE0F U+20E3) stays whole.
_HASHTAG = regex.compile(r"([#\uFF03](?:\uFE0F?\u20E3)?+)(?=[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u00B7\u30FB\u200C])")

_SCHEME = regex.compile(r"https?://", regex.IGNORECASE)


def inert(text: str) -> str:
    """The text with a word joiner (U+2060) after what would ping or tag, and without the scheme of addresses.

    Without ``https://`` an address can still be read and copied, and no server makes a link of it.
    """
    while _SCHEME.search(text):
        text = _SCHEME.sub("", text)
    text = _MENTION.sub(rf"\1{_WORD_JOINER}", text)
    return _HASHTAG.sub(rf"\1{_WORD_JOINER}", text)
