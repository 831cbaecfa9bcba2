"""Two dispatchers, and one of them dies, freezes, leaves, or loses the database: nothing twice, nothing stuck."""

from __future__ import annotations

import logging
import signal
import time
from typing import Any

log = logging.getLogger(__name__)
KEYS = [f"a{number:02}" for number in range(24)]
TITLES = [f"Title {key}" for key in KEYS]
LEASE = 3.0
POLL = 1.0
"""A third of the lease: how often one that has no lane looks again."""
SLACK = 2.0
"""For processes that share two cores with others."""


def _two(fleet: Any, **settings: str) -> tuple[Any, Any]:
    """Two dispatchers, of which the first holds every lane, in the midst of its work."""
    first = fleet.dispatcher(**settings)
    fleet.until(lambda: fleet.owners() == {first.pid}, "the first has no lanes")
    second = fleet.dispatcher()
    fleet.slow(0.12)
    fleet.publish(*KEYS)
    fleet.until(lambda: len(fleet.posted("@news_one")) >= 3 and len(fleet.posted("mastodon")) >= 3, "nothing goes out")
    assert not fleet.settled()
    return first, second


def _finish(fleet: Any) -> list[tuple[str, str]]:
    late = fleet.doubtful()
    fleet.until(fleet.settled, "something is stuck")
    return fleet.check(TITLES, late)  # type: ignore[no-any-return]


def test_a_killed_owner_is_replaced_and_nothing_is_out_twice(fleet: Any) -> None:
    first, second = _two(fleet)
    first.kill()
    took = fleet.until(lambda: fleet.owners() == {second.pid}, "nobody took over")
    log.info("took over after %.1f s", took)
    assert took <= LEASE + POLL + SLACK
    doubtful = _finish(fleet)
    assert len(doubtful) <= 4  # no more than were under way


def test_a_frozen_owner_is_replaced_and_sends_nothing_more_when_it_thaws(fleet: Any) -> None:
    first, second = _two(fleet)
    first.send_signal(signal.SIGSTOP)
    took = fleet.until(lambda: fleet.owners() == {second.pid}, "nobody took over")
    log.info("took over after %.1f s", took)
    assert took <= 10 + POLL + SLACK  # a transaction it froze in is ended by the server after 10 s
    late = fleet.doubtful()
    first.send_signal(signal.SIGCONT)
    fleet.until(fleet.settled, "something is stuck")
    fleet.check(TITLES, late)
    assert first.poll() is None
    second.kill()
    fleet.until(lambda: fleet.owners() == {first.pid}, "it does not work any more")
    fleet.publish("after")
    fleet.until(lambda: "Title after" in fleet.posted("@news_one"), "it does not send any more")


def test_an_owner_that_is_told_to_stop_hands_over_at_once(fleet: Any) -> None:
    first, second = _two(fleet, NEWSWIRE_DISPATCH__LEASE="60s")
    first.terminate()
    took = fleet.until(lambda: fleet.owners() == {second.pid}, "nobody took over")
    log.info("took over after %.1f s", took)
    assert took <= 1.0 + SLACK
    assert first.wait(timeout=10) == 0
    assert _finish(fleet) == []


def test_an_owner_without_the_database_stops_sending_before_another_begins(fleet: Any) -> None:
    to_database = fleet.cable(fleet.socket)
    to_platforms = fleet.cable(("127.0.0.1", fleet.sandbox_port))
    config = fleet.folder / "config.toml"
    here = config.read_text("utf-8")
    config.write_text(here.replace(f":{fleet.sandbox_port}/", f":{to_platforms.port}/"), "utf-8")
    first = fleet.dispatcher(
        NEWSWIRE_STORE__URL=f"postgresql://postgres@127.0.0.1:{to_database.port}/{fleet.database}"
        "?application_name=process_0"
    )
    config.write_text(here, "utf-8")
    fleet.until(lambda: fleet.owners() == {first.pid}, "the first has no lanes")
    second = fleet.dispatcher()
    fleet.slow(0.12)
    fleet.publish(*KEYS)
    fleet.until(lambda: len(fleet.posted("@news_one")) >= 3 and len(fleet.posted("mastodon")) >= 3, "nothing goes out")

    to_database.silence()
    cut = time.monotonic()
    took = fleet.until(lambda: fleet.owners() == {second.pid}, "nobody took over")
    log.info("took over after %.1f s", took)
    assert took <= 10 + POLL + SLACK
    assert to_platforms.last_said <= cut + LEASE
    late = fleet.doubtful()
    _finish(fleet)
    assert to_platforms.last_said <= cut + LEASE

    to_database.mend()
    second.terminate()
    fleet.until(lambda: fleet.owners() == {first.pid}, "it did not come back")
    fleet.publish("after")
    fleet.until(lambda: "Title after" in fleet.posted("@news_one"), "it does not send any more")
    fleet.until(fleet.settled, "something is stuck")
    fleet.check([*TITLES, "Title after"], late)
