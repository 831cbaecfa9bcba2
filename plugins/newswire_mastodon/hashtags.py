"""Hashtags by Unicode category, so that every script keeps its letters."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What a hashtag may hold (Mastodon, Tag::HASHTAG_NAME_PAT): letters, combining marks, decimal digits and "_"; and
# between them the middle dot, the katakana dot and the zero-width non-joiner, which Catalan, Japanese and Persian
# words need. Python's \w would not do: it drops the vowel signs of Hindi.
_WORD = regex.compile(r"[\p{L}\p{Nd}_][\p{L}\p{M}\p{Nd}_]*(?:[\u00B7\u30FB\u200C][\p{L}\p{M}\p{Nd}_]+)*")

_LETTER = regex.compile(r"\p{L}")

# "Women's" is one word; "l'intelligence" is two.
_APOSTROPHE_S = regex.compile(r"['\u2019\u02BC](?=\p{L}\b)")

# In "C++" and "C#" the sign is the name; without it the tag would name another thing. The taxonomy has a word for it.
_SIGN = regex.compile(r"[\p{L}\p{Nd}](?:\p{Sm}|#)")

# Letters without a decomposition that the server's ASCII folding has all the same (ASCIIFolding of Mastodon).
_FOLDED = str.maketrans("đðħıĸłŋøſŧ", "ddhikl" + "nost")
_LATIN_MARK = regex.compile(r"(?<=\p{Latin})\p{M}+")


def hashtag(words: str, language: str) -> str | None:
    """The hashtag of a topic, with its ``#``; None where no tag can be made of the words.

    The words are joined, each with a capital first letter, so that a screen reader can tell them apart; what is
    capital inside a word stays (``OpenAI``).

    Args:
        words: what the tag is made of, such as a topic's label.
        language: the language of the words, a BCP 47 tag.
    """
    words = _APOSTROPHE_S.sub("", unicodedata.normalize("NFKC", words))
    if _SIGN.search(words):
        return None
    name = "".join(_capital(word, language) for word in _WORD.findall(words))
    return f"#{name}" if _LETTER.search(name) else None


def _capital(word: str, language: str) -> str:
    # The capital of the Turkish and Azerbaijani dotted i is İ, which servers fold to another tag than i.
    if word[0] == "i" and language.split("-", 1)[0] in {"tr", "az"}:
        return word
    # Title case, for in Georgian upper case is for headlines only.
    return word[0].title() + word[1:]


def folded(tag: str) -> str:
    """Equal for tags that a server takes for one: it folds them by NFKC, lower case and ASCII.

    ``#KünstlicheIntelligenz`` and ``#kunstlicheintelligenz`` are one tag.
    """
    lower = unicodedata.normalize("NFKC", tag).lower().translate(_FOLDED)
    return unicodedata.normalize("NFKC", _LATIN_MARK.sub("", unicodedata.normalize("NFKD", lower)))


def hashtags(names: Iterable[str], language: str) -> Iterator[str]:
    """The hashtags of topics, in order, each once."""
    seen: set[str] = set()
    for words in names:
        tag = hashtag(words, language)
        if tag and folded(tag) not in seen:
            seen.add(folded(tag))
            yield tag
