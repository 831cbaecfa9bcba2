"""Making feeds: entries joined beside libraries that build the whole, and lists of a year out of SQLite.

The year is 36,000 articles in a dozen languages under 400 topics; its figures are CPU time of the thread, medians. A
cold feed is one whose document nobody has asked for: the lists are asked of SQLite, entries are in pieces already, and
the document is joined. An entry that was never rendered costs what stands beside the last of the figures.
"""

from __future__ import annotations

import random
import statistics
import time
from datetime import date
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import PyRSS2Gen
from databases import databases
from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]  # feedgen has no types
from figures import Figure
from year import LANGUAGES, SITE, SPARSE, TOPICS, fill

from newswire.api import any_topic, parse_filter
from newswire.store import Store
from newswire.store.library import StoredLibrary
from newswire.taxonomy import Taxonomy
from newswire_feeds.address import FeedAddress
from newswire_feeds.catalogue import Catalogue
from newswire_feeds.composition import Selection, select
from newswire_feeds.content import compose
from newswire_feeds.joining import join
from newswire_feeds.options import FeedsOptions
from newswire_feeds.press import Press

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from newswire.api import Services, Story
    from newswire_feeds.press import Document

ARTICLES, YOUNG = 36_000, 1_000
ENTRIES, BODY = 50, 11_000
MEMORY = 200_000_000
LANGUAGE = "en"
WHOLE = f"a whole feed of {ENTRIES} with bodies of 11 kB"


class Bench:
    """A room as far as feeds need one, on a store that holds so many articles."""

    def __init__(self, url: str, articles: int) -> None:
        self.store = Store(url)
        self.store.upgrade()
        fill(self.store, articles, with_body=300, body=BODY)
        self.site, self.taxonomy, self.filters = SITE, Taxonomy(), dict[str, Any]()
        self.public_url = "https://wire.example.org"
        self.library = StoredLibrary(self.store.engines, SITE, self.taxonomy)
        services = cast("Services", self)
        self.catalogue = Catalogue(services)
        self.numbers = count(self.library.latest())
        self.press = Press(services, FeedsOptions(entries=ENTRIES, hours=0), self.catalogue, memory=MEMORY)

    def document(self, address: FeedAddress) -> Document:
        """A document, made anew as after an event."""
        self.catalogue.renew(next(self.numbers))
        part, selection = self.catalogue.part(address), select(address.composition, self.filters)
        if part is None or selection is None:
            raise SystemExit(f"{address.path} is no feed")
        made = self.press.document(address, part, selection)
        if made is None:
            raise SystemExit(f"{address.path} holds nothing")
        return made


def figures() -> Iterator[Figure]:
    """Joined beside built; then the year's lists and cold feeds, beside the same of a young store."""
    with databases() as new:
        old, young = Bench(new("SQLite"), ARTICLES), Bench(new("SQLite"), YOUNG)
        try:
            built = yield from _joined(old)
            yield from _cold(old, built)
            yield from _lists(old, young)
        finally:
            old.store.close()
            young.store.close()


def _joined(bench: Bench) -> Generator[Figure, None, float]:
    entries = bench.library.entries(LANGUAGE, limit=ENTRIES)
    found = bench.library.stories([entry.article_id for entry in entries], LANGUAGE)
    stories = [(story, compose(story).html) for story in found.values()]
    for name, form, method in (("RSS", "rss", "rss_str"), ("Atom", "atom", "atom_str")):
        document = bench.document(FeedAddress(LANGUAGE, "rss" if form == "rss" else "atom"))
        ours = _milliseconds(partial(join, document.pieces, "identity"), 200)
        built = _milliseconds(getattr(_feedgen(stories), method), 30)
        yield Figure(f"{name}, {WHOLE}", "ms", ours, built, "plain feedgen, entries added already", "lower")
        if name == "RSS":
            peer = _milliseconds(_pyrss2gen(stories).to_xml, 30)
            yield Figure(f"{name}, {WHOLE}", "ms", ours, peer, "PyRSS2Gen, bodies in the description", "lower")
        packed = _milliseconds(partial(join, document.pieces, "gzip"), 200)
        yield Figure(f"{name} in gzip, {WHOLE}", "ms", packed, built, "plain feedgen, not compressed", "lower")
    return _milliseconds(lambda: _feedgen(stories).atom_str(), 30)


