"""What all parts of the reference write alike: descriptions, cells, tables."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Gap(Exception):
    """Something that is part of the reference has no description; the text says what and where to write one."""


def described(text: str | None, what: str) -> str:
    """A docstring as Markdown.

    Args:
        text: the docstring.
        what: what it describes, for the error.

    Raises:
        Gap: there is none.
    """
    if not text or not text.strip():
        raise Gap(f"{what} has no description: write a docstring")
    return inspect.cleandoc(text)


def summary(text: str | None, what: str) -> str:
    """The first paragraph of a docstring, in one line.

    Raises:
        Gap: there is none.
    """
    return " ".join(described(text, what).split("\n\n")[0].split())


def code(text: object) -> str:
    """Text as code, whatever it holds."""
    words = str(text)
    return f"`` {words} ``" if "`" in words else f"`{words}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    """Text that stays in its cell: one line, and no bar that would end it."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))
