"""The contract looks at appearances, too: they are there, the same each time, and nothing else than appearances."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import Appearance, Channel, Post, Receipt, appearance_of
from newswire.testing.alone import _must_be_seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newswire.api import Story

NUMBERS = count()
POST = Post(text="Words", language="en")


class Seen(Channel):
    def __init__(self, look: Callable[[Post], Any]) -> None:
        self.look = look

    def compose(self, story: Story) -> Post:
        raise NotImplementedError

    async def post(self, post: Post, *, key: str) -> Receipt:
        raise NotImplementedError

    def appearances(self, post: Post) -> Sequence[Appearance]:
        return self.look(post)  # type: ignore[no-any-return]


def fails(post: Post) -> Any:
    raise KeyError(post.language)


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (fails, "appearances failed for 'a story': KeyError"),
        (lambda _: (), "appearances of 'a story' are"),
        (lambda post: (post,), "appearances of 'a story' are"),
        (lambda _: (Appearance(text=str(next(NUMBERS)), language="en"),), "appearances of 'a story' are"),
    ],
    ids=["fails", "none", "posts", "another each time"],
)
def test_who_says_nothing_useful_of_looks_is_caught(look: Callable[[Post], Any], words: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(words)):
        _must_be_seen(Seen(look), "a story", POST)


def test_who_does_is_well() -> None:
    _must_be_seen(Seen(lambda post: [appearance_of(post)]), "a story", POST)
