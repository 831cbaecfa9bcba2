from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newswire.post import Entity, Media, Post, Receipt

POST = Post(
    text="Title\nhttps://news.example/a",
    language="en",
    entities=(Entity("bold", 0, 5),),
    media=(Media("https://news.example/a.png", "A wafer"),),
    link="https://news.example/a",
    details={"visibility": "public", "preview": True},
)


def test_equal_posts_have_equal_digests() -> None:
    same = replace(POST, details={"preview": True, "visibility": "public"})
    assert same.digest() == POST.digest()
    assert len(POST.digest()) == 32


def test_a_digest_never_changes() -> None:
    # It is kept with the delivery: a new way of making it would edit every post that is out.
    assert POST.digest() == "240b0f60007e15713cf154fbf6e1194c"


@pytest.mark.parametrize(
    "other",
    [
        replace(POST, text="Title"),
        replace(POST, language="de"),
        replace(POST, entities=()),
        replace(POST, entities=(Entity("bold", 0, 5, "x"),)),
        replace(POST, media=(Media("https://news.example/a.png", "Another"),)),
        replace(POST, link=None),
        replace(POST, details={}),
    ],
)
def test_whatever_a_follower_sees_counts(other: Post) -> None:
    assert other.digest() != POST.digest()


def test_details_are_nobody_elses() -> None:
    one, other = (Post(text="a", language="en") for _ in range(2))
    one.details["seen"] = True
    assert other.details == {}
    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert Receipt(remote_id="1", at=at) == Receipt(remote_id="1", at=at, url=None, details={})
