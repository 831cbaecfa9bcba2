"""Lists of feeds in OPML (http://opml.org/spec2.opml), as every feed reader exports them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

_SIZE = 20_000_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed of a list."""

    address: str
    title: str = ""
    language: str = ""
    categories: tuple[str, ...] = ()
    """Of its own, and the folders it lies in."""


def read_opml(text: str) -> tuple[Listed, ...]:
    """The feeds of a list, each address once.

    Raises:
        ValueError: it is no OPML, or lists no feed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(text.strip().encode()[:_SIZE], parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or root.tag.lower() != "opml":
        raise ValueError("it is no OPML")
    found: dict[str, Listed] = {}
    for outline in root.iter("outline"):
        address = _attribute(outline, "xmlurl")
        if address:
            found.setdefault(address, _listed(outline, address))
    if not found:
        raise ValueError("it lists no feed: there is no outline with an xmlUrl")
    return tuple(found.values())


def _attribute(outline: Any, name: str) -> str:
    """An attribute in whatever case: ``xmlUrl``, ``xmlURL`` and ``xmlurl`` are all about."""
    return next((str(value).strip() for key, value in outline.attrib.items() if key.lower() == name), "")


def _listed(outline: Any, address: str) -> Listed:
    own = [part for path in _attribute(outline, "category").split(",") for part in path.split("/")]
    folders = [_attribute(above, "text") or _attribute(above, "title") for above in outline.iterancestors("outline")]
    return Listed(
        address,
        title=_attribute(outline, "title") or _attribute(outline, "text"),
        language=_attribute(outline, "language"),
        categories=tuple(name.strip() for name in [*own, *folders] if name.strip()),
    )
