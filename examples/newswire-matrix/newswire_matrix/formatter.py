"""From a story to a post. Pure: no network, no clock; equal stories give equal posts."""

from __future__ import annotations

from html import escape

from newswire.api import Post, Story, one_line, shorten

LONGEST_SUMMARY = 1500
"""Characters, as a reader counts them."""
MOST_BYTES = 5000
"""Of each part. "The complete event MUST NOT be larger than 65536 bytes" (Client-Server API, Size limits), and an edit
says everything four times: as text and as HTML, for clients that know edits and for those that do not."""


def compose(story: Story) -> Post:
    """Title, summary, what readers must be told of the language, the source, the address.

    The post's text is what clients show that know no HTML; ``details["html"]`` is what all others show.
    """
    title = within(one_line(story.title), 500)
    middle = [
        within(story.summary, LONGEST_SUMMARY),
        story.notice or "",
        f"{story.phrase('source')}: {story.source.name}" if story.source else "",
    ]
    told = [part for part in middle if part]
    link = f'<a href="{escape(story.url)}">{escape(story.phrase("read_more"))}</a>'
    html = [f"<strong>{escape(title)}</strong>", *(escape(part).replace("\n", "<br/>") for part in told), link]
    return Post(
        text="\n\n".join([title, *told, story.url]),
        language=story.language,
        link=story.url,
        details={"html": "<br/><br/>".join(html)},
    )


def within(text: str, longest: int) -> str:
    """Text of so many characters at most, and of no more bytes than an event has room for."""
    while len((shortened := shorten(text, longest)).encode()) > MOST_BYTES:
        longest = longest * 2 // 3
    return shortened
