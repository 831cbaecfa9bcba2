"""The parts of a post, each for itself: title, notice, source, hashtags, questions, links. Pure.

Labels and notices are in the reader's language; every part has the direction of the language it is in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_date

from newswire.api import direction, locale, one_line
from newswire_telegram.body import body_draft
from newswire_telegram.cutting import fit
from newswire_telegram.directions import directed, fenced
from newswire_telegram.draft import Draft, joined, kept_line
from newswire_telegram.hashtags import hashtags
from newswire_telegram.links import linkable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from newswire.api import Link, Story

_COLONS = {"fr": "\u00a0: ", "ja": "：", "zh": "："}  # noqa: RUF001  # the colons of these scripts
_COMMAS = {"ar": "، ", "fa": "، ", "ja": "、", "zh": "、"}
# CLDR's numbering system "arabext", which babel leaves out of dates.
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_BETWEEN = " · "
_LONGEST_NAME = 256
_LONGEST_ADDRESS = 1024
_MOST_NAMES = 12
_BULLET = "• "


def title(story: Story, room: int) -> Draft:
    """The title, bold; there always is one."""
    words = fit(kept_line(story.title), room) or "…"
    return directed(Draft().add(words, "bold"), story.direction).cut(room)


def summary(story: Story, room: int) -> Draft:
    """The summary."""
    return directed(Draft(fit(kept_line(story.summary), room)), story.direction).cut(room)


def notice(story: Story, room: int) -> Draft:
    """What readers must be told of the language, in italics."""
    words = fit(kept_line(story.notice or ""), room)
    return directed(Draft().add(words, "italic"), direction(story.reader_language)).cut(room)


def body(story: Story, room: int) -> Draft:
    """As much of the text as has room."""
    if story.body is None:
        return Draft()
    return body_draft(
        story.body,
        story.body_format,
        base_url=story.body_url,
        direction=story.body_direction,
        skip_title=story.title,
    ).cut(room)


def byline(story: Story, room: int) -> Draft:
    """Who wrote it, who translated it, and when: ``Ada Lovelace · 1 May 2026``."""
    comma = _COMMAS.get(_spoken(story), ", ")
    told = [comma.join(fit(kept_line(name), _LONGEST_NAME) for name in story.authors[:_MOST_NAMES])]
    if story.translators:
        names = comma.join(fit(kept_line(name), _LONGEST_NAME) for name in story.translators[:_MOST_NAMES])
        told.append(labelled(story, "translators") + names)
    told.append(dates(story))
    way = direction(story.reader_language)
    return directed(Draft(_BETWEEN.join(fenced(words, way) for words in told if words)), way).cut(room)


def dates(story: Story) -> str:
    """When it was published, and when corrected if that was on another day, as the reader's language writes dates."""
    published, updated = date(story, story.published), date(story, story.updated)
    if updated == published:
        return published
    return f"{published}{_BETWEEN}{labelled(story, 'updated')}{updated}"


def date(story: Story, moment: datetime) -> str:
    """A day, as the reader's language writes it (CLDR, long form)."""
    spoken = locale(story.reader_language)
    told = format_date(moment.date(), format="long", locale=spoken)
    return told.translate(_PERSIAN) if spoken.default_numbering_system == "arabext" else told


def source(story: Story, room: int) -> Draft:
    """Where the story came from, with a link where there is one."""
    found = story.source
    name = fit(kept_line(found.name), min(room, _LONGEST_NAME)) if found else ""
    if found is None or not name:
        return Draft()
    label = labelled(story, "source")
    if found.url is None or not linkable(found.url):
        line = Draft(label + name)
    else:
        line = Draft(label).add(name, "link", found.url)
    return directed(line, direction(story.reader_language)).cut(room)


def tags(story: Story, most: int, room: int) -> Draft:
    """The hashtags, whole ones only."""
    line = Draft()
    for tag in hashtags(story.topics, most):
        if len(line) + len(tag) + 2 > room:
            break
        line.add(" " if line.text else "").add(tag, "hashtag")
    return directed(line, direction(story.reader_language))


def attribution(story: Story, most_tags: int, room: int) -> Draft:
    """The source, and below it the hashtags."""
    first = source(story, room // 2)
    return joined([first, tags(story, most_tags, room - len(first) - 1)], "\n")


def read_more(story: Story, room: int) -> Draft:
    """The words that lead to the article's page; whole, or not there."""
    words = story.phrase("read_more")
    if linkable(story.url):
        line = Draft().add(words, "link", story.url)
    else:
        # An address on a machine without a public name (``http://localhost``): to be read, as it cannot be a link.
        line = Draft(f"{words}: {story.url}") if len(story.url) <= min(_LONGEST_ADDRESS, room // 2) else Draft()
    return line if len(line) <= room else Draft()


def questions(story: Story, room: int) -> Draft:
    """Questions and answers below their heading, as a quote that opens at a touch; whole pairs only."""
    heading = Draft().add(story.phrase("questions"), "bold")
    spoken = direction(story.questions_language)
    room -= len(heading) + 2
    pairs: list[Draft] = []
    for item in story.questions:
        asked = directed(Draft().add(kept_line(one_line(item.question)), "bold"), spoken)
        answered = body_draft(item.answer, "markdown", base_url=story.body_url, direction=spoken)
        pair = joined([asked, _unquoted(answered)], "\n")
        if len(pair) > room:
            break
        pairs.append(pair)
        room -= len(pair) + 2
    if not pairs:
        return Draft()
    quoted = joined(pairs, "\n\n").marked("expandable_quote")
    return joined([directed(heading, direction(story.reader_language)), quoted], "\n")


def related(story: Story, room: int) -> Draft:
    """Related articles as a list of links below their heading; whole ones only."""
    heading = directed(Draft().add(story.phrase("related"), "bold"), direction(story.reader_language))
    lines = [heading]
    room -= len(heading)
    for link in story.related:
        line = _linked(link)
        if len(line) + 1 > room:
            break
        lines.append(line)
        room -= len(line) + 1
    return joined(lines, "\n") if len(lines) > 1 else Draft()


def languages(story: Story, room: int) -> Draft:
    """The languages the article is also in, each a link; whole ones only."""
    line = Draft(labelled(story, "other_languages"))
    way = direction(story.reader_language)
    room -= len(line) + 1
    names = Draft()
    for link in _readable(story.alternates):
        name = fit(kept_line(link.title), _LONGEST_NAME)
        mark = fenced(name, way).removeprefix(name)
        if not name:
            continue
        if len(names) + len(_BETWEEN) + len(name + mark) > room:
            break
        names.add(_BETWEEN if names.text else "").add(name, "link", link.url).add(mark)
    return directed(line.join(names), way) if names.text else Draft()


def labelled(story: Story, key: str) -> str:
    """A label of newswire's with the colon of its language."""
    return story.phrase(key) + _COLONS.get(_spoken(story), ": ")


def _readable(links: Iterable[Link]) -> list[Link]:
    return [link for link in links if linkable(link.url) and link.title.strip()]


def _linked(link: Link) -> Draft:
    words = fit(kept_line(one_line(link.title)), _LONGEST_NAME)
    if not words:
        return Draft()
    line = Draft(_BULLET).add(words, "link", link.url) if linkable(link.url) else Draft(_BULLET + words)
    return directed(line, direction(link.language))


def _unquoted(draft: Draft) -> Draft:
    """A draft without quotes in it, for a place within one."""
    return Draft(draft.text, [one for one in draft.entities if one.kind not in {"quote", "expandable_quote"}])


def _spoken(story: Story) -> str:
    return story.reader_language.split("-", 1)[0]
