"""Articles as messages to a receiver: published, revised, withdrawn."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import orjson

from newswire.api import Abilities, Channel, Post, Receipt, Story
from newswire_webhook.payload import data_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newswire_webhook.account import WebhookAccount
    from newswire_webhook.options import WebhookChannelOptions
    from newswire_webhook.payload import EventType


class WebhookChannel(Channel):
    """The messages of one subscription to one receiver.

    A message has an id that is made of what it says, the revision included: a message that is sent again has the id it
    had before, and a receiver that has it drops it ("The ID is often used as an idempotency key"). One that keeps no
    ids replaces what it knows of an article by the same. So what may not have arrived is simply sent again.
    """

    abilities: ClassVar[Abilities] = Abilities(edits=True, deletes=True, finds=False, same_key=timedelta(days=30))

    def __init__(self, account: WebhookAccount, options: WebhookChannelOptions) -> None:
        self._account = account
        self._options = options

    def compose(self, story: Story) -> Post:
        """The post of a story: its text is the ``data`` of the message, in JSON that people can read."""
        data = data_of(story, full=self._options.content == "full").model_dump(mode="json")
        text = orjson.dumps(data, option=orjson.OPT_INDENT_2).decode()
        return Post(text=text, language=story.language, link=story.url)

    async def post(self, post: Post, *, key: str) -> Receipt:
        """Sends ``article.published``.

        Raises:
            Outcome: it was not, or perhaps not, taken.
        """
        data = orjson.loads(post.text)
        await self._send("article.published", data["published"], data, post.digest())
        return Receipt(remote_id=f"{data['id']}#{_hashed(key)}", at=self._account.clock())

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Sends ``article.revised``.

        Raises:
            Outcome: it was not, or perhaps not, taken.
        """
        data = orjson.loads(post.text)
        await self._send("article.revised", data["updated"], data, post.digest())
        return receipt

    async def delete(self, receipt: Receipt) -> None:
        """Sends ``article.withdrawn``.

        Raises:
            Outcome: it was not, or perhaps not, taken.
        """
        article_id, _, _ = receipt.remote_id.rpartition("#")
        data = {"id": article_id or receipt.remote_id}
        timestamp = f"{self._account.clock():%Y-%m-%dT%H:%M:%SZ}"
        await self._send("article.withdrawn", timestamp, data, receipt.remote_id)

    async def _send(self, kind: EventType, timestamp: str, data: Mapping[str, object], says: str) -> None:
        body = orjson.dumps({"type": kind, "timestamp": timestamp, "data": data})
        # No part of it is anybody's choice, and there is no "." in it, as the signature scheme asks.
        await self._account.send("msg_" + _hashed(f"{kind} {says}"), body)


def _hashed(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
