"""What an admin may write in the config for a Mastodon account and for a channel of it."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from newswire.api import Options, Secret


def _base_address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be the address of a server, such as 'https://social.example'")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must have no user name or password in it; the token is given as 'token'")
    if parts.query or parts.fragment:
        raise ValueError("must end with the server or a path, without '?' or '#'")
    return value.strip().rstrip("/")


class MastodonAccountOptions(Options):
    """An ``[[accounts]]`` table with ``type = "mastodon"``."""

    url: Annotated[str, AfterValidator(_base_address)]
    """The address of the server, as a browser shows it; it may have a path. A server that answers it with a redirect
    is refused: write down the address it redirects to."""
    token: Secret
    """The access token of the account, as ``env:NAME`` or ``file:path``; it needs the scopes ``read:accounts``,
    ``read:statuses`` and ``write:statuses``."""
    handle: Annotated[str, Field(pattern=r"^@?[A-Za-z0-9_][A-Za-z0-9_.-]*(@[A-Za-z0-9.-]+(:\d+)?)?$")] | None = None
    """The account's name, as ``@news@social.example`` or ``@news``, so that readers can be told where to follow."""

    @property
    def profile_url(self) -> str | None:
        """The account's page for readers, or None where `handle` is not given."""
        if self.handle is None:
            return None
        user, _, server = self.handle.removeprefix("@").partition("@")
        return f"https://{server}/@{user}" if server else f"{self.url}/@{user}"


class MastodonChannelOptions(Options):
    """What a ``[[channels]]`` table of a Mastodon account may say besides what every channel has."""

    visibility: Literal["public", "unlisted", "private"] = "public"
    """Who sees the posts: ``public`` (followers of hashtags find them, too), ``unlisted`` (everybody, but in no live
    feed or search; Mastodon calls it quiet public), ``private`` (followers only)."""
    style: Literal["card"] = "card"
    """How an article is told: ``card`` is title, summary, notice, link and hashtags, with the preview of the page that
    the server makes of the link."""
    hashtags: Annotated[int, Field(ge=0, le=10)] = 4
    """How many hashtags a post has at most; they are made of the article's topics, in their order."""
