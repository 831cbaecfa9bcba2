"""Posts to a service of Apprise: they go out, and there they stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from newswire.api import Abilities, Channel, Post, Receipt, Story
from newswire_apprise.formatter import compose

if TYPE_CHECKING:
    from newswire_apprise.account import AppriseAccount
    from newswire_apprise.options import AppriseChannelOptions
    from newswire_apprise.service import Form


class AppriseChannel(Channel):
    """The messages of one subscription to one service.

    Apprise tells no id of what it has sent, and can neither edit, delete nor find it.
    """

    abilities: ClassVar[Abilities] = Abilities(edits=False, deletes=False, finds=False, same_key=None)

    def __init__(self, account: AppriseAccount, options: AppriseChannelOptions) -> None:
        self._account = account
        self._options = options

    def compose(self, story: Story) -> Post:
        """The post of a story, in what the service takes."""
        service = self._account.service
        return compose(story, service.form(self._options.format), service.limits)

    async def post(self, post: Post, *, key: str) -> Receipt:
        """Sends a message.

        Raises:
            Outcome: it was not, or perhaps not, taken.
        """
        title, body, form = (str(post.details[name]) for name in ("title", "body", "form"))
        await self._account.send(title, body, cast("Form", form))
        return Receipt(remote_id=key, at=self._account.clock())
