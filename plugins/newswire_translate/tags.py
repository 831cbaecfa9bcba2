"""Tags of HTML: which open and close each other, which hold text that is none. Pure."""

from __future__ import annotations

import re

_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
# HTML Standard, 13.1.2: void elements.
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
KEPT_WHOLE = frozenset(
    "audio code iframe kbd math noscript object pre samp script style svg textarea var video".split()
)
"""What stays as it is with all that is in it."""
INLINE = frozenset(
    "a abbr b bdi bdo big cite code del dfn em font i img ins kbd label mark q rp rt ruby s samp small span strike "
    "strong sub sup time tt u var wbr br".split()
)
"""What stands within a line of text; any other tag ends it."""


def name_of(tag: str) -> tuple[str, bool]:
    """The name of a tag, and whether it closes; a comment has none."""
    found = _NAME.match(tag)
    return (found[2].lower(), bool(found[1])) if found else ("", False)


def closing_of(tag: str) -> bool:
    """Whether an opening tag wants a closing one."""
    name, closes = name_of(tag)
    return bool(name) and not closes and name not in VOID and not tag.rstrip(">").rstrip().endswith("/")
