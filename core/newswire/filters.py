"""Topic filters: boolean expressions over topic slugs, compiled once.

The language is small on purpose: ``&`` (and), ``|`` (or), ``!`` (not), parentheses and slugs; ``!`` binds
strongest, then ``&``, then ``|``. There are no regular expressions, so no expression can be slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newswire.errors import FilterSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

_TOKEN = re.compile(r"\s*(?:(?P<topic>[a-z0-9]+(?:-[a-z0-9]+)*)|(?P<sign>[&|!()]))")
_DEPTH_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Leaf:
    """One topic."""

    topic: str

    def matches(self, topics: AbstractSet[str]) -> bool:
        """Whether the topic is among `topics`."""
        return self.topic in topics

    def __str__(self) -> str:
        return self.topic


@dataclass(frozen=True, slots=True)
class Not:
    """Anything but what it holds."""

    part: Expression

    def matches(self, topics: AbstractSet[str]) -> bool:
        """Whether the part does not match."""
        return not self.part.matches(topics)

    def __str__(self) -> str:
        return f"!{self.part}" if isinstance(self.part, Leaf | Not) else f"!({self.part})"


@dataclass(frozen=True, slots=True)
class Group:
    """Several parts, all or any of which must match."""

    kind: Literal["&", "|"]
    parts: tuple[Expression, ...]

    def matches(self, topics: AbstractSet[str]) -> bool:
        """Whether all (``&``) or any (``|``) of the parts match."""
        results = (part.matches(topics) for part in self.parts)
        return all(results) if self.kind == "&" else any(results)

    def __str__(self) -> str:
        # "&" binds stronger than "|": only there can the parentheses go, and the depth stays that of the source.
        bare = [not isinstance(part, Group) or (self.kind, part.kind) == ("|", "&") for part in self.parts]
        return f" {self.kind} ".join(
            str(part) if alone else f"({part})" for part, alone in zip(self.parts, bare, strict=True)
        )


Expression = Leaf | Not | Group
"""A topic expression that was read: a topic, the opposite of an expression, or several joined by ``&`` or ``|``."""


def parse(text: str) -> Expression:
    """Reads an expression such as ``(ai & policy) | chips & !crypto``.

    Raises:
        FilterSyntaxError: it cannot be read; the error says where and why.
    """
    parser = _Parser(text)
    expression = parser.any_of(0)
    parser.expect_end()
    return expression


def any_of(topics: tuple[str, ...]) -> Expression:
    """The expression of a plain list: any of these topics."""
    leaves = tuple(Leaf(topic) for topic in topics)
    return leaves[0] if len(leaves) == 1 else Group("|", leaves)


def leaves(expression: Expression) -> Iterator[str]:
    """Every topic an expression names, in order, repetitions included."""
    match expression:
        case Leaf(topic):
            yield topic
        case Not(part):
            yield from leaves(part)
        case Group(_, parts):
            for part in parts:
                yield from leaves(part)


def because(expression: Expression, topics: AbstractSet[str]) -> str:
    """Why an expression matches or not: the leaves that decided it, once each, as ``ai: yes, crypto: no``."""
    deciding = dict.fromkeys(_deciding(expression, topics))
    return ", ".join(f"{leaf}: {'yes' if leaf in topics else 'no'}" for leaf in deciding)


def _deciding(expression: Expression, topics: AbstractSet[str]) -> list[str]:
    match expression:
        case Leaf(topic):
            return [topic]
        case Not(part):
            return _deciding(part, topics)
        case Group(kind, parts):
            # What decides an "and" that fails is its first failing part, an "or" that matches its first matching one.
            decided = [part for part in parts if part.matches(topics) is (kind == "|")]
            return [leaf for part in decided[:1] or parts for leaf in _deciding(part, topics)]


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def _peek(self) -> re.Match[str] | None:
        return _TOKEN.match(self.text, self.position)

    def _take(self, sign: str) -> bool:
        token = self._peek()
        if token is None or token["sign"] != sign:
            return False
        self.position = token.end()
        return True

    def any_of(self, depth: int) -> Expression:
        return self._chain("|", depth)

    def _chain(self, kind: Literal["&", "|"], depth: int) -> Expression:
        def part() -> Expression:
            return self._chain("&", depth) if kind == "|" else self._single(depth)

        parts = [part()]
        while self._take(kind):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Group(kind, tuple(parts))

    def _single(self, depth: int) -> Expression:
        if depth > _DEPTH_LIMIT:
            raise FilterSyntaxError(f"nested deeper than {_DEPTH_LIMIT}", position=self.position)
        if self._take("!"):
            return Not(self._single(depth + 1))
        if self._take("("):
            inner = self.any_of(depth + 1)
            if not self._take(")"):
                raise FilterSyntaxError("a ')' is missing here", position=self._next())
            return inner
        token = self._peek()
        if token is None or token["topic"] is None:
            raise FilterSyntaxError("a topic, '!' or '(' must stand here", position=self._next())
        self.position = token.end()
        return Leaf(token["topic"])

    def _next(self) -> int:
        return len(self.text) - len(self.text[self.position :].lstrip())

    def expect_end(self) -> None:
        if self.text[self.position :].strip():
            raise FilterSyntaxError(
                "'&', '|' or the end must stand here (topics are lower-case slugs)", position=self._next()
            )
