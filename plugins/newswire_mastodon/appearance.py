"""How a post looks in a timeline: one status, or the first of a thread with its replies. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import regex
from mastodon import Mastodon

from newswire.api import Appearance, Entity, LinkCard, direction
from newswire_mastodon.counting import length

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from newswire.api import Media, Post
    from newswire_mastodon.limits import Limits

# The formatter writes addresses in ASCII (newswire_mastodon.addresses) and hashtags at the beginning of a line or after
# a blank; everything else that looks like one it has made inert.
_ADDRESS = re.compile(r"https?://[!-~]+")
_HASHTAG = regex.compile(r"(?<!\S)#[\p{L}\p{M}\p{Nd}_\u00B7\u30FB\u200C]+")
# TextFormatter of Mastodon does not show the scheme of an address and "www.", and of the rest it shows 30 characters.
_SCHEME = re.compile(r"https?://(?:www\.)?")
_SHOWN = 30


def appearances(post: Post, limits: Limits, *, public_per_hour: int | None = None) -> Sequence[Appearance]:
    """The statuses of a post.

    Args:
        post: what was composed.
        limits: what the server takes.
        public_per_hour: how many posts may be public within an hour, before further ones are unlisted.
    """
    thread: Any = post.details.get("thread") or ()
    quieter = public_per_hour is not None and post.details["visibility"] == "public"
    notes = (f"unlisted after {public_per_hour} within an hour",) if quieter else ()
    first = _status(post.text, post.details, limits, media=post.media, notes=notes)
    return (first, *(_status(reply["text"], reply, limits, notes=("reply",)) for reply in thread))


def _status(
    text: str,
    told: Mapping[str, Any],
    limits: Limits,
    *,
    media: tuple[Media, ...] = (),
    notes: tuple[str, ...] = (),
) -> Appearance:
    shown, entities = _as_shown(text)
    address = next((one.value for one in entities if one.kind == "link"), None)
    warning, language = str(told["spoiler_text"] or ""), str(told["language"])
    return Appearance(
        text=shown,
        language=language,
        entities=tuple(entities),
        direction=direction(language),
        media=media[: limits.max_media],
        media_below=True,
        # A server makes a card of the first link, where there is no picture (FetchLinkCardService).
        card=LinkCard(url=address) if address and not media and not warning else None,
        warning=warning,
        notes=(str(told["visibility"]), *notes),
        length=Mastodon.get_status_length(text) + length(warning),
        longest=limits.max_characters,
    )


def _as_shown(text: str) -> tuple[str, list[Entity]]:
    """A status' text with its addresses as short as servers show them, and its links and hashtags."""
    pieces: list[str] = []
    entities: list[Entity] = []
    length_so_far = at = 0
    for begin, end, kind in _marked(text):
        words = text[begin:end] if kind == "hashtag" else _short(text[begin:end])
        pieces += [text[at:begin], words]
        length_so_far += begin - at
        entities.append(Entity(kind, length_so_far, len(words), text[begin:end] if kind == "link" else None))
        length_so_far += len(words)
        at = end
    return "".join([*pieces, text[at:]]), entities


def _marked(text: str) -> Iterator[tuple[int, int, str]]:
    found = [(*one.span(), "link") for one in _ADDRESS.finditer(text)]
    found += [(*one.span(), "hashtag") for one in _HASHTAG.finditer(text)]
    at = 0
    for begin, end, kind in sorted(found):
        if begin >= at:
            yield begin, end, kind
            at = end


def _short(address: str) -> str:
    bare = _SCHEME.sub("", address, count=1)
    return bare if len(bare) <= _SHOWN else f"{bare[:_SHOWN]}…"
