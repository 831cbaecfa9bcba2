"""What an author brings to the contract: a stand-in for the platform, and what can go wrong on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from newswire.testing.clock import RehearsalClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from newswire.channel import AnyChannelType
    from newswire.errors import Outcome

Operation = Literal["post", "edit", "delete"]
"""What a channel is asked to do."""


class Platform(ABC):
    """A stand-in for a platform, as strict as the real one, and how a plugin reaches it.

    The contract makes one for every test. It may be a fake server on loopback, a folder, or lists in memory; the
    plugin is not to know the difference.
    """

    type: AnyChannelType
    """The plugin's type of channel."""
    loggers: ClassVar[Sequence[str]] = ()
    """Loggers that are the stand-in's own: secrets may stand in what they write."""
    secrets: Sequence[str] = ()
    """What must stand in no log, error or repr."""

    def __init__(self) -> None:
        self.clock = RehearsalClock()
        """The time; the room goes by it, too."""

    @property
    def account(self) -> Mapping[str, Any]:
        """The keys of the type in an ``[[accounts]]`` table, such that the stand-in is reached."""
        return {}

    @property
    def channel(self) -> Mapping[str, Any]:
        """The keys of the type in a ``[[channels]]`` table."""
        return {}

    @abstractmethod
    def shown(self) -> Sequence[str]:
        """What each post says that followers can see now, the oldest first."""

    def heal(self) -> None:
        """Ends whatever a failure has done to the platform; those that strike once need no healing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that goes wrong on a platform, and what the plugin is to make of it."""

    name: str
    """What happens, in the words of the platform's documentation: ``429 with retry_after``."""
    means: type[Outcome]
    """The outcome that the plugin is to raise. `newswire.api.Unknown` may be left to the room: any exception that is no
    outcome, and an answer that does not come, count as such."""
    script: Callable[[Any], object]
    """Lets it happen to the platform's next call; it is given the `Platform`."""
    on: Sequence[Operation] = ("post", "edit", "delete")
    """The operations it can happen to."""
    taken: bool = False
    """Whether the platform does what it was asked to, and only its answer is lost."""
