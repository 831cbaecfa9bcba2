"""The bytes: joined pieces are feedgen's own document, the same state gives the same bytes, any text parses."""

from __future__ import annotations

import locale
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]  # jsonschema has no types
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml.etree import DocumentInvalid  # type: ignore[import-untyped]  # lxml has no types

from newswire.api import Link, Question, StoryImage, StorySource, StoryTopic, clean, one_line
from newswire_feeds.address import FeedAddress
from newswire_feeds.content import compose
from newswire_feeds.feed import Feed
from newswire_feeds.json_writer import JsonWriter
from newswire_feeds.plainness import shown
from newswire_feeds.xml_writer import AtomWriter, RssWriter, atom_document, rss_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newswire.api import Story
    from newswire_feeds.address import Format
    from newswire_feeds.feed import Writer

AUTHORITY = "news.example,2026"
TEXT = st.text(st.characters() | st.sampled_from("<>&\"']\u000b\ufffe\u202e\u0627\ud800"), max_size=30)
LINE = TEXT.map(one_line)
WORDS = LINE.filter(bool)
BLOCK = TEXT.map(clean)
MOMENT = st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone
ADDRESS = st.sampled_from(["https://a.example/ä?x=1&y=<>", "https://bücher.example/%20", "http://a.example"])
WRONG = (AssertionError, DocumentInvalid, jsonschema.ValidationError)
LANGUAGE = st.sampled_from(["en", "ar", "zh-Hans"])


@st.composite
def changes(draw: Any) -> dict[str, Any]:
    """What makes a story any story."""
    return {
        "article_id": draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._~/-]{0,20}", fullmatch=True)),
        "title": draw(WORDS),
        "summary": draw(LINE),
        "url": draw(ADDRESS),
        "body": draw(st.none() | BLOCK.filter(str.strip)),
        "body_format": draw(st.sampled_from(["markdown", "html"])),
        "body_language": draw(LANGUAGE),
        "notice": draw(st.none() | WORDS),
        "topics": tuple(StoryTopic(f"t-{n}", draw(WORDS), "t") for n in range(draw(st.integers(0, 3)))),
        "source": draw(st.none() | st.builds(StorySource, WORDS, st.none() | ADDRESS, st.just("größe"))),
        "authors": tuple(draw(st.lists(WORDS, max_size=2))),
        "translators": tuple(draw(st.lists(WORDS, max_size=2))),
        "image": draw(st.none() | st.builds(StoryImage, ADDRESS, LINE, st.just("image/webp"), st.integers(0, 10**10))),
        "questions": tuple(
            draw(st.lists(st.builds(lambda q, a: Question(question=q, answer=a), WORDS, WORDS), max_size=2))
        ),
        "related": tuple(draw(st.lists(st.builds(Link, WORDS, ADDRESS, LANGUAGE), max_size=2))),
        "published": draw(MOMENT),
        "updated": draw(MOMENT),
    }


@pytest.fixture
def feed() -> Callable[[Format], Feed]:
    def make(form: Format) -> Feed:
        return Feed(
            address=FeedAddress("en", form),
            id=f"tag:{AUTHORITY}:feed/en",
            title="A & <B>",
            description="C ]]>",
            self_url=f"https://wire.example/feeds/en.{form}",
            site_name="A & <B>",
            site_url="https://news.example/",
            hubs=("https://hub.example/",),
            updated=datetime(2026, 11, 23, tzinfo=UTC),
        )

    return make


