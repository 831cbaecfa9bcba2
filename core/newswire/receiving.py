"""Receiving: what intakes hand over is published, counted and reported; nothing stops the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from structlog.contextvars import bound_contextvars

from newswire.errors import InvalidArticle, StoreError, UnknownArticle
from newswire.intake import Arrival, Left, Problem, Withdrawal
from newswire.logs import get_logger
from newswire.publisher import Status
from newswire.store import records

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable
    from datetime import datetime, timedelta

    from newswire.intake import Delivered, Intake
    from newswire.publisher import Publisher
    from newswire.store import Store
    from newswire.turns import Turn

log = get_logger(__name__)
_KEPT_PROBLEMS = 50


@dataclass(slots=True)
class Report:
    """What became of what an intake handed over."""

    counts: dict[str, int] = field(default_factory=dict)
    """How many were ``new``, ``revised``, ``unchanged``, ``withdrawn``, ``skipped``, ``draft``, ``problem``."""
    problems: list[Problem] = field(default_factory=list)

    def count(self, what: str) -> None:
        """Counts one more."""
        self.counts[what] = self.counts.get(what, 0) + 1

    @property
    def changed(self) -> bool:
        """Whether anything was published, revised or withdrawn."""
        return any(self.counts.get(status) for status in ("new", "revised", "withdrawn_now"))

    def as_document(self) -> dict[str, Any]:
        """The report as it is kept; of many problems the first."""
        return {
            "counts": dict(sorted(self.counts.items())),
            "problems": [str(problem) for problem in self.problems[:_KEPT_PROBLEMS]],
        }


@dataclass(frozen=True, slots=True)
class OpenedIntake:
    """A configured intake, opened, and where its articles go."""

    name: str
    intake: Intake
    receiver: Receiver
    every: timedelta | None
    """Read everything again so often; None: only what changes."""
    turn: Turn | None = None
    """The right to read it, where every process of a fleet could and only one at a time must."""


class Receiver:
    """Publishes what comes in under one name.

    Args:
        name: the intake's name.
        publisher: takes the articles in.
        store: keeps the report.
        clock: tells the time, in UTC.
    """

    def __init__(self, name: str, publisher: Publisher, store: Store, clock: Callable[[], datetime]) -> None:
        self.name = name
        self._publisher = publisher
        self._store = store
        self._clock = clock

    def receive(
        self,
        delivered: Iterable[Delivered],
        *,
        progress: Callable[[], None] = lambda: None,
        reinstate: bool = False,
        keep: bool = True,
    ) -> Report:
        """Publishes everything. Blocking.

        Args:
            delivered: what the intake hands over.
            progress: called after each of them.
            reinstate: whether withdrawn articles come back.
            keep: whether the report is what ``newswire status`` shows of the intake.
        """
        with bound_contextvars(intake=self.name):
            return self._receive(delivered, progress, reinstate=reinstate, keep=keep)

    def _receive(
        self, delivered: Iterable[Delivered], progress: Callable[[], None], *, reinstate: bool, keep: bool
    ) -> Report:
        report = Report()
        success = True
        try:
            for item in delivered:
                self._take(item, report, reinstate=reinstate)
                progress()
        except StoreError:
            raise
        except Exception as error:
            log.exception("an intake failed")
            self._problem(Problem(self.name, f"the intake failed: {type(error).__name__}: {error}"), report)
            success = False
        if keep:
            document = report.as_document()
            with self._store.write() as connection:
                records.record_intake(connection, self.name, document, success=success, now=self._clock())
        return report

    def _take(self, item: Delivered, report: Report, *, reinstate: bool) -> None:
        match item:
            case Arrival(article, back, of_others, news):
                try:
                    published = self._publisher.publish(
                        article, intake=self.name, reinstate=reinstate or back, of_others=of_others, news=news
                    )
                    report.count(published.status.value)
                except InvalidArticle as error:
                    self._problem(Problem(error.place or article.id, str(error.args[0]), error.line), report)
            case Withdrawal(article_id):
                self._withdraw(article_id, report)
            case Left(why=why):
                report.count(why)
            case Problem():
                self._problem(item, report)

    def _withdraw(self, article_id: str, report: Report) -> None:
        try:
            published = self._publisher.take_back(article_id)
        except UnknownArticle:
            report.count("skipped")  # withdrawn before it ever came in: nothing to take back
        else:
            report.count(Status.WITHDRAWN.value if published.kind is None else "withdrawn_now")

    @staticmethod
    def _problem(problem: Problem, report: Report) -> None:
        report.count("problem")
        report.problems.append(problem)


def while_unset(delivered: Iterable[Delivered], stop: asyncio.Event) -> Iterable[Delivered]:
    """What an intake hands over, until it is told to stop."""
    for item in delivered:
        if stop.is_set():
            return
        yield item


def tell_report(name: str, report: Report) -> None:
    """Writes what an intake brought to the log."""
    for problem in report.problems:
        log.warning("not taken", intake=name, problem=str(problem))
    if report.counts:
        log.info("received", intake=name, **report.counts)
