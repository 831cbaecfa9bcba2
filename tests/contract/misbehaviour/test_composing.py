"""A formatter that raises, or gives what is no post: nothing was sent, and nobody doubts that."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from newswire.api import (
    Post,
)
from newswire.testing import DeliveryState

Make = Callable[..., Any]


WRONG_POSTS: list[Any] = [
    None,
    "a text",
    b"bytes",
    ...,
    ["a", "list"],
    Post(text=None, language="en"),  # type: ignore[arg-type]
    Post(text=123, language="en"),  # type: ignore[arg-type]
    Post(text="a", language=None),  # type: ignore[arg-type]
    Post(text="a", language="en", details={"x": ...}),  # type: ignore[dict-item]
    Post(text="a", language="en", details={1: "a"}),  # type: ignore[dict-item]
    Post(text="a", language="en", entities=None),  # type: ignore[arg-type]
    Post(text="a", language="en", entities=("bold",)),  # type: ignore[arg-type]
    Post(text="a lone surrogate \ud800", language="en"),
]


@pytest.mark.parametrize("wrong", WRONG_POSTS, ids=ascii)
async def test_a_formatter_that_gives_no_post_posts_nothing(wrong: Any, beside: Make) -> None:
    made = beside()
    made.odd.gives("compose", wrong)
    made.room.publish("a")
    await made.deliver()
    delivery = made.room.delivery("a", "odd")
    assert (delivery.state, delivery.receipt, made.odd.out) == (DeliveryState.DEAD, None, {})
    assert "formatter" in (delivery.reason or "")
    assert [one.outcome for one in made.room.attempts("a", "odd")] == ["rejected"]
    await made.others_go_on()
    assert len(made.odd.out) == 1, "the next article goes out"


async def test_a_formatter_that_raises_posts_nothing(any_error: BaseException, beside: Make) -> None:
    made = beside()
    made.odd.raises("compose", any_error)
    made.room.publish("a")
    await made.deliver()
    delivery = made.room.delivery("a", "odd")
    assert (delivery.state, made.odd.calls) == (DeliveryState.DEAD, ["open here"])
    assert type(any_error).__name__ in (delivery.reason or "")
    await made.others_go_on()


async def test_what_a_plugin_did_is_logged_with_channel_and_article(
    beside: Make, caplog: pytest.LogCaptureFixture
) -> None:
    made = beside()
    made.odd.raises("compose", ValueError("no such style"))
    made.odd.fails("post", KeyError("ok"))
    made.room.publish("a")
    made.room.publish("b")
    with caplog.at_level(logging.INFO):
        await made.deliver()
    failed = [str(record.msg) for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(failed) == 2
    for line, article in zip(failed, "ab", strict=True):
        assert "'channel': 'odd'" in line
        assert f"'article': '{article}'" in line
