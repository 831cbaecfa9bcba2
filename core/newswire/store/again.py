"""Making a transaction again that gave way to another."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from newswire.errors import TransactionLost

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 5
"""How often a transaction is made before its loss is told."""


def made_again(work: Callable[P, T]) -> Callable[P, T]:
    """Makes work again, all of it, whose transaction gave way to another: to one that writes the same deliveries."""

    @functools.wraps(work)
    def patient(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            with contextlib.suppress(TransactionLost):
                return work(*args, **kwargs)
        return work(*args, **kwargs)

    return patient
