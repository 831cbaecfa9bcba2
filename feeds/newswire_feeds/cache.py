"""A cache bounded by bytes: the least recently used goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable


class Sized(Protocol):
    """Something that knows how many bytes it takes."""

    @property
    def size(self) -> int:
        """Bytes."""
        ...


ThingT = TypeVar("ThingT", bound=Sized)

_OVERHEAD = 500
"""Bytes that key, object and dictionary slot take beside the content, roughly."""


class ByteCache(Generic[ThingT]):
    """Keeps things up to a number of bytes in all. Several threads may use it.

    Args:
        limit: bytes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._things: OrderedDict[Hashable, ThingT] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._things)

    def get(self, key: Hashable) -> ThingT | None:
        """The thing of a key, or None."""
        with self._lock:
            thing = self._things.get(key)
            if thing is not None:
                self._things.move_to_end(key)
            return thing

    def put(self, key: Hashable, thing: ThingT) -> None:
        """Keeps a thing, at the cost of what was not used for longest; what is larger than all room is not kept."""
        with self._lock:
            previous = self._things.pop(key, None)
            if previous is not None:
                self.size -= previous.size + _OVERHEAD
            if thing.size + _OVERHEAD > self.limit:
                return
            self._things[key] = thing
            self.size += thing.size + _OVERHEAD
            while self.size > self.limit:
                _, gone = self._things.popitem(last=False)
                self.size -= gone.size + _OVERHEAD
