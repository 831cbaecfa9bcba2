"""A room: posting, editing, deleting, finding."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from newswire.api import Abilities, Channel, Finding, Outcome, Post, PostGone, Receipt, Story

from newswire_matrix.formatter import compose

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from newswire_matrix.client import MatrixAccount
    from newswire_matrix.kind import MatrixChannelOptions

LINK = "newswire.link"
"""A key of our own in each message, which clients do not show: by it a post is found again."""
PAGES, PAGE = 5, 100
"""How far back a post is looked for: so many pages of so many messages of ours."""


class MatrixChannel(Channel):
    """A room.

    Matrix can all that newswire may ask for. It knows a repeated message by its transaction id: Synapse, the server
    that most use, remembers them for half an hour. What is older is looked for.
    """

    abilities: ClassVar[Abilities] = Abilities(edits=True, deletes=True, finds=True, same_key=timedelta(minutes=30))

    def __init__(self, account: MatrixAccount, options: MatrixChannelOptions) -> None:
        self._account = account
        self._options = options
        self._room = f"/rooms/{quote(options.room, safe='')}"

    def compose(self, story: Story) -> Post:
        """The post of a story."""
        return compose(story)

    async def post(self, post: Post, *, key: str) -> Receipt:
        """Sends a message; a repeated one gives the first one's id.

        Raises:
            Outcome: it was not, or perhaps not, sent.
        """
        return self._receipt(await self._send(self._content(post), key))

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Replaces what a message says ("Event replacements": a new event that points to the first).

        Raises:
            Outcome: it was not, or perhaps not, done.
        """
        if await self._is_redacted(receipt.remote_id):
            raise PostGone("it was redacted")  # a homeserver would take the edit, and show nothing
        content = self._content(post)
        replacement = {
            **content,
            "body": f"* {content['body']}",
            "formatted_body": f"* {content['formatted_body']}",
            "m.new_content": content,
            "m.relates_to": {"rel_type": "m.replace", "event_id": receipt.remote_id},
        }
        await self._send(replacement, f"{receipt.remote_id}/{post.digest()}")
        return receipt

    async def delete(self, receipt: Receipt) -> None:
        """Redacts a message, and with it every edit of it.

        Raises:
            Outcome: it was not, or perhaps not, done.
        """
        event, transaction = quote(receipt.remote_id, safe=""), _hashed(f"redact {receipt.remote_id}")
        with suppress(PostGone):  # that it is gone already is success
            await self._account.call("PUT", f"{self._room}/redact/{event}/{transaction}", {})

    async def find(self, post: Post, *, taken: Collection[str] = ()) -> Receipt | None:
        """Looks for a message of ours by the article's address; None when there surely is none.

        Raises:
            Outcome: it could not be looked for.
        """
        wanted = {"senders": [await self._account.user()], "types": ["m.room.message"]}
        query = {"dir": "b", "limit": str(PAGE), "filter": json.dumps(wanted)}
        for _ in range(PAGES):
            page = await self._account.call("GET", f"{self._room}/messages", query=query)
            for event in page.get("chunk", ()):
                content = event.get("content", {})
                ours = content.get(LINK) == post.link and "m.relates_to" not in content
                if ours and event["event_id"] not in taken:
                    return self._receipt(str(event["event_id"]))
            if not page.get("end"):
                return None
            query["from"] = page["end"]
        return None

    async def check(self) -> Sequence[Finding]:
        """Looks whether the user is in the room, and the room is not encrypted."""
        try:
            joined = (await self._account.call("GET", "/joined_rooms"))["joined_rooms"]
            if self._options.room not in joined:
                return [Finding("error", f"the user has not joined {self._options.room}")]
            try:
                await self._account.call("GET", f"{self._room}/state/m.room.encryption")
            except PostGone:
                return [Finding("ok", f"the user is in {self._options.room}")]
            return [Finding("error", f"{self._options.room} is encrypted, and posts would not be")]
        except Outcome as outcome:
            return [Finding("error", str(outcome))]

    def _content(self, post: Post) -> dict[str, Any]:
        return {
            "msgtype": "m.text" if self._options.loud else "m.notice",
            "body": post.text,
            "format": "org.matrix.custom.html",
            "formatted_body": post.details["html"],
            LINK: post.link,
        }

    async def _send(self, content: dict[str, Any], key: str) -> str:
        path = f"{self._room}/send/m.room.message/{_hashed(key)}"
        return str((await self._account.call("PUT", path, content))["event_id"])

    async def _is_redacted(self, event_id: str) -> bool:
        event = await self._account.call("GET", f"{self._room}/event/{quote(event_id, safe='')}")
        return "redacted_because" in event.get("unsigned", {})

    def _receipt(self, event_id: str) -> Receipt:
        url = f"https://matrix.to/#/{self._options.room}/{event_id}"
        return Receipt(remote_id=event_id, at=self._account.clock(), url=url)


def _hashed(key: str) -> str:
    """A transaction id: keys may hold what an address cannot."""
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