def joined(writer: Writer, feed: Feed, stories: Sequence[Story]) -> bytes:
    entries = writer.separator.join(writer.entry(each, compose(each)) for each in stories)
    return writer.head(feed) + entries + writer.tail


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(several=st.lists(changes(), max_size=3, unique_by=lambda each: each["article_id"]))
def test_any_story_makes_documents_that_parse_and_equal_the_libraries_own(
    several: list[dict[str, Any]], feed: Callable[[Format], Feed], new_story: Callable[..., Story], proof: Any
) -> None:
    stories = [new_story(**each) for each in several]

    atom = AtomWriter(AUTHORITY)
    generator = atom.generator(feed("atom"))
    for each in stories:
        generator.add_entry(atom.feed_entry(each, compose(each)), order="append")
    document = joined(atom, feed("atom"), stories)
    assert document == atom_document(generator)
    proof.check(document, "atom")
    titles = proof.xml(document).findall("{*}entry/{*}title")
    told = [unescape(title.text) if title.get("type") == "html" else title.text for title in titles]
    assert told == [shown(s.title) or s.article_id for s in stories]

    rss = RssWriter(AUTHORITY)
    generator = rss.generator(feed("rss"))
    for each in stories:
        generator.add_entry(rss.feed_entry(each, compose(each)), order="append")
    document = joined(rss, feed("rss"), stories)
    assert document == rss_document(generator)
    proof.check(document, "rss")
    titles = proof.xml(document).findall(".//item/title")
    assert [title.text for title in titles] == [shown(s.title) or s.article_id for s in stories]

    document = joined(JsonWriter(AUTHORITY), feed("json"), stories)
    proof.check(document, "json")
    assert document == orjson.dumps(orjson.loads(document))
    assert [item["title"] for item in orjson.loads(document)["items"]] == [s.title for s in stories]


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_the_same_state_gives_the_same_bytes(
    form: str, encoding: str, new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    stories = [new_story(f"a{n}") for n in range(5)]
    one, other = new_room(*stories), new_room(*stories)
    await other.get(f"/feeds/en/topics/chips.{form}")  # pieces that were rendered for another feed

    first = await one.get(f"/feeds/en.{form}", accept_encoding=encoding)
    second = await other.get(f"/feeds/en.{form}", accept_encoding=encoding)
    assert first.content == second.content
    assert first.headers == second.headers


async def test_entries_are_rendered_once_for_all_feeds_and_formats(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    room = new_room(new_story("a"), new_story("b"))
    await room.get("/feeds/en.rss")
    await room.get("/feeds/en/topics/chips.rss")
    await room.get("/feeds/en/sources/hacker-news.rss")
    assert sorted(room.library.told) == ["a", "b"]

    room.library.told.clear()
    room.library.publish(new_story("c"))
    room.now += 2
    answer = await room.get("/feeds/en.rss")
    assert room.library.told == ["c"]
    assert answer.text.count("<item>") == 3


async def test_an_article_revised_in_other_languages_stays_rendered(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    room = new_room()
    room.library.publish(new_story("a", rev=1))
    entry, told = room.library.kept["en", "a"]
    room.library.kept["en", "a"] = (entry, replace(told, rev=5))  # English readers saw nothing of revisions 2 to 5
    await room.get("/feeds/en.atom")
    await room.get("/feeds/en/topics/chips.atom")
    assert room.library.told == ["a"]


async def test_a_revision_changes_the_same_entry(
    new_room: Callable[..., Any], new_story: Callable[..., Story], proof: Any
) -> None:
    first = new_story("a", rev=1)
    room = new_room(first, new_story("b"))
    before = {entry.id: entry for entry in proof.parse((await room.get("/feeds/en.atom")).content).entries}
    room.library.publish(replace(first, rev=2, title="Corrected", updated=datetime(2026, 11, 24, tzinfo=UTC)))
    room.now += 2
    after = {entry.id: entry for entry in proof.parse((await room.get("/feeds/en.atom")).content).entries}

    assert before.keys() == after.keys()
    name = "tag:news.example,2026:article/a/en"
    assert after[name].title == "Corrected"
    assert after[name].updated > before[name].updated
    assert after[name].published == before[name].published


async def test_a_withdrawn_article_is_gone(new_room: Callable[..., Any], new_story: Callable[..., Story]) -> None:
    room = new_room(new_story("a"), new_story("b"))
    assert (await room.get("/feeds/en.json")).text.count('"id"') == 2
    room.library.withdraw("a")
    room.now += 2
    assert [item["url"] for item in (await room.get("/feeds/en.json")).json()["items"]] == ["https://news.example/en/b"]


def test_writing_leaves_the_process_locale_alone(
    feed: Callable[[Format], Feed], new_story: Callable[..., Story]
) -> None:
    before = locale.setlocale(locale.LC_ALL)
    joined(RssWriter(AUTHORITY), feed("rss"), [new_story()])
    assert locale.setlocale(locale.LC_ALL) == before


def test_the_schemas_catch_what_is_wrong(
    feed: Callable[[Format], Feed], new_story: Callable[..., Story], proof: Any
) -> None:
    atom = joined(AtomWriter(AUTHORITY), feed("atom"), [new_story()])
    json = joined(JsonWriter(AUTHORITY), feed("json"), [new_story()])
    rss = joined(RssWriter(AUTHORITY), feed("rss"), [new_story()])

    for document, form, right, wrong in [
        (atom, "atom", b"<updated>2026-11-23T00:00:00+00:00</updated>", b""),
        (atom, "atom", b"<updated>2026-11-23T00", b"<updated>2026-11-23 00"),
        (atom, "atom", b"<published>", b"<nonsense/><published>"),
        (json, "json", b'"date_published":"2026', b'"date_published":"26'),
        (json, "json", b'"content_html"', b'"content"'),
        (rss, "rss", b'isPermaLink="false"', b""),
    ]:
        assert right in document
        with pytest.raises(WRONG):
            proof.check(document.replace(right, wrong), form)
