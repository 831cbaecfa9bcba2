"""The small store of plugins, on both databases."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newswire.store import Store


def test_values_are_kept_replaced_and_forgotten(store: Store) -> None:
    state = store.state("mine")
    state.set("a", {"n": 1})
    state.update({"a": {"n": 2}, "b": [1], "c": None})
    assert state.get("a") == {"n": 2}
    assert state.get("c") is None
    state.update({"a": None, "d": "x"})
    assert store.state("mine").all() == {"b": [1], "d": "x"}
    assert store.state("another").all() == {}
    state.update({})


def test_two_that_keep_the_same_keys_do_not_hinder_each_other(store: Store) -> None:
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in range(20):
                keys = sorted("abcde", reverse=bool(number))
                store.state("mine").update({key: [number, turn] if turn % 3 else None for key in keys})
        except Exception as error:  # noqa: BLE001  # a thread's own error is nobody's
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    values = list(store.state("mine").all().values())
    assert len(values) == 5
    assert all(value == values[0] for value in values)
