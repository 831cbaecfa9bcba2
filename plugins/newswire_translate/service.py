"""The contract of a service: what both kinds have in common for those who send them pieces."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newswire.api import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a service is told of an article besides its pieces."""

    source: str
    """The language it is in, a BCP 47 tag."""
    target: str
    """The language that is wanted."""
    title: str
    topics: tuple[str, ...] = ()
    glossary: Mapping[str, str] = field(default_factory=dict)


class TooLong(Exception):
    """The service did not get to the end of a batch; a smaller one may do."""


class Garbled(Exception):
    """What the service sent cannot be read; the text says why."""


class Service(ABC):
    """A service that translates pieces."""

    chunk: int
    """How many characters a request may hold."""
    identity: str
    """Names the service and all that its translations depend on, besides the pieces themselves."""
    takes_terms: bool
    """Whether it heeds a glossary; else its words are put in their places by ourselves."""

    @abstractmethod
    def most(self, wires: Sequence[str], task: Task) -> float:
        """The most that a request with these pieces may cost."""

    @abstractmethod
    async def ask(self, wires: Sequence[str], task: Task) -> tuple[list[str | None], float]:
        """Has pieces translated.

        Returns:
            Of each piece its translation, or None where there is none; and what it cost.

        Raises:
            Outcome: it was not, or perhaps not, done.
            TooLong: the pieces are too many.
            Garbled: the answer cannot be read.
        """

    @abstractmethod
    async def check(self) -> Sequence[Finding]:
        """Looks whether the service answers and lets us in."""

    @abstractmethod
    async def aclose(self) -> None:
        """Lets connections go."""
