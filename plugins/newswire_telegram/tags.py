"""Tags in a template's text, and the draft that becomes of them. Pure.

The tags are those of the Bot API's HTML, and mean the same. What a story says stands in the text as a slot: an element
without content, whose words come in when it is known how much room they have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from newswire.api import ProblemInText
from newswire_telegram.entities import settle
from newswire_telegram.links import linkable
from newswire_telegram.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from newswire_telegram.draft import Draft

# Bot API, "HTML style".
TAGS: dict[str, str | None] = {
    "b": "bold", "strong": "bold",
    "i": "italic", "em": "italic",
    "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "link",
    "blockquote": "quote",
}  # fmt: skip
SLOT = "newswire-slot"

_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?)*)\s*/?>"
)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'))?")
_BEGIN = re.compile(r"<(?:/?([a-zA-Z][a-zA-Z0-9-]*))?")


@dataclass(frozen=True, slots=True)
class Slot:
    """What comes in where a template names a part of a post."""

    make: Callable[[int], Draft]
    """Makes it in at most so many code points."""
    turn: int
    """When it takes its room: the lower, the earlier."""
    may_lose: bool = False
    """Whether entities of it may go where the post has too many."""


@dataclass(frozen=True, slots=True)
class _Token:
    words: str = ""
    name: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    ends: bool = False


def tags_in(text: str) -> Iterator[tuple[int, str]]:
    """The names of the tags in a text, each with its line counted from 0; no name for a ``<`` that begins none."""
    for found in _BEGIN.finditer(text):
        yield text.count("\n", 0, found.start()), (found[1] or "").lower()


def fill(text: str, slots: Mapping[str, Slot], limit: int) -> Draft:
    """The draft of a template's text: runs of white space are one space, and of empty lines at most one stays.

    Args:
        text: with tags and slots.
        slots: the slots by name.
        limit: code points of the whole.

    Raises:
        ProblemInText: its tags do not fit together, or its own words leave no room.
    """
    tokens = list(_tokens(text))
    # What it says itself is counted whole, white space and all, so that what comes in is rather too short.
    made = _made(tokens, slots, limit - sum(len(token.words) for token in tokens))
    writer = Writer(2 * limit)
    open_tags: list[str] = []
    loose: list[tuple[int, int]] = []
    for place, token in enumerate(tokens):
        if token.words:
            _write(writer, token.words)
        elif token.name == SLOT:
            begin = writer.length
            writer.join(made[place])
            if slots[dict(token.attributes)["name"]].may_lose:
                loose.append((begin, writer.length))
        elif token.ends:
            if not open_tags or open_tags.pop() != token.name:
                raise ProblemInText(f"</{token.name}> ends what was not begun")
            writer.end()
        else:
            open_tags.append(token.name)
            writer.begin(*_mark(token))
    if open_tags:
        raise ProblemInText(f"<{open_tags[-1]}> has no end")
    draft = writer.draft()
    if not draft.text.strip():
        raise ProblemInText("makes an empty post")
    if len(draft) > limit:
        raise ProblemInText("leaves no room for the article's words")
    settle(draft, loose=loose or None)
    return draft


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    for found in _TAG.finditer(text):
        yield from _words(text[place : found.start()])
        place = found.end()
        attributes = tuple(
            (name.lower(), unescape(one or other)) for name, one, other in _ATTRIBUTE.findall(found["attributes"])
        )
        yield _Token(name=found["name"].lower(), attributes=attributes, ends=bool(found["end"]))
    yield from _words(text[place:])


def _words(text: str) -> Iterator[_Token]:
    if "<" in text:
        raise ProblemInText("a '<' that is no tag is written &lt;")
    if text:
        yield _Token(words=unescape(text))


def _made(tokens: list[_Token], slots: Mapping[str, Slot], room: int) -> dict[int, Draft]:
    """What comes into each slot, by its place among the tokens."""
    named = [(place, slots[dict(token.attributes)["name"]]) for place, token in enumerate(tokens) if token.name == SLOT]
    made = {}
    for place, slot in sorted(named, key=lambda one: one[1].turn):
        if room < 0:
            raise ProblemInText("leaves no room for the article's words")
        made[place] = slot.make(room)
        room -= len(made[place])
    return made


def _write(writer: Writer, words: str) -> None:
    for number, line in enumerate(words.split("\n")):
        if number:
            writer.next_line()
        writer.words(line)


def _mark(token: _Token) -> tuple[str, str | None]:
    kind = TAGS.get(token.name)
    if kind is None:
        raise ProblemInText(f"<{token.name}> is no tag that Telegram knows")
    told = dict(token.attributes)
    if kind == "link":
        address = told.get("href", "")
        return ("link", address) if linkable(address) else ("", None)
    if kind == "quote" and "expandable" in told:
        return "expandable_quote", None
    return kind, None
