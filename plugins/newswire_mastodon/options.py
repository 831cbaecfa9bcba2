"""What an admin may write in the config for a Mastodon account and for a channel of it."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from newswire.api import LanguageTag, Options, Secret, TopicFilter


def base_address(value: str) -> str:
    """A server's address, without a slash at its end.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be the address of a server, such as 'https://social.example'")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must have no user name or password in it; the token is given as 'token'")
    if parts.query or parts.fragment:
        raise ValueError("must end with the server or a path, without '?' or '#'")
    return value.strip().rstrip("/")


class Profile(Options):
    """What ``newswire mastodon setup`` sets on the account."""

    bot: bool = True
    """Whether the account is marked as automated; most servers' rules ask it."""
    discoverable: bool = True
    """Whether servers may recommend the account."""
    indexable: bool = True
    """Whether its public posts may be found by search."""
    language: LanguageTag | None = None
    """The language of posts that name none; unless given, the first of the account's first channel."""
    fields: Annotated[dict[str, str], Field(max_length=4)] = {}  # noqa: RUF012  # pydantic copies it
    """What the profile's table says, at most four lines: ``{ Website = "https://news.example" }``, which it also says
    unless given. A server marks a page as verified that links back to the account with ``rel="me"``."""
    attribution_domains: tuple[str, ...] | None = None
    """Sites whose articles may name the account as their author (``fediverse:creator``); unless given, the site's."""


class MastodonAccountOptions(Options):
    """An ``[[accounts]]`` table with ``type = "mastodon"``."""

    url: Annotated[str, AfterValidator(base_address)]
    """The address of the server, as a browser shows it; it may have a path. A server that answers it with a redirect
    is refused: write down the address it redirects to."""
    token: Secret
    """The access token of the account, as ``env:NAME`` or ``file:path``; it needs the scopes ``read:accounts``,
    ``read:statuses`` and ``write:statuses``; ``write:media`` for pictures, ``write:accounts`` for
    ``newswire mastodon setup``. ``newswire mastodon login`` gets one."""
    handle: Annotated[str, Field(pattern=r"^@?[A-Za-z0-9_][A-Za-z0-9_.-]*(@[A-Za-z0-9.-]+(:\d+)?)?$")] | None = None
    """The account's name, as ``@news@social.example`` or ``@news``, so that readers can be told where to follow."""
    rate_limits: Literal["mastodon", "server"] = "mastodon"
    """Which limits are kept without being asked to: ``mastodon``, Mastodon's usual ones (300 posts and edits in three
    hours, 30 uploads and 30 deletions in half an hour, 300 calls in five minutes) until the server tells of others;
    ``server``, only what the server tells, for a server of your own."""
    profile: Profile = Profile()
    """What ``newswire mastodon setup`` sets on the account."""

    @property
    def profile_url(self) -> str | None:
        """The account's page for readers, or None where `handle` is not given."""
        if self.handle is None:
            return None
        user, _, server = self.handle.removeprefix("@").partition("@")
        return f"https://{server}/@{user}" if server else f"{self.url}/@{user}"


class TopicWarning(Options):
    """When a post is hidden behind a warning."""

    topics: TopicFilter
    """Which articles: a topic expression such as ``violence | war``."""
    text: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """What the warning says; unless given, the labels of the article's topics that the expression names."""


class MastodonChannelOptions(Options):
    """What a ``[[channels]]`` table of a Mastodon account may say besides what every channel has."""

    visibility: Literal["public", "unlisted", "private"] = "public"
    """Who sees the posts: ``public`` (followers of hashtags find them, too), ``unlisted`` (everybody, but in no live
    feed or search; Mastodon calls it quiet public), ``private`` (followers only)."""
    public_per_hour: Annotated[int, Field(ge=0, le=300)] | None = None
    """How many posts of the account may be public within an hour; further ones are unlisted."""
    style: Literal["card", "image", "thread"] = "card"
    """How an article is told: ``card`` is title, summary, notice, link and hashtags, with the preview of the page that
    the server makes of the link; ``image`` is the same with the article's picture and what it shows, where it has one;
    ``thread`` is ``card``, and tells a digest as a thread: the first post lists it, a quiet reply tells each article.
    In the other styles a digest is one post with the titles and addresses that have room."""
    hashtags: Annotated[int, Field(ge=0, le=10)] = 4
    """How many hashtags a post has at most; they are made of the article's topics, in their order."""
    warnings: tuple[TopicWarning, ...] = ()
    """Articles whose posts are hidden behind a warning, by topic; the texts of all that apply are joined."""
    wrong_language: Literal["keep", "repost"] = "keep"
    """What happens when a post is to be edited into another language than it was posted in, which no edit can tell a
    server: ``keep`` leaves it marked as it was, ``repost`` deletes it and posts it anew, without its replies."""
