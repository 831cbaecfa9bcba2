"""How a post looks in a chat: the message that is sent, as apps show it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.api import Appearance, LinkButton, LinkCard
from newswire_telegram.fallback import kind_of, parts_of
from newswire_telegram.message import CAPTION_LIMIT, TEXT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.api import Post
    from newswire_telegram.options import TelegramChannelOptions


def appearance(post: Post, options: TelegramChannelOptions) -> Appearance:
    """The message of a post, if Telegram takes all of it.

    Args:
        post: what was composed.
        options: the chat's.
    """
    parts = parts_of(post)
    kind = kind_of(parts)
    rich: Any = post.details["rich"] if kind == "rich" else None
    return Appearance(
        text=post.text,
        language=post.language,
        entities=post.entities if rich is None else (),
        html=rich["html"] if rich is not None else None,
        # Of a rich message it is told; else apps find it out, line by line (see newswire_telegram.directions).
        direction=("rtl" if rich["is_rtl"] else "ltr") if rich is not None else None,
        media=post.media if kind == "photo" else (),
        media_below=bool(post.details.get("caption_above")),
        card=_card(post) if kind == "text" and "preview" in parts else None,
        buttons=tuple(_buttons(post)),
        notes=tuple(_notes(options, kind)),
        length=len(post.text) if rich is None else None,
        longest={"text": TEXT_LIMIT, "photo": CAPTION_LIMIT}.get(kind),
    )


def _card(post: Post) -> LinkCard | None:
    preview: Any = post.details["preview"]
    address = preview.get("url")
    if not address:
        return None
    return LinkCard(
        url=str(address), large=bool(preview.get("prefer_large_media")), above=bool(preview.get("show_above_text"))
    )


def _buttons(post: Post) -> Iterator[tuple[LinkButton, ...]]:
    rows: Any = post.details.get("buttons") or ()
    for row in rows:
        yield tuple(LinkButton(button["text"], button["url"]) for button in row)


def _notes(options: TelegramChannelOptions, kind: str) -> Iterator[str]:
    if kind == "rich":
        yield "rich"
    if options.silent:
        yield "silent"
    if options.protect:
        yield "protected"
    if options.thread is not None:
        yield f"topic {options.thread}"
