"""The pages of articles: the newest, and of one its editions, why it did or did not go out, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from newswire.dashboard.visit import Document, Missing, Page, Visit, whole
from newswire.explanation import explain
from newswire.preview import HEADERS, Subject, page, previews
from newswire.store import articles, catalogue, deliveries
from newswire.store.situations import situations

LIMIT = 50
"""Articles on a page."""
EXPLAINED = 100
"""Channels that have an article, and as many that have not, on its page; a part of their name finds others."""
PREVIEWS = 100
"""Channels on the page of a preview, unless one is named."""
_LONGEST = 200


async def every(visit: Visit) -> Page:
    """The articles, what changed last first."""
    asked = visit.query.get("id", "").strip()
    if asked:
        return await one(replace(visit, places={"id": asked[:_LONGEST]}))
    before = whole(visit.query.get("before"))

    def look() -> dict[str, Any]:
        with visit.desk.store.read() as connection:
            found = catalogue.published(connection, before=before, limit=LIMIT + 1)
        following = found[LIMIT - 1][0] if len(found) > LIMIT else None
        return {"rows": [stored for _, stored in found[:LIMIT]], "next": following, "before": before}

    return Page("articles.html", await visit.desk.store.look(look))


async def one(visit: Visit) -> Page:
    """An article, and all there is to know of it."""
    key, part = visit.places["id"], visit.query.get("channel", "").strip()[:_LONGEST]

    def look() -> dict[str, Any] | None:
        config = visit.desk.config
        channels = [each for each in config.channels if part.lower() in each.name.lower()]
        with visit.desk.store.read() as connection:
            stored = articles.load(connection, key)
            if stored is None:
                return None
            rows = deliveries.of_article(connection, key)
            taken = [each for each in channels if each.name in rows]
            others = [each for each in channels if each.name not in rows]
            chosen = [*taken[:EXPLAINED], *others[:EXPLAINED]]
            told = [(each, explain(each)) for each in situations(connection, config, key, chosen, now=visit.now)]
        known = {each.name for each in config.channels}
        return {
            "stored": stored,
            "part": part,
            "taken": [pair for pair in told if pair[0].delivery is not None],
            "others": [pair for pair in told if pair[0].delivery is None],
            "numbers": (len(taken), len(others)),
            "explained": EXPLAINED,
            "former": [row for name, row in rows.items() if name not in known],
            "labels": {
                slug: config.taxonomy.label(slug, config.site.default_language) for slug in stored.content.topics
            },
        }

    found = await visit.desk.store.look(look)
    if found is None:
        raise Missing(f"No article has the id {key!r}.")
    return Page("article.html", found)


async def preview(visit: Visit) -> Document:
    """What the channels would post of an article, as it would look on their platforms."""
    key, name = visit.places["id"], visit.query.get("channel")

    def look() -> str | None:
        config = visit.desk.config
        with visit.desk.store.read() as connection:
            stored = articles.load(connection, key)
            if stored is None:
                return None
            taken = deliveries.of_article(connection, key).keys()
            channels = sorted(config.channels, key=lambda one: one.name not in taken)
            chosen = [one for one in channels if one.name == name] if name else channels[:PREVIEWS]
            found = previews(connection, config, visit.desk.services, Subject(stored), chosen)
        return page(Subject(stored), found)

    html = await visit.desk.store.look(look)
    if html is None:
        raise Missing(f"No article has the id {key!r}.")
    return Document(html, HEADERS)