def _cold(bench: Bench, built: float) -> Iterator[Figure]:
    chance = random.Random(3)
    some = chance.sample(TOPICS[:300], 20)
    asked: dict[str, Callable[[], FeedAddress]] = {
        "everything": lambda: FeedAddress(LANGUAGE, "atom"),
        "the commonest topic": lambda: FeedAddress(LANGUAGE, "atom", "topics", TOPICS[0]),
        "a topic at random": lambda: FeedAddress(LANGUAGE, "atom", "topics", chance.choice(some)),
        "the commonest source": lambda: FeedAddress(LANGUAGE, "atom", "sources", "source-00"),
    }
    for name, address in asked.items():
        for _ in range(200):
            bench.document(address())  # its entries are in pieces from here on
        spent = _milliseconds(partial(_whole, bench, address), 100)
        yield Figure(f"cold feed of {ENTRIES}, {name}, of {ARTICLES:,} articles", "ms", spent, built,
                     "one build by feedgen of stories at hand", "lower")  # fmt: skip
    press = Press(cast("Services", bench), FeedsOptions(entries=ENTRIES, hours=0), bench.catalogue, memory=MEMORY)
    begin = time.thread_time()
    press.document(FeedAddress(LANGUAGE, "atom"), "all", Selection())
    each = (time.thread_time() - begin) * 1000 / ENTRIES
    yield Figure("rendering one entry from Markdown of 11 kB, once", "ms", round(each, 2), None, "", "lower")


def _whole(bench: Bench, address: Callable[[], FeedAddress]) -> bytes:
    return join(bench.document(address()).pieces, "identity")


def _lists(old: Bench, young: Bench) -> Iterator[Figure]:
    chance = random.Random(5)

    def some(number: int) -> Any:
        return any_topic(tuple(chance.sample(TOPICS, number)))

    common, away = any_topic(TOPICS[:5]), parse_filter(f"!({' | '.join(TOPICS[:3])})")
    both = parse_filter(f"({' | '.join(TOPICS[10:15])}) & !({' | '.join(TOPICS[:3])})")
    asked: dict[str, Callable[[StoredLibrary], object]] = {
        "everything": lambda library: library.entries("de", limit=ENTRIES),
        "everything, a rare language": lambda library: library.entries(SPARSE, limit=ENTRIES),
        "the commonest topic": lambda library: library.entries("de", topics=any_topic(TOPICS[:1]), limit=ENTRIES),
        "a topic at random": lambda library: library.entries("de", topics=some(1), limit=ENTRIES),
        "any of the 5 commonest": lambda library: library.entries("de", topics=common, limit=ENTRIES),
        "any of 20": lambda library: library.entries("de", topics=some(20), limit=ENTRIES),
        "any of 100": lambda library: library.entries("de", topics=some(100), limit=ENTRIES),
        "all but 3 common topics": lambda library: library.entries("de", topics=away, limit=ENTRIES),
        "5 topics but 3 others": lambda library: library.entries("de", topics=both, limit=ENTRIES),
        "a source": lambda library: library.entries("de", sources=["source-00"], limit=ENTRIES),
        "a topic in a source": lambda library: library.entries(
            "de", topics=any_topic(TOPICS[3:4]), sources=["source-00"], limit=ENTRIES
        ),
        "what changed a list last": lambda library: library.changed("de", topics=common),
        "what was withdrawn from it": lambda library: library.departures("de", topics=common),
        "a month": lambda library: library.month("de", date(2025, 12, 1)),
    }
    for name, ask in asked.items():
        spent, before = (_milliseconds(partial(ask, bench.library), 60) for bench in (old, young))
        yield Figure(f"list: {name}, of {ARTICLES:,} articles in {len(LANGUAGES)} languages", "ms", spent, before,
                     f"the same of {YOUNG:,}", "lower")  # fmt: skip


def _milliseconds(work: Callable[[], object], times: int) -> float:
    """CPU time of this thread, the median of so many runs."""
    work()
    spent = []
    for _ in range(times):
        begin = time.thread_time()
        work()
        spent.append((time.thread_time() - begin) * 1000)
    return round(statistics.median(spent), 4)


def _feedgen(stories: Sequence[tuple[Story, str]]) -> Any:
    """Feedgen as its documentation shows it."""
    generator = FeedGenerator()
    generator.load_extension("dc")
    generator.load_extension("media")
    generator.id("https://news.example.org/")
    generator.title("Bench")
    generator.description("Bench")
    generator.language(LANGUAGE)
    generator.link(href="https://news.example.org/", rel="alternate")
    for story, html in stories:
        entry = generator.add_entry()
        entry.id(story.url)
        entry.title(story.title)
        entry.summary(story.summary)
        entry.content(html, type="html")
        entry.link(href=story.url)
        entry.published(story.published)
        entry.updated(story.updated)
        for topic in story.topics:
            entry.category(term=topic.slug, label=topic.label)
        entry.dc.dc_creator("A. Writer")
    return generator


def _pyrss2gen(stories: Sequence[tuple[Story, str]]) -> Any:
    items = [
        PyRSS2Gen.RSSItem(
            title=story.title,
            link=story.url,
            description=html,
            guid=PyRSS2Gen.Guid(story.url),
            pubDate=story.published,
            categories=[PyRSS2Gen.Category(topic.label) for topic in story.topics],
        )
        for story, html in stories
    ]
    return PyRSS2Gen.RSS2(title="Bench", link="https://news.example.org/", description="Bench", items=items)
