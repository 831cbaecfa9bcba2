"""What an admin does to deliveries on the dashboard."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from newswire import errors
from newswire.delivery import State


def test_a_delivery_is_shown_with_the_platforms_words_and_retried(served: Any, alice: Any, an_article: Any) -> None:
    assert served.deliver(an_article(), errors.Rejected("Bad Request: message is too long")) is State.DEAD
    row = served.row()
    page = alice.page(f"deliveries/{row.id}")
    assert "Bad Request: message is too long" in page
    assert re.findall(r'<button name="do" value="([\w-]+)"', page) == ["retry", "resend", "discard"]
    assert alice.settle("retry", row) == f"Is tried at once: delivery {row.id}, a on news."
    assert served.work() is State.DONE
    assert served.wire.channels["news"].shown == ["Title of a (en)"]
    assert served.told() == [
        ("post", "rejected", "Bad Request: message is too long"),
        ("by hand", "retried", "by alice (dashboard)"),
        ("post", "sent", None),
    ]
    done = alice.page(f"deliveries/{row.id}")
    assert "by alice (dashboard)" in done
    assert re.findall(r'<button name="do" value="([\w-]+)"', done) == ["resend"]


def test_a_double_click_makes_one_new_post(served: Any, alice: Any, an_article: Any) -> None:
    served.deliver(an_article())
    row, key = served.row(), alice.key()
    (mark,) = re.findall(rf'name="delivery-{row.id}" value="([^"]+)"', alice.page(f"deliveries/{row.id}"))
    click = {"key": key, "do": "resend", f"delivery-{row.id}": mark, "back": f"/dashboard/deliveries/{row.id}"}
    for _ in range(2):
        assert alice.send("deliveries", click).status_code == 303
    assert served.work() is State.DONE
    assert alice.send("deliveries", click).status_code == 303
    assert "nothing more was done" in alice.page(f"deliveries/{row.id}")
    assert "nothing more was done" not in alice.page(f"deliveries/{row.id}")
    assert served.work() is State.DONE
    assert len(served.wire.channels["news"].out) == 2
    assert [outcome for operation, outcome, _ in served.told() if operation == "by hand"] == ["resent"]


def test_a_doubt_is_settled_by_what_the_platform_shows(served: Any, alice: Any, an_article: Any) -> None:
    assert served.deliver(an_article(), errors.Unknown("connection cut"), after=True) is State.DOUBT
    row = served.row()
    page = alice.page(f"deliveries/{row.id}")
    assert re.findall(r'<button name="do" value="([\w-]+)"', page) == ["sent", "not-sent", "discard"]
    assert "Say which post it is" in alice.settle("sent", row, remote_id=" ")
    assert "&#39;first&#39;" in alice.settle("sent", row, remote_id="first")
    assert served.row().state is State.DOUBT
    assert (
        alice.settle("sent", row, remote_id="https://t.me/news/1")
        == f"Noted that it was sent: delivery {row.id}, a on news."
    )
    assert (served.row().state, served.row().receipt.remote_id) == (State.DONE, "1")
    assert served.told()[-1] == ("by hand", "resolved", "it was sent: https://t.me/news/1; by alice (dashboard)")


def test_a_doubt_that_was_not_sent_is_sent(served: Any, alice: Any, an_article: Any) -> None:
    assert served.deliver(an_article(), errors.Unknown("connection cut")) is State.DOUBT
    assert "it is sent again" in alice.settle("not-sent", served.row())
    assert served.work() is State.DONE
    assert served.wire.channels["news"].shown == ["Title of a (en)"]


def test_a_note_says_what_keeps_a_change_from_being_carried_out(served: Any, alice: Any, an_article: Any) -> None:
    served.deliver(an_article(), errors.Rejected("no"))
    assert alice.said("channels/news/pause", {"for": "2h"}) == "news is paused until 2026-11-23 14:00 UTC."
    assert "news is paused until 2026-11-23 14:00 UTC" in alice.settle("retry", served.row())


def test_several_are_settled_together_all_or_none(served: Any, alice: Any, an_article: Any) -> None:
    for key in "abc":
        assert served.deliver(an_article(key), errors.Rejected("no")) is State.DEAD
    page = alice.page("deliveries", state="dead")
    marks = dict(re.findall(r'name="(delivery-\d+)" value="([^"]+)"', page))
    assert len(marks) == 3
    served.wire.publish(an_article("d"))
    other = alice.page("deliveries", article="d")
    mixed = marks | dict(re.findall(r'name="(delivery-\d+)" value="([^"]+)"', other))
    assert "there is no doubt whether it was sent" in alice.said("deliveries", {"do": "not-sent", **mixed})
    assert {served.row(key).state for key in "abc"} == {State.DEAD}
    assert alice.said("deliveries", {"do": "retry", **marks}) == "Is tried at once: 3 deliveries."
    assert {served.row(key).state for key in "abc"} == {State.PENDING}
    assert alice.said("deliveries", {"do": "retry"}) == "Nothing was chosen."
    assert "no such button" in alice.said("deliveries", {"do": "destroy", **marks})


def test_deliveries_are_listed_in_parts_by_state_channel_and_article(served: Any, alice: Any, an_article: Any) -> None:
    assert served.deliver(an_article("bad"), errors.Rejected("no")) is State.DEAD
    for number in range(60):
        served.wire.publish(an_article(f"a{number}"))

    def ids(page: str) -> list[int]:
        return [int(found) for found in re.findall(r">delivery (\d+)<", page)]

    first = alice.page("deliveries", state="pending", channel="news")
    assert len(ids(first)) == 50
    (address,) = re.findall(r'href="/dashboard/(deliveries\?[^"]+)">Older ones', first)
    rest = alice.page(address.replace("&amp;", "&"))
    assert (len(ids(rest)), "Older ones" in rest) == (10, False)
    assert ids(first) + ids(rest) == sorted({*ids(first), *ids(rest)}, reverse=True)
    assert ids(alice.page("deliveries", article="a7")) == [served.row("a7").id]
    assert ids(alice.page("deliveries", state="sending")) == ids(alice.page("deliveries", channel="quiet")) == []
    assert ids(alice.page("deliveries", state="trouble")) == [served.row("bad").id]
    assert alice.get("deliveries/99999999999999999999").status_code == 404
    assert alice.get("deliveries/x").status_code == 404
    assert alice.page("deliveries", before="x", state="nonsense")


def test_what_was_folded_long_ago_is_shown_and_settled(served: Any, an_article: Any) -> None:
    from newswire.store.retention import Retention  # noqa: PLC0415  # this test alone folds

    served.deliver(an_article())
    row = served.row()
    served.clock.forward(days=30)
    retention = Retention(served.room.store, timedelta(days=1), served.room.config.store.archive_folder, served.clock)
    assert list(retention.steps())
    alice = served.visitor()
    alice.log_in(served.token("alice", "admin"))
    assert "Title of a (en)" in alice.page(f"deliveries/{row.id}")
    assert "A new post is made" in alice.settle("resend", row)
