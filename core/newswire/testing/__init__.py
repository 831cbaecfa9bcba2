"""The kit for testing plugins: stories that formatters trip over, a room in small, and the contract of a channel.

A plugin's tests may import this module, and `newswire.api`; its code may import `newswire.api` only. Nothing here
needs pytest. docs/testing-plugins.md shows how it is used.
"""

from newswire.delivery import Delivery
from newswire.delivery import State as DeliveryState
from newswire.testing.articles import LANGUAGES, an_article, an_edition
from newswire.testing.clock import NOON, RehearsalClock
from newswire.testing.contract import ChannelContract
from newswire.testing.looking import AccountState, Attempt, ChannelState
from newswire.testing.platform import Failure, Operation, Platform
from newswire.testing.room import RehearsalRoom, RehearsedAccount, RehearsedChannel
from newswire.testing.services import RehearsalServices
from newswire.testing.stories import a_digest, a_notice, a_story, sample_stories

__all__ = [
    "LANGUAGES",
    "NOON",
    "AccountState",
    "Attempt",
    "ChannelContract",
    "ChannelState",
    "Delivery",
    "DeliveryState",
    "Failure",
    "Operation",
    "Platform",
    "RehearsalClock",
    "RehearsalRoom",
    "RehearsalServices",
    "RehearsedAccount",
    "RehearsedChannel",
    "a_digest",
    "a_notice",
    "a_story",
    "an_article",
    "an_edition",
    "sample_stories",
]
