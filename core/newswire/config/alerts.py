"""The table ``[alerts]``: what the admin is told of, when, and where."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from newswire.durations import Duration, DurationOrOff
from newswire.model import Record


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


ChannelNames = Annotated[
    tuple[str, ...],
    BeforeValidator(_names),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One name, or a list of names."""


class AlertSettings(Record):
    """What the admin is told of, when, and where."""

    channel: ChannelNames = ()
    """The channel, or channels, that alerts go to; without one they are in the log and in ``newswire alerts list``."""
    dead_man: DurationOrOff = timedelta(hours=6)
    """A channel is silent when for so long articles waited that might have gone out, and none did; ``"off"``: never.
    What quiet hours, caps, digests and pauses by hand hold back does not count."""
    intake_silence: DurationOrOff = timedelta(hours=24)
    """An intake is silent when it brought nothing for so long; ``"off"``: never."""
    paused_after: Duration = timedelta(minutes=15)
    """A platform may let an account or a channel wait for so long before that is an alert."""
    doubt_after: Duration = timedelta(minutes=15)
    """A post may be in doubt for so long."""
    failing_after: Duration = timedelta(minutes=15)
    """A follower may be behind, and an intake fail, for so long."""
    every: Duration = timedelta(seconds=30)
    """How often is looked."""
    min_interval: Duration = timedelta(minutes=5)
    """The least time between two posts about alerts on one channel; what comes meanwhile is told together."""
