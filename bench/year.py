"""A year of a site behind it: articles in a dozen languages under hundreds of topics, written straight into the tables.

Publishing them one by one takes minutes and is measured elsewhere. The rows are those that the publisher writes.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from newswire.site import Site
from newswire.store import masks
from newswire.store.schema import (
    article,
    edition,
    event,
    publication,
    publication_source,
    publication_topic,
    source,
    tally,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.store import Store

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "pl", "ru", "ar", "hi", "ja", "is")
SPARSE = LANGUAGES[-1]
"""A language that one article in a hundred is translated into."""
TOPICS = tuple(f"topic-{number:03}" for number in range(400))
"""The lower the number, the commoner the topic."""
SOURCES = tuple(f"source-{number:02}" for number in range(40))
SITE = Site(
    name="Bench",
    url="https://news.example.org",
    default_language="en",
    languages=LANGUAGES,
    tag_authority="news.example.org,2026",
)
FIRST = datetime(2025, 11, 23, tzinfo=UTC)
_WORDS = "the quick brown fox jumps over a lazy dog while seven wizards box with zinc and onyx gems".split()
_CHUNK = 500


def fill(store: Store, articles: int, *, with_body: int, body: int) -> None:
    """Writes so many articles, one every quarter of an hour.

    Args:
        store: empty, with its schema.
        articles: how many.
        with_body: how many of the newest have a long body; the others have a sentence.
        body: its length in characters.
    """
    chance = random.Random(11)
    with store.write() as connection:
        bits = {tag: masks.mask(connection, [tag]) for tag in LANGUAGES}
        connection.execute(insert(source), [{"slug": slug, "name": slug.replace("-", " ")} for slug in SOURCES])
        rows: dict[Any, list[dict[str, Any]]] = {}
        counted: Counter[tuple[str, str, int]] = Counter()
        for number in range(1, articles + 1):
            length = body if number > articles - with_body else 60
            for table, row in _rows(chance, number, bits, length):
                rows.setdefault(table, []).append(row)
                if table is publication:
                    month = f"{row['at']:%Y-%m}"
                    lists = [("", ""), ("sources", row["source"]), ("months", month)]
                    lists += [("topics", topic) for topic in row["topics"]]
                    counted.update((*one, row["languages"]) for one in lists)
            if number % _CHUNK == 0 or number == articles:
                for table, chunk in rows.items():
                    connection.execute(insert(table), chunk)
                rows.clear()
        connection.execute(
            insert(tally),
            [
                {"kind": kind, "name": name, "languages": mask, "number": number}
                for (kind, name, mask), number in counted.items()
            ],
        )


def _rows(chance: random.Random, number: int, bits: dict[str, int], body: int) -> Iterator[tuple[Any, dict[str, Any]]]:
    name, at = f"article-{number}", FIRST + timedelta(minutes=15 * number)
    spoken = [tag for tag in LANGUAGES if chance.random() < (0.01 if tag == SPARSE else 0.7) or tag == "en"]
    mask = sum(bits[tag] for tag in spoken)
    topics = sorted({TOPICS[min(int(400 ** chance.random()) - 1, 399)] for _ in range(chance.randint(1, 5))})
    slug = SOURCES[min(int(40 ** chance.random()) - 1, 39)]
    document = {"id": name, "original_language": "en", "topics": topics, "source": {"name": slug.replace("-", " ")}}
    yield article, {
        "id": name, "rev": 1, "hash": name, "meta_hash": name, "withdrawn": 0, "document": document, "intake": "bench",
        "published": at, "changed": at, "seen": at,
    }  # fmt: skip
    yield event, {"seq": number, "article_id": name, "rev": 1, "kind": "published", "languages": mask, "at": at}
    for tag in spoken:
        text = " ".join(chance.choices(_WORDS, k=max(body // 5, 1))) if tag == "en" else None
        told = {"language": tag, "title": f"Title of {name}", "summary": "A summary. " * 8}
        told |= {"url": f"https://news.example.org/{tag}/{name}"} | ({"body": _paragraphs(text)} if text else {})
        yield edition, {
            "article_id": name, "language": tag, "hash": name, "document": told, "intake": "bench", "appeared": at,
            "seq": number, "completed": at if text else None, "completed_seq": number if text else None, "changed": at,
        }  # fmt: skip
    yield publication, {
        "seq": number, "article_id": name, "rev": 1, "languages": mask, "gone": 0, "touched": 0, "stamp": number,
        "source": slug, "topics": topics, "at": at,
    }  # fmt: skip
    yield publication_source, {"source": slug, "seq": number, "languages": mask, "touched": 0}
    for topic in topics:
        yield publication_topic, {"topic": topic, "seq": number, "languages": mask, "touched": 0}


def _paragraphs(text: str) -> str:
    return "\n\n".join(text[start : start + 600] for start in range(0, len(text), 600))
