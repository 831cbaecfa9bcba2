"""What follows from the result of an attempt. Pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from newswire import errors
from newswire.delivery import Change, Delivery, Operation, Policy, Result, Sent, State, Suppressed, operation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

# Live retries: full jitter between nothing and a bound that doubles from 5 s to an hour.
BACKOFF_FIRST = timedelta(seconds=5)
BACKOFF_MOST = timedelta(hours=1)
MOVES = 3
"""How often in a row a moved destination is followed at once."""
REFUSED_PAUSE = timedelta(hours=1)
"""How long an account rests whose credential was refused, before it is tried once more."""
PAUSE_LEAST, PAUSE_MOST = timedelta(seconds=1), timedelta(days=7)
"""Bounds of what a platform may ask to wait: no storm of attempts, and no date beyond all calendars."""
FEWEST_ATTEMPTS = 5
"""Made before a delivery is given up, however old: after a long rest of everything, too, a hiccup is no end."""


def backoff(attempt: int, random: Callable[[], float]) -> timedelta:
    """How long to wait after so many attempts: full jitter below a doubling bound.

    Args:
        attempt: attempts made, from 1.
        random: gives a number from 0 up to 1.
    """
    doublings = min(max(attempt, 1) - 1, 20)
    return min(BACKOFF_FIRST * (1 << doublings), BACKOFF_MOST) * random()


def clear_up(uncertain_since: datetime, policy: Policy, now: datetime) -> Literal["repeat", "find", "hold", "drop"]:
    """How a post whose outcome nobody knows is cleared up.

    It is looked for, where that can be done: there are servers that take a key and do not heed it. Else repeating it
    is safe while the platform still knows its key. Else policy decides.
    """
    if policy.abilities.finds:
        return "find"
    window = policy.abilities.same_key
    if window is not None and now - uncertain_since < window:
        return "repeat"
    return "repeat" if policy.in_doubt == "resend" else policy.in_doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt that has ended, and what is needed to judge it."""

    delivery: Delivery
    """As it was when the attempt began; its `attempt` counts this one."""
    doing: Operation
    policy: Policy
    now: datetime
    random: Callable[[], float]
    """Gives a number from 0 up to 1."""

    def settle(self, result: Result) -> Change:  # noqa: C901, PLR0911  # one case an outcome
        """What follows from what came of it."""
        match result:
            case Sent():
                return self._sent(result)
            case Suppressed(reason):
                return Change({"state": State.SUPPRESSED, "reason": reason, "uncertain_since": None})
            case errors.ChannelPaused(after=after):
                until = self._after(after)
                return Change(self._again(result, until), channel={"paused_until": until, "note": str(result)})
            case errors.LanePaused(after=after):
                return self._pause_lane(result, after, str(result))
            case errors.AccountRefused():
                return self._pause_lane(result, REFUSED_PAUSE, f"credential refused: {result}")
            case errors.ChannelGone():
                return Change(self._again(result, self.now), channel={"active": 0, "note": str(result)})
            case errors.ChannelMoved(address=address):
                # Once at once, for the move is followed; a destination that goes on moving is waited for.
                moving = self.delivery.attempt > MOVES
                columns = self._retry(result) if moving else self._again(result, self.now, counted=True)
                return Change(columns, channel={"address": address})
            case errors.PostGone():
                return Change(self._gone(result))
            case errors.Rejected():
                return Change({"state": State.DEAD, "reason": str(result)})
            case errors.Retry(after=after):
                return Change(self._retry(result, after))
            case _:
                return Change(self._unknown(result))

    def _sent(self, result: Sent) -> Change:
        columns: dict[str, Any] = {
            "state": State.DONE,
            "have": result.rev if result.receipt else None,
            "receipt": result.receipt,
            "digest": result.digest,
            "language": result.language,
            "reason": result.note,
            "uncertain_since": None,
            "attempt": 0,
        }
        if self.doing is Operation.DELETE:
            columns["generation"] = self.delivery.generation + 1
        if result.rev < self.delivery.want:
            columns |= {"state": State.PENDING, "due": self.now}
        return Change(columns)

    def _after(self, wait: timedelta) -> datetime:
        return self.now + min(max(wait, PAUSE_LEAST), PAUSE_MOST)

    def _again(self, result: errors.Outcome, due: datetime, *, counted: bool = False) -> dict[str, Any]:
        attempts = self.delivery.attempt if counted else self.delivery.attempt - 1
        return {"state": State.PENDING, "due": due, "attempt": max(attempts, 0), "reason": str(result)}

    def _pause_lane(self, result: errors.Outcome, after: timedelta, note: str) -> Change:
        until = self._after(after)
        return Change(self._again(result, until), lane={"paused_until": until, "note": note})

    def _gone(self, result: errors.Outcome) -> dict[str, Any]:
        # The post was taken away on the platform, by whoever may: it is not put back against their will.
        if self.doing is Operation.POST:
            return {"state": State.DEAD, "reason": str(result)}
        nothing_out = {
            "have": None,
            "receipt": None,
            "digest": None,
            "generation": self.delivery.generation + 1,
        }
        if self.doing is Operation.DELETE:
            gone = {"state": State.DONE, "reason": str(result), "uncertain_since": None, "attempt": 0}
            return gone | nothing_out
        return {"state": State.DEAD, "reason": f"the post is gone: {result}", **nothing_out}

    def _retry(self, result: errors.Outcome, after: timedelta | None = None) -> dict[str, Any]:
        attempts = self.delivery.attempt
        if self.now - self.delivery.since >= self.policy.horizon and attempts >= FEWEST_ATTEMPTS:
            # A post that may be out is never called dead: somebody has to look.
            perhaps_out = self.doing is Operation.POST and self.delivery.uncertain_since is not None
            state = State.DOUBT if perhaps_out else State.DEAD
            return {"state": state, "reason": f"given up after {attempts} attempts: {result}"}
        due = self.now + backoff(attempts, self.random) if after is None else self._after(after)
        return self._again(result, due, counted=True)

    def _unknown(self, result: errors.Outcome) -> dict[str, Any]:
        if self.doing is Operation.EDIT:
            # It may be done twice. What followers see now is not known: any digest would be a guess.
            return self._retry(result) | {"digest": None}
        if self.doing is Operation.DELETE:
            # So may this. A receipt without a revision says that nobody knows whether the post still stands.
            return self._retry(result) | {"digest": None, "have": None}
        uncertain_since = self.delivery.uncertain_since or self.delivery.started or self.now
        match clear_up(uncertain_since, self.policy, self.now):
            case "hold":
                columns = {"state": State.DOUBT, "reason": str(result)}
            case "drop":
                columns = {"state": State.DEAD, "reason": f"perhaps sent, dropped by policy: {result}"}
            case _:
                columns = self._retry(result)
                if columns["state"] is State.DEAD:
                    columns["state"] = State.DOUBT
        return columns | {"uncertain_since": uncertain_since}


def orphaned(delivery: Delivery, *, withdrawn: bool, policy: Policy, now: datetime) -> Change:
    """What becomes of an attempt whose worker is gone: nobody knows what came of it."""
    doing = operation(out=delivery.receipt is not None, withdrawn=withdrawn)
    if doing is Operation.NOTHING:
        doing = Operation.POST  # it was withdrawn while it was being posted
    attempt = Attempt(delivery=delivery, doing=doing, policy=policy, now=now, random=lambda: 0.0)
    return attempt.settle(errors.Unknown("the worker that was sending it is gone"))
