"""Plain words of Markdown: titles, summaries, and the summary of a text that has none. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from newswire.api import graphemes, one_line, parse_markdown, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MARKUP = re.compile(r"[\\`*_\[\]<&!~]")
_BARE_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*>")
_EMPTY_TAGS = {"<br>", "<wbr>", "<hr>", "<p>", "</p>"}
_BEFORE = "w "
_HEAD = 3000
_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]\n]+)\]:[ \t]*(?:\n[ \t]*)?\S.*$", re.MULTILINE)
# A sentence's end: a full stop of any script we carry with its closing marks, then a space; CJK needs no space.
_SENTENCE_END = re.compile(
    r"[.!?\u061f\u06d4\u0964\u2026][\"'\u00bb\u201d\u2019)\]]*(?=\s)|[\u3002\uff01\uff1f][\u300d\u300f\u201d\uff09]*"
)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """One line of Markdown with HTML in it as plain words: entities decoded, markup and pictures gone."""
    text = one_line(text)
    if not _MARKUP.search(text):
        return text
    # A word in front keeps "1. May" or "# 7" from being read as a list or a heading.
    tokens = parse_markdown(_BEFORE + text)
    children = next((token.children or () for token in tokens if token.type == "inline"), ())
    spoken = _spoken_tags(children)
    words = "".join(child.content if id(child) in spoken else _words_of(child) for child in children)
    return one_line(words.removeprefix(_BEFORE.strip()))


def _spoken_tags(children: Sequence[Any]) -> set[int]:
    """The ids of the tags a writer speaks of rather than writes with: bare ones that nothing opens or closes.

    ``How <b> broke a feed`` is about a tag, ``A <b>bold</b> move`` has one.
    """
    bare = [child for child in children if child.type == "html_inline" and _BARE_TAG.fullmatch(child.content)]
    opened: list[Any] = []
    paired = set()
    for child in bare:
        before = next((tag for tag in reversed(opened) if child.content == f"</{tag.content[1:]}"), None)
        if before is None:
            opened.append(child)
        else:
            paired |= {id(before), id(child)}
            opened = [tag for tag in opened if tag is not before]
    return {id(child) for child in bare if child.content not in _EMPTY_TAGS} - paired


def inline_words(token: Any) -> str:
    """The words of an inline token."""
    return "".join(_words_of(child) for child in token.children or ())


def _words_of(child: Any) -> str:
    if child.type in {"text", "text_special"}:
        return unescape(child.content) if "&" in child.content else str(child.content)
    if child.type == "code_inline":
        return str(child.content)
    if child.type in {"softbreak", "hardbreak"} or (child.type == "html_inline" and child.content.startswith("<br")):
        return " "
    return ""


def derive_summary(body: str, length: int) -> str:
    """The first real paragraph of a body as plain words, cut at a sentence's or a word's end.

    Headings, code, tables, pictures, comments and HTML blocks are none. A paragraph that is all emphasis or one
    link, such as a byline, and one within a list or a quotation, counts only where there is no other.

    Args:
        body: Markdown without template tags.
        length: about how many characters, as readers count them, it may have.
    """
    second_choice = ""
    for head in _heads(body):
        for words, plainly in _paragraphs(head):
            if plainly:
                return cut(words, length)
            second_choice = second_choice or words
    return cut(second_choice, length)


def _paragraphs(head: str) -> Iterator[tuple[str, bool]]:
    """The paragraphs with whether they stand on their own."""
    for token, opener in _inline_tokens(head):
        if opener.type != "paragraph_open":
            continue
        words = one_line(inline_words(token))
        if any(letter.isalnum() for letter in words):
            yield words, opener.level == 0 and not _is_wrapped(token.children or ())


def _heads(body: str) -> Iterator[str]:
    """The beginning of a body, ending between blocks and with the link definitions it uses; then all of it."""
    end = body.rfind("\n\n", 0, _HEAD)
    if len(body) > _HEAD and end > 0:
        head = body[:end]
        used = one_line(head).casefold()
        definitions = (found[0] for found in _DEFINITION.finditer(body, end) if one_line(found[1]).casefold() in used)
        yield "\n".join(definitions) + "\n\n" + head
    yield body


def _inline_tokens(text: str) -> Iterator[tuple[Any, Any]]:
    tokens = parse_markdown(text)
    for opener, token in pairwise(tokens):
        if token.type == "inline":
            yield token, opener


def _is_wrapped(children: Sequence[Any]) -> bool:
    """Whether emphasis, or one link, holds all of the words."""
    seen = [child for child in children if child.type != "text" or child.content.strip()]
    if len(seen) < 2 or not seen[0].type.endswith("_open"):  # noqa: PLR2004  # an opening and a closing token
        return False
    depth = 0
    for position, child in enumerate(seen):
        depth += child.nesting
        if depth == 0:
            return position == len(seen) - 1
    return False


def cut(text: str, length: int) -> str:
    """Text of at most `length` graphemes, cut at a sentence's end in its second half, else at a word's."""
    parts = graphemes(text)
    if len(parts) <= length:
        return text
    room = "".join(parts[: length + 1])
    ends = [found.end() for found in _SENTENCE_END.finditer(room) if found.end() <= len(room)]
    if ends and len(graphemes(room[: ends[-1]])) >= length // 2 and len(graphemes(room[: ends[-1]])) <= length:
        return room[: ends[-1]]
    return shorten(text, length)
