"""Lists of deliveries in parts, and that what is rare is found without a look at all there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from newswire import errors
from newswire.delivery import State
from newswire.store import deliveries
from newswire.store.deliveries import newest

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.model import Article


async def test_deliveries_are_listed_in_parts_by_state(wire: Any, an_article: Callable[..., Article]) -> None:
    fates = [None, errors.Rejected("no"), None, errors.Unknown("cut"), errors.Rejected("no"), None]
    wire.channels["news"].before = list(fates)
    for number in range(len(fates)):
        wire.publish(an_article(f"a{number}"))
    await wire.deliver()
    for number in (6, 7):
        wire.publish(an_article(f"a{number}"))

    with wire.store.read() as connection:

        def listed(*states: State, **what: Any) -> list[str]:
            return [row.article_id for row in deliveries.listing(connection, states=states, **what)]

        everything = deliveries.listing(connection)
        assert [row.article_id for row in everything] == [f"a{number}" for number in range(7, -1, -1)]
        before = everything[3].id
        assert listed(limit=2, before=before) == ["a3", "a2"]
        assert listed(State.DEAD) == ["a4", "a1"]
        assert listed(State.DEAD, State.DOUBT, State.PENDING) == ["a7", "a6", "a4", "a3", "a1"]
        assert listed(State.DEAD, State.DOUBT, limit=2) == ["a4", "a3"]
        assert listed(State.DEAD, State.DOUBT, before=before) == ["a3", "a1"]
        assert listed(State.DONE, channel="news", before=before) == ["a2", "a0"]
        assert listed(State.SENDING) == listed(State.SUPPRESSED) == listed(State.DEAD, channel="other") == []
        assert listed(State.DEAD, article_id="a1") == ["a1"]
        assert deliveries.lately(connection) == {"news": wire.clock()}
        assert deliveries.lately(connection, among=2) == {}


def test_what_is_open_is_found_by_its_own_index(wire: Any) -> None:
    if not wire.store.engines.sqlite:
        pytest.skip("the planner of a table this small reads it whole")
    indexes = {
        State.PENDING: {"ix_delivery_head", "ix_delivery_ahead"},
        State.SENDING: {"ix_delivery_sending"},
        State.DOUBT: {"ix_delivery_trouble"},
        State.DEAD: {"ix_delivery_trouble"},
    }
    with wire.store.read() as connection:
        for state, known in indexes.items():
            statement = newest(state, [], 50).compile(connection, compile_kwargs={"literal_binds": True})
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
            used = [step.split(" INDEX ")[1].split(" ")[0] for step in plan if " INDEX " in step]
            assert used, plan
            assert set(used) <= known, plan
