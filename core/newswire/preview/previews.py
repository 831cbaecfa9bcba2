"""What channels would post of an article, and why they would or would not."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from newswire.delivery import Start
from newswire.dispatch import guard
from newswire.dispatch.dispatcher import connect_account, open_channel
from newswire.errors import Rejected
from newswire.store import articles, channels, deliveries
from newswire.store.library import story_for
from newswire.translation.readers import offer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from newswire.appearance import Appearance
    from newswire.channel import Account, Channel
    from newswire.config import Config, ConfiguredChannel
    from newswire.delivery import Delivery
    from newswire.post import Post
    from newswire.services import Services
    from newswire.store.articles import StoredArticle
    from newswire.story import Story

Change = Literal["same", "other", "unknown"]
"""Whether followers would see a difference to what is out."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be posted."""

    article: StoredArticle
    before: StoredArticle | None = None
    """The article as it is published, where another revision is looked at; else None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """What is out on a channel."""

    rev: int | None
    """The revision that followers see, where that is known."""
    url: str | None
    change: Change
    """Whether the post would look otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a channel would post."""

    channel: str
    kind: str
    """The type of the channel."""
    address: str | None
    """Where people follow it, where that is known."""
    enabled: bool
    matches: bool
    because: str
    """Why it takes the article, or does not."""
    post: Post | None = None
    appearances: Sequence[Appearance] = ()
    """How followers would see the post."""
    failure: str | None = None
    """Why there is no post, or no appearance of it, though the channel takes the article."""
    out: Out | None = None
    """What is out already."""
    difference: Sequence[str] = ()
    """How the text would change, line by line: ``- before``, ``+ after``, ``  both``."""


def previews(
    connection: Connection,
    config: Config,
    services: Services,
    subject: Subject,
    chosen: Sequence[ConfiguredChannel],
) -> list[Preview]:
    """What each of some channels would post. Whatever a plugin does is told, and stops no other.

    Args:
        connection: to read with.
        config: the config that the channels are from.
        services: what plugins are offered.
        subject: the article, or a digest.
        chosen: the channels, enabled or not.
    """
    versions = [one for one in (subject.article, subject.before) if one is not None]
    related = {key for one in versions for key in one.related}
    booth = _Booth(
        config,
        services,
        articles.load_many(connection, sorted(related)),
        deliveries.of_article(connection, subject.article.content.id),
        {row["name"]: row["address"] for row in channels.find(connection, [one.name for one in chosen])},
        {channel.name for channel in config.enabled_channels},
        {},
    )
    return [booth.preview(channel, subject) for channel in chosen]


@dataclass(frozen=True, slots=True)
class _Booth:
    config: Config
    services: Services
    beside: Mapping[str, StoredArticle]
    """The articles that are related to the one, or that the digest lists."""
    rows: Mapping[str, Delivery]
    """Its deliveries, by channel."""
    addresses: Mapping[str, Mapping[str, str | int] | None]
    """Where destinations have moved, by channel."""
    enabled: set[str]
    accounts: dict[str, Account]

    def preview(self, channel: ConfiguredChannel, subject: Subject) -> Preview:
        account = self.config.account(channel.account)
        told = partial(
            Preview,
            channel=channel.name,
            kind=account.type.kind,
            address=account.type.follow_address(channel.options, account.options),
            enabled=channel.name in self.enabled,
        )
        row, article = self.rows.get(channel.name), subject.article
        story, because = self._story(channel, article)
        if story is None or article.withdrawn:
            why = "the article is withdrawn" if article.withdrawn else because
            return told(matches=False, because=why, out=_out(row, None))
        told = partial(told, matches=True, because=because)
        try:
            opened = guard.made(partial(self._open, channel))
            post, _ = guard.composed(partial(opened.compose, story))
        except (guard.PluginFailed, Rejected) as error:
            return told(failure=str(error), out=_out(row, None))
        shown, failure = _appearances(opened, post)
        return told(
            post=post,
            appearances=shown,
            failure=failure,
            out=_out(row, post),
            difference=tuple(self._difference(channel, opened, subject.before, post)),
        )

    def _story(self, channel: ConfiguredChannel, stored: StoredArticle) -> tuple[Story | None, str]:
        return story_for(
            stored,
            self.beside,
            channel=channel.name,
            wanted=channel.subscription,
            reader_language=channel.reader_language,
            taxonomy=self.config.taxonomy,
            offer=offer(self.config),
        )

    def _open(self, channel: ConfiguredChannel) -> Channel:
        if channel.account not in self.accounts:
            self.accounts[channel.account] = connect_account(self.config.account(channel.account), self.services)
        account = self.accounts[channel.account]
        opened = open_channel(self.config, channel, account, Start(0, self.services.clock()))
        return opened.at(self.addresses.get(channel.name))

    def _difference(
        self, channel: ConfiguredChannel, opened: Channel, before: StoredArticle | None, post: Post
    ) -> Iterator[str]:
        """How the text changes against the article as it is published, if it does."""
        story = self._story(channel, before)[0] if before is not None and not before.withdrawn else None
        if story is None:
            return
        try:
            old, _ = guard.composed(partial(opened.compose, story))
        except Rejected:
            return
        if old.text != post.text:
            yield from (line for line in difflib.ndiff(_lines(old), _lines(post)) if not line.startswith("?"))


def _lines(post: Post) -> list[str]:
    return post.text.split("\n")


def _appearances(channel: Channel, post: Post) -> tuple[Sequence[Appearance], str | None]:
    try:
        return guard.made(lambda: tuple(channel.appearances(post))), None
    except guard.PluginFailed as error:
        return (), f"the plugin cannot say how it looks: {error}"


def _out(row: Delivery | None, post: Post | None) -> Out | None:
    if row is None or row.receipt is None:
        return None
    change: Change = "unknown"
    if row.digest is not None and post is not None:
        change = "same" if row.digest == post.digest() else "other"
    return Out(rev=row.have or None, url=row.receipt.url, change=change)
