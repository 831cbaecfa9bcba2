"""Polling over real HTTP: what is asked, what is taken, what is kept, and what a server may do to us."""

from __future__ import annotations

import asyncio
import gzip
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


async def poll(house: Any, *, after: float = 0.0) -> dict[str, int]:
    report = await asyncio.to_thread(house.poll, after=after)
    return dict(report.counts)


@pytest.fixture
async def house(new_house: Callable[..., Any], origin: Any, rss: Any, item: Any) -> Any:
    """A room with one feed of two items, polled once."""
    origin.put("/feed", rss(item("one"), item("two")), ETag='"a"', Last_Modified="Mon, 23 Nov 2026 07:00:00 GMT")
    made = new_house(f'url = "{origin.url("/feed")}"')
    assert await poll(made) == {"new": 2}
    return made


async def test_the_first_poll_imports_and_the_next_posts(house: Any, origin: Any, rss: Any, item: Any) -> None:
    assert house.deliveries() == {"Title of one": "suppressed", "Title of two": "suppressed"}
    fresh = item("three", pubDate="Mon, 23 Nov 2026 12:20:00 GMT")
    origin.put("/feed", rss(fresh, item("one", description="Corrected."), item("two")))
    assert await poll(house, after=31) == {"new": 1, "revised": 1}
    # A correction of what was only imported is no news either.
    assert house.deliveries() == {
        "Title of one": "suppressed",
        "Title of two": "suppressed",
        "Title of three": "pending",
    }


async def test_the_first_poll_posts_if_asked_to(new_house: Any, origin: Any, rss: Any, item: Any) -> None:
    origin.put("/feed", rss(item("one", pubDate="Mon, 23 Nov 2026 13:00:00 GMT")))
    house = new_house(f'url = "{origin.url("/feed")}"\nfirst_poll = "post"')
    await poll(house)
    assert house.deliveries() == {"Title of one": "pending"}


async def test_what_was_not_changed_is_not_sent_again(house: Any, origin: Any) -> None:
    def answer(asked: Any) -> Any:
        assert asked.headers["if-none-match"] == '"a"'
        assert asked.headers["if-modified-since"] == "Mon, 23 Nov 2026 07:00:00 GMT"
        return type(origin.replies["/kept"])(304)

    origin.put("/kept")
    origin.put("/feed", answer)
    assert await poll(house, after=10) == {}  # it is not due yet
    assert len(origin.asked) == 1
    assert await poll(house, after=30) == {}
    assert len(origin.asked) == 2
    assert house.state.succeeded == house.clock()
    assert (house.state.etag, house.state.items) == ('"a"', 2)


async def test_noise_around_the_items_is_no_change(house: Any, origin: Any, rss: Any, item: Any) -> None:
    """A date that moves by itself, another title of the feed, another order: nothing of it is a revision."""
    noisy = [
        item("two", pubDate="Mon, 23 Nov 2026 09:00:00 GMT"),
        item("one", link="https://blog.example/one?utm_source=feed&fbclid=1"),
    ]
    head = "<language>en</language><lastBuildDate>Mon, 23 Nov 2026 12:00:00 GMT</lastBuildDate>"
    origin.put("/feed", rss(*noisy, head=head, title="A Feed (2 new)"))
    assert await poll(house, after=31) == {}


async def test_an_edit_without_a_new_date_is_seen(house: Any, origin: Any, rss: Any, item: Any) -> None:
    origin.put("/feed", rss(item("one", "A better title"), item("two")))
    assert await poll(house, after=31) == {"revised": 1}
    assert "A better title" in house.articles()


async def test_what_leaves_the_feed_stays(house: Any, origin: Any, rss: Any, item: Any) -> None:
    origin.put("/feed", rss(item("three")))
    assert await poll(house, after=31) == {"new": 1}
    origin.put("/feed", rss(item("three"), item("one")))
    assert await poll(house, after=31) == {}


async def test_what_vanishes_can_be_withdrawn(new_house: Any, origin: Any, rss: Any, item: Any) -> None:
    def at(key: str, hour: int) -> str:
        return str(item(key, pubDate=f"Mon, 23 Nov 2026 {hour:02}:00:00 GMT"))

    origin.put("/feed", rss(at("c", 9), at("b", 8), at("a", 7)))
    house = new_house(f'url = "{origin.url("/feed")}"\non_missing = "withdraw"')
    await poll(house)
    origin.put("/feed", rss(at("d", 10), at("c", 9), at("b", 8)))
    assert await poll(house, after=31) == {"new": 1}  # a made room
    origin.put("/feed", rss(at("d", 10), at("b", 8)))
    assert await poll(house, after=31) == {"withdrawn_now": 1}  # c did not


