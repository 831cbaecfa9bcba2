"""Paths into a JSON document, and templates made of them. Pure.

A path names keys with dots between them, and numbers for places in a list: ``post.authors.0.name``. ``[]`` behind a
key means each item of a list, and ``key[name=value]`` those items in which a key has a value:
``_embedded.wp:term[][taxonomy=category].slug``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_STEP = re.compile(r"(?P<key>[^.\[\]]*)(?P<picks>(?:\[[^\[\]]*\])*)\Z")
_PICK = re.compile(r"\[(?P<name>[^\[\]=]*)(?:=(?P<value>[^\[\]]*))?\]")
_TEXT = (str, int, float)


def steps(path: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """The steps of a path: a key, and which items of a list are meant.

    Raises:
        ValueError: it is none.
    """
    found = []
    for part in re.split(r"\.(?![^\[]*\])", path):
        step = _STEP.match(part)
        if step is None or not (step["key"] or step["picks"]):
            raise ValueError(f"{path!r} is no path; write one like post.authors[].name")
        found.append((step["key"], [(pick["name"], pick["value"]) for pick in _PICK.finditer(step["picks"])]))
    return found


def values(document: Any, path: str) -> list[Any]:
    """What stands at a path: nothing, one value, or one for each item of a list."""
    found = [document]
    for key, picks in steps(path):
        if key:
            found = [below for value in found for below in _below(value, key)]
        for name, wanted in picks:
            found = [item for value in found if isinstance(value, list) for item in value]
            if name:
                found = [item for item in found if isinstance(item, dict) and str(item.get(name)) == (wanted or "")]
    return [value for value in found if value is not None]


def _below(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, dict) and key in value:
        yield value[key]
    elif isinstance(value, list) and key.isascii() and key.isdecimal() and int(key) < len(value):
        yield value[int(key)]


def paths_in(template: str) -> list[str]:
    """The paths a template names."""
    return _PLACEHOLDER.findall(template)


def fill(templates: Sequence[str], document: Any) -> str | None:
    """The first of several templates for which the document has all values, with these in it; None where none fits.

    A value that is no text and no number, or is empty, counts as missing.
    """
    return next(iter(fill_each(templates, document)), None)


def fill_each(templates: Sequence[str], document: Any) -> list[str]:
    """The same once for each item, where a path of the template names several."""
    for template in templates:
        filled = _filled(template, document)
        if filled:
            return filled
    return []


def _filled(template: str, document: Any) -> list[str]:
    found = {path: [_text(value) for value in values(document, path) if _text(value)] for path in paths_in(template)}
    several = max((len(texts) for texts in found.values()), default=1)
    if any(not texts or len(texts) not in {1, several} for texts in found.values()):
        return []
    return [
        _PLACEHOLDER.sub(lambda match: _at(found[match[1]], place), template).strip()  # noqa: B023  # called at once
        for place in range(several)
    ]


def _at(texts: list[str], place: int) -> str:
    return texts[place] if len(texts) > 1 else texts[0]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() if isinstance(value, _TEXT) else ""
