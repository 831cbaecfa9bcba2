"""The inline part of Markdown: from tokens to a piece, and from a translated piece back to Markdown. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newswire.api import parse_markdown
from newswire_translate.piece import Broken, Mark, Piece
from newswire_translate.tags import KEPT_WHOLE, closing_of, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from newswire_translate.piece import Node

_HTML = {"em": ("<em>", "</em>"), "strong": ("<strong>", "</strong>"), "s": ("<s>", "</s>")}
_NAMES = {"em": "em", "strong": "strong", "s": "s"}
BREAK = "\\\n"
"""A line break that is to be seen."""
# CommonMark 0.31, 2.4: any ASCII punctuation may be escaped by a backslash.
_SPECIAL = re.compile(r"[\\`*\[\]<>~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
# What at the beginning of a line would begin a block (CommonMark 0.31, 4 and 5).
_START = re.compile(
    r"^(?:(?P<sign>#(?=#{0,5}(?:\s|$))|[+-](?=\s|$)|-(?=[-\s]+$)|=(?==*\s*$))|(?P<number>\d{1,9})(?P<dot>[.)])(?=\s|$))"
)


def read_inline(children: Sequence[Token]) -> Piece:
    """The piece of an inline token's children."""
    piece = Piece()
    tags = _paired(children)
    automatic, verbatim = False, 0
    for place, token in enumerate(children):
        if token.markup == "autolink":
            automatic = token.nesting > 0
            if automatic:
                piece.keep(f"<{children[place + 1].content}>")
        elif token.type == "text":
            if verbatim:
                piece.keep(token.content, is_text=True)
            elif not automatic:
                piece.text(token.content)
        elif token.type == "html_inline":
            _read_tag(token.content, tags.get(place), piece)
            if place in tags and name_of(token.content)[0] in KEPT_WHOLE:
                verbatim += 1 if tags[place] else -1
        elif token.nesting < 0:
            piece.close()
        else:
            _read_other(token, piece)
    return piece


def _read_other(token: Token, piece: Piece) -> None:
    match token.type:
        case "softbreak":
            piece.text(" ")
        case "hardbreak":
            piece.keep(BREAK)
        case "code_inline":
            piece.keep(_code(token.content))
        case "image":
            _read_image(token, piece)
        case "link_open":
            piece.open(Mark("[", f"]({_target(token, 'href')})"))
        case kind:
            piece.open(Mark(token.markup, token.markup, _HTML[kind.removesuffix("_open")]))


def _paired(children: Sequence[Token]) -> dict[int, str]:
    """The raw tags that open and close each other, by place: what a closing one ends, and what an opening one needs."""
    found: dict[int, str] = {}
    opened: list[tuple[str, int, int]] = []
    depth = 0
    for place, token in enumerate(children):
        depth += token.nesting
        opened = [one for one in opened if one[2] <= depth]
        if token.type != "html_inline":
            continue
        name, closes = name_of(token.content)
        if not closes and closing_of(token.content):
            opened.append((name, place, depth))
        elif closes and opened and opened[-1][0] == name and opened[-1][2] == depth:
            _, start, _ = opened.pop()
            found[start], found[place] = token.content, ""
    return found


def _read_tag(source: str, partner: str | None, piece: Piece) -> None:
    if partner is None:
        piece.keep(source)
    elif partner:
        piece.open(Mark(source, partner))
    else:
        piece.close()


def _read_image(token: Token, piece: Piece) -> None:
    end = f"]({_target(token, 'src')})"
    alt = _alt(token.children or ())
    if alt.strip():
        piece.open(Mark("![", end))
        piece.text(alt)
        piece.close()
    else:
        piece.keep(f"![{end}")


def _alt(children: Sequence[Token]) -> str:
    return "".join(
        " " if child.type == "softbreak" else _alt(child.children or ()) or child.content for child in children
    )


def _target(token: Token, attribute: str) -> str:
    """The address of a link or picture with its title, as it stands in Markdown (CommonMark 0.31, 6.3)."""
    address = str(token.attrs.get(attribute, "")).replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
    bare = address and not re.search(r"[\s()]", address)
    target = address if bare else f"<{address}>"
    title = str(token.attrs.get("title", ""))
    return f'{target} "{_title(title)}"' if title else target


def _title(title: str) -> str:
    return re.sub(r'(["\\])', r"\\\1", " ".join(title.split())).replace("&", "&amp;")


