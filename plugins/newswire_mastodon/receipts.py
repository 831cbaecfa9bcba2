"""What a receipt says of the post that is out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire_mastodon.pictures import attached

if TYPE_CHECKING:
    from newswire.api import Post, Receipt
    from newswire_mastodon.pictures import Attached


def pictures_out(receipt: Receipt | None) -> list[Attached]:
    """The pictures that a post has."""
    return [one for kept in _list(receipt, "pictures") if (one := attached(kept))]


def _list(receipt: Receipt | None, name: str) -> list[Any]:
    kept = receipt.details.get(name) if receipt else None
    return kept if isinstance(kept, list) else []


def unknown_media(receipt: Receipt) -> tuple[str, ...]:
    """The pictures of a post that was found on the platform: they are there, and nobody noted which they are."""
    if isinstance(receipt.details.get("pictures"), list):
        return ()
    return tuple(str(one) for one in _list(receipt, "media_ids"))


def shown_otherwise(receipt: Receipt, picture: Attached) -> bool:
    """Whether a picture that is out is to be described, or cropped, in another way."""
    return any(one.id == picture.id and one != picture for one in pictures_out(receipt))


def in_another_language(receipt: Receipt, post: Post) -> bool:
    """Whether a post was sent in another language than it is to be in; what the server made of it does not count."""
    asked = receipt.details.get("asked")
    return asked is not None and asked != post.details["language"]
