"""Every metric there is: its name, its kind, what it tells and by what it is told apart.

The names keep to https://prometheus.io/docs/practices/naming/: base units, and a unit at the end. Those of the process
are the ones that every client library of Prometheus has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["counter", "gauge", "info", "summary"]
Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric.

    Args:
        name: without the ending that its kind demands (``_total``, ``_info``, ``_sum``).
        kind: what it is.
        help: what it tells, in a sentence.
        labels: what its samples are told apart by.
        unit: its unit, which its name ends in; empty for a number of things.
        own: whether it is of this process; all others are the same from every process on the store.
    """

    name: str
    kind: Kind
    help: str
    labels: Labels = ()
    unit: str = ""
    own: bool = False


@dataclass(slots=True)
class Samples:
    """The values of a metric."""

    family: Family
    values: list[tuple[Labels, float]] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)
    """Of a summary, beside each value (the sum) the number of observations."""


INFO = Family("newswire", "info", "The version of newswire that this process runs.", ("version",), own=True)
EVENTS = Family("newswire_events", "counter", "Events: articles published, revised, completed or withdrawn.")
EDITIONS = Family("newswire_editions", "gauge", "Published articles by language.", ("language",))
INTAKE_RUN = Family(
    "newswire_intake_last_run_timestamp_seconds", "gauge", "When an intake last handed anything over.",
    ("intake",), "seconds",
)  # fmt: skip
INTAKE_SUCCESS = Family(
    "newswire_intake_last_success_timestamp_seconds", "gauge", "When an intake last did so without breaking off.",
    ("intake",), "seconds",
)  # fmt: skip
ACCOUNT_HELD = Family("newswire_account_held", "gauge", "1 while a process holds the account's lane.", ("account",))
ACCOUNT_PAUSED = Family("newswire_account_paused", "gauge", "1 while the account is paused.", ("account",))
CHANNELS = Family(
    "newswire_channels", "gauge", "Channels by state: active, paused, suspended.", ("account", "state")
)  # fmt: skip
PENDING = Family("newswire_deliveries_pending", "gauge", "Deliveries that wait to be made.", ("account",))
DOUBT = Family("newswire_deliveries_doubt", "gauge", "Posts nobody knows the fate of.", ("account",))
DEAD = Family("newswire_deliveries_dead", "gauge", "Deliveries that were given up.", ("account",))
OLDEST = Family(
    "newswire_deliveries_oldest_pending_timestamp_seconds", "gauge",
    "Since when the delivery at the head of a channel waits, of the channel where it waits longest.",
    ("account",), "seconds",
)  # fmt: skip
ATTEMPTS = Family(
    "newswire_attempts", "counter", "Attempts of all processes, since this one began to count.",
    ("account", "operation", "outcome"),
)  # fmt: skip
ATTEMPT_SECONDS = Family(
    "newswire_attempt_duration_seconds", "summary", "How long these attempts took.", ("account", "operation"), "seconds"
)
CHANNEL_ACTIVE = Family("newswire_channel_active", "gauge", "1 while the channel may be posted to.", ("channel",))
CHANNEL_PENDING = Family("newswire_channel_pending", "gauge", "Deliveries that wait for the channel.", ("channel",))
CHANNEL_DOUBT = Family("newswire_channel_doubt", "gauge", "Posts of the channel in doubt.", ("channel",))
CHANNEL_DEAD = Family("newswire_channel_dead", "gauge", "Deliveries of the channel given up.", ("channel",))
CHANNEL_OLDEST = Family(
    "newswire_channel_oldest_pending_timestamp_seconds", "gauge",
    "Since when the delivery at the head of the channel waits.", ("channel",), "seconds",
)  # fmt: skip
CHANNEL_POSTS = Family(
    "newswire_channel_posts", "counter", "New posts of the channel, since this process began to count.", ("channel",)
)
CHANNELS_LEFT_OUT = Family(
    "newswire_channels_left_out", "gauge", "Channels without series of their own ([metrics] most_channels)."
)
FOLLOWER_LAG = Family("newswire_follower_lag_events", "gauge", "Events a follower has not had yet.", ("follower",))
ALERTS = Family("newswire_alerts", "gauge", "Alerts that stand.", ("kind",))
ALERTS_WATCHED = Family("newswire_alerts_watched", "gauge", "1 while a process looks for alerts.")
PLUGINS = Family("newswire_plugins", "gauge", "Plugins by what became of them in this process.", ("status",), own=True)
CPU = Family("process_cpu_seconds", "counter", "Processor time of this process.", (), "seconds", own=True)
MEMORY = Family("process_resident_memory_bytes", "gauge", "Memory of this process.", (), "bytes", own=True)
STARTED = Family(
    "process_start_time_seconds", "gauge", "When this process began, in Unix time.", (), "seconds", own=True
)  # fmt: skip
DESCRIPTORS = Family("process_open_fds", "gauge", "Open file descriptors of this process.", own=True)

FAMILIES = tuple(value for value in list(vars().values()) if isinstance(value, Family))
"""All of them, in their order."""
