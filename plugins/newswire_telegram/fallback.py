"""What a message is made of, and what is left out when Telegram does not take it. Pure.

A post is sent as richly as it was composed. Each refusal takes the part away that Telegram names, and one that names
none takes all of them: a rich message becomes a text with entities, a picture a text with a preview, and at the end
there is the plain text. Only what is refused even then is given up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire_telegram.message import CAPTION_LIMIT, wire_entities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import Post
    from newswire_telegram.message import Kind
    from newswire_telegram.outcomes import Part

Parts = frozenset["Part"]


def parts_of(post: Post) -> Parts:
    """The parts a new message of a post has, by its details (see `newswire_telegram.message`)."""
    preview, kind = post.details.get("preview"), post.details.get("kind")
    has: dict[Part, bool] = {
        "rich": kind == "rich" and isinstance(post.details.get("rich"), dict),
        "picture": kind == "photo" and bool(post.media) and len(post.text) <= CAPTION_LIMIT,
        "preview": isinstance(preview, dict) and not preview.get("is_disabled"),
        "entities": bool(wire_entities(post.text, post.entities)),
        "buttons": bool(post.details.get("buttons")),
    }
    return frozenset(part for part, there in has.items() if there)


def parts_to_change(post: Post, kind: Kind, picture: object) -> Parts:
    """The parts that a change of a message has.

    Args:
        post: what it is to say.
        kind: what it is: text stays text, and a picture a picture.
        picture: the address of the picture it shows.
    """
    parts = parts_of(post)
    if kind != "photo":
        return parts - {"picture"}
    other = bool(post.media) and post.details.get("kind") == "photo" and post.media[0].url != picture
    return parts - {"rich", "preview", "picture"} | ({"picture"} if other else frozenset())


def kind_of(parts: Parts) -> Kind:
    """What a new message of these parts is."""
    if "rich" in parts:
        return "rich"
    return "photo" if "picture" in parts else "text"


def less(parts: Parts, refused: Sequence[Part], kind: Kind) -> Parts | None:
    """What is left to try after a refusal; None when nothing is.

    Args:
        parts: what was tried.
        refused: what the refusal may be about, the likeliest first.
        kind: what the message was to be.
    """
    told: dict[Kind, set[Part]] = {
        "rich": {"rich", "buttons"},
        "photo": {"picture", "entities", "buttons"},
        "text": {"preview", "entities", "buttons"},
    }
    tried = parts & told[kind]
    for part in refused:
        if part in tried:
            return parts - {part}
    if "rich" in tried:
        return parts - {"rich"}
    return frozenset() if tried else None
