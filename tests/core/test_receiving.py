from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.intake import Arrival, Delivered, Left, Problem, Withdrawal
from newswire.receiving import Receiver
from newswire.store import records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newswire.model import Article


def _receiver(wire: Any) -> Receiver:
    return Receiver("folder", wire.publisher, wire.store, wire.clock)


def test_everything_is_counted_and_nothing_stops_the_rest(
    wire: Any, an_article: Callable[..., Article], an_edition: Callable[..., dict[str, Any]]
) -> None:
    delivered: list[Delivered] = [
        Arrival(an_article("a")),
        Left("b.md", "draft"),
        Left("c.md", "skipped"),
        Problem("d.md", "the front matter is no YAML", 3),
        Arrival(an_article("e", editions=[an_edition("en"), an_edition("ja")])),
        Arrival(an_article("f")),
        Withdrawal("f"),
        Withdrawal("never-seen"),
        Arrival(an_article("a")),
    ]
    ticks: list[None] = []
    report = _receiver(wire).receive(delivered, progress=lambda: ticks.append(None))
    assert len(ticks) == 9
    assert report.counts == {"new": 2, "draft": 1, "skipped": 2, "problem": 2, "withdrawn_now": 1, "unchanged": 1}
    assert [str(problem) for problem in report.problems] == [
        "d.md:3: the front matter is no YAML",
        "e: no edition can be in ja: [site] languages are ar, de, en, fr",
    ]


def test_an_intake_that_fails_halfway_keeps_what_it_brought(wire: Any, an_article: Callable[..., Article]) -> None:
    def failing() -> Iterator[Delivered]:
        yield Arrival(an_article("a"))
        raise OSError("the disk is gone")

    report = _receiver(wire).receive(failing())
    assert report.counts == {"new": 1, "problem": 1}
    with wire.store.read() as connection:
        (row,) = records.intake_rows(connection)
    assert row["last_run"] == wire.clock.now
    assert row["last_success"] is None
    assert row["report"]["problems"] == ["folder: the intake failed: OSError: the disk is gone"]


def test_the_last_report_is_kept(wire: Any, an_article: Callable[..., Article]) -> None:
    receiver = _receiver(wire)
    receiver.receive([Arrival(an_article("a"))])
    wire.clock.forward(hours=1)
    receiver.receive([Arrival(an_article("a"))])
    receiver.receive([Arrival(an_article("b"))], keep=False)
    with wire.store.read() as connection:
        (row,) = records.intake_rows(connection)
    assert row["report"] == {"counts": {"unchanged": 1}, "problems": []}
    assert row["last_success"] == wire.clock.now
