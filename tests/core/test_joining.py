"""One story that comes several ways: one article, every source, and nothing lost when one of them takes it back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from newswire.publisher import Status
from newswire.store import articles, deliveries, publications, tellings

if TYPE_CHECKING:
    from collections.abc import Callable

LINK = "https://blog.example/story"


@pytest.fixture
def room(make_wire: Any) -> Any:
    return make_wire(intakes=("hn", "lobsters", "own", "translate"))


@pytest.fixture
def story(an_article: Callable[..., Any], an_edition: Callable[..., Any]) -> Callable[..., Any]:
    def make(key: str, source: str, url: str = LINK, **edition: Any) -> Any:
        return an_article(
            key,
            original_language="en",
            editions=[an_edition("en", key, url=url, **edition)],
            source={"name": source, "url": url},
        )

    return make


def tell(room: Any, article: Any, intake: str, **changes: Any) -> Any:
    return room.publisher.publish(article, intake=intake, of_others=changes.pop("of_others", True), **changes)


def sources(published: Any) -> list[str]:
    return [source.name for source in published.article.content.sources]


def count(room: Any) -> int:
    with room.store.read() as connection:
        return articles.counts(connection).articles


def test_the_same_link_through_two_intakes(room: Any, story: Any) -> None:
    first = tell(room, story("hn/1", "Hacker News"), "hn")
    second = tell(room, story("lob/9", "Lobsters", "http://www.blog.example/story/?utm_source=x#top"), "lobsters")
    assert (second.article_id, second.status, sources(second)) == ("hn/1", Status.REVISED, ["Hacker News", "Lobsters"])
    assert second.article.content.original.title == first.article.content.original.title
    assert count(room) == 1
    again = story("lob/9", "Lobsters", "http://www.blog.example/story/?utm_source=x#top")
    assert tell(room, again, "lobsters").status is Status.UNCHANGED
    assert tell(room, story("hn/1", "Hacker News"), "hn").status is Status.UNCHANGED
    with room.store.read() as connection:
        for slug in ("hacker-news", "lobsters"):
            assert [entry.article_id for entry in publications.entries(connection, "en", sources=[slug], limit=9)] == [
                "hn/1"
            ]


def test_two_feeds_of_one_intake(room: Any, story: Any) -> None:
    tell(room, story("front/1", "Front"), "hn")
    assert sources(tell(room, story("newest/1", "Newest", title="Another title"), "hn")) == ["Front", "Newest"]
    again = tell(room, story("front/1", "Front"), "hn")
    assert again.status is Status.UNCHANGED  # they do not undo each other's work in turn


def test_who_was_first_revises_and_the_other_does_not(room: Any, story: Any) -> None:
    tell(room, story("hn/1", "Hacker News"), "hn")
    tell(room, story("lob/9", "Lobsters"), "lobsters")
    assert tell(room, story("lob/9", "Lobsters", title="Theirs"), "lobsters").status is Status.UNCHANGED
    revised = tell(room, story("hn/1", "Hacker News", title="Ours, better"), "hn")
    assert (revised.article.content.original.title, sources(revised)) == ("Ours, better", ["Hacker News", "Lobsters"])


def test_one_of_two_takes_it_back(room: Any, story: Any) -> None:
    tell(room, story("hn/1", "Hacker News"), "hn")
    tell(room, story("lob/9", "Lobsters"), "lobsters")
    left = room.publisher.take_back("lob/9")
    assert (left.status, sources(left)) == (Status.REVISED, ["Hacker News"])
    assert tell(room, story("lob/9", "Lobsters"), "lobsters").status is Status.UNCHANGED  # taken back stays so
    gone = room.publisher.take_back("hn/1")
    assert gone.status is Status.WITHDRAWN
    assert tell(room, story("third/1", "Third"), "hn").status is Status.WITHDRAWN
    assert count(room) == 0


def test_the_first_takes_it_back_and_the_other_goes_on(room: Any, story: Any) -> None:
    tell(room, story("hn/1", "Hacker News"), "hn")
    tell(room, story("lob/9", "Lobsters", title="Theirs"), "lobsters")
    left = room.publisher.take_back("hn/1")
    assert (left.article_id, left.article.content.original.title, sources(left)) == ("hn/1", "Theirs", ["Lobsters"])
    assert tell(room, story("hn/1", "Hacker News"), "hn").status is Status.UNCHANGED
    revised = tell(room, story("lob/9", "Lobsters", title="Theirs, better"), "lobsters")
    assert revised.article.content.original.title == "Theirs, better"


def test_a_person_withdraws_all_of_it(room: Any, story: Any) -> None:
    tell(room, story("hn/1", "Hacker News"), "hn")
    tell(room, story("lob/9", "Lobsters"), "lobsters")
    room.publisher.withdraw("hn/1")
    for key, intake in (("hn/1", "hn"), ("lob/9", "lobsters"), ("new/1", "hn")):
        assert tell(room, story(key, "X", title="Again"), intake).status is Status.WITHDRAWN


def test_the_sites_own_article_is_shown_whoever_was_first(room: Any, story: Any) -> None:
    tell(room, story("hn/1", "Hacker News", title="Teaser"), "hn")
    own = tell(room, story("own-1", "News Example", title="The whole story", body="All."), "own", of_others=False)
    assert (own.article_id, own.article.content.original.title) == ("hn/1", "The whole story")
    assert sources(own) == ["News Example", "Hacker News"]
    assert (own.article.intake, own.article.editions["en"].intake) == ("own", "own")


def test_the_sites_own_articles_are_never_joined_with_each_other(room: Any, story: Any) -> None:
    tell(room, story("a", "News Example"), "own", of_others=False)
    assert tell(room, story("b", "News Example"), "hn", of_others=False).article_id == "b"
    assert count(room) == 2


def test_editions_of_others_stay(room: Any, story: Any, an_edition: Any) -> None:
    first = tell(room, story("hn/1", "Hacker News"), "hn").article.content
    german = an_edition("de", "hn/1", url="https://news.example/de/1")
    both = type(first).model_validate(first.model_dump() | {"editions": [*first.model_dump()["editions"], german]})
    room.publisher.publish(both, intake="translate")
    second = tell(room, story("lob/9", "Lobsters"), "lobsters")
    assert second.article.content.languages == ("de", "en")
    assert {tag: one.intake for tag, one in second.article.editions.items()} == {"de": "translate", "en": "hn"}


def test_links_to_a_whole_site_join_nothing(room: Any, story: Any) -> None:
    tell(room, story("hn/1", "Hacker News", "https://blog.example/"), "hn")
    assert tell(room, story("lob/1", "Lobsters", "https://blog.example"), "lobsters").article_id == "lob/1"


def test_many_at_once_make_one(room: Any, story: Any) -> None:
    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(lambda n: tell(room, story(f"f{n}/1", f"Feed {n}"), "hn").article_id, range(12)))
    assert len(set(ids)) == count(room) == 1
    with room.store.read() as connection:
        assert len(tellings.of_article(connection, ids[0])) == 12
        assert len(articles.load(connection, ids[0]).content.sources) == 12  # type: ignore[union-attr]


def test_channels_post_it_once(make_wire: Any, subscriber: Any, story: Any) -> None:
    wire = make_wire([subscriber("en", "en")])
    wire.prepare()
    tell(wire, story("hn/1", "Hacker News"), "hn")
    tell(wire, story("lob/9", "Lobsters"), "lobsters")
    with wire.store.read() as connection:
        assert set(deliveries.of_article(connection, "hn/1")) == {"en"}
        assert deliveries.of_article(connection, "lob/9") == {}