async def test_what_a_feed_says_was_deleted_is_withdrawn(new_house: Any, origin: Any) -> None:
    def feed(*entries: str) -> str:
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="en">'
            f"<title>F</title><id>tag:a,2026:f</id><updated>2026-11-23T07:00:00Z</updated>{''.join(entries)}</feed>"
        )

    def entry(key: str) -> str:
        return (
            f"<entry><id>tag:a,2026:{key}</id><title>{key}</title><updated>2026-11-23T07:00:00Z</updated>"
            f'<link href="https://a.example/{key}"/></entry>'
        )

    origin.put("/feed", feed(entry("one"), entry("two")))
    house = new_house(f'url = "{origin.url("/feed")}"')
    assert await poll(house) == {"new": 2}
    gone = '<at:deleted-entry ref="tag:a,2026:one" when="2026-11-23T08:00:00Z"/>'
    origin.put("/feed", feed(entry("two"), gone))
    assert await poll(house, after=31) == {"withdrawn_now": 1}
    assert await poll(house, after=31) == {}


async def test_moved_for_good(house: Any, origin: Any, rss: Any, item: Any) -> None:
    origin.put("/new", rss(item("three")))
    origin.put("/feed", status=301, Location="/new")
    assert await poll(house, after=31) == {"new": 1}
    assert house.state.moved == origin.url("/new")
    origin.asked.clear()
    await poll(house, after=31)
    assert origin.paths() == ["/new"]
    origin.put("/new", status=404)  # it was a mistake: what the config says counts again
    origin.put("/feed", rss(item("four")))
    assert await poll(house, after=31) == {"new": 1}
    assert house.state.moved is None


async def test_moved_for_a_while(house: Any, origin: Any, rss: Any, item: Any) -> None:
    origin.put("/new", rss(item("three")))
    origin.put("/feed", status=302, Location="/new")
    assert await poll(house, after=31) == {"new": 1}
    assert house.state.moved is None


async def test_a_redirect_to_no_feed_is_not_remembered(house: Any, origin: Any) -> None:
    """A hotel's network sends every address to its own page, some of them for good."""
    origin.put("/login", "<!DOCTYPE html><html><title>Welcome</title></html>", Content_Type="text/html")
    origin.put("/feed", status=308, Location="/login")
    assert await poll(house, after=31) == {"problem": 1}
    assert house.state.moved is None
    assert "web page" in house.state.error


