"""Whatever happens, around a change of the clock: nothing is lost, doubled, or posted when it may not be."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newswire import errors
from newswire.delivery import State
from newswire.hours import read_cadence, read_quiet_hours
from newswire.shaping import Shaping
from newswire.store import articles, deliveries
from newswire.store.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Callable

ENGINES = ("sqlite",)
BERLIN = ZoneInfo("Europe/Berlin")
QUIET = read_quiet_hours("22:00-07:00")
STARTS = st.sampled_from(["2026-03-28T08:00Z", "2026-10-24T08:00Z"])
RULES = st.fixed_dictionaries(
    {"quiet_hours": st.sampled_from([QUIET, None])},
    optional={
        "max_per_hour": st.integers(1, 2),
        "min_interval": st.sampled_from([timedelta(minutes=20), timedelta(hours=3)]),
        "digest": st.sampled_from(["hourly", "daily 18:00", "daily 02:30"]).map(read_cadence),
    },
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.booleans()),
        st.tuples(st.just("forward"), st.integers(1, 9 * 60)),
        st.tuples(st.sampled_from(["withdraw", "revise"]), st.integers(0, 9)),
        st.tuples(st.just("fail"), st.integers(1, 90)),
    ),
    max_size=14,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=STARTS, rules=RULES, spills=st.booleans(), steps=STEPS)
async def test_every_article_is_seen_once(
    make_wire: Callable[..., Any],
    an_article: Callable[..., Any],
    an_edition: Callable[..., Any],
    *,
    start: str,
    rules: dict[str, Any],
    spills: bool,
    steps: list[tuple[str, Any]],
) -> None:
    if spills and {"max_per_hour", "digest"} <= rules.keys():
        rules["overflow"] = "digest"
    shaping = Shaping(zone=BERLIN, **rules)
    wire = _anew(make_wire, shaping, datetime.fromisoformat(start))
    revisions: dict[str, int] = {}
    urgent, withdrawn = set(), set()

    def publish(key: str) -> None:
        edition = an_edition("en", key, title=f"<{key}.{revisions[key]}>")
        wire.publish(an_article(key, editions=[edition], urgent=key in urgent, published=wire.clock.now))

    for what, value in steps:
        key = f"a{value}"
        if what == "publish":
            key = f"a{len(revisions)}"
            revisions[key] = 1
            urgent |= {key} if value else set()
            publish(key)
        elif what == "forward":
            wire.clock.forward(minutes=value)
        elif what == "fail":
            wire.channels["news"].before = [errors.Retry("not now", after=timedelta(minutes=value))]
        elif key in revisions and key not in withdrawn:
            if what == "withdraw":
                withdrawn.add(key)
                wire.publisher.withdraw(key)
            else:
                revisions[key] += 1
                publish(key)
        await wire.deliver()
    while _waits(wire):
        wire.clock.forward(minutes=50)
        await wire.deliver()
    seen = Counter(re.findall(r"<(a\d+\.\d+)>", "\n".join(wire.channels["news"].out.values())))
    assert seen == Counter(f"{key}.{number}" for key, number in revisions.items() if key not in withdrawn)
    _look_at_times(wire, urgent)


def _waits(wire: Any) -> bool:
    with wire.store.read() as connection:
        return bool(deliveries.listing(connection, states=[State.PENDING], limit=1))


def _anew(make_wire: Callable[..., Any], shaping: Shaping, start: datetime) -> Any:
    """A wire on the test's store, emptied: it is the same one for every example."""
    wire = make_wire(shapings={"news": shaping})
    with wire.store.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    wire.clock.now = start
    wire.prepare()
    wire.clock.forward(minutes=1)
    return wire


def _look_at_times(wire: Any, urgent: set[str]) -> None:
    """When new posts went out: never in quiet hours, never more than the caps allow, but for urgent articles."""
    shaping, posted, ordinary = wire.shapings["news"], [], []
    with wire.store.read() as connection:
        for row in deliveries.listing(connection, limit=1000):
            assert row.state in {State.DONE, State.SUPPRESSED}, row
            stored = articles.load(connection, row.article_id)
            sent = [
                one["ended"]
                for one in deliveries.attempts(connection, row.id)
                if (one["operation"], one["outcome"]) == ("post", "sent")
            ]
            posted += sent
            assert stored is not None
            if row.article_id not in urgent:
                ordinary += [(at, stored.digest_for is not None) for at in sent]
    for at, is_digest in ordinary:
        assert shaping.quiet_hours is None or not QUIET.hold(at.astimezone(BERLIN).time())
        before = [other for other in posted if other < at]
        assert shaping.min_interval is None or not before or at - max(before) >= shaping.min_interval
        lately = [other for other in before if other > at - timedelta(hours=1)]
        assert is_digest or shaping.max_per_hour is None or len(lately) < shaping.max_per_hour
        assert is_digest or not shaping.only_digests
