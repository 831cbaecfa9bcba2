"""Digests: one post, or one entry of a feed, that lists many articles. Pure decisions.

A digest is made by the core, and from then on it is an article like any other: it has an id, revisions, deliveries. Its
id says which channel it is for and when it was due, so it is made once. What it lists stands in its `related`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from babel.dates import format_date, format_interval, format_time

from newswire import languages, phrases
from newswire.model import Article, Edition
from newswire.story import Story

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from newswire.hours import Cadence

MOST = 50
"""How many articles one digest lists; what is more comes in a second one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPlan:
    """A channel's digests."""

    channel: str
    cadence: Cadence
    zone: ZoneInfo
    """The time zone of its readers."""
    language: str
    """The language its readers are spoken to in."""
    site_url: str
    """Where a digest leads that has no page of its own."""

    def id_at(self, due: datetime, number: int = 1) -> str:
        """The id of the channel's digest that is due at a time; the second and later of one time are numbered."""
        return f"digest/{self.channel}/{_stamp(due)}" + (f"/{number}" if number > 1 else "")

    def article(self, due: datetime, members: Sequence[str], number: int = 1, of: int = 1) -> Article:
        """The digest, as an article.

        Args:
            due: its time.
            members: the articles it lists, by id, the oldest first.
            number: which one it is, from 1, where one is not enough.
            of: how many there are.
        """
        name = digest_title(self.cadence, due, self.zone, self.language) + (f" ({number}/{of})" if of > 1 else "")
        # No two digests lead to the same address: by it, posts are found again on a platform.
        address = f"{self.site_url.partition('#')[0]}#{self.id_at(due, number).replace('/', '-')}"
        return Article(
            id=self.id_at(due, number),
            original_language=self.language,
            editions=(Edition(language=self.language, title=name, url=address, published=due),),
            related=tuple(members),
            published=due,
        )


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%MZ}"


def digest_title(cadence: Cadence, due: datetime, zone: ZoneInfo, language: str) -> str:
    """What readers call a digest: ``Daily digest · November 23, 2026``.

    Args:
        cadence: how often there is one.
        due: its time; it covers what came before.
        zone: the readers' time zone.
        language: the readers' language.
    """
    display = languages.locale(language)
    last = (due - timedelta(microseconds=1)).astimezone(zone).date()
    if cadence.every == "hourly":
        shown = due.astimezone(zone)
        when = f"{format_date(shown.date(), 'long', display)}, {format_time(shown.time(), 'short', locale=display)}"
    elif cadence.every == "daily":
        when = format_date(last, "long", display)
    else:
        first = (due - cadence.length).astimezone(zone).date()
        when = format_interval(first, last, "yMMMd", locale=display)
    return f"{phrases.phrase(f'digest_{cadence.every}', language)} · {when}"


def digest_story(
    members: Sequence[Story], *, article_id: str, title: str, url: str, language: str, published: datetime
) -> Story:
    """The story of a digest.

    A formatter that knows nothing of digests shows title, summary and body as of any story: the summary has the title
    of an article in each line, the body is a list of links.

    Args:
        members: the stories of the articles it lists, in order.
        article_id: the digest's own id.
        title: what readers call it; see `digest_title`.
        url: where it leads.
        language: the readers' language.
        published: its time.
    """
    topics = {topic.slug: topic for member in members for topic in member.topics}
    often = Counter(topic.slug for member in members for topic in member.topics)
    direction = languages.direction(language)
    return Story(
        article_id=article_id,
        rev=1,
        reader_language=language,
        language=language,
        direction=direction,
        title=title,
        summary="\n".join(f"• {member.title}{_spoken(member)}" for member in members),
        url=url,
        body=f"<ul>{''.join(map(_item, members))}</ul>",
        body_format="html",
        body_language=language,
        body_direction=direction,
        body_url=url,
        notice=None,
        topics=tuple(topics[slug] for slug, _ in often.most_common()),
        source=None,
        authors=(),
        translators=(),
        image=None,
        questions=(),
        questions_language=language,
        related=(),
        alternates=(),
        published=published,
        updated=max([published, *(member.updated for member in members)]),
        urgent=False,
        digest=tuple(members),
    )


def _item(member: Story) -> str:
    link = f'<a href="{escape(member.url)}">{escape(member.title)}</a>{escape(_spoken(member))}'
    return f"<li>{link}{f'<br>{escape(member.summary)}' if member.summary else ''}</li>"


def _spoken(member: Story) -> str:
    """What is to be said of an article's language."""
    return f" ({member.remark})" if member.remark else ""