async def test_gone(house: Any, origin: Any, rss: Any, item: Any) -> None:
    origin.put("/feed", status=410)
    assert await poll(house, after=31) == {"problem": 1}
    assert house.state.gone
    await poll(house, after=10_000)
    assert len(origin.asked) == 2
    origin.put("/feed", rss(item("three")))
    house.room.services.state("upstream.marks").set(f"{house.intake().feeds[0].key} poll", {"by": "hand"})
    assert await poll(house) == {"new": 1}
    assert not house.state.gone


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ({"status": 404}, "not there"),
        ({"status": 401}, "username"),
        ({"status": 500}, "answers 500"),
        ({"body": b""}, "empty"),
        ({"body": b"hello"}, "no RSS"),
        ({"body": b"{}"}, "no items"),
        ({"body": b"{"}, "cannot be read"),
        ({"body": b"<html><body>hello</body></html>"}, "web page"),
        ({"body": b"x" * 6_000_000}, "5,000,000 bytes"),
        ({"body": gzip.compress(bytes(50_000_000)), "Content_Encoding": "gzip"}, "5,000,000 bytes"),
        ({"body": b"<rss>", "fault": "cut"}, "no answer that can be read"),
        ({"status": 301, "Location": "http://169.254.169.254/latest/meta-data"}, "not public"),
        ({"status": 302, "Location": "/feed"}, "redirects"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_failures_are_told_once_and_waited_out(house: Any, origin: Any, reply: Any, words: str) -> None:
    origin.put("/feed", **reply)
    assert await poll(house, after=31) == {"problem": 1}
    (problem,) = house.reports[-1].problems
    assert words in str(problem)
    assert words in house.state.error
    assert await poll(house, after=31) == {}  # the wait has doubled
    assert await poll(house, after=31) == {}  # now it was asked, and what is known already is told no more
    assert house.state.failures == 2
    assert house.articles()


async def test_backoff_ends_at_a_day_and_with_success(house: Any, origin: Any, rss: Any, item: Any) -> None:
    origin.put("/feed", status=500)
    for _ in range(9):
        await poll(house, after=24 * 60 + 1)
    assert house.state.failures == 9
    assert house.state.next - house.clock() == timedelta(days=1)
    origin.put("/feed", rss(item("three")))
    assert await poll(house, after=24 * 60 + 1) == {"new": 1}
    assert (house.state.failures, house.state.error) == (0, None)


async def test_who_wants_to_be_left_alone_is(house: Any, origin: Any) -> None:
    origin.put("/feed", status=429, Retry_After="7200")
    await poll(house, after=31)
    await poll(house, after=119)
    assert len(origin.asked) == 2
    await poll(house, after=2)
    assert len(origin.asked) == 3


async def test_who_says_how_long_it_stays_the_same_is_believed(
    new_house: Any, origin: Any, rss: Any, item: Any
) -> None:
    head = "<language>en</language><ttl>90</ttl>"
    origin.put("/ttl", rss(item("a"), head=head))
    origin.put("/age", rss(item("b")), Cache_Control="public, max-age=5400", Age="600")
    origin.put("/year", rss(item("c")), Cache_Control="max-age=31536000")
    origin.put("/soon", rss(item("d")), Cache_Control="no-cache, max-age=5400")
    urls = [origin.url(path) for path in ("/ttl", "/age", "/year", "/soon")]
    house = new_house(f"urls = {urls}".replace("'", '"'))
    await poll(house)
    waits = {url: (state.next - house.clock()).total_seconds() / 60 for url, state in house.states().items()}
    assert waits == dict(zip(urls, (90, 80, 1440, 30), strict=True))


async def test_one_request_to_a_server_at_a_time(
    new_house: Any, origin: Any, new_origin: Any, rss: Any, item: Any
) -> None:
    other = await new_origin()
    urls = [origin.put(f"/{number}", rss(item(f"a{number}"))) for number in range(6)]
    urls += [other.put(f"/{number}", rss(item(f"b{number}"))) for number in range(6)]
    house = new_house(f"urls = {urls}".replace("'", '"'))
    assert await poll(house) == {"new": 12}
    assert (origin.most_at_once, other.most_at_once) == (1, 1)
    assert len(origin.asked) == len(other.asked) == 6


async def test_one_broken_feed_stops_no_other(new_house: Any, origin: Any, rss: Any, item: Any) -> None:
    urls = [
        origin.put("/hang", fault="hang"),
        origin.put("/good", rss(item("one"))),
        "http://nobody.invalid/feed",
        "http://127.0.0.1:1/feed",
        origin.put("/half", rss(item("two"))[:-40]),
    ]
    house = new_house(f'urls = {urls}\ntimeout = "1s"'.replace("'", '"'))
    counts = await poll(house)
    assert counts["new"] == 2
    assert counts["problem"] == 3
    assert {url: bool(state.error) for url, state in house.states().items()} == dict(
        zip(urls, (True, False, True, True, False), strict=True)
    )


async def test_passwords_are_sent_and_told_nobody(
    new_house: Any, origin: Any, rss: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FEED_PASSWORD", "open-sesame-17")
    origin.put("/feed", rss())
    house = new_house(f'url = "{origin.url("/feed")}"\nusername = "ali"\npassword = "env:FEED_PASSWORD"')
    await poll(house)
    assert origin.asked[0].headers["authorization"] == "Basic YWxpOm9wZW4tc2VzYW1lLTE3"
    origin.put("/feed", status=500)
    await poll(house, after=31)
    assert "open-sesame" not in caplog.text + str(house.reports) + repr(house.room.config)


async def test_feeds_in_private_networks_are_asked_only_if_the_config_says_so(
    new_house: Any, origin: Any, rss: Any, item: Any
) -> None:
    origin.put("/feed", rss(item("one")))
    house = new_house(f'url = "{origin.url("/feed")}"\n')
    house.close()
    text = (house.folder / "config.toml").read_text("utf-8").replace('networks = ["127.0.0.0/8"]', "")
    house.intakes = text[text.index("[[intakes]]") :]
    house.open()
    assert await poll(house) == {"problem": 1}
    assert "not public" in house.state.error
    assert origin.asked == []


async def test_a_process_that_dies_before_it_kept_anything_does_it_again(
    new_house: Any, origin: Any, rss: Any, item: Any
) -> None:
    house = new_house(f'url = "{origin.put("/feed", rss(item("one"), item("two")))}"')

    def die() -> None:
        reading = house.intake().read()
        house.room.receiver("hn").receive([next(reading)])
        reading.close()

    await asyncio.to_thread(die)
    assert house.states() == {}
    assert await poll(house) == {"unchanged": 1, "new": 1}
    assert set(house.deliveries().values()) == {"suppressed"}
