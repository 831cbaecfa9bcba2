"""The post of a digest: a list of articles, or the beginning of a thread that tells each in a reply. Pure.

the title
the digest's own address, by which it is found again
the articles, one a line; in a list with their addresses, in a thread the replies have them
"More articles", with their number, where not all have room
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mastodon import Mastodon

from newswire_mastodon.addresses import ascii_address
from newswire_mastodon.counting import address_length, fit
from newswire_mastodon.inert import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import Story
    from newswire_mastodon.limits import Limits

LONGEST_TITLE, LONGEST_LINE = 120, 120
MOST_REPLIES = 20
"""Articles that a thread tells; deleting a longer one would need more than a server lets delete in half an hour."""


def told(story: Story) -> Sequence[Story]:
    """The articles that a thread tells, the oldest first."""
    return story.digest[:MOST_REPLIES]


def write(story: Story, limits: Limits, *, room: int, with_addresses: bool) -> str:
    """The text of the list, or of the beginning of the thread.

    Args:
        story: a story with a digest.
        limits: what the server takes.
        room: how many graphemes it may have.
        with_addresses: whether each article's address stands below its title.
    """
    address = ascii_address(story.url)
    head = f"{fit(inert(story.title), LONGEST_TITLE)}\n\n{address}"
    reserved = [address]
    text = _with_lines(head, [], story, len(story.digest))
    lines: list[str] = []
    for number, member in enumerate(story.digest, 1):
        line = _line(member)
        if with_addresses:
            reserved.append(ascii_address(member.url))
            line = f"{line}\n{reserved[-1]}"
        longer = _with_lines(head, [*lines, line], story, len(story.digest) - number)
        if _length(longer, reserved, limits) > room:
            break
        lines.append(line)
        text = longer
    return text


def _line(member: Story) -> str:
    """An article, with its language where it is not its reader's."""
    spoken = f" ({member.remark})" if member.remark else ""
    return f"• {fit(inert(member.title), LONGEST_LINE)}{inert(spoken)}"


def _with_lines(head: str, lines: Sequence[str], story: Story, left: int) -> str:
    more = inert(story.phrase("more_articles", count=str(left))) if left else ""
    return "\n\n".join(part for part in (head, "\n".join(lines), more) if part)


def _length(text: str, addresses: Sequence[str], limits: Limits) -> int:
    """How long a text is at most; a server may reserve more for an address than the library counts."""
    more = (
        address_length(one, limits.characters_reserved_per_url) - Mastodon.get_status_length(one) for one in addresses
    )
    return Mastodon.get_status_length(text) + sum(more)
