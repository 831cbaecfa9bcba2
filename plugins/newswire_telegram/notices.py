"""The formatter of notices: what newswire tells its admin. Pure."""

from __future__ import annotations

from newswire.api import Entity, Notice, Post
from newswire_telegram.draft import kept_text
from newswire_telegram.message import TEXT_LIMIT


def compose(notice: Notice) -> Post:
    """The post of a notice: the title bold, then the lines; no card, no buttons, whatever the channel's style."""
    text = kept_text(notice.text(TEXT_LIMIT))
    title = text.partition("\n")[0]
    return Post(
        text=text,
        language=notice.language,
        entities=(Entity("bold", 0, len(title)),),
        link=notice.url,
        details={"kind": "text", "preview": {"is_disabled": True}},
    )
