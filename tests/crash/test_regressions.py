"""What the crash harness and the state machine found, each as small as it gets."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from newswire import errors
from newswire.delivery import State
from newswire.model import Article
from newswire.post import Receipt
from newswire.store import by_hand
from newswire.store.schema import delivery

MakeTown = Callable[..., Any]
MakeArticle = Callable[..., Article]


def test_a_correction_made_before_a_post_is_repeated_reaches_its_followers(
    make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news="keyed")
    town.platforms["news"].faults.append(("after", errors.Unknown("connection cut")))
    town.publish(an_article("a", 1))
    town.deliver()
    town.publish(an_article("a", 2))
    town.clock.now += timedelta(minutes=1)
    town.deliver()
    assert town.platforms["news"].shown == ["a (en) v2"]


def test_an_orphan_of_a_channel_that_is_not_in_the_config_any_more_stops_nobody(
    make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news="plain", other="plain")
    town.platforms["news"].faults.append(("after", None))
    town.publish(an_article("a"))
    town.deliver()
    town.configure("news", enabled=False)
    town.publish(an_article("b"))
    town.deliver()
    assert town.platforms["other"].shown == ["a (en) v1", "b (en) v1"]
    town.configure("news", enabled=True)
    town.publish(an_article("c"))
    town.deliver()
    assert town.row("news", "a").state is State.DOUBT
    assert town.platforms["news"].shown == ["a (en) v1", "c (en) v1"]


def test_an_orphan_of_a_channel_that_moved_to_another_account_is_found(
    make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news="plain", other="plain")
    town.publish(an_article("a"))
    town.deliver()
    town.platforms["news"].faults.append(("after", None))
    town.publish(an_article("b"))
    town.deliver()
    town.clock.now += timedelta(minutes=1)  # until then whoever held the lane could still be sending
    town.configure("news", lane="another")
    town.publish(an_article("c"))
    town.deliver()
    assert town.row("news", "b").state is State.DOUBT
    assert town.platforms["news"].shown == ["a (en) v1", "b (en) v1", "c (en) v1"]


def test_a_correction_during_a_send_reaches_a_channel_that_it_does_not_match_any_more(
    make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news=("keyed", {"topics": "x"}))
    town.platforms["news"].faults.append(("after", None))
    town.publish(an_article("a", 1))
    town.deliver()
    town.publish(an_article("a", 2, topic="y"))
    town.deliver()
    assert town.platforms["news"].shown == ["a (en) v2"]


def test_a_correction_made_while_a_channel_was_disabled_reaches_it_when_it_is_back(
    make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news="plain")
    town.publish(an_article("a", 1))
    town.deliver()
    town.configure("news", enabled=False)
    town.publish(an_article("a", 2))
    town.deliver()
    town.configure("news", enabled=True)
    town.deliver()
    assert town.platforms["news"].shown == ["a (en) v2"]


def test_a_post_that_somebody_deleted_is_not_put_back_by_a_correction(
    make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news="plain")
    town.publish(an_article("a", 1))
    town.deliver()
    town.platforms["news"].posts["1"].live = False
    town.platforms["news"].faults.append(("before", errors.PostGone("message to edit not found")))
    town.publish(an_article("a", 2))
    town.deliver()
    town.publish(an_article("a", 3))
    town.deliver()
    assert town.platforms["news"].shown == []


@pytest.mark.parametrize("error", [errors.Unknown("connection cut"), None])
def test_a_deletion_that_may_be_done_is_done_before_the_article_is_posted_again(
    error: Exception | None, make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news="plain")
    town.publish(an_article("a", 1))
    town.deliver()
    town.platforms["news"].faults.append(("after", error))
    town.publisher.withdraw("a")
    town.deliver()
    town.publish(an_article("a", 1), reinstate=True)
    town.clock.now += timedelta(minutes=1)
    town.deliver()
    assert town.platforms["news"].shown == ["a (en) v1"]


@pytest.mark.parametrize("error", [errors.Unknown("connection cut"), None])
def test_a_correction_taken_back_while_nobody_knows_whether_it_is_out_is_sent(
    error: Exception | None, make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news="plain")
    town.publish(an_article("a", 1))
    town.deliver()
    town.platforms["news"].faults.append(("after", error))
    town.publish(an_article("a", 2))
    town.deliver()
    town.publish(an_article("a", 1))
    town.clock.now += timedelta(minutes=1)
    town.deliver()
    assert town.platforms["news"].shown == ["a (en) v1"]


@pytest.mark.parametrize("put_back", [0, 5])
def test_a_correction_during_a_doubt_follows_once_it_is_resolved_whatever_the_clock_says(
    put_back: int, make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news="plain")
    town.platforms["news"].faults.append(("after", errors.Unknown("connection cut")))
    town.publish(an_article("a", 1))
    town.deliver()
    town.clock.now -= timedelta(seconds=put_back)
    town.publish(an_article("a", 2))
    sent = partial(
        by_hand.resolve_sent, receipt=Receipt(remote_id="1", at=town.clock()), withdrawn=False, now=town.clock()
    )
    with town.store.write() as connection:
        by_hand.change(connection, [town.row("news").id], sent, by_hand.Hand("somebody", town.clock()))
    town.deliver()
    assert town.platforms["news"].shown == ["a (en) v2"]


def test_an_article_that_came_back_unmatched_is_posted_when_it_matches_again(
    make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news=("plain", {"topics": "x"}))
    town.publish(an_article("a", 1))
    town.deliver()
    town.publisher.withdraw("a")
    town.deliver()
    town.publish(an_article("a", 2, topic="y"), reinstate=True)
    town.deliver()
    town.publish(an_article("a", 3))
    town.deliver()
    assert town.platforms["news"].shown == ["a (en) v3"]


def test_what_was_refused_after_it_came_back_is_tried_again_when_it_is_corrected(
    make_town: MakeTown, an_article: MakeArticle
) -> None:
    town = make_town(news="plain")
    town.publish(an_article("a", 1))
    town.deliver()
    town.publisher.withdraw("a")
    town.deliver()
    town.platforms["news"].faults.append(("before", errors.Rejected("too long")))
    town.publish(an_article("a", 1), reinstate=True)
    town.deliver()
    town.publish(an_article("a", 2))
    town.deliver()
    assert town.platforms["news"].shown == ["a (en) v2"]


def test_a_withdrawal_that_meets_an_announcement_is_not_missed(
    postgres: Any, postgres_database: str, town_at: Callable[..., Any], an_article: MakeArticle
) -> None:
    # Only where a writer does not wait for all others: the withdrawal read the row before it was announced.
    town = town_at(postgres.url(postgres_database), {"news": ("plain", {})})
    town.publish(an_article("a"))
    with ThreadPoolExecutor(1) as thread, town.store.write() as connection:
        connection.execute(update(delivery).values(state="sending", epoch=1, started=town.clock()))
        withdrawn = thread.submit(town.publisher.withdraw, "a")
        time.sleep(0.3)
        assert not withdrawn.done()
        connection.commit()
        withdrawn.result(timeout=10)
    row = town.row("news")
    town.close()
    assert (row.state, row.want) == (State.SENDING, 2)
