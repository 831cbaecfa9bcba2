"""What changes and what stays: tombstones, corrections, links, translations, moves. On a real store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ["rss", "atom", "json"]
GONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def test_a_withdrawn_article_leaves_a_tombstone(newsroom: Callable[..., Any], proof: Any) -> None:
    room = newsroom()
    room.publish("a", "en", "de")
    room.publish("b")
    seen = {
        (path, form): await room.get(f"/feeds/{path}.{form}")
        for path in ("en", "en/topics/chips", "en/sources/hacker-news", "de")
        for form in FORMATS
    }
    room.time += timedelta(hours=1)
    room.withdraw("a")

    for (path, form), before in seen.items():
        # Whoever asks by date only must not be told that nothing has changed.
        answer = await room.get(f"/feeds/{path}.{form}", if_modified_since=before.headers["last-modified"])
        assert answer.status_code == 200, path
        assert answer.headers["last-modified"] == format_datetime(room.time, usegmt=True)
        proof.check(answer.content, form)
        assert b"Title of a" not in answer.content
        if form == "atom":
            (gone,) = proof.xml(answer.content).findall(GONE)
            language = path.split("/")[0]
            assert gone.get("ref") == f"tag:news.example,2026:article/a/{language}"
            assert datetime.fromisoformat(gone.get("when")) == room.time
            assert proof.parse(answer.content).feed.updated == room.time.isoformat()
        else:
            assert b"article/a/" not in answer.content
    room.publish("a", "en")
    document = (await room.get("/feeds/en.atom")).content
    assert proof.xml(document).findall(GONE) == []
    assert proof.parse(document).entries[0].id == "tag:news.example,2026:article/a/en"
    assert len(proof.xml((await room.get("/feeds/de.atom")).content).findall(GONE)) == 1


async def test_a_topic_taken_away_is_noticed_by_date_too(newsroom: Callable[..., Any]) -> None:
    room = newsroom()
    room.publish("a")
    room.publish("b")
    before = await room.get("/feeds/en/topics/chips.rss")
    room.time += timedelta(minutes=1)
    room.publish("b", topics=["art"])
    after = await room.get("/feeds/en/topics/chips.rss", if_modified_since=before.headers["last-modified"])

    assert after.status_code == 200
    assert b"Title of b" not in after.content
    assert b"deleted-entry" not in (await room.get("/feeds/en/topics/chips.atom")).content


@pytest.mark.parametrize("form", FORMATS)
async def test_links_follow_what_they_lead_to(form: str, newsroom: Callable[..., Any]) -> None:
    room = newsroom()
    room.publish("a", related=["b"], topics=["art"], source=None)
    seen = []
    for languages, title in ((["en"], ""), (["en"], "Corrected"), (["en", "de"], "Corrected"), ([], "")):
        room.time += timedelta(minutes=1)
        if languages:
            room.publish("b", *languages, topics=["chips"], title=title)
        else:
            room.withdraw("b")
        answer = await room.get(f"/feeds/en/topics/art.{form}")
        seen.append((answer.text.count("Title of b"), answer.text.count("Corrected"), answer.headers["etag"]))
        # A room that never saw the old text shows the same bytes.
        fresh = type(room)(room.store, room.options, {})
        assert (await fresh.get(f"/feeds/en/topics/art.{form}")).content == answer.content
        updated = [line for line in answer.text.split("<") if line.startswith("updated>")]
        assert not updated or updated[-1].startswith("updated>2026-11-23T12:00:00")
    times = 1 if form == "rss" else 2  # in the body, and as a link beside it
    assert [pair[:2] for pair in seen] == [(times, 0), (0, times), (0, times), (0, 0)]
    assert seen[0][2] != seen[1][2] != seen[3][2]


async def test_an_entry_names_its_translations_as_they_come_and_go(newsroom: Callable[..., Any]) -> None:
    room = newsroom()

    async def translations() -> list[str]:
        (item,) = (await room.get("/feeds/en.json")).json()["items"]
        return [link["language"] for link in item["_newswire"]["translations"]]

    room.publish("a")
    assert await translations() == []
    room.publish("a", "en", "de", "ar")
    assert await translations() == ["ar", "de"]
    room.publish("a", "en", "ar")
    assert await translations() == ["ar"]


async def test_a_late_translation_upgrades_the_entry_in_place(newsroom: Callable[..., Any], proof: Any) -> None:
    room = newsroom()
    spoken = {
        language: {"language": language, "title": f"T {language}", "url": f"https://news.example/{language}/a"}
        for language in ("en", "de")
    }
    spoken["en"]["body"] = "The whole text"
    room.publish("a", editions=list(spoken.values()))
    room.publish("b", "de")
    before = proof.parse((await room.get("/feeds/de.atom")).content).entries
    assert [entry.title for entry in before] == ["Title of b", "T de"]
    assert "Der vollständige Text liegt bisher nur in dieser Sprache vor: Englisch" in before[1].content[0].value
    assert before[1].content[0].language == "en"

    room.time += timedelta(days=1)
    spoken["de"]["body"] = "Der ganze Text"
    room.publish("a", editions=list(spoken.values()))
    after = proof.parse((await room.get("/feeds/de.atom")).content).entries
    assert [entry.title for entry in after] == ["T de", "Title of b"]
    assert after[0].id == before[1].id
    assert after[0].updated > before[1].updated
    assert after[0].published == before[1].published
    assert after[0].content[0].language == "de"
    assert "Englisch" not in after[0].content[0].value


async def test_host_scheme_and_slugs_may_change_and_no_id_does(newsroom: Callable[..., Any], proof: Any) -> None:
    room = newsroom()
    room.time = moment("2026-05-09")
    room.publish("gone")
    room.publish("a", "en", "de")
    room.time = moment("2026-06-09")
    room.publish("b")
    room.withdraw("gone")
    documents = [
        f"/feeds/{path}.{form}"
        for path in ("en", "de", "en/topics/chips", "en/sources/hacker-news", "en/archive/2026/05")
        for form in FORMATS
    ]

    async def ids(there: Any) -> list[Any]:
        found: list[Any] = []
        for path in documents:
            answer = await there.get(path)
            if path.endswith("json"):
                found.append([item["id"] for item in answer.json()["items"]])
                continue
            feed = proof.parse(answer.content)
            marks = [gone.get("ref") for gone in proof.xml(answer.content).findall(GONE)]
            found.append([feed.feed.get("id"), [entry.id for entry in feed.entries], marks])
        return found

    before = await ids(room)
    moved = type(room)(room.store, room.options, {})
    moved.public_url = "http://feeds.elsewhere.example:8080"
    moved.site = room.site.model_copy(update={"url": "http://elsewhere.example/", "name": "Another"})
    moved.__post_init__()
    assert await ids(moved) == before
    moved.time = moment("2026-06-10")
    for key, languages in (("a", ("en", "de")), ("b", ("en",))):
        editions = [
            {
                "language": language,
                "title": f"Title of {key}",
                "body": "Text",
                "url": f"http://elsewhere.example/{language}/renamed-{key}",
            }
            for language in languages
        ]
        moved.publish(key, editions=editions)
    after = await ids(moved)
    assert [sorted(map(str, found)) for found in after] == [sorted(map(str, found)) for found in before]
    for path in documents:
        text = (await moved.get(path)).text
        assert "wire.example" not in text
        assert "news.example/" not in text.replace("elsewhere.example/", "")
