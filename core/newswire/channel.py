"""The contract of a channel: what a platform's plugin gives the room.

A plugin hands over a `ChannelType`. The room connects each configured account once and opens each channel of it;
after that it calls `Channel.compose` (pure) and `Channel.post`, `edit`, `delete`, `find`. What does not end in a
receipt ends in one of the outcomes of `newswire.errors`; any other exception counts as Unknown after a post was
begun, for nobody can say what the platform saw.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr

from newswire.appearance import appearance_of
from newswire.post import Receipt
from newswire.secrets import resolve_secret

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

    from newswire.appearance import Appearance
    from newswire.notice import Notice
    from newswire.post import Post
    from newswire.services import Services
    from newswire.story import Story

Secret = Annotated[SecretStr, BeforeValidator(resolve_secret)]
"""A secret of the config: ``env:NAME`` or ``file:path``; it is masked wherever it is shown."""


@dataclass(frozen=True, slots=True)
class TopicMark:
    """Says of an option that it is a topic expression; the config then checks it, and every topic in it."""


TopicFilter = Annotated[str, TopicMark()]
"""An option that says which topics, as the ``topics`` of a channel do: ``(ai & policy) | chips``."""


class Options(BaseModel):
    """Base of every options model: unknown keys are refused, instances do not change, field docs reach the schema."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True, validate_default=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a channel can do; the room decides by it how a doubtful outcome is cleared."""

    edits: bool = True
    """Whether `Channel.edit` works; without it a revision leaves the post as it is."""
    deletes: bool = True
    """Whether `Channel.delete` works; without it a withdrawal leaves the post and is reported."""
    finds: bool = False
    """Whether `Channel.find` can tell if a doubtful post went out."""
    same_key: timedelta | None = None
    """How long posting again with the same key is known to give no second post; None: never."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``newswire check``: what was looked at on the platform, and whether it is as it should be."""

    level: Literal["ok", "warning", "error"]
    """An ``error`` lets ``newswire check`` fail."""
    message: str


class Channel(ABC):
    """One destination of an account: a Telegram chat, a Mastodon account's timeline."""

    abilities: ClassVar[Abilities] = Abilities()
    """What the platform can do; the room decides by it."""

    @abstractmethod
    def compose(self, story: Story) -> Post:
        """The post of a story. Pure: no network, no clock; equal stories give equal posts."""

    def appearances(self, post: Post) -> Sequence[Appearance]:
        """How a post looks to followers: one message, or the several that it becomes. Pure, as `compose` is.

        The preview is made of it. Unless a plugin knows better it is the text as it is marked, with the pictures, or
        else with the card of the link.

        Args:
            post: what `compose` made.
        """
        return (appearance_of(post),)

    def compose_notice(self, notice: Notice) -> Post:
        """The post of what newswire has to tell its admin: plain words, with `Notice.text` within the platform's limit.

        Pure, as `compose`. Without one of its own a channel tells it as a story with a title and a summary.
        """
        return self.compose(notice.story())

    @abstractmethod
    async def post(self, post: Post, *, key: str) -> Receipt:
        """Sends a new post.

        Args:
            post: what `compose`, or `compose_notice`, made.
            key: equal for repetitions of one and the same post; for platforms with idempotency keys.

        Raises:
            Outcome: it was not, or perhaps not, sent.
        """

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Replaces what a post says; called only where `abilities.edits`.

        Args:
            receipt: what `post` (or the last edit) gave.
            post: all of the new content.

        Raises:
            Outcome: it was not, or perhaps not, done. Doing it twice must do no harm.
        """
        raise NotImplementedError

    async def delete(self, receipt: Receipt) -> None:
        """Takes a post back; that it is gone already is success. Called only where `abilities.deletes`.

        Raises:
            Outcome: it was not, or perhaps not, done. Doing it twice must do no harm.
        """
        raise NotImplementedError

    async def find(self, post: Post, *, taken: Collection[str] = ()) -> Receipt | None:
        """Looks for a doubtful post among what is out; None when it surely is not. Only where `abilities.finds`.

        Args:
            post: what it would be today; it may have gone out in an earlier revision.
            taken: the ids of the posts of the same article in other channels of the account: none of them is it. On
                a platform where each destination counts for itself, they tell something of the same destination only.

        Raises:
            Outcome: it could not be looked for.
        """
        raise NotImplementedError

    def receipt_for(self, remote_id: str, at: datetime) -> Receipt:
        """The receipt of a post that an admin has found on the platform, made from what is known without asking.

        Args:
            remote_id: the platform's id of the post, or its address, as the admin copied it.
            at: the time.

        Raises:
            ValueError: it cannot be the id of a post here; the text says what one looks like.
        """
        return Receipt(remote_id=remote_id, at=at)

    async def check(self) -> Sequence[Finding]:
        """Looks whether the destination exists and lets us in; changes nothing."""
        return ()


Suspend = Callable[[Channel, str], Awaitable[None]]
"""Takes a channel out of service: the channel as its type opened it, and the reason for the admin."""


class Account(ABC):
    """One credential at one platform, connected: what all its channels share."""

    async def start(self) -> None:
        """Reads what the platform says of itself (limits); called before the first post is composed.

        Raises:
            Outcome: the platform does not answer; the account is tried again later.
        """

    async def attend(self, suspend: Suspend) -> None:
        """Works beside the posts for as long as this process holds the account's lane: hears what the platform says.

        It is started when the lane was taken and the account has started, and cancelled before the lane is given
        back. Of all processes one at a time is in it, but for some seconds after one froze. When it raises it is
        begun again after a rest; when it returns it is not.

        Args:
            suspend: takes a channel of this account out of service, as `ChannelGone` would, and keeps the reason.
        """
        del suspend

    async def check(self) -> Sequence[Finding]:
        """Looks whether the credential works; changes nothing."""
        return ()

    async def aclose(self) -> None:
        """Lets connections go."""


AccountOptionsT = TypeVar("AccountOptionsT", bound=Options)
ChannelOptionsT = TypeVar("ChannelOptionsT", bound=Options)
AccountT = TypeVar("AccountT", bound=Account)


class ChannelType(ABC, Generic[AccountOptionsT, ChannelOptionsT, AccountT]):
    """A kind of channel: how its accounts and channels are configured, connected and opened."""

    kind: ClassVar[str]
    """The word for it in the config: ``type = "telegram"``."""
    account_options: type[AccountOptionsT]
    """The model of an ``[[accounts]]`` table, without the keys every account has."""
    channel_options: type[ChannelOptionsT]
    """The model of a ``[[channels]]`` table, without the keys every channel has."""

    @abstractmethod
    def connect(self, name: str, options: AccountOptionsT, services: Services) -> AccountT:
        """Makes the account. No network yet, and nothing that fails for a wrong credential."""

    @abstractmethod
    def open(self, account: AccountT, options: ChannelOptionsT) -> Channel:
        """Opens one channel of an account. No network yet."""

    def follow_address(self, options: ChannelOptionsT, account_options: AccountOptionsT) -> str | None:
        """Where people can follow the channel (a web address), if that can be told from the config."""
        del options, account_options
        return None


AnyChannelType = ChannelType[Any, Any, Any]
"""A channel type of whatever options."""
