"""The post of a story. Pure: the same story, options and limits give the same post."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from newswire.api import Media, Post, graphemes, shorten
from newswire_mastodon import digest
from newswire_mastodon.addresses import ascii_address
from newswire_mastodon.counting import address_length, fit, length, status_length
from newswire_mastodon.hashtags import hashtags
from newswire_mastodon.inert import inert
from newswire_mastodon.language import platform_language
from newswire_mastodon.warnings import warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newswire.api import Json, Story
    from newswire_mastodon.limits import Limits
    from newswire_mastodon.options import MastodonChannelOptions

BLANK_LINE = "\n\n"
LONGEST_WARNING = 60
"""Graphemes of a warning; it counts like the rest of the post."""
LEAST_TITLE = 40
"""Graphemes of the title that hashtags and a notice must leave room for."""
LEAST_SUMMARY = 30
"""Graphemes below which the beginning of a summary tells nothing and is left out."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card is made of; no part of it can ping, tag or link, but the address and the hashtags."""

    title: str
    summary: str
    notice: str
    address: str
    tags: tuple[str, ...]
    warning: str = ""


def compose(story: Story, options: MastodonChannelOptions, limits: Limits) -> Post:
    """The post of a story in the style of the channel.

    Args:
        story: the article for the channel's subscription.
        options: the channel's options.
        limits: what the server takes.
    """
    tags = hashtags((topic.hashtag for topic in story.topics), story.reader_language)
    card = Card(
        title=inert(story.title),
        summary=inert(story.summary),
        notice=inert(story.notice or ""),
        address=ascii_address(story.url),
        tags=tuple(tags),
        warning=fit(inert(warning(story, options.warnings) or ""), LONGEST_WARNING),
    )
    if story.digest:
        return _digest(story, options, limits)
    image = story.image if options.style == "image" and limits.max_media else None
    details: dict[str, Json] = {
        "visibility": options.visibility,
        "spoiler_text": card.warning or None,
        "sensitive": bool(card.warning),
        "language": platform_language(story.language),
    }
    if image is not None:
        details["focus"] = [*image.focus]
    return Post(
        text=write(card, options.hashtags, limits),
        language=story.language,
        link=card.address,
        media=(Media(image.url, described(image.alt, limits.description), image.type),) if image else (),
        details=details,
    )


def _digest(story: Story, options: MastodonChannelOptions, limits: Limits) -> Post:
    """The post of a digest; its thread, where it has one, is in its details."""
    said = fit(inert(warning(story, options.warnings) or ""), LONGEST_WARNING)
    threaded = options.style == "thread"
    details: dict[str, Json] = {
        "visibility": options.visibility,
        "spoiler_text": said or None,
        "sensitive": bool(said),
        "language": platform_language(story.language),
    }
    if threaded:
        details["thread"] = [_reply(member, options, limits) for member in digest.told(story)]
    return Post(
        text=digest.write(story, limits, room=limits.max_characters - length(said), with_addresses=not threaded),
        language=story.language,
        link=ascii_address(story.url),
        details=details,
    )


def _reply(member: Story, options: MastodonChannelOptions, limits: Limits) -> Json:
    """An article of a thread, as `newswire_mastodon.thread` sends it: quiet, for the first post is for everybody."""
    post = compose(member, options.model_copy(update={"style": "card"}), limits)
    quiet = "unlisted" if options.visibility == "public" else options.visibility
    return {"text": post.text, "link": post.link, **post.details, "visibility": quiet}


def described(alt: str, most: int) -> str:
    """What a picture shows, in at most so many characters; a server counts code points here (MediaAttachment)."""
    if len(alt) <= most:
        return alt
    lengths = accumulate(map(len, graphemes(alt)))
    return shorten(alt, sum(so_far < most for so_far in lengths) + 1)


def write(card: Card, most_tags: int, limits: Limits) -> str:
    """Title, summary, notice, address and hashtags with blank lines between, within the limit.

    The address is always there and whole. Room is reserved for the notice and the hashtags as long as the title keeps
    a good part of itself; then comes the title, and what is left is the summary's. Only title and summary are cut.

    Args:
        card: the parts.
        most_tags: how many hashtags there may be.
        limits: what the server takes.
    """
    counted = address_length(card.address, limits.characters_reserved_per_url)
    most = limits.max_characters - length(card.warning)
    room = most
    while True:
        text = _arrange(card, most_tags, room - counted)
        over = status_length(text, card.address, counted) - most
        if over <= 0 or room <= 0:
            return text
        room -= over  # the library counts more than we do: its Unicode version is another


def _arrange(card: Card, most_tags: int, room: int) -> str:
    """The text, in `room` graphemes besides the address."""
    room -= len(BLANK_LINE)
    least = min(length(card.title), LEAST_TITLE)
    notice = card.notice if least + _block(card.notice) <= room else ""
    room -= _block(notice)
    line = " ".join(islice(_that_fit(card.tags, room - least - len(BLANK_LINE)), most_tags))
    room -= _block(line)
    title = fit(card.title, room)
    room -= _block(title)
    summary = fit(card.summary, room) if length(card.summary) <= room or room >= LEAST_SUMMARY else ""
    return BLANK_LINE.join(part for part in (title, summary, notice, card.address, line) if part)


def _block(words: str) -> int:
    """What a block takes, with the blank line before it."""
    return length(words) + len(BLANK_LINE) if words else 0


def _that_fit(tags: Iterable[str], room: int) -> Iterator[str]:
    for tag in tags:
        if length(tag) <= room:
            yield tag
            room -= length(tag) + 1
