"""Takes template tags and HTML comments out of Markdown, by the rules of the config. Pure.

What is left holds no tag outside code: the text is taken through the same steps until nothing changes, and where
braces remain, which then should be in code, the rendered text is looked at; a leak there takes the tags out of the
code as well.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from newswire.api import to_html
from newswire_markdown import holes
from newswire_markdown.arguments import Tag, fill_tag, resolve_variable
from newswire_markdown.scan import Piece, may_hold_tags, scan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newswire_markdown.options import Shortcode

_ROUNDS = 8
_CODE_HTML = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)
_ELEMENT = re.compile(r"<(?:[^<>\"]|\"[^\"]*\")*>")
_ATTRIBUTE = re.compile(r"=\"([^\"]*)\"")
_ALL_BRACES = re.compile(r"[{}]|<!|-->")
_BRACES = re.compile(r"<!--|\{%|\{\{|\{</?[A-Za-z]")
_ESCAPED = re.compile(r"\\[{}%<]|&(?:#123|#x7b|lbrace|lcub|lt|#60|#x3c);", re.IGNORECASE)
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_LEAK = {
    "liquid": re.compile(r"\{%|\{\{(?:(?!\{\{|\}\}|\n\s*\n).)*\}\}|%7B%7B|%7B%25", re.DOTALL | re.IGNORECASE),
    "hugo": re.compile(r"\{\{[<%]|%7B%7B(?:%3C|%25|%)", re.IGNORECASE),
}
_LONE = {"liquid": re.compile(r"\{%"), "hugo": re.compile(r"\{\{[<%]")}


class Cleaner:
    """Cleans texts of one intake.

    Args:
        syntax: the template languages.
        shortcodes: the rules for single tags.
        variables: what ``{{ name }}`` stands for.
    """

    def __init__(
        self, syntax: tuple[str, ...], shortcodes: Sequence[Shortcode] = (), variables: Mapping[str, str] | None = None
    ) -> None:
        self._syntax = syntax
        self._rules = {tag: rule for rule in shortcodes for tag in rule.tag}
        self._variables = dict(variables or {})

    def clean(self, text: str, page: Mapping[str, str] | None = None) -> str:
        """A Markdown text without tags and comments, but for those in code.

        Args:
            text: cleaned of control characters.
            page: the front matter, for ``{{ page.name }}``.
        """
        if not may_hold_tags(text, self._syntax):
            return text
        variables = self._variables | {f"page.{key}": value for key, value in (page or {}).items()}
        text = self._settled(text, variables, protect_code=True)
        if _BRACES.search(text) and self._leaks(text):
            text = self._settled(text, variables, protect_code=False)
            if self._leaks(text):  # braces that meet because an element between them is not shown
                text = _ALL_BRACES.sub("", text)
        return text

    def clean_words(self, text: str, page: Mapping[str, str] | None = None) -> str:
        """The same for a title or another plain text: there is no code in it that could keep a tag."""
        if not may_hold_tags(text, self._syntax):
            return text
        variables = self._variables | {f"page.{key}": value for key, value in (page or {}).items()}
        return self._settled(text, variables, protect_code=False)

    def _settled(self, text: str, variables: dict[str, str], *, protect_code: bool) -> str:
        for _ in range(_ROUNDS):
            before, text = text, self._once(text, variables, protect_code=protect_code)
            if text == before:
                return text
        # Values that bring forth tags for ever, or tags within tags within tags: nothing an author writes.
        return _ALL_BRACES.sub("", text)

    def _once(self, text: str, variables: dict[str, str], *, protect_code: bool) -> str:
        pieces = list(scan(text, self._syntax, protect_code=protect_code))
        made: list[str] = []
        kept: list[str] = []
        index = 0
        while index < len(pieces):
            piece = pieces[index]
            index += 1
            if piece.kind == "words":
                made.append(self._without_lone(piece.text))
            elif piece.kind == "code":
                made.append(holes.keep(len(kept)))
                kept.append(_RAW.sub(r"\1", piece.text) if "liquid" in self._syntax else piece.text)
            elif piece.kind in {"comment", "attribute"}:
                made.append(holes.COMMENT)
            elif piece.kind == "variable":
                value = resolve_variable(piece.inner, variables)
                made.append(holes.TAG if value is None else value)
            else:
                replacement, index = self._tag(Tag(piece.inner), pieces, index, variables)
                made.append(replacement)
        return holes.close("".join(made), kept)

    def _tag(self, tag: Tag, pieces: list[Piece], index: int, variables: dict[str, str]) -> tuple[str, int]:
        """What stands in a tag's place, and the index of the piece to go on with."""
        rule = self._rules.get(tag.name)
        if tag.name in {"comment", "capture"} or (rule and rule.block):
            end = _closing(pieces, index, tag.name)
            if end is not None:
                if tag.name == "capture" and "0" in tag.arguments:
                    variables[tag.arguments["0"]] = "".join(piece.text for piece in pieces[index:end]).strip()
                index = end + 1
        if assigned := tag.assignment():
            variables[assigned[0]] = assigned[1]
        if rule and rule.replace is not None:
            return fill_tag(rule.replace, tag.arguments) or holes.TAG, index
        return holes.TAG, index

    def _without_lone(self, words: str) -> str:
        """Words without the braces that open a tag which never closes."""
        for name in self._syntax:
            if name in _LONE:
                words = _LONE[name].sub("", words)
        return words

    def _leaks(self, text: str) -> bool:
        """Whether a tag or comment shows, outside code, in what is made of the text; an escaped one is no tag."""
        html = to_html(_ESCAPED.sub("_", text), "markdown", base_url="https://invalid.invalid/")
        html = _CODE_HTML.sub("", html)
        shown = unescape("\n\n".join([_ELEMENT.sub("\n\n", html), *_ATTRIBUTE.findall(html)]))
        return "<!--" in shown or any(_LEAK[name].search(shown) for name in self._syntax if name in _LEAK)


def _closing(pieces: list[Piece], index: int, name: str) -> int | None:
    """The index of the tag that closes a pair, pairs of the same name within it counted."""
    depth = 1
    for position in range(index, len(pieces)):
        if pieces[position].kind != "tag":
            continue
        tag = Tag(pieces[position].inner)
        depth += (tag.name == name) - tag.closes(name)
        if depth == 0:
            return position
    return None
