"""What goes together: articles by their topics, and topics by their articles."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from newswire import relating
from newswire.store import masks, tallies
from newswire.store.schema import publication, publication_topic, tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

    from newswire.model import Article

_LOOKED_AT = 100
"""Articles of a topic that are looked at: the newest."""
_ROWS = 4
"""In so many rows of the index an article may stand, as a rule."""
_LOOKED_AT_FOR_TOPICS = 500
"""The same for the topics that go with one: so many say enough."""


def nearest(connection: Connection, article: Article, *, limit: int) -> tuple[str, ...]:
    """The ids of the published articles nearest to one by their topics, of the newest of each topic."""
    if not article.topics:
        return ()
    having: dict[int, set[str]] = {}
    for topic in article.topics:
        present = (publication_topic.c.topic == topic, publication_topic.c.languages != 0)
        of_topic = select(publication_topic.c.seq).where(*present).order_by(publication_topic.c.seq.desc())
        for seq in connection.scalars(of_topic.limit(_LOOKED_AT)):
            having.setdefault(seq, set()).add(topic)
    newest_first = sorted(having.items(), reverse=True)
    # An article stands in several rows where its languages changed apart; and the article itself may be among them.
    some = relating.nearest(article.topics, newest_first, _frequency(connection, article.topics), limit=limit * _ROWS)
    named = dict(
        connection.execute(select(publication.c.seq, publication.c.article_id).where(publication.c.seq.in_(some))).all()
    )
    found = dict.fromkeys(named[seq] for seq in some if named[seq] != article.id)
    return tuple(found)[:limit]


def topics_beside(connection: Connection, slug: str, language: str, *, limit: int) -> tuple[str, ...]:
    """The topics that go with a topic; see `newswire.services.Library.topics_beside`."""
    bit = masks.committed(connection, of=language).get(language)
    if bit is None:
        return ()
    present = (publication_topic.c.topic == slug, publication_topic.c.languages.op("&")(bit) != 0)
    newest = select(publication_topic.c.seq).where(*present).order_by(publication_topic.c.seq.desc())
    rows = list(connection.scalars(select(publication.c.topics).where(publication.c.seq.in_(
        newest.limit(_LOOKED_AT_FOR_TOPICS)
    ))))  # fmt: skip
    together = Counter(topic for topics in rows for topic in topics if topic != slug)
    frequency = _frequency(connection, [slug, *together])
    # The numbers of all articles stand for those of the newest: what goes with what is a matter of shares.
    share = len(rows) / max(frequency.get(slug, 0), 1)
    alone = {topic: max(round(number * share), together[topic]) for topic, number in frequency.items()}
    return relating.beside(together, alone, len(rows), limit=limit)


def _frequency(connection: Connection, topics: Iterable[str]) -> dict[str, int]:
    """How many articles have each topic, in whatever languages."""
    total = func.sum(tally.c.number)
    statement = select(tally.c.name, total).where(tally.c.kind == tallies.TOPICS, tally.c.name.in_(list(topics)))
    return {name: int(number) for name, number in connection.execute(statement.group_by(tally.c.name))}
