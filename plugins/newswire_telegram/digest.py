"""The formatter of digests: one message that lists many articles. Pure.

the title, bold
• the titles of the articles, each a link, one a line
"More articles", with their number, where not all have room
the hashtags
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import Post
from newswire_telegram.cutting import fit
from newswire_telegram.directions import directed
from newswire_telegram.draft import Draft, joined, kept_line
from newswire_telegram.hashtags import hashtags
from newswire_telegram.links import linkable

if TYPE_CHECKING:
    from newswire.api import Story
    from newswire_telegram.options import TelegramChannelOptions

_TITLE_ROOM = 256
_LINE_ROOM = 200
# Bot API, sendMessage: entities beyond the hundredth are ignored; the title and the hashtags are some of them.
_MOST_LINES = 80
_BULLET = "• "


def compose(story: Story, options: TelegramChannelOptions, limit: int) -> Post:
    """The post of a digest.

    Args:
        story: a story with a digest.
        options: the channel's options.
        limit: how many code points a message may have.
    """
    title = directed(Draft().add(fit(kept_line(story.title), _TITLE_ROOM) or "…", "bold"), story.direction)
    tags = Draft()
    for tag in hashtags(story.topics, options.hashtags):
        tags.add(" " if tags.text else "").add(tag, "hashtag")
    more = len(story.phrase("more_articles", count=str(len(story.digest)))) + 1
    room = limit - len(title) - len(tags) - more - 4
    lines: list[Draft] = []
    for line in map(_line, story.digest[:_MOST_LINES]):
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    left_out = len(story.digest) - len(lines)
    if left_out:
        lines.append(Draft(story.phrase("more_articles", count=str(left_out))))
    post = joined([title, joined(lines, "\n"), tags], "\n\n")
    return Post(
        text=post.text,
        language=story.language,
        entities=tuple(post.entities),
        link=story.url,
        details={"kind": "text", "preview": {"is_disabled": True}},
    )


def _line(member: Story) -> Draft:
    """An article, with its language where it is not its reader's."""
    line = Draft(_BULLET)
    title = fit(kept_line(member.title), _LINE_ROOM) or "…"
    if linkable(member.url):
        line.add(title, "link", member.url)
    else:
        line.add(title)
    if member.remark:
        line.add(f" ({member.remark})")
    return directed(line, member.direction)
