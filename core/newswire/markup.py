"""Markup: one parse of a body, and the HTML that is made of it.

Markdown is CommonMark with tables and strikethrough (markdown-it-py). Whatever HTML comes of it, or came in, passes
nh3, which leaves a small set of tags, no scripts, no styles, and makes every address absolute.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Literal

import nh3
from markdown_it import MarkdownIt

from newswire.text import carried

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

Format = Literal["markdown", "html"]

_TAGS = frozenset(
    (
        "a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption "
        "figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub "
        "summary sup table tbody td tfoot th thead time tr u ul var "
    ).split()
)
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "code": {"class"},
    "col": {"span"},
    "details": {"open"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "time": {"datetime"},
}
# HTML Standard, 13.2.6: what stands in these is not parsed, so that without them markup would become words.
_DROPPED_WHOLE = set("script style iframe noembed noframes noscript plaintext textarea title xmp".split())
_SCHEMES = {"http", "https", "mailto"}
_ALIGNMENT = re.compile(r"text-align:\s*(left|right|center)")
_CODE_LANGUAGE = re.compile(r"language-[\w+#.-]+")
_BLOCK_EDGE = re.compile(
    r"</?(?:p|h[1-6]|[ou]l|li|table|caption|tr|blockquote|pre|div|d[ldt]|details|summary|figure|figcaption)\b[^>]*>"
    r"|<[bh]r\b[^>]*>"
)
_CELL = re.compile(r"<t[dh]\b[^>]*>")
_CODE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)

# What a tree may hold inside each other. An HTML parser takes time, and for open formatting also memory, by the
# square of that; no text that somebody wrote comes near.
_DEEPEST = 100
_DEEPEST_FORMATTING = 30
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_NEVER_DEEP = frozenset(
    "area base br col embed hr img input link meta source track wbr "  # hold nothing
    "p li dt dd tr td th thead tbody tfoot colgroup option".split()  # need no end tag, and end each other
)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def parse(markdown: str) -> Sequence[Token]:
    """The tokens of a Markdown text; every renderer works from these."""
    tokens = _parser().parse(markdown)
    for token in tokens:
        if token.type in {"th_open", "td_open"}:
            found = _ALIGNMENT.search(str(token.attrs.pop("style", "")))
            if found:
                token.attrs["align"] = found[1]
    return tokens


def to_html(text: str, form: Format, *, base_url: str) -> str:
    """Safe HTML of a body.

    Args:
        text: the body.
        form: what it is written in.
        base_url: what relative addresses in it are relative to.
    """
    if form == "markdown":
        parser = _parser()
        text = parser.renderer.render(parse(text), parser.options, {})
    return sanitize(text, base_url=base_url)


def sanitize(html: str, *, base_url: str) -> str:
    """HTML with nothing in it but what a feed reader may be given."""
    safe = _sanitized(html, base_url)
    # A character reference may name what no XML document can hold: one of them would break a whole feed. What is left
    # without it is looked at anew, for it may be an address or a tag that was none before.
    whole = carried(safe)
    return safe if whole == safe else _sanitized(whole, base_url)


def _sanitized(html: str, base_url: str) -> str:
    return nh3.clean(
        _shallow(html) if html.count("<") > _DEEPEST_FORMATTING else html,
        tags=set(_TAGS),
        clean_content_tags=_DROPPED_WHOLE,
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_only_code_languages,
        url_schemes=_SCHEMES,
        url_relative=("rewrite_with_base", base_url),
        link_rel=None,
    ).strip()


def _shallow(html: str) -> str:
    """HTML in which nothing lies too deep: a tag that would open one element too many ends one instead."""
    depth = {True: 0, False: 0}

    def bounded(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name in _NEVER_DEEP:
            return tag[0]
        formatting = name in _FORMATTING
        deepest = _DEEPEST_FORMATTING if formatting else _DEEPEST
        if tag[1] or depth[formatting] == deepest:
            depth[formatting] = max(depth[formatting] - 1, 0)
            return f"</{name}"
        depth[formatting] += 1
        return tag[0]

    return _TAG.sub(bounded, html)


def _only_code_languages(tag: str, attribute: str, value: str) -> str | None:
    if tag == "code" and attribute == "class":
        found = _CODE_LANGUAGE.search(value)
        return found[0] if found else None
    return value


def plain(text: str, form: Format) -> str:
    """The words of a body without any markup, one line a block (of code: one a line); pictures leave nothing."""
    html = to_html(text, form, base_url="https://invalid.invalid/")
    # Every second part is a block of code: only there is a line's end more than a space.
    html = "".join(part if odd % 2 else part.replace("\n", " ") for odd, part in enumerate(_CODE.split(html)))
    words = unescape(nh3.clean(_CELL.sub(" ", _BLOCK_EDGE.sub("&#10;", html)), tags=set()))
    return "\n".join(line for line in (" ".join(line.split()) for line in words.split("\n")) if line)
