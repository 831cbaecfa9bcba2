"""The contract of an intake: a connector that brings articles in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from newswire.channel import Options

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from newswire.channel import Finding
    from newswire.model import Article
    from newswire.services import Services


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article as an intake brings it: all editions this intake has of it."""

    article: Article
    reinstate: bool = False
    """Whether it comes back if it was withdrawn: its intake withdrew it, and has now published it again."""
    of_others: bool = False
    """Whether it is a story of others, which may come another way as well: with a link that is known it is no article
    of its own, and its source is added to the one there is."""
    news: bool = True
    """Whether channels may post it, if it is new. What an intake finds when it begins is taken in without any post, and
    no later revision makes it news."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something an intake left out on purpose: by a skip rule, or because it is a draft."""

    place: str
    why: Literal["skipped", "draft"]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An article its intake wants withdrawn."""

    article_id: str
    """The id that the intake gave it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be taken; it stops nothing else."""

    place: str
    """The file or address."""
    message: str
    """What is wrong and how to cure it."""
    line: int | None = None
    """In the file, from 1; None where it is about all of it."""

    def __str__(self) -> str:
        where = f"{self.place}:{self.line}" if self.line else self.place
        return f"{where}: {self.message}"


Delivered = Arrival | Left | Withdrawal | Problem
"""What an intake can hand over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One of the places that an intake takes articles from, and how it stands; for ``newswire status``."""

    name: str
    """What an admin knows it by: an address, a folder."""
    succeeded: datetime | None = None
    """When it was last read without trouble."""
    next: datetime | None = None
    """When it is read again; None where nobody knows, or never."""
    trouble: str | None = None
    """What is wrong with it; None while all is well."""
    note: str | None = None
    """What else there is to say."""


class Intake(ABC):
    """A connector, opened."""

    @abstractmethod
    def read(self) -> Iterator[Delivered]:
        """Everything there is now. Blocking: the room calls it in a thread."""

    def expected(self) -> int | None:
        """About how many things `read` will hand over, for a progress bar; None when nobody knows."""
        return None

    async def watch(self) -> AsyncIterator[Iterable[Delivered]]:
        """What changes from now on, as it changes; the default never hands over anything."""
        return
        yield

    def stop(self) -> None:
        """Called when the room stops, on a thread of its own: a `read` that is under way is to end soon."""

    def check(self) -> Sequence[Finding]:
        """Looks whether the place articles come from is there; changes nothing."""
        return ()

    def places(self) -> Sequence[Place]:
        """The places it takes articles from, where there are several, or more to say than the last report does."""
        return ()

    def covers(self, path: Path) -> bool:
        """Whether a file belongs to this intake (``newswire publish FILE``)."""
        del path
        return False

    def read_files(self, paths: Iterable[Path]) -> Iterator[Delivered]:
        """The articles these files belong to, each with all its editions. Blocking."""
        del paths
        yield from ()


IntakeOptionsT = TypeVar("IntakeOptionsT", bound=Options)


class IntakeType(ABC, Generic[IntakeOptionsT]):
    """A kind of intake."""

    kind: ClassVar[str]
    """The word for it in the config: ``type = "markdown"``."""
    options: type[IntakeOptionsT]
    """The model of an ``[[intakes]]`` table, without the keys every intake has."""
    shared: ClassVar[bool] = False
    """Whether every process of a fleet sees the same place, so that only one at a time must read it. The room sees to
    that by a lease, and lets another go on when that one ends."""

    @abstractmethod
    def open(self, name: str, options: IntakeOptionsT, services: Services) -> Intake:
        """Opens an intake. It reads nothing yet."""


AnyIntakeType = IntakeType[Any]
"""An intake type of whatever options."""
