"""Hashtags of topics, such as Telegram links from the first to the last character. Pure."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newswire.api import StoryTopic

LONGEST = 64
"""Code points of the longest hashtag that is made. Telegram links up to 256, but nobody searches for such a tag."""

# TDLib, td/telegram/MessageEntity.cpp, is_hashtag_letter: letters, decimal digits, `_`, the zero-width non-joiner
# and the middle dot; of the combining marks only those of the Sinhala block.
_BESIDE_LETTERS = "_\u200c\u00b7"
_WORD = regex.compile(rf"[\p{{L}}\p{{Nd}}{_BESIDE_LETTERS}][\p{{L}}\p{{M}}\p{{Nd}}{_BESIDE_LETTERS}]*")
_LINKED = regex.compile(rf"[\p{{L}}\p{{Nd}}{_BESIDE_LETTERS}\u0d80-\u0dff]*")
_LETTER = regex.compile(r"\p{L}")
# Signs that carry meaning: "C" is no tag for "C++" or "C#". An emoji, though, only decorates.
_MEANT = regex.compile(r"[\p{Sm}\p{Sc}#]")
_JOINERS = regex.compile("[\u200b\u200d\u2060\u00ad\ufe0f]")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")


def hashtags(topics: Iterable[StoryTopic], most: int) -> tuple[str, ...]:
    """The hashtags of a story, each with its ``#``, none twice, at most `most`."""
    tags: dict[str, str] = {}
    for topic in topics:
        tag = hashtag(topic)
        if tag is not None:
            tags.setdefault(tag.casefold(), f"#{tag}")
    return tuple(tags.values())[:most]


def hashtag(topic: StoryTopic) -> str | None:
    """The hashtag of a topic without its ``#``, or None where neither its words nor its slug make one.

    The slug steps in where Telegram would link only the beginning of the words (it ends a tag at the vowel signs of
    Devanagari or Thai), where the words are too long, and where a symbol in them says what letters alone do not.
    """
    found = [tag for words in (topic.hashtag, topic.slug) if (tag := joined(words)) is not None]
    whole = [tag for tag in found if _LINKED.fullmatch(tag)]
    return next(iter((*whole, *found)), None)


def joined(words: str) -> str | None:
    """Words as one tag: ``state-of-the-art`` becomes ``StateOfTheArt``; None where they make none.

    Words of a script with capitals are joined by them, and what else is a capital stays one; words of other scripts
    are joined by ``_``, and those of scripts written without spaces by nothing.
    """
    # Normalized last: a joiner that goes may have kept a letter and its mark apart.
    words = unicodedata.normalize("NFKC", _JOINERS.sub("", words))
    if _MEANT.search(words):
        return None
    parts = [part for found in _WORD.finditer(words) if (part := found[0].strip("\u200c\u00b7"))]
    if len(parts) > 1:
        parts = [_capital(part) for part in parts]
    tag = ""
    for part in parts:
        tag += (_seam(tag[-1], part[0]) if tag else "") + part
    return tag if _LETTER.search(tag) and len(tag) <= LONGEST else None


def _capital(word: str) -> str:
    # Title case, not upper case: a word of Croatian begins with U+01C5, and Georgian has no capitals within words.
    first = word[0].title()
    return word if len(first) > 1 else first + word[1:]


def _seam(before: str, after: str) -> str:
    if "_" in (before, after) or after.isdecimal() or before.isdecimal():
        return "_" if before.isdecimal() and after.isdecimal() else ""
    if after.istitle() or after.isupper():
        return ""
    return "" if _UNSPACED.match(before) or _UNSPACED.match(after) else "_"
