"""How fast, how patient, how many at a time. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_DOUBLINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The times of the follower; all in seconds."""

    first_wait: float = 5.0
    """After the first failure; it doubles with each further one."""
    longest_wait: float = 1800.0
    timeout: float = 10.0
    """How long one exchange may take, in all."""
    look: float = 1.0
    """How often the hub looks for what subscribers have asked of it, perhaps in another process."""
    at_a_time: int = 32
    """To how many subscribers the hub delivers at a time."""
    slow_at_a_time: int = 8
    """And to how many of those that failed or took long."""

    def wait(self, failures: int, random: Callable[[], float]) -> float:
        """How long to wait after so many failures in a row: between half and all of a doubling bound.

        Args:
            failures: from 1.
            random: gives a number from 0 up to 1.
        """
        bound = min(self.first_wait * 2.0 ** min(failures - 1, _MOST_DOUBLINGS), self.longest_wait)
        return bound * (1 + random()) / 2
