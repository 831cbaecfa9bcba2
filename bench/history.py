"""Years behind it: a store that already holds many articles and many deliveries that are done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noop import INTAKE, SITE, articles
from sqlalchemy import insert, literal, literal_column, select

from newswire.delivery import State
from newswire.publisher import Publisher
from newswire.room import utc_now
from newswire.store.columns import Instant
from newswire.store.schema import article, attempt, channel, delivery

if TYPE_CHECKING:
    from newswire.room import Room


def fill(room: Room, *, old_articles: int, old_deliveries: int) -> None:
    """Publishes articles that no channel was there for, then writes deliveries of them, done long ago.

    Args:
        room: with the channels of the deliveries.
        old_articles: how many articles.
        old_deliveries: how many deliveries, each with one attempt.
    """
    nobody = Publisher(room.store, (), SITE.languages, utc_now, [INTAKE])
    for one in articles(old_articles, first=1_000_000):
        nobody.publish(one, intake=INTAKE)
    now = literal(utc_now(), Instant)
    rows = (
        select(
            channel.c.name,
            article.c.id,
            article.c.rev,
            article.c.rev,
            literal(State.DONE.value),
            now,
            now,
            literal(0),
            literal(0),
            literal(0),
            literal_column("""'{"remote_id": "1", "at": "2026-11-23T12:00:00+00:00", "url": null, "details": {}}'"""),
            literal("0" * 32),
            literal("en"),
            now,
        )
        .select_from(article.join(channel, literal(value=True)))
        .limit(old_deliveries)
    )
    columns = "channel article_id want have state due since attempt generation forced receipt digest language changed"
    tried = select(delivery.c.id, delivery.c.want, literal("post"), now, now, literal("sent"))
    with room.store.write() as connection:
        connection.execute(insert(delivery).from_select(columns.split(), rows))
        connection.execute(
            insert(attempt).from_select("delivery_id rev operation started ended outcome".split(), tried)
        )
