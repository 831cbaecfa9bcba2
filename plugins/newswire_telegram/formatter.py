"""The formatter: a story becomes a post. Pure.

Which parts a post has is said by its style (`newswire_telegram.styles`), or by the admin's template. Here it becomes a
whole: the text in the room that its kind of message has, the picture, the card, the buttons. What a post's details say
is told in `newswire_telegram.message`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from newswire.api import Media, Post, ProblemInText
from newswire_telegram import digest, styles
from newswire_telegram.keyboard import keyboard
from newswire_telegram.links import linkable
from newswire_telegram.message import CAPTION_LIMIT, TEXT_LIMIT, short_form
from newswire_telegram.rich import rich_message

if TYPE_CHECKING:
    from newswire.api import Json, Story
    from newswire_telegram.draft import Draft
    from newswire_telegram.message import Kind
    from newswire_telegram.options import TelegramChannelOptions

_log = logging.getLogger(__name__)
# Bot API, "Sending files": a photo that Telegram is to fetch by its address has at most 5 MB. 0: nobody knows.
_LARGEST_PICTURE = 5 * 1000 * 1000
# Drawings of lines are no photos (Bot API, sendPhoto).
_NO_PHOTOS = {"image/svg+xml"}


def compose(story: Story, options: TelegramChannelOptions) -> Post:
    """The post of a story: at most 4096 code points, or 1024 with a picture, and at most 100 entities."""
    if story.digest:
        return digest.compose(story, options, TEXT_LIMIT)
    kind = _kind(story, options)
    draft = _text(story, options, CAPTION_LIMIT if kind == "photo" else TEXT_LIMIT)
    details: dict[str, Json] = {"kind": kind, "preview": preview(story, options)}
    if buttons := keyboard(story, options.buttons):
        details["buttons"] = [[dict(button) for button in row] for row in buttons]
    if len(draft) > CAPTION_LIMIT:
        short = _text(story, options, CAPTION_LIMIT)
        details["caption"] = dict(short_form(short.text, short.entities))
    if kind == "rich":
        details["rich"] = dict(rich_message(story, options.hashtags))
    if options.text_above and kind == "photo":
        details["caption_above"] = True
    return Post(
        text=draft.text,
        language=story.language,
        entities=tuple(draft.entities),
        media=_picture(story) if kind == "photo" else (),
        link=story.url,
        details=details,
    )


def preview(story: Story, options: TelegramChannelOptions) -> dict[str, Json]:
    """The card below or above the text, as the Bot API's LinkPreviewOptions."""
    if options.preview == "off" or not linkable(story.url):
        return {"is_disabled": True}
    size = "prefer_small_media" if options.preview == "small" else "prefer_large_media"
    return {"url": story.url, size: True, "show_above_text": options.preview == "above"}


def _kind(story: Story, options: TelegramChannelOptions) -> Kind:
    if options.style == "rich":
        return "rich"
    return "photo" if options.style == "photo" and _picture(story) else "text"


def _text(story: Story, options: TelegramChannelOptions, limit: int) -> Draft:
    if options.template is not None and (own := _own_words(story, options.template, options.hashtags, limit)):
        return own
    if options.style in {"full", "rich"}:
        return styles.full(story, limit, hashtags=options.hashtags)
    return styles.brief(story, limit, hashtags=options.hashtags)


def _own_words(story: Story, template: str, hashtags: int, limit: int) -> Draft | None:
    """What the admin's template makes of a story; None where it fails, for then the style has to do."""
    from newswire_telegram.tags import fill  # noqa: PLC0415  # only who has a template pays for Jinja2
    from newswire_telegram.template import compiled  # noqa: PLC0415
    from newswire_telegram.values import values  # noqa: PLC0415

    try:
        found = compiled(template)
        told, slots = values(story, found.names, hashtags)
        return fill(found.render(told), slots, limit)
    except ProblemInText as problem:
        _log.warning("the template fails for article %s, which goes out without it: %s", story.article_id, problem)
        return None


def _picture(story: Story) -> tuple[Media, ...]:
    """The picture, unless it is known that Telegram would not take it."""
    image = story.image
    if image is None or not linkable(image.url) or image.type in _NO_PHOTOS or image.length > _LARGEST_PICTURE:
        return ()
    return (Media(image.url, image.alt, image.type),)