def _code(content: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
    fence = "`" * (longest + 1) if longest else "`"
    padded = content.startswith("`") or content.endswith("`")
    padded |= len(content) > 1 and content[0] == content[-1] == " " and bool(content.strip())
    inside = f" {content} " if padded else content
    return f"{fence}{inside}{fence}"


def write_inline(nodes: Sequence[Node], piece: Piece, *, cell: bool = False, continuation: str = "") -> str:
    """Markdown of a translated piece.

    Args:
        nodes: what was read of the service.
        piece: what it was sent.
        cell: whether it stands in a table, where a bar ends it.
        continuation: what begins each further line.

    Raises:
        Broken: the marks cannot be written so that they are read again.
    """
    wanted = _signature(_write(piece.nodes, piece, plain=True))
    nodes = _tightened(nodes, piece)
    text = _write(nodes, piece, plain=False)
    if _signature(text) != wanted:
        # Where letters stand around them, as in Japanese, CommonMark does not see stars as marks; tags it does.
        text = _write(nodes, piece, plain=True)
        if _signature(text) != wanted:
            raise Broken("its markup does not come out again")
    if cell:
        text = text.replace("|", r"\|")
    return text.replace("\n", f"\n{continuation}")


def _tightened(nodes: Sequence[Node], piece: Piece) -> list[Node]:
    """The nodes with space at the edges of bold and italic type outside: Markdown sees no mark beside a space."""
    made: list[Node] = []
    carried = ""
    for node in nodes:
        if isinstance(node, str):
            text, carried = carried + node, ""
            before = made[-1] if made else None
            if _is_edge(before, "open", piece) and text[:1].isspace():
                made.insert(len(made) - 1, " ")
                text = text.lstrip()
            made.append(text)
            continue
        if _is_edge(node, "close", piece) and made and isinstance(made[-1], str) and made[-1][-1:].isspace():
            made[-1] = made[-1].rstrip()
            carried = " "
            made.append(node)
            continue
        if carried:
            made.append(carried)
            carried = ""
        made.append(node)
    return [*made, carried] if carried else made


def _is_edge(node: Node | None, edge: str, piece: Piece) -> bool:
    return isinstance(node, tuple) and node[0] == edge and piece.marks[node[1]].plain is not None


def _write(nodes: Sequence[Node], piece: Piece, *, plain: bool) -> str:
    out: list[str] = []
    started = True
    for node in nodes:
        if isinstance(node, str):
            words = re.sub(r"\s+", " ", node)
            out.append(_escaped(words.lstrip() if started else words, start=started))
            started = started and not words.strip()
            continue
        edge, number = node
        mark = piece.marks[number]
        if mark.is_text:
            out.append(_escaped(mark.opening, start=started))
            started = False
            continue
        opening, closing = mark.plain if plain and mark.plain else (mark.opening, mark.closing or "")
        if edge != "close" and opening.startswith("[") and out and out[-1].endswith("!"):
            out[-1] = out[-1][:-1] + r"\!"
        out.append(closing if edge == "close" else opening)
        started = edge == "whole" and opening == BREAK
    return "".join(out).strip(" ")


def _escaped(text: str, *, start: bool) -> str:
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", text)
    if start:
        escaped = _START.sub(_escaped_start, escaped)
    return escaped


def _escaped_start(found: re.Match[str]) -> str:
    return f"\\{found['sign']}" if found["sign"] else f"{found['number']}\\{found['dot']}"


def _signature(text: str) -> list[tuple[str, ...]]:
    """What a text has besides words, in no order."""
    found: list[tuple[str, ...]] = []
    for token in parse_markdown(text):
        if token.type == "inline":
            found += [_sign(child) for child in token.children or () if child.type not in {"text", "softbreak"}]
        elif token.type not in {"paragraph_open", "paragraph_close"}:
            found.append(("block", token.type))
    return sorted(found)


def _sign(token: Token) -> tuple[str, ...]:
    if token.type == "html_inline":
        name, closes = name_of(token.content)
        if name in _NAMES:
            return (f"{_NAMES[name]}_{'close' if closes else 'open'}",)
        return ("html", token.content)
    content = token.content if token.type == "code_inline" else ""
    address = str(token.attrs.get("href") or token.attrs.get("src") or "")
    return (token.type, content, address) if content or address else (token.type,)
