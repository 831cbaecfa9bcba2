"""What is left out of a message when Telegram does not take it."""

from __future__ import annotations

from typing import Any

import pytest

from newswire.api import Entity, Media, Post
from newswire_telegram.fallback import kind_of, less, parts_of, parts_to_change

PICTURE = "https://images.example.org/1.jpg"


def post(kind: str = "text", *, text: str = "Title", **details: Any) -> Post:
    media = (Media(PICTURE),) if kind == "photo" else ()
    told = {"kind": kind, "preview": {"url": "https://news.example.org/1"}, **details}
    return Post(text=text, language="en", entities=(Entity("bold", 0, 5),), media=media, details=told)


BUTTONS = [[{"text": "Read", "url": "https://news.example.org/1"}]]


def test_the_parts_of_a_post() -> None:
    assert parts_of(post()) == {"preview", "entities"}
    assert parts_of(post(preview={"is_disabled": True})) == {"entities"}
    assert parts_of(post("photo", buttons=BUTTONS)) == {"picture", "preview", "entities", "buttons"}
    assert parts_of(post("photo", text="x" * 1025)) == {"preview", "entities"}, "no caption is so long"
    assert parts_of(post("rich", rich={"html": "x"})) == {"rich", "preview", "entities"}
    assert parts_of(Post(text="x", language="en")) == frozenset()
    assert [kind_of(parts_of(post(kind, rich={}))) for kind in ("text", "photo", "rich")] == ["text", "photo", "rich"]


@pytest.mark.parametrize(
    ("kind", "refused", "left"),
    [
        ("text", ["picture", "preview"], {"entities", "buttons"}),
        ("text", ["rich", "entities"], {"preview", "buttons"}),
        ("text", ["buttons"], {"preview", "entities"}),
        ("text", [], set()),
        ("text", ["picture"], set()),
        ("photo", ["picture", "preview"], {"preview", "entities", "buttons"}),
        ("photo", ["entities"], {"picture", "preview", "buttons"}),
        ("photo", [], set()),
        ("rich", ["rich"], {"preview", "entities", "buttons"}),
        ("rich", ["rich", "entities"], {"preview", "entities", "buttons"}),
        ("rich", [], {"preview", "entities", "buttons"}),
        ("rich", ["preview"], {"preview", "entities", "buttons"}),
    ],
)
def test_what_is_left_after_a_refusal(kind: Any, refused: list[Any], left: set[Any]) -> None:
    rest = less(parts_of(post(kind, buttons=BUTTONS, rich={"html": "x"})), refused, kind)
    assert rest is not None
    assert set(rest) == left


def test_every_way_ends() -> None:
    for kind in ("text", "photo", "rich"):
        parts = parts_of(post(kind, buttons=BUTTONS, rich={"html": "x"}))
        for refused in ((), ("picture", "preview"), ("entities",), ("buttons",), ("rich",)):
            left, tries = parts, 0
            while (rest := less(left, refused, kind_of(left))) is not None:
                assert rest < left
                left, tries = rest, tries + 1
            assert tries <= 5


def test_a_change_keeps_to_what_the_message_is() -> None:
    photo = post("photo", buttons=BUTTONS)
    assert parts_to_change(photo, "text", None) == {"preview", "entities", "buttons"}
    assert parts_to_change(photo, "photo", PICTURE) == {"entities", "buttons"}
    assert parts_to_change(photo, "photo", "https://images.example.org/2.jpg") == {"picture", "entities", "buttons"}
    assert parts_to_change(post(buttons=BUTTONS), "photo", PICTURE) == {"entities", "buttons"}
    assert parts_to_change(post("rich", rich={"html": "x"}), "rich", None) == {"rich", "preview", "entities"}
