"""Whether what came back is a translation: of the right script and length, no echo, no new address. Pure."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import langcodes
import regex

from newswire_translate.piece import ADDRESS, Broken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire_translate.piece import Node, Piece

_LETTER = regex.compile(r"\p{L}")
# Scripts that are written with several (ISO 15924: Jpan, Kore, Hans, Hant are names for such).
_SEVERAL = {"Jpan": ("Hira", "Kana", "Hani"), "Kore": ("Hang",), "Hans": ("Hani",), "Hant": ("Hani",)}
_LEAST_WORDS = 6
_LEAST_ECHOES = 3
_LEAST_LETTERS = 60
_SHARE = 0.4
"""What share of the letters must be of the language's own scripts: names and code in between are of others."""
_LONGER = 8
_ROOM = 40
_SHORTER = 0.1
_LEAST_LENGTH = 120


def judge(piece: Piece, nodes: Sequence[Node]) -> None:
    """Looks at one translated piece.

    Raises:
        Broken: it is no translation of the piece.
    """
    before, after = piece.words, _words(nodes)
    if not _LETTER.search(after):
        raise Broken("nothing came back")
    if len(after) > _LONGER * len(before) + _ROOM:
        raise Broken("what came back is far longer")
    if len(before) > _LEAST_LENGTH and len(after) < _SHORTER * len(before):
        raise Broken("what came back is far shorter")
    if len(before.split()) >= _LEAST_WORDS and after.split() == before.split():
        raise Broken("it came back untranslated")
    known = {found[0].rstrip(".,;:!?)") for found in ADDRESS.finditer(before)}
    foreign = [found[0] for found in ADDRESS.finditer(after) if found[0].rstrip(".,;:!?)") not in known]
    if foreign:
        raise Broken("an address has come in that was not there")


def echoes(pairs: Sequence[tuple[Piece, Sequence[Node]]]) -> bool:
    """Whether most of what was sent together came back as it was; single names may."""
    telling = [(piece.words.split(), _words(nodes).split()) for piece, nodes in pairs]
    telling = [(before, after) for before, after in telling if len(before) > 1]
    same = sum(before == after for before, after in telling)
    return same >= _LEAST_ECHOES and same > len(telling) / 2


def wrong_script(texts: Sequence[str], language: str) -> str | None:
    """Why texts cannot be in a language; None where they can, or are too short to tell."""
    scripts = _scripts(language)
    letters = _LETTER.findall("".join(texts))
    if scripts is None or len(letters) < _LEAST_LETTERS:
        return None
    own = len(scripts.findall("".join(letters)))
    if own >= _SHARE * len(letters):
        return None
    return f"it is not written in {language}: {own} of {len(letters)} letters are of its script"


@cache
def _scripts(language: str) -> regex.Pattern[str] | None:
    script = langcodes.Language.get(language).maximize().script or ""
    names = _SEVERAL.get(script, (script,))
    try:
        return regex.compile("[" + "".join(rf"\p{{Script={name}}}" for name in names) + "]")
    except regex.error:
        return None


def _words(nodes: Sequence[Node]) -> str:
    return "".join(node for node in nodes if isinstance(node, str))
