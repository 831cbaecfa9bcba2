"""The first page: what needs a hand, who sends, what comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.dashboard.visit import Page
from newswire.store import alerts, reloads, standing

if TYPE_CHECKING:
    from newswire.dashboard.visit import Visit

SHOWN = 24
"""Alerts, channels that need a hand, and accounts on the first page; that of the channels has all of them."""


async def overview(visit: Visit) -> Page:
    """How the room stands."""

    def look() -> dict[str, Any]:
        config = visit.desk.config
        with visit.desk.store.read() as connection:
            found = standing.read(connection, config, now=visit.now)
            told = [alert for alert in alerts.load(connection).values() if alert.stands]
        return {
            "standing": found,
            "languages": visit.desk.services.library.languages(),
            "site": config.site,
            "alerts": told,
            "words": [word for word in reloads.words(visit.desk.store) if word.problems or word.restart],
        }

    return Page("overview.html", {**await visit.desk.store.look(look), "shown": SHOWN})
