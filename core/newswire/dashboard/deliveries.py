"""The pages of deliveries: which there are, one with all its attempts, and settling them by hand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from newswire.admin import receipt_for
from newswire.dashboard.visit import Missing, Page, Sent, Visit, whole
from newswire.delivery import State
from newswire.errors import Refused
from newswire.store import articles, by_hand, channels, deliveries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.admin import Done
    from newswire.dashboard.desk import Desk
    from newswire.delivery import Delivery

LIMIT = 50
"""Deliveries on a page."""
TROUBLE = (State.DOUBT, State.DEAD)
"""What only a person can settle."""
_LONGEST = 200


async def every(visit: Visit) -> Page:
    """The deliveries of a state, a channel or an article, the newest first."""
    channel, article = (visit.query.get(name, "").strip()[:_LONGEST] for name in ("channel", "article"))
    state = visit.query.get("state", "")
    states = TROUBLE if state == "trouble" else tuple(one for one in State if one == state)
    before = whole(visit.query.get("before"))

    def look() -> dict[str, Any]:
        with visit.desk.store.read() as connection:
            found = deliveries.listing(
                connection,
                channel=channel or None,
                article_id=article or None,
                states=states,
                before=before,
                limit=LIMIT + 1,
            )
            rows = found[:LIMIT]
            return {
                "rows": rows,
                "titles": titles(connection, rows),
                "marks": by_hand.marks(connection, rows),
                "next": rows[-1].id if len(found) > LIMIT else None,
                "names": channels.names(connection),
            }

    found = await visit.desk.store.look(look)
    chosen = {"state": state, "channel": channel, "article": article}
    return Page("deliveries.html", {**found, "chosen": chosen, "before": before, "states": list(State)})


async def one(visit: Visit) -> Page:
    """A delivery with all its attempts, and what can be done about it."""
    key = whole(visit.places["id"]) or 0

    def look() -> dict[str, Any] | None:
        with visit.desk.store.read() as connection:
            row = deliveries.by_id(connection, key)
            if row is None:
                return None
            withdrawn = by_hand.withdrawn(connection, row.article_id)
            return {
                "row": row,
                "titles": titles(connection, [row]),
                "withdrawn": withdrawn,
                "mark": by_hand.marks(connection, [row])[row.id],
                "attempts": deliveries.attempts(connection, row.id),
                "possible": possible(row, withdrawn=withdrawn, now=visit.now),
            }

    found = await visit.desk.store.look(look)
    if found is None:
        raise Missing(f"No delivery has the id {key}.")
    return Page("delivery.html", found)


def possible(row: Delivery, *, withdrawn: bool, now: datetime) -> list[str]:
    """What can be done by hand about a delivery: what the decisions of `newswire.store.by_hand` do not refuse."""
    if row.state is State.SENDING:
        return []
    decisions: dict[str, by_hand.Decide] = {
        "resolve": partial(by_hand.resolve_not_sent, now=now),
        "retry": partial(by_hand.retry, now=now),
        "resend": partial(by_hand.resend, withdrawn=withdrawn, now=now),
        "discard": by_hand.discard,
    }
    return [name for name, decide in decisions.items() if _allows(decide, row)]


def _allows(decide: by_hand.Decide, row: Delivery) -> bool:
    try:
        decide(row)
    except Refused:
        return False
    return True


async def settle(visit: Visit) -> Sent:
    """Does what a button says to the deliveries that are chosen, all of them or none."""
    what, where = visit.form.get("do", ""), visit.form.get("back", "")
    ids = sorted(visit.seen)
    if not ids:
        raise Refused("Nothing was chosen.")
    admin = visit.desk.admin(visit.session, visit.seen)
    if what == "sent":
        receipt = await visit.desk.store.look(_receipt, visit.desk, ids, visit.form.get("remote_id", "").strip())
        done = await visit.desk.store.run(admin.resolve_sent, ids[0], receipt)
    else:
        work: dict[str, Callable[[Sequence[int]], Done]] = {
            "retry": admin.retry,
            "resend": admin.resend,
            "not-sent": admin.resolve_not_sent,
            "discard": admin.discard,
        }
        if what not in work:
            raise Refused("There is no such button.")
        done = await visit.desk.store.run(work[what], ids)
    visit.desk.wake()
    return Sent(where, "\n".join([f"{_SAID[what]}: {_counted(done)}.", *done.notes]))


_SAID = {
    "retry": "Is tried at once",
    "resend": "A new post is made",
    "not-sent": "Noted that it was not sent, so it is sent again",
    "sent": "Noted that it was sent",
    "discard": "Let be",
}


def _counted(done: Done) -> str:
    if len(done.changed) == 1:
        (row,) = done.changed
        return f"delivery {row.id}, {row.article_id} on {row.channel}"
    return f"{len(done.changed)} deliveries"


def _receipt(desk: Desk, ids: Sequence[int], remote_id: str) -> Any:
    if len(ids) > 1:
        raise Refused("Each post has its own id: settle one at a time.")
    if not remote_id:
        raise Refused("Say which post it is: its id or its address on the platform.")
    try:
        return receipt_for(desk.config, desk.services, desk.store, ids[0], remote_id, now=desk.clock())
    except ValueError as error:
        raise Refused(f"'{remote_id}' {error}") from error


def titles(connection: Connection, rows: Sequence[Delivery]) -> dict[str, dict[str, str]]:
    """By article: its title and that one's language, as its channel shows it, else the original's."""
    wanted = {row.article_id: row.language for row in rows}
    found = {}
    for key, stored in articles.load_many(connection, sorted(wanted)).items():
        edition = stored.content.edition(wanted[key] or "") or stored.content.original
        found[key] = {"title": edition.title, "language": edition.language}
    return found
