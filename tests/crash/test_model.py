"""A state machine of Hypothesis: whatever happens in whatever order, in the end followers see what they should.

The model keeps three things the dispatcher does not know: the articles as they are, which channel was ever owed which,
and what went wrong at each call. All else is read from the platforms.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from newswire import errors, subscription
from newswire.delivery import Delivery, State, stale
from newswire.post import Receipt
from newswire.publisher import novelty
from newswire.store import articles, by_hand

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

MINUTES = timedelta(minutes=1)
CHANNELS: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("plain", {"languages": ("en",)}),
    "german": ("plain", {"languages": ("de", "en"), "lane": "other"}),
    "topical": ("finding", {"languages": ("en",), "topics": "x", "in_doubt": "resend"}),
    "keyed": ("keyed", {"languages": ("de",), "fallback": "original", "lane": "other"}),
    "both": ("both", {"languages": ("de",), "fallback": "skip", "max_age": timedelta(days=3)}),
    "resend": ("plain", {"in_doubt": "resend", "max_age": timedelta(days=3)}),
    "drop": ("plain", {"in_doubt": "drop", "lane": "other"}),
}
NAMES = st.sampled_from(sorted(CHANNELS))
KEYS = st.sampled_from("abc")
NOT_SENT: list[Callable[[], Exception]] = [
    lambda: errors.Retry("busy"),
    lambda: errors.ChannelPaused("slow down", after=30 * MINUTES),
    lambda: errors.LanePaused("slow down", after=10 * MINUTES),
    lambda: errors.AccountRefused("no such token"),
    lambda: errors.Rejected("not in this house"),
    lambda: errors.ChannelGone("no such chat"),
]
NOBODY_KNOWS: list[Callable[[], Exception | None]] = [
    lambda: errors.Unknown("connection cut"),
    lambda: ZeroDivisionError("the plugin failed"),
    lambda: None,
]
CHANGES = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"enabled": st.booleans()}),
    st.fixed_dictionaries({"lane": st.sampled_from(["lane", "other"])}),
    st.fixed_dictionaries({"topics": st.sampled_from([None, "x", "y"])}),
    st.fixed_dictionaries({"fallback": st.sampled_from(["teaser", "original", "skip"])}),
    st.fixed_dictionaries({"destination": st.integers(0, 3)}),
)
FAULTS = st.one_of(
    st.tuples(st.just("before"), st.sampled_from(NOT_SENT)),
    st.tuples(st.sampled_from(["before", "after"]), st.sampled_from(NOBODY_KNOWS)),
)
WORK = st.one_of(st.dictionaries(NAMES, st.lists(FAULTS, min_size=1, max_size=2), max_size=4), st.none())
"""Whether the room works right after, and which of its calls go wrong then."""


Work: TypeAlias = "dict[str, list[tuple[Any, Callable[[], Exception | None]]]] | None"


@dataclass
class Known:
    """An article as the model knows it."""

    version: int
    languages: tuple[str, ...]
    topic: str
    withdrawn: bool = False


class WireRoom(RuleBasedStateMachine):
    """What may happen to a wire room, and what must hold."""

    make_town: Callable[..., Any]
    an_article: Callable[..., Any]
    database: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="newswire-model-"))
        shutil.copy(self.database, self.folder / "newswire.db")
        self.town = type(self).make_town(f"sqlite:///{self.folder}/newswire.db", CHANNELS)
        self.known: dict[str, Known] = {}
        self.owed: set[tuple[str, str]] = set()
        self.ever_owed: set[tuple[str, str]] = set()

    def teardown(self) -> None:
        if hasattr(self, "town"):
            try:
                self.settle()
            finally:
                self.town.close()
                shutil.rmtree(self.folder)

    # What happens. Most rules let the room work right after: what is left alone for long is not what goes wrong.

    @rule(key=KEYS, languages=st.sampled_from([("en",), ("de", "en")]), topic=st.sampled_from("xxy"), work=WORK)
    def publish(self, key: str, languages: tuple[str, ...], topic: str, work: Work) -> None:
        """Publishes it, or revises it: a correction, an edition more or less, another topic."""
        known = self.known.get(key)
        self._publish(key, Known(known.version + 1 if known else 1, languages, topic, bool(known and known.withdrawn)))
        self._work(work)

    @rule(key=KEYS, again=st.sampled_from(["the same", "a late edition"]), work=WORK)
    def publish_again(self, key: str, again: str, work: Work) -> None:
        known = self.known.get(key) or Known(1, ("en",), "x")
        languages = known.languages if again == "the same" else ("de", "en")
        self._publish(key, replace(known, languages=languages))
        self._work(work)

    @rule(key=KEYS, work=WORK)
    def withdraw_or_reinstate(self, key: str, work: Work) -> None:
        known = self.known.get(key)
        if known and known.withdrawn:
            self._publish(key, replace(known, withdrawn=False), reinstate=True)
        elif known:
            self.town.publisher.withdraw(key)
            known.withdrawn = True
            self._excuse()
        self._work(work)

    @rule(minutes=st.sampled_from([1, 1, 20, 90, 60 * 26, 60 * 80]))
    def time_passes(self, minutes: int) -> None:
        self.town.clock.now += minutes * MINUTES
        self._excuse()
        self._work({})

    @rule(seconds=st.integers(1, 5), work=WORK)
    def the_clock_is_put_back(self, seconds: int, work: Work) -> None:
        self.town.clock.now -= timedelta(seconds=seconds)
        self._work(work)

    @rule(name=NAMES, change=CHANGES, work=WORK)
    def the_config_changes(self, name: str, change: dict[str, Any], work: Work) -> None:
        self.town.configure(name, **change)
        self._excuse()
        self._work(work)

    def _work(self, work: Work) -> None:
        if work is not None:
            for name, faults in work.items():
                self.town.platforms[name].faults.extend((when, make()) for when, make in faults)
            self.town.deliver()

    # What must hold at any time.

    @invariant()
    def nothing_is_out_twice_or_unasked(self) -> None:
        if not hasattr(self, "town"):
            return
        for name, key in product(CHANNELS, self.known):
            live = sum(post.live for post in self._posts(name, key))
            if (name, key) not in self.ever_owed:
                assert live == 0, (name, key)
            allowed = 1 + (self._uncertain(name, key) if CHANNELS[name][1].get("in_doubt") == "resend" else 0)
            assert live <= allowed, (name, key, self.town.platforms[name].calls)

    # The end: everything works, doubts are cleared up by somebody who can look, and nothing is left to do.

    def settle(self) -> None:
        for name in CHANNELS:
            self.town.platforms[name].faults.clear()
            destination = self.town.settings[name].destination + 4  # lifts "gone"
            self.town.configure(name, enabled=True, destination=destination)
        self._excuse()
        for _ in range(40):
            self.town.deliver()
            self._resolve_doubts()
            if not any(row.state in {State.PENDING, State.SENDING} for row in self.town.rows()):
                break
            self.town.clock.now += 61 * MINUTES
            self._excuse()
        else:
            pytest.fail(f"there is still something to do: {self.town.rows()}")
        rows = {(row.channel, row.article_id): row for row in self.town.rows()}
        for name, key in product(CHANNELS, self.known):
            self._check(name, key, rows.get((name, key)))

    def _resolve_doubts(self) -> None:
        hand = by_hand.Hand("the model", self.town.clock())
        for row in self.town.rows():
            if row.state is not State.DOUBT:
                continue
            assert self._uncertain(row.channel, row.article_id), row
            receipts = {one.receipt.remote_id for one in self.town.rows() if one.channel == row.channel and one.receipt}
            out = [one for one in self._numbered(row.channel, row.article_id) if one not in receipts]
            decide = partial(self._resolve, remote_id=out[-1] if out else None, now=hand.now)
            with self.town.store.write() as connection:
                by_hand.change(connection, [row.id], decide, hand)
        self.town.deliver()

    def _resolve(self, row: Delivery, *, remote_id: str | None, now: datetime) -> by_hand.Settled:
        if remote_id is None:
            return by_hand.resolve_not_sent(row, now=now)
        withdrawn = self.known[row.article_id].withdrawn
        return by_hand.resolve_sent(row, Receipt(remote_id=remote_id, at=now), withdrawn=withdrawn, now=now)

    def _check(self, name: str, key: str, row: Delivery | None) -> None:
        shown = [post.text for post in self._posts(name, key) if post.live]
        told = (name, key, row, self.known[key], shown, self.town.platforms[name].calls)
        if row is None:
            assert (name, key) not in self.owed, told
            assert not shown, told
            return
        if row.state is State.DEAD:
            assert self._given_up_for_a_reason(name, key, row), told
            return
        if name == "resend" and self._uncertain(name, key):
            # What was sent twice by policy is followed once.
            shown = [self.town.platforms[name].posts[row.receipt.remote_id].text] if row.receipt else []
        assert len(shown) <= 1, told
        assert bool(shown) == (row.receipt is not None), told
        if self.known[key].withdrawn:
            assert not shown, told
            return
        if (name, key) in self.owed:
            assert shown, told
        with self.town.store.read() as connection:
            stored = articles.load(connection, key)
        assert stored is not None
        wanted = self.town.settings[name]
        choice, _ = subscription.choose(stored.content, wanted.languages, wanted.fallback)
        if shown and choice is not None:
            assert shown == [choice.edition.title], told

    # What the model knows.

    def _publish(self, key: str, one: Known, *, reinstate: bool = False) -> None:
        article = type(self).an_article(key, one.version, languages=one.languages, topic=one.topic)
        published = self.town.publish(article, reinstate=reinstate)
        if not one.withdrawn:
            self.known[key] = one
        if published.kind is not None:
            fresh = {(name, key) for name in CHANNELS if self.town.settings[name].enabled and self._fits(name, key)}
            self.owed |= fresh
            self.ever_owed |= fresh
        self._excuse()

    def _excuse(self) -> None:
        """What does not match, is too old or is withdrawn now need not be posted; if it was, it may stay."""
        self.owed = {(name, key) for name, key in self.owed if self._fits(name, key)}

    def _fits(self, name: str, key: str) -> bool:
        with self.town.store.read() as connection:
            stored = articles.load(connection, key)
        assert stored is not None
        wanted = next((one for one in self.town.subscribers if one.name == name), None)
        if wanted is None or stored.withdrawn:
            return wanted is None and not stored.withdrawn
        verdict = subscription.judge(stored.content, wanted.subscription)
        if not verdict.matched or verdict.choice is None:
            return False
        found = novelty(stored, verdict.choice, wanted.subscription.fallback)
        start = self.town.publisher.starts[name]
        return stale(found, start=start, max_age=wanted.max_age, now=self.town.clock()) is None

    def _posts(self, name: str, key: str) -> list[Any]:
        return [post for post in self.town.platforms[name].posts.values() if post.link.endswith(f"/{key}")]

    def _numbered(self, name: str, key: str) -> list[str]:
        posts = self.town.platforms[name].posts.items()
        return [number for number, post in posts if post.live and post.link.endswith(f"/{key}")]

    def _faults(self, name: str, key: str) -> list[tuple[str, Any]]:
        calls = self.town.platforms[name].calls
        return [(doing, fault) for doing, link, fault in calls if link.endswith(f"/{key}") and fault is not None]

    def _uncertain(self, name: str, key: str) -> int:
        """How many posts ended so that nobody can know what came of them."""
        errors_of_posts = [error for doing, (_, error) in self._faults(name, key) if doing == "post" and error]
        known = [isinstance(one, errors.Outcome) and not isinstance(one, errors.Unknown) for one in errors_of_posts]
        raised = known.count(False)
        return raised + int(self.town.orphans[name, key])

    def _given_up_for_a_reason(self, name: str, key: str, row: Delivery) -> bool:
        faults = [error for _, (_, error) in self._faults(name, key)]
        words = row.reason or ""
        if "dropped by policy" in words:
            return name == "drop" and self._uncertain(name, key) > 0
        if "given up after" in words:
            return bool(len(faults) + self.town.cut_short[name, key] >= 5)
        return any(isinstance(error, errors.Rejected) for error in faults)


@pytest.mark.timeout(1800)
def test_followers_see_in_the_end_what_they_should(
    town_at: Callable[..., Any], an_article: Callable[..., Any], empty_database: Path
) -> None:
    machine = type(
        "Machine",
        (WireRoom,),
        {"make_town": staticmethod(town_at), "an_article": staticmethod(an_article), "database": empty_database},
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=300 if "NEWSWIRE_SOAK" in os.environ else 30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
