"""A receiver: messages to it are signed, it is asked at no address but its own, and its words are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newswire.api import (
    Account,
    AccountRefused,
    Courier,
    Finding,
    Guard,
    Retry,
    Unknown,
    Unreachable,
    host_of,
    one_line,
    shorten,
)
from newswire_webhook.outcomes import judge
from newswire_webhook.signing import key_of, signature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import Outcome, Services
    from newswire_webhook.options import WebhookAccountOptions

_LONGEST_WORDS = 300


class WebhookAccount(Account):
    """One receiver.

    Args:
        options: its options.
        services: what the room offers.
    """

    def __init__(self, options: WebhookAccountOptions, services: Services) -> None:
        self.clock = services.clock
        self._options = options
        self._courier: Courier | None = None

    async def send(self, message_id: str, body: bytes) -> None:
        """Sends a message; sending it again under the same id does no harm.

        Args:
            message_id: the header ``webhook-id``.
            body: the JSON document.

        Raises:
            Outcome: the receiver did not take it, or perhaps did not.
        """
        outcome = await self._sent(message_id, body)
        if outcome is not None:
            raise outcome

    async def _sent(self, message_id: str, body: bytes) -> Outcome | None:
        timestamp = int(self.clock().timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self._keys(), message_id, timestamp, body),
        }
        try:
            answer = await self._open().post(self._options.url.get_secret_value(), body, headers)
        except Unreachable as error:
            if error.lasting:
                return AccountRefused(f"not sent: {error}; 'allow_networks' of the account allows private networks")
            return Unknown(str(error)) if error.begun else Retry(f"no connection: {error}")
        after = None if answer.retry_after is None else timedelta(seconds=answer.retry_after)
        return judge(answer.status, self._words(answer.body), after)

    def _keys(self) -> list[bytes]:
        given = (self._options.secret, self._options.old_secret)
        return [key_of(secret.get_secret_value()) for secret in given if secret is not None]

    def _open(self) -> Courier:
        if self._courier is None:
            guard = Guard(networks=self._options.allow_networks)
            self._courier = Courier(timeout=self._options.timeout, guard=guard, agent="newswire (webhook)")
        return self._courier

    def _words(self, body: bytes) -> str:
        """What an answer says, without the address: many servers repeat it in their error pages."""
        words = one_line(body.decode("utf-8", "replace"))
        parts = urlsplit(self._options.url.get_secret_value())
        for secret in (parts.geturl(), parts.path, parts.query):
            if len(secret) > 1:
                words = words.replace(secret, "…")
        return shorten(words, _LONGEST_WORDS)

    async def check(self) -> Sequence[Finding]:
        """Says what is signed with; a receiver cannot be asked anything without sending it a message."""
        host = host_of(self._options.url.get_secret_value())
        signatures = "two signatures" if self._options.old_secret else "one signature"
        if urlsplit(self._options.url.get_secret_value()).scheme == "http":
            return [Finding("warning", f"what is sent to {host} can be read on its way: its address is http://")]
        return [Finding("ok", f"messages to {host} have {signatures}; whether it takes them is seen at the first")]

    async def aclose(self) -> None:
        """Lets the connections go."""
        courier, self._courier = self._courier, None
        if courier is not None:
            await courier.__aexit__(None, None, None)
