"""References whose label is defined nowhere in the file. Pure."""

from __future__ import annotations

import re

from newswire_markdown import holes
from newswire_markdown.scan import scan

_DEFINED = re.compile(r"^[ \t>]*\[([^\[\]]+)\]:", re.MULTILINE)


def without_undefined(text: str) -> str:
    """Markdown in which ``[text][label]`` and ``[text][]`` with an undefined label are just their text.

    Sites that keep their link definitions in an include leave such references behind.
    """
    if "][" not in text:
        return text
    made: list[str] = []
    kept: list[str] = []
    for piece in scan(text, ()):
        if piece.kind == "code":
            made.append(holes.keep(len(kept)))
            kept.append(piece.text)
        else:
            made.append(piece.text)
    words = "".join(made)
    defined = {holes.normal(holes.put_back(found[1], kept)) for found in _DEFINED.finditer(words)}
    words = holes.undefine(
        words, lambda label: holes.normal(holes.put_back(label, kept)) not in defined, shortcuts=False
    )
    return holes.put_back(words, kept)
