"""Archives by month: how documents lead to each other, and what stays as it is. On a real store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newswire_feeds.address import FeedAddress
from newswire_feeds.history import archive_links

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ["rss", "atom", "json"]
HOST = "https://wire.example"
ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"
GONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def links(room: Any, address: str, proof: Any) -> dict[str, str]:
    """Where a document leads, by relation; both XML formats must say the same."""
    found = []
    for form in ("atom", "rss"):
        answer = await room.get(f"/feeds/{address.replace('*', form)}")
        assert answer.status_code == 200, answer.url
        proof.check(answer.content, form)
        root = proof.xml(answer.content)
        top = root if form == "atom" else root.find("channel")
        named = {link.get("rel"): link.get("href") for link in top.findall("{http://www.w3.org/2005/Atom}link")}
        assert named.pop("self") == f"{HOST}/feeds/{address.replace('*', form)}"
        named.pop("alternate", None)
        if top.find(ARCHIVE) is not None:
            named["archive"] = f"{HOST}/feeds/yes.{form}"
        found.append(
            {name: href.removeprefix(f"{HOST}/feeds/").replace(f".{form}", ".*") for name, href in named.items()}
        )
    assert found[0] == found[1]
    return {name: href for name, href in found[0].items() if name != "hub"}


async def names(room: Any, address: str) -> list[str]:
    answer = await room.get(f"/feeds/{address}")
    return [item["id"].split("/")[1] for item in answer.json()["items"]]


async def test_the_current_document_leads_to_every_month(newsroom: Callable[..., Any], proof: Any) -> None:
    room = newsroom()
    for key, at in [("a", "2026-02-27"), ("b", "2026-02-28T23:59:59"), ("c", "2026-05-01"), ("d", "2026-06-30")]:
        room.time = moment(at)
        room.publish(key)

    assert await links(room, "en.*", proof) == {"prev-archive": "en/archive/2026/05.*"}
    # June lasts: what appears in it is still added to its document, which is no archive yet. Its address is known.
    assert await links(room, "en/archive/2026/05.*", proof) == {
        "current": "en.*",
        "prev-archive": "en/archive/2026/02.*",
        "next-archive": "en/archive/2026/06.*",
        "archive": "yes.*",
    }
    assert await links(room, "en/archive/2026/02.*", proof) == {
        "current": "en.*",
        "next-archive": "en/archive/2026/05.*",
        "archive": "yes.*",
    }
    assert await links(room, "en/archive/2026/06.*", proof) == {
        "current": "en.*",
        "prev-archive": "en/archive/2026/05.*",
    }
    assert await names(room, "en/archive/2026/02.json") == ["b", "a"]
    feed = proof.parse((await room.get("/feeds/en/archive/2026/02.atom")).content).feed
    assert feed.id == "tag:news.example,2026:feed/en"
    assert feed.title.endswith("· February 2026")
    assert feed.updated == "2026-02-28T23:59:59+00:00"
    assert await links(room, "en/topics/chips/archive/2026/02.*", proof) == {
        "current": "en/topics/chips.*",
        "next-archive": "en/topics/chips/archive/2026/05.*",
        "archive": "yes.*",
    }
    assert await links(room, "en/archive/2026/05.*?not=empty&source=hacker-news", proof) == {
        "current": "en.*?not=empty&source=hacker-news",
        "prev-archive": "en/archive/2026/02.*?not=empty&source=hacker-news",
        "next-archive": "en/archive/2026/06.*?not=empty&source=hacker-news",
        "archive": "yes.*",
    }


async def test_a_closed_month_keeps_its_set_of_entries(newsroom: Callable[..., Any], proof: Any) -> None:
    room = newsroom(entries=1, hours=0)
    room.time = moment("2026-05-09")
    for key in "abc":
        room.publish(key)
        room.time += timedelta(hours=1)
    room.time = moment("2026-06-10")
    room.publish("d")
    before = await room.get("/feeds/en/archive/2026/05.atom")

    room.time = moment("2026-06-11")
    room.publish("b", title="Corrected")
    room.publish("c", "en", "de")
    assert await names(room, "en/archive/2026/05.json") == ["c", "b", "a"]
    assert (await names(room, "en.json")) == ["b"]
    after = await room.get("/feeds/en/archive/2026/05.atom")
    first, second = ({e.id: e for e in proof.parse(answer.content).entries} for answer in (before, after))
    assert first.keys() == second.keys()
    changed = {name for name in first if first[name].updated != second[name].updated}
    assert changed == {"tag:news.example,2026:article/b/en"}
    # The German edition is news of June to its readers.
    assert await names(room, "de/archive/2026/06.json") == ["c"]
    assert (await room.get("/feeds/de/archive/2026/05.json")).status_code == 404

    for day in ("2026-06-30", "2026-07-01", "2026-08-01"):
        room.time = moment(day)
        room.publish(day)
        again = await room.get("/feeds/en/archive/2026/05.atom", if_none_match=after.headers["etag"])
        assert again.status_code == 304


@pytest.mark.parametrize("form", FORMATS)
async def test_every_entry_can_be_reached(form: str, newsroom: Callable[..., Any], proof: Any) -> None:
    room = newsroom(entries=2, hours=0, archive=10)
    room.time = moment("2026-03-01")
    for number in range(47):
        room.publish(f"a{number}")
        room.time += timedelta(days=1 if number < 12 or number > 40 else 0, minutes=1)

    found: set[str] = set()
    address: str | None = f"{HOST}/feeds/en.{form}"
    visited = []
    while address:
        visited.append(address)
        answer = await room.get(address.removeprefix(HOST))
        proof.check(answer.content, form)
        if form == "json":
            document = answer.json()
            found |= {item["id"] for item in document["items"]}
            address = document.get("next_url")
        else:
            feed = proof.parse(answer.content)
            found |= {entry.id for entry in feed.entries}
            leads = {link.rel: link.href for link in feed.feed.links}
            address = leads.get("next") or leads.get("prev-archive")
    assert len(found) == 47
    assert len(visited) == len(set(visited)) > 4
    assert visited[1] == f"{HOST}/feeds/en/archive/2026/03.{form}"


async def test_a_long_month_has_several_documents_and_nothing_moves_between_them(
    newsroom: Callable[..., Any], proof: Any
) -> None:
    room = newsroom(archive=10)
    room.time = moment("2026-03-01")
    for number in range(30):
        room.publish(f"a{number:02}")
        room.time += timedelta(minutes=1)
    parts = [await names(room, f"en/archive/2026/03{part}.json") for part in ("-1", "-2", "")]
    assert [sorted(part) for part in parts] == [[f"a{n:02}" for n in range(m, m + 10)] for m in (0, 10, 20)]
    # A full part is an archive document even while its month lasts; the rest is none yet.
    assert await links(room, "en/archive/2026/03-2.*", proof) == {
        "current": "en.*",
        "prev-archive": "en/archive/2026/03-1.*",
        "next-archive": "en/archive/2026/03.*",
        "archive": "yes.*",
    }
    assert await links(room, "en/archive/2026/03.*", proof) == {
        "current": "en.*",
        "prev-archive": "en/archive/2026/03-2.*",
    }
    room.withdraw("a03")
    room.time = moment("2026-04-02")
    room.publish("b")
    assert [await names(room, f"en/archive/2026/03{part}.json") for part in ("-1", "-2", "")] == [
        [name for name in part if name != "a03"] for part in parts
    ]
    document = proof.xml((await room.get("/feeds/en/archive/2026/03-1.atom")).content)
    assert [gone.get("ref") for gone in document.findall(GONE)] == ["tag:news.example,2026:article/a03/en"]
    assert await links(room, "en/archive/2026/03-2.*", proof) == {
        "current": "en.*",
        "prev-archive": "en/archive/2026/03-1.*",
        "next-archive": "en/archive/2026/03.*",
        "archive": "yes.*",
    }
    assert (await room.get("/feeds/en/archive/2026/03-3.atom")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/en/archive/2026/13.atom",
        "/feeds/en/archive/2026/00.atom",
        "/feeds/en/archive/0000/01.atom",
        "/feeds/en/archive/9999/12.atom",
        "/feeds/en/archive/2999/12.atom",
        "/feeds/en/archive/1000/01.atom",
        "/feeds/en/archive/-2026/05.atom",
        "/feeds/en/archive/%EF%BC%92026/05.atom",
        "/feeds/en/archive/2026/05/09.atom",
        "/feeds/en/archive/2026/05-0.atom",
        "/feeds/en/archive/2026/05-999999.atom",
        "/feeds/en/archive/2026/05-9999999999999999999999.atom",
        "/feeds/en/archive/2026.atom",
        "/feeds/en/archive/2026/.atom",
        "/feeds/en/archive/%2e%2e/archive/2026/05.atom",
        "/feeds/archive/2026/05.atom",
        "/feeds/en/archive/2026/06.atom",
        "/feeds/ar/archive/2026/05.atom",
    ],
)
async def test_an_archive_there_is_not(path: str, newsroom: Callable[..., Any]) -> None:
    room = newsroom()
    room.time = moment("2026-05-09")
    room.publish("a")
    room.publish("b", "ar", published=moment("2026-04-09"))
    assert (await room.get("/feeds/en/archive/2026/05.atom")).status_code == 200
    kept = len(room.app._finished)
    answer = await room.get(path)

    assert answer.status_code == 404
    assert "/feeds/en.rss" in answer.text or "/feeds/ar.rss" in answer.text
    assert len(room.app._finished) == kept


async def test_a_month_may_be_written_with_one_digit(newsroom: Callable[..., Any]) -> None:
    room = newsroom()
    room.time = moment("2026-05-09")
    room.publish("a")
    answer = await room.get("/feeds/EN/archive/2026/5.atom?topics=chips")
    assert (answer.status_code, answer.headers["location"]) == (301, "/feeds/en/topics/chips/archive/2026/05.atom")
    assert (await room.get(answer.headers["location"])).status_code == 200


def test_a_current_document_is_no_archive() -> None:
    with pytest.raises(ValueError, match=r"/feeds/en\.atom is no archive"):
        archive_links(FeedAddress("en", "atom"), (), 10, lambda _: 0)
