"""The post of a notice: what newswire tells its admin. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newswire.api import Post
from newswire_mastodon.addresses import ascii_address
from newswire_mastodon.counting import address_length, length
from newswire_mastodon.inert import inert
from newswire_mastodon.language import platform_language

if TYPE_CHECKING:
    from newswire.api import Notice
    from newswire_mastodon.limits import Limits


def compose(notice: Notice, limits: Limits) -> Post:
    """The post of a notice, for the account's followers only: what goes wrong in the house is not for the public.

    Its address stands below, for by it a post in doubt is found.

    Args:
        notice: what there is to tell.
        limits: what the server takes.
    """
    address = ascii_address(notice.url)
    told = replace(notice, title=inert(notice.title), lines=tuple(map(inert, notice.lines)))
    room = limits.max_characters - address_length(address, limits.characters_reserved_per_url) - 2
    return Post(
        text=f"{told.text(room, length)}\n\n{address}",
        language=notice.language,
        link=address,
        details={
            "visibility": "private",
            "spoiler_text": None,
            "sensitive": False,
            "language": platform_language(notice.language),
        },
    )
