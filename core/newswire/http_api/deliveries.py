"""What became of an article: its deliveries, with every attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.http_api.articles import read_limit, stored_article
from newswire.http_api.call import answer
from newswire.http_api.cursors import cursor, place
from newswire.http_api.records import AttemptRecord, DeliveryList, DeliveryRecord, ReceiptRecord
from newswire.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from newswire.delivery import Delivery
    from newswire.http_api.call import Call, Desk


async def list_deliveries(desk: Desk, call: Call) -> Response:
    """GET of an article's deliveries."""
    after, limit = place(call.query.get("cursor"), int) or 0, read_limit(call)
    return answer(await desk.store.look(_part, desk, call.places["id"], after, limit))


def _part(desk: Desk, article_id: str, after: int, limit: int) -> DeliveryList:
    stored_article(desk, article_id)
    with desk.store.read() as connection:
        rows = sorted(deliveries.of_article(connection, article_id).values(), key=lambda row: row.id)
        rest = [row for row in rows if row.id > after]
        attempts: dict[int, list[dict[str, Any]]] = {row.id: [] for row in rest[:limit]}
        for attempt in deliveries.attempts(connection, *attempts):
            attempts[attempt["delivery_id"]].append(attempt)
    found = tuple(_record(row, attempts[row.id]) for row in rest[:limit])
    return DeliveryList(deliveries=found, next=cursor(found[-1].id) if len(rest) > limit else None)


def _record(row: Delivery, attempts: Sequence[dict[str, Any]]) -> DeliveryRecord:
    told = ("operation", "rev", "started", "ended", "outcome", "words")
    receipt = row.receipt
    return DeliveryRecord(
        id=row.id,
        channel=row.channel,
        state=row.state.value,
        want=row.want,
        have=row.have,
        language=row.language,
        reason=row.reason,
        due=row.due,
        changed=row.changed,
        receipt=ReceiptRecord(remote_id=str(receipt.remote_id), url=receipt.url, at=receipt.at) if receipt else None,
        attempts=tuple(AttemptRecord(**{name: attempt[name] for name in told}) for attempt in attempts),
    )
