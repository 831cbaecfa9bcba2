"""The reference pages of the docs, written from the code each time the docs are built.

A page below ``docs/reference`` says in a comment what belongs there: ``<!-- reference: config -->``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference.commands import commands
from reference.config import tables
from reference.plugins import contract, hooks
from reference.wording import Gap

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PARTS", "Gap", "filled"]

PARTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "config": tables,
    "contract": contract,
    "hooks": hooks,
}
"""What a page can ask for, by name; each gives Markdown whose headings begin at the second level."""

_PLACE = re.compile(r"^<!-- reference: (.*) -->$", re.MULTILINE)


def filled(page: str) -> str:
    """A page with every part it asks for.

    Args:
        page: Markdown.

    Raises:
        KeyError: there is no such part.
        Gap: something in the code has no description.
    """
    return _PLACE.sub(lambda place: PARTS[place[1]](), page)
