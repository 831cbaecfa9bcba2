"""The wall: a page that shows what followers would see, per chat and per account.

It needs nothing from outside, works without JavaScript, and treats all that was posted as hostile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup
from starlette.routing import Route

from newswire.sandbox.clock import moment
from newswire.sandbox.control import tagged
from newswire.sandbox.markup import message_html
from newswire.sandbox.mastodon.text import links, to_html
from newswire.sandbox.shown import Card, Earlier, Picture, Post, card_of
from newswire.sandbox.telegram.forms import all_entities
from newswire.sandbox.telegram.rich import rich_html

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from newswire.sandbox.app import Sandbox
    from newswire.sandbox.mastodon.state import Server, Status, Version
    from newswire.sandbox.telegram.state import Chat, Message

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
POSTS_SHOWN = 50
"""Posts shown per column, newest first; counts are of all."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src"
    " 'self' data: http://127.0.0.1:* http://localhost:*; connect-src 'self'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A chat or an account with its posts, newest first."""

    anchor: str
    platform: str
    title: str
    detail: str
    posts: tuple[Post, ...]
    standing: int
    edited: int
    deleted: int
    more: int


def wall_routes(sandbox: Sandbox) -> list[Route]:
    """Make the routes `/` and `/wall`."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("newswire.sandbox", "."), autoescape=True, undefined=jinja2.StrictUndefined
    )

    async def wall(request: Request) -> Response:
        page = environment.get_template("wall.html").render(wall_of(sandbox))
        return tagged(request, page.encode("utf-8", "replace"), "text/html", SECURITY_HEADERS)

    return [Route("/", wall), Route("/wall", wall)]


def wall_of(sandbox: Sandbox) -> dict[str, Any]:
    """Gather what the page shows."""
    columns = [_chat_column(chat) for chat in sandbox.telegram.state.chats.values()]
    columns += [
        _account_column(server, account.id)
        for server in sandbox.mastodon.servers.values()
        for account in server.accounts.values()
    ]
    return {
        "columns": columns,
        "standing": sum(column.standing for column in columns),
        "edited": sum(column.edited for column in columns),
        "deleted": sum(column.deleted for column in columns),
        "faults": len(sandbox.faults.as_json()),
    }


def _time(seconds: float | None) -> str:
    return "" if seconds is None else moment(seconds).strftime("%Y-%m-%d %H:%M:%S UTC")


def _chat_column(chat: Chat) -> Column:
    messages = list(chat.messages.values())
    posts = tuple(_message_post(chat, one) for one in reversed(messages[-POSTS_SHOWN:]))
    return Column(
        anchor=f"telegram{chat.id}",
        platform="telegram",
        title=chat.title,
        detail=f"@{chat.username}" if chat.username else f"{chat.type} {chat.id}",
        posts=posts,
        standing=sum(one.deleted is None for one in messages),
        edited=sum(one.edited is not None and one.deleted is None for one in messages),
        deleted=sum(one.deleted is not None for one in messages),
        more=max(0, len(messages) - POSTS_SHOWN),
    )


def _message_post(chat: Chat, message: Message) -> Post:
    marks = (
        *(["silent"] if message.silent else []),
        *([f"topic {message.thread}"] if message.thread is not None else []),
        *(["forwarded"] if message.forwarded_from is not None else []),
        *(["rich"] if message.rich is not None else []),
    )
    rows = (message.reply_markup or {}).get("inline_keyboard", [])
    pictures = []
    if message.photo is not None:
        url = message.photo.url or f"/sandbox/photos/{message.photo.file_id}"
        pictures.append(_picture(url, ""))
    return Post(
        anchor=f"telegram{chat.id}-{message.id}",
        html=message_html(message.content) if message.rich is None else Markup(rich_html(str(message.rich["html"]))),  # noqa: S704 - nh3 cleans it
        when=_time(message.date),
        deleted=message.deleted is not None,
        edited=_time(message.edited),
        marks=marks,
        card=None if message.photo is not None or message.rich is not None else _preview_card(message),
        pictures=tuple(pictures),
        pictures_first=not message.caption_above,
        buttons=tuple(tuple((str(one["text"]), str(one.get("url", ""))) for one in row) for row in rows),
        history=tuple(Earlier(html=message_html(one.content), when=_time(one.until)) for one in message.versions),
    )


def _preview_card(message: Message) -> Card | None:
    """Make the card Telegram shows: of the URL asked for, else of the first one in the text."""
    if message.preview.get("is_disabled"):
        return None
    units = message.content.text.encode("utf-16-le", "surrogatepass")
    url = str(message.preview.get("url", ""))
    for entity in all_entities(message.content):
        if url:
            break
        covered = units[2 * entity.offset : 2 * entity.end].decode("utf-16-le", "replace")
        url = entity.url if entity.type == "text_link" else covered if entity.type == "url" else ""
    return card_of(
        url, large=bool(message.preview.get("prefer_large_media")), above=bool(message.preview.get("show_above_text"))
    )


def _picture(url: str, alt: str) -> Picture:
    try:
        shown = url.startswith("/") or urlsplit(url).hostname in ("127.0.0.1", "localhost")
    except ValueError:
        shown = False
    return Picture(url=url, alt=alt, shown=shown)


def _account_column(server: Server, number: str) -> Column:
    account = server.accounts[number]
    statuses = [one for one in server.statuses.values() if one.account is account]
    return Column(
        anchor=f"mastodon-{server.name}-{account.username}",
        platform="mastodon",
        title=str(account.profile.get("display_name") or account.username),
        detail=f"@{account.username}@{server.name}",
        posts=tuple(_status_post(server, one) for one in reversed(statuses[-POSTS_SHOWN:])),
        standing=sum(one.deleted is None for one in statuses),
        edited=sum(one.edited is not None and one.deleted is None for one in statuses),
        deleted=sum(one.deleted is not None for one in statuses),
        more=max(0, len(statuses) - POSTS_SHOWN),
    )


def _status_post(server: Server, status: Status) -> Post:
    version = status.now
    first = next(iter(links(version.text)), None)
    language = version.language
    pictures = [
        _picture(f"/mastodon/{server.name}/media/{media}", text)
        for media, text in zip(version.media, version.descriptions, strict=True)
    ]
    return Post(
        anchor=f"mastodon-{server.name}-{status.id}",
        html=_status_html(server, version),
        when=_time(status.created),
        deleted=status.deleted is not None,
        edited=_time(status.edited),
        language=language,
        direction="rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "auto",
        visibility=status.visibility,
        warning=version.spoiler,
        marks=("reply",) if status.in_reply_to else (),
        card=card_of(first.value) if first and not pictures else None,
        pictures=tuple(pictures),
        history=tuple(Earlier(html=_status_html(server, one), when=_time(made)) for one, made in status.versions),
    )


def _status_html(server: Server, version: Version) -> Markup:
    return Markup(to_html(version.text, f"/mastodon/{server.name}/tags/"))  # noqa: S704 - to_html escapes
