"""What the hub says to subscribers: verification, refusal, content."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from newswire.api import Answer, Courier
    from newswire_feeds.websub.printer import Print
    from newswire_feeds.websub.subscription import Intent, Subscription

GONE = 410
"""Section 7: the subscriber has deleted the subscription."""


async def verify(courier: Courier, intent: Intent, challenge: str) -> tuple[bool, Answer]:
    """Asks a callback whether it wants what was asked for in its name (WebSub section 5.3).

    Args:
        courier: sends the request.
        intent: what was asked for.
        challenge: what only the callback can say back.

    Returns:
        Whether it does, and what it answered.

    Raises:
        Unreachable: there was no answer.
    """
    fields = {"hub.mode": intent.mode, "hub.topic": intent.topic, "hub.challenge": challenge}
    if intent.mode == "subscribe":
        fields["hub.lease_seconds"] = str(intent.lease)
    answer = await courier.get(_with(intent.callback, fields))
    return answer.good and hmac.compare_digest(answer.body, challenge.encode()), answer


async def deny(courier: Courier, intent: Intent, reason: str) -> None:
    """Tells a callback that its subscription is refused (section 5.2).

    Raises:
        Unreachable: there was no answer.
    """
    fields = {"hub.mode": "denied", "hub.topic": intent.topic, "hub.reason": reason}
    await courier.get(_with(intent.callback, fields))


async def deliver(courier: Courier, subscription: Subscription, printed: Print) -> Answer:
    """Sends a feed's content to a subscriber (section 7).

    Raises:
        Unreachable: there was no answer.
    """
    headers = {"content-type": printed.content_type, "link": printed.links}
    if subscription.secret is not None:
        signature = hmac.digest(subscription.secret.encode(), printed.body, "sha256").hex()
        headers["x-hub-signature"] = f"sha256={signature}"
    return await courier.post(subscription.callback, printed.body, headers)


def _with(callback: str, fields: dict[str, str]) -> str:
    """A callback with fields appended to whatever query it has (section 5.1)."""
    return f"{callback}{'&' if '?' in callback else '?'}{urlencode(fields)}"
