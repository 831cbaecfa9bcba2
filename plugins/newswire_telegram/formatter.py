"""The formatter: a story becomes a post. Pure.

A post of the style ``brief``, with an empty line between its parts:

    the title, bold
    the summary
    the notice, in italics
    the source with a link, and the hashtags
    "Read more", which is the link to the article

Notices and labels are in the reader's language. What ends the post is laid down first and always whole, the title has
the next right to room, and the summary fills what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import Post, graphemes
from newswire_telegram import digest
from newswire_telegram.cutting import fit
from newswire_telegram.draft import Draft, joined
from newswire_telegram.hashtags import hashtags
from newswire_telegram.links import linkable

if TYPE_CHECKING:
    from newswire.api import Json, Story
    from newswire_telegram.options import TelegramChannelOptions

# Bot API, sendMessage: "1-4096 characters after entities parsing". Characters are code points (TDLib, utf8_length).
TEXT_LIMIT = 4096
# Our own bounds, far beyond what a story holds, which keep room for the title whatever comes.
_TITLE_ROOM = 1024
_NOTICE_ROOM = 512
_SOURCE_ROOM = 256
_ADDRESS_ROOM = 1024
_PARAGRAPH = "\n\n"
_COLONS = {"fr": "\u00a0: ", "ja": "\uff1a", "zh": "\uff1a"}


def compose(story: Story, options: TelegramChannelOptions) -> Post:
    """The post of a story: at most 4096 code points and far fewer than 100 entities."""
    if story.digest:
        return digest.compose(story, options, TEXT_LIMIT)
    tail = joined([_notice(story), _attribution(story, options.hashtags), _read_more(story)], _PARAGRAPH)
    room = TEXT_LIMIT - len(tail) - len(_PARAGRAPH)
    title = Draft().add(fit(story.title, min(room, _TITLE_ROOM)) or "…", "bold")
    room -= len(title) + len(_PARAGRAPH)
    post = joined([title, Draft(fit(story.summary, room)), tail], _PARAGRAPH)
    return Post(
        text=post.text,
        language=story.language,
        entities=tuple(post.entities),
        link=story.url,
        details={"kind": "text", "preview": preview(story, options)},
    )


def preview(story: Story, options: TelegramChannelOptions) -> dict[str, Json]:
    """The card below or above the text, as the Bot API's LinkPreviewOptions."""
    if options.preview == "off" or not linkable(story.url):
        return {"is_disabled": True}
    size = "prefer_small_media" if options.preview == "small" else "prefer_large_media"
    return {"url": story.url, size: True, "show_above_text": options.preview == "above"}


def _notice(story: Story) -> Draft:
    return Draft().add(fit(story.notice or "", _NOTICE_ROOM), "italic")


def _attribution(story: Story, most: int) -> Draft:
    tags = Draft()
    for tag in hashtags(story.topics, most):
        tags.add(" " if tags.text else "").add(tag, "hashtag")
    return joined([_source(story), tags], "\n")


def _source(story: Story) -> Draft:
    source = story.source
    if source is None or not (name := fit(source.name, _SOURCE_ROOM)):
        return Draft()
    label = story.phrase("source") + _COLONS.get(story.reader_language.split("-", 1)[0], ": ")
    if source.url is None or not linkable(source.url):
        return Draft(label + name)
    if graphemes(label + name) != graphemes(label) + graphemes(name):
        # A name that begins with a combining mark melts into the label: no link can begin between them.
        return Draft().add(label + name, "link", source.url)
    return Draft(label).add(name, "link", source.url)


def _read_more(story: Story) -> Draft:
    words = story.phrase("read_more")
    if linkable(story.url):
        return Draft().add(words, "link", story.url)
    # An address on a machine without a public name (``http://localhost``): to be read, as it cannot be a link.
    return Draft(f"{words}: {story.url}") if len(story.url) <= _ADDRESS_ROOM else Draft()
