"""What an outcome must lead to: for one delivery, its channel and its account. Pure.

This is the table of outcomes of docs/writing-a-plugin.md, as complaints where something is not so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire import errors
from newswire.delivery import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from newswire.channel import Abilities
    from newswire.delivery import Delivery
    from newswire.testing.looking import AccountState, Attempt, ChannelState
    from newswire.testing.platform import Failure, Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What can be seen of a delivery, its channel and its account at one time."""

    delivery: Delivery
    account: AccountState
    channel: ChannelState
    attempts: Sequence[Attempt]
    """All of them, the first ones too."""
    posts: Sequence[str]
    """The posts of the article that followers can see."""
    now: datetime


_STATES = {
    errors.Retry: State.PENDING,
    errors.ChannelPaused: State.PENDING,
    errors.LanePaused: State.PENDING,
    errors.AccountRefused: State.PENDING,
    errors.ChannelGone: State.PENDING,
    errors.PostGone: State.DEAD,
    errors.Rejected: State.DEAD,
}
_PAUSES_ACCOUNT = (errors.LanePaused, errors.AccountRefused)


def complaints_at_once(failure: Failure, doing: Operation, abilities: Abilities, seen: Seen) -> Iterator[str]:
    """What is not as it should be right after a failure."""
    delivery = seen.delivery
    wanted = _state(failure, doing, abilities)
    if wanted is not None and delivery.state is not wanted:
        yield f"the delivery is {delivery.state}, and should be {wanted} ({delivery.reason})"
    outcomes = [one.outcome for one in seen.attempts if one.operation == doing]
    told = [one.words for one in seen.attempts if one.outcome == failure.means.__name__.lower()]
    if failure.means.__name__.lower() not in outcomes:
        yield f"the attempts to {doing} ended as {outcomes}, and one should be {failure.means.__name__}"
    elif not all(told):
        yield "the outcome has no words"
    paused = seen.account.paused_until is not None and seen.account.paused_until > seen.now
    if paused is not issubclass(failure.means, _PAUSES_ACCOUNT):
        yield f"the account is {'' if paused else 'not '}paused ({seen.account.note})"
    waits = seen.channel.paused_until is not None and seen.channel.paused_until > seen.now
    if waits is not issubclass(failure.means, errors.ChannelPaused):
        yield f"the channel is {'' if waits else 'not '}paused"
    if seen.channel.active is issubclass(failure.means, errors.ChannelGone):
        yield f"the channel is {'' if seen.channel.active else 'not '}active ({seen.channel.note})"
    if issubclass(failure.means, errors.ChannelMoved) and not seen.channel.address:
        yield "the new address is not kept"
    if issubclass(failure.means, errors.Unknown) and doing == "post" and delivery.uncertain_since is None:
        yield "it is not kept that the post may be out"
    yield from _posts_at_once(failure, doing, seen)


def _state(failure: Failure, doing: Operation, abilities: Abilities) -> State | None:
    means = failure.means
    if issubclass(means, errors.PostGone) and doing == "delete":
        return State.DONE
    if issubclass(means, errors.Unknown):
        clears = abilities.finds or abilities.same_key is not None
        return State.DOUBT if doing == "post" and not clears else State.PENDING
    # After a move the next attempt is made at once, and what comes of it is the new place's business.
    return next((state for kind, state in _STATES.items() if issubclass(means, kind)), None)


def _posts_at_once(failure: Failure, doing: Operation, seen: Seen) -> Iterator[str]:
    if issubclass(failure.means, errors.ChannelMoved | errors.PostGone):
        return
    there = {"post": failure.taken, "edit": True, "delete": not failure.taken}[doing]
    if len(seen.posts) != int(there):
        yield f"followers see {len(seen.posts)} posts of the article, and should see {int(there)}"


def complaints_in_the_end(failure: Failure, doing: Operation, abilities: Abilities, seen: Seen) -> Iterator[str]:
    """What is not as it should be when the platform works again and all pauses are over."""
    means, delivery = failure.means, seen.delivery
    gone = issubclass(means, errors.ChannelGone)
    if gone:
        wanted = State.PENDING
    elif issubclass(means, errors.Unknown) and doing == "post" and not (abilities.finds or abilities.same_key):
        wanted = State.DOUBT
    elif issubclass(means, errors.Rejected) or (issubclass(means, errors.PostGone) and doing != "delete"):
        wanted = State.DEAD
    else:
        wanted = State.DONE
    moved = issubclass(means, errors.ChannelMoved) and doing != "post"
    if delivery.state is not wanted and not (moved and delivery.state in {State.DONE, State.DEAD}):
        yield f"in the end the delivery is {delivery.state}, and should be {wanted} ({delivery.reason})"
    if len(seen.posts) > 1:
        yield f"followers see the article {len(seen.posts)} times"
    if wanted is State.DONE and not moved and not issubclass(means, errors.PostGone):
        if len(seen.posts) != int(doing != "delete"):
            yield f"in the end followers see {len(seen.posts)} posts of the article"
        elif doing == "edit" and not any("Corrected" in text for text in seen.posts):
            yield "in the end followers do not see the correction"
    if doing == "post" and wanted in {State.PENDING, State.DEAD, State.DOUBT} and len(seen.posts) != int(failure.taken):
        yield f"in the end followers see {len(seen.posts)} posts of an article that is {wanted}"
