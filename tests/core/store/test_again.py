from __future__ import annotations

import pytest

from newswire.errors import StoreError, TransactionLost
from newswire.store.again import TRIES, made_again


def test_work_whose_transaction_gave_way_is_made_again() -> None:
    losses = [TransactionLost("deadlock detected")] * (TRIES - 1)

    @made_again
    def work(value: int) -> int:
        if losses:
            raise losses.pop()
        return value

    assert work(7) == 7


def test_what_is_lost_again_and_again_is_told_in_the_end() -> None:
    @made_again
    def work() -> None:
        raise TransactionLost("deadlock detected")

    with pytest.raises(TransactionLost):
        work()


def test_other_errors_are_told_at_once() -> None:
    made = []

    @made_again
    def work() -> None:
        made.append(1)
        raise StoreError("the disk is full")

    with pytest.raises(StoreError):
        work()
    assert len(made) == 1
