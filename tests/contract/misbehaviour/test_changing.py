"""Edits, deletions and searches that raise or give nonsense: the post is not forgotten, and there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from newswire.api import (
    Abilities,
    PostGone,
    Receipt,
    Unknown,
)
from newswire.testing import NOON, DeliveryState

Make = Callable[..., Any]


RECEIPT = Receipt(remote_id="1", at=NOON)


@pytest.mark.parametrize("wrong", [None, "17", replace(RECEIPT, details={"x": ...})], ids=ascii)  # type: ignore[dict-item]
async def test_an_edit_that_gives_no_receipt_forgets_no_post(wrong: Any, beside: Make) -> None:
    made = beside()
    made.room.publish("a")
    await made.deliver()
    made.odd.gives("edit", wrong)
    made.room.revise("a", title="Second")
    await made.deliver()
    delivery = made.room.delivery("a", "odd")
    assert delivery.receipt is not None
    assert delivery.receipt.remote_id == "1"
    made.room.forward(minutes=10)
    made.room.revise("a", title="Third")
    await made.deliver()
    assert list(made.odd.out.values()) == ["Third\nhttps://news.example.org/en/a"]
    assert made.room.delivery("a", "odd").state is DeliveryState.DONE
    await made.others_go_on()


@pytest.mark.parametrize("operation", ["edit", "delete"])
async def test_an_edit_or_a_deletion_that_raises_is_done_again(
    any_error: BaseException, operation: str, beside: Make
) -> None:
    made = beside()
    made.room.publish("a")
    await made.deliver()
    made.odd.fails(operation, any_error)
    if operation == "edit":
        made.room.revise("a", title="Second")
    else:
        made.room.withdraw("a")
    await made.deliver()
    delivery = made.room.delivery("a", "odd")
    assert (delivery.state, delivery.attempt) == (DeliveryState.PENDING, 1)
    assert delivery.receipt is not None
    made.room.forward(minutes=10)
    await made.deliver()
    assert made.room.delivery("a", "odd").state is DeliveryState.DONE
    assert list(made.odd.out.values()) == (["Second\nhttps://news.example.org/en/a"] if operation == "edit" else [])
    assert made.odd.calls.count(operation) == 2
    assert list(made.good.out.values()) == list(made.odd.out.values())


@pytest.mark.parametrize("wrong", ["17", True, ..., replace(RECEIPT, details={"x": ...})], ids=ascii)  # type: ignore[dict-item]
async def test_a_search_that_gives_no_receipt_posts_nothing_again(wrong: Any, beside: Make) -> None:
    made = beside(abilities=Abilities(finds=True))
    made.odd.fails("post", Unknown("cut"), taken=True)
    made.odd.gives("find", wrong)
    made.room.publish("a")
    await made.deliver()
    made.room.forward(minutes=1)
    await made.deliver()
    assert len(made.odd.out) == 1
    assert made.room.delivery("a", "odd").uncertain_since is not None
    made.room.forward(hours=1)
    await made.deliver()
    assert (len(made.odd.out), made.room.delivery("a", "odd").state) == (1, DeliveryState.DONE)
    await made.others_go_on()


@pytest.mark.parametrize("error", [ValueError("plain"), SystemExit(1), PostGone("?"), Unknown("?")], ids=ascii)
async def test_a_search_that_raises_posts_nothing_again(error: BaseException, beside: Make) -> None:
    made = beside(abilities=Abilities(finds=True))
    made.odd.fails("post", Unknown("cut"), taken=True)
    made.odd.fails("find", error)
    made.room.publish("a")
    await made.deliver()
    made.room.forward(minutes=1)
    await made.deliver()
    assert len(made.odd.out) == 1
    delivery = made.room.delivery("a", "odd")
    assert delivery.state in {DeliveryState.PENDING, DeliveryState.DOUBT}
    assert delivery.uncertain_since is not None
    made.room.forward(hours=1)
    await made.deliver()
    assert len(made.odd.out) == 1
    await made.others_go_on()
