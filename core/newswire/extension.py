"""What a plugin may hand over besides channels and intakes: followers, addresses, config tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.channel import Options
    from newswire.event import Event
    from newswire.services import Services

Scope = MutableMapping[str, Any]
"""What an ASGI application is told of a connection."""
Message = MutableMapping[str, Any]
"""What an ASGI application receives and sends."""
AsgiApp = Callable[[Scope, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
"""An ASGI 3 application."""


class Follower(ABC):
    """Code that reads the event log by a durable cursor, which the room keeps."""

    name: ClassVar[str]
    """Names the cursor; it never changes."""

    def start(self, services: Services) -> None:
        """Called before the first events, and again whenever what `services` says has changed.

        Between two calls nothing is handed over, and `attend` has ended.
        """

    @abstractmethod
    async def handle(self, events: Sequence[Event]) -> None:
        """Takes the next events, in order. When it raises, the same events come again later."""

    async def attend(self, *, once: bool) -> None:
        """Goes on beside `handle` for as long as this process feeds the follower: what takes long, or waits for a time.

        It begins before the first events are handed over, and is cancelled when the room stops or another process
        takes over; so it keeps what must not be lost where the next process finds it. When it raises, it is begun
        again a little later; when it returns, it has nothing more to do.

        Args:
            once: whether to return as soon as nothing is due; it then begins when the follower has every event.
        """


class HttpApp(ABC):
    """Addresses of the web app that belong to a plugin."""

    paths: ClassVar[tuple[str, ...]]
    """Exact paths (``/feeds.opml``), and prefixes, which end in a slash (``/feeds/``). ``/`` is the front page only."""

    @abstractmethod
    def open(self, services: Services) -> AsgiApp:
        """Makes the application; it gets whole, unchanged paths."""


@dataclass(frozen=True, slots=True)
class SettingsTable:
    """A table of the config file that belongs to a plugin."""

    name: str
    """What stands between the brackets."""
    options: type[Options]
    """The model of its keys."""
