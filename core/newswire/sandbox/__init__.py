"""Stand-ins for the Telegram Bot API and the Mastodon API, on loopback, with the platforms' rules and scripted faults.

For tests::

    async with Sandbox(clock=VirtualClock()).serving() as url: ...

for a demo or a rehearsal of a config: `run("127.0.0.1:8600")`, and a look at the wall at that address. The package uses
nothing else of newswire.
"""

from newswire.sandbox.app import Sandbox, run
from newswire.sandbox.calls import Answer, Call, Journal
from newswire.sandbox.clock import Clock, VirtualClock
from newswire.sandbox.faults import Fault, FaultError, Faults
from newswire.sandbox.mastodon.state import Quirks
from newswire.sandbox.server import NotLoopbackError
from newswire.sandbox.telegram.state import Membership

__all__ = [
    "Answer",
    "Call",
    "Clock",
    "Fault",
    "FaultError",
    "Faults",
    "Journal",
    "Membership",
    "NotLoopbackError",
    "Quirks",
    "Sandbox",
    "VirtualClock",
    "run",
]
