"""1,000 lanes and 100 workers, simulated, on a database as fast as the one that is measured here.

Every channel has missed 40 articles, as after some hours without network; then workers die now and then while it is
made good. The accounts: 480 bots with 10 chats each, 20 bots with 100 chats each, 500 Mastodon accounts.
"""

from __future__ import annotations

import random
import statistics
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import delivery
from databases import ENGINES, databases
from figures import Figure
from fleet import REST, Conditions, Fleet, Lane, Limit, Queue, Told, policy
from noop import a_room

from newswire.api import Abilities
from newswire.dispatch.lane import Pace
from newswire.room import utc_now
from newswire.store import lanes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.room import Room

SEED = 2026
LANES, WORKERS, SHARED_BY = 1_000, 100, 3
MISSED = 40
DAYS_BETWEEN_DEATHS = 0.02
"""One death in half an hour a worker, or one in 17 seconds somewhere: far more than there are."""
ROUNDS = 30
MEASURED = 30_000
"""Deliveries, to know how fast the database is."""


def figures() -> Iterator[Figure]:
    """How long a backlog takes, how long a lane is nobody's, and what the database has to bear."""
    speeds = {}
    with databases() as new:
        for engine in ENGINES:
            _, speeds[engine] = delivery.ours(new(engine), MEASURED)
            yield from _steps(engine, new(engine))
    ideal = simulate(0.0, deaths=False)
    runs = {engine: simulate(1 / speed) for engine, speed in speeds.items()}
    for engine, told in runs.items():
        yield Figure(
            f"simulation: {told.sent + told.doubtful:,} deliveries made good, {engine}",
            "s",
            round(told.drained),
            round(ideal.drained),
            "what the platforms' limits allow: no worker dies, the database takes no time",
            "lower",
        )
    told = runs["PostgreSQL"]
    cuts = statistics.quantiles(told.takeovers, n=100)
    for percentile in (50, 99):
        yield Figure(
            f"simulation: takeover after a death ({len(told.takeovers):,}): p{percentile}", "s",
            round(cuts[percentile - 1], 1), Pace().ttl.total_seconds(), "the lease", "lower",
        )  # fmt: skip
    yield Figure(
        f"simulation: in doubt after {told.deaths} deaths", "deliveries", told.doubtful, told.sent, "sent", "lower"
    )
    yield Figure(
        "simulation: steps of owners, the busiest ten seconds", "steps/s", told.busiest,
        round(speeds["PostgreSQL"]), "deliveries/s that PostgreSQL can do here", "lower",
    )  # fmt: skip


def simulate(database: float, *, deaths: bool = True) -> Told:
    """One run; the same seed gives the same run.

    Args:
        database: seconds of the database a delivery needs.
        deaths: whether workers die.
    """
    chance = random.Random(SEED)
    conditions = Conditions(
        workers=WORKERS, days_between_deaths=DAYS_BETWEEN_DEATHS if deaths else 1e9, database=database
    )
    return Fleet([_lane(number, chance) for number in range(LANES)], conditions, chance).run()


def _lane(number: int, chance: random.Random) -> Lane:
    workers = chance.sample(range(WORKERS), SHARED_BY)
    if number % 2:
        # Mastodon: 300 posts in 3 hours an account; it knows a key again for an hour, and can be searched.
        abilities = Abilities(same_key=timedelta(minutes=50), finds=True)
        return Lane(Limit(300, 3 * 3600), policy(abilities), [Queue(None, MISSED)], workers)
    # Telegram: about 30 messages a second a bot, 20 a minute a chat.
    chats = 100 if number % 50 == 0 else 10
    queues = [Queue(Limit(20, 60), MISSED) for _ in range(chats)]
    return Lane(Limit(30, 1), policy(Abilities()), queues, workers)


def _steps(engine: str, url: str) -> Iterator[Figure]:
    """How many lanes a second the database can look after that have nothing to do."""
    room = a_room(url, lambda _: None, lanes=LANES, channels=LANES)
    try:
        together = {number: _rate(room, number) for number in (1, 100, LANES)}
        watching = _rate(room, LANES, owner="another")
    finally:
        room.close()
    for number in (1, 100, LANES):
        yield Figure(
            f"steps without work, {engine}, {number:,} lanes in one", "steps/s", round(together[number]),
            round(LANES / REST), f"what {LANES:,} lanes need of their owners", "higher",
        )  # fmt: skip
    for sharing, words in ((WORKERS, "all"), (SHARED_BY, f"{SHARED_BY} each")):
        yield Figure(
            f"looks at others' lanes, {engine}, {LANES:,} lanes in one", "looks/s", round(watching),
            round(LANES / REST * (sharing - 1)), f"what {WORKERS} workers do, if {words} may take a lane", "higher",
        )  # fmt: skip


def _rate(room: Room, number: int, *, owner: str = "me") -> float:
    requests = [
        lanes.Request(lane=f"lane-{one}", finished=(), room=4, channels={f"channel-{one}"}, orphaned=lambda *_: None)
        for one in range(number)
    ]

    def step() -> float:
        begin = time.perf_counter()
        with room.store.write() as connection:
            lanes.step(connection, requests, owner, now=utc_now(), ttl=timedelta(minutes=10), known=lambda *_: True)
        return time.perf_counter() - begin

    step()
    return number / statistics.median(step() for _ in range(ROUNDS))
