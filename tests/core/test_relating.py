from __future__ import annotations

from newswire.relating import beside, nearest

FREQUENCY = {"ai": 900, "policy": 40, "chips": 300}
OTHERS = [("d", ("ai",)), ("c", ("ai", "chips")), ("b", ("policy",)), ("a", ("ai", "policy")), ("z", ("films",))]


def test_the_nearest_share_most_and_what_is_rare() -> None:
    assert nearest(["ai", "policy", "chips"], OTHERS, FREQUENCY, limit=5) == ("a", "b", "c", "d")
    assert nearest(["ai", "policy", "chips"], OTHERS, FREQUENCY, limit=1) == ("a",)


def test_of_equals_the_newest_is_the_nearest() -> None:
    assert nearest(["ai"], OTHERS, FREQUENCY, limit=2) == ("d", "c")


def test_what_shares_nothing_is_not_near() -> None:
    assert nearest(["sport"], OTHERS, FREQUENCY, limit=3) == ()
    assert nearest([], OTHERS, {}, limit=3) == ()


def test_topics_go_together_more_often_than_by_chance() -> None:
    together, alone = {"everything": 50, "chips": 40, "rare": 1}, {"everything": 1000, "chips": 50, "rare": 1}
    assert beside(together, alone, 50, limit=3) == ("chips", "everything", "rare")
    assert beside(together, alone, 50, limit=1) == ("chips",)
    assert beside({}, {}, 0, limit=3) == ()
