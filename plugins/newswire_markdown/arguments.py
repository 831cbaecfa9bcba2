"""What stands inside a template tag: its name and arguments, and templates that use them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_ARGUMENT = re.compile(
    r"""(?:(?P<key>[\w.-]+)\s*=\s*)?(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<bare>[^\s,"'=]+))""",
    re.DOTALL,
)
_PLACEHOLDER = re.compile(r"\{(\w+)(\??)\}")
_SPECIAL = re.compile(r"[^\w\s,.;:/?@=+$~!-]")
_TAG_LIKE = re.compile(r"\{[{%#<]|[}%#>]\}")
_LITERAL = re.compile(r"""(?P<quote>["'])(?P<text>.*?)(?P=quote)""", re.DOTALL)
_HARMLESS_FILTERS = frozenset({"relative_url", "absolute_url", "url"})


@dataclass(frozen=True)
class Tag:
    """A template tag's inside, read: ``Img src="x", alt="y"``."""

    inner: str

    @cached_property
    def name(self) -> str:
        """The first word; ``/tab`` closes ``tab``."""
        parts = self.inner.removesuffix("/").split(maxsplit=1)
        return parts[0] if parts else ""

    @cached_property
    def arguments(self) -> dict[str, str]:
        """The arguments by name, the bare ones by number from 0."""
        values: dict[str, str] = {}
        count = 0
        for found in _ARGUMENT.finditer(self.inner, self.inner.find(self.name) + len(self.name)):
            quoted = found["double"] if found["double"] is not None else found["single"]
            value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else found["bare"]
            key = found["key"]
            if key is None:
                key, count = str(count), count + 1
            values.setdefault(key, value)
        return values

    def closes(self, name: str) -> bool:
        """Whether it ends the pair that a tag of this name began."""
        return self.name in {f"end{name}", f"/{name}"}

    def assignment(self) -> tuple[str, str] | None:
        """Name and text of a Liquid ``assign name = "text"``; None for anything else."""
        found = re.fullmatch(rf"assign\s+([\w-]+)\s*=\s*{_LITERAL.pattern}", self.inner, re.DOTALL)
        return (found[1], found["text"]) if found else None


def fill_tag(template: str, arguments: dict[str, str]) -> str | None:
    """A replacement filled in; None where an argument it needs is missing.

    What is special in Markdown or HTML is written as character references, which hold in both (CommonMark 0.31,
    section 2.5), and nothing that looks like a tag is let through.
    """
    missing = False

    def value(found: re.Match[str]) -> str:
        nonlocal missing
        text = arguments.get(found[1])
        missing = missing or (text is None and not found[2])
        words = _TAG_LIKE.sub("", " ".join((text or "").split()))
        return _SPECIAL.sub(lambda letter: f"&#{ord(letter[0])};", words)

    filled = _PLACEHOLDER.sub(value, template)
    return None if missing else filled


def resolve_variable(expression: str, variables: dict[str, str]) -> str | None:
    """What ``{{ expression }}`` stands for, or None where nobody knows.

    A filter changes the value in ways only the template language knows, so a value with a filter is unknown,
    but for those that make an address of a path: the page's address does that here.
    """
    name, *filters = (part.strip() for part in expression.split("|"))
    if any(item not in _HARMLESS_FILTERS for item in filters):
        return None
    literal = _LITERAL.fullmatch(name)
    return literal["text"] if literal else variables.get(name)
