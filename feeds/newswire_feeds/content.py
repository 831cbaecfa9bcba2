"""The body of an entry as HTML: notice, text, questions and answers, related articles. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from newswire.api import direction, language_name, plain_text, shorten, to_html
from newswire_feeds.identity import uri
from newswire_feeds.plainness import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from newswire.api import Story

_TEASER_LENGTH = 300
_NOWHERE = "https://invalid.invalid/"  # every address is absolute by then


@dataclass(frozen=True, slots=True)
class Content:
    """What an entry says, made once for all formats."""

    html: str
    """Never empty."""
    teaser: str
    """Plain text: the summary, or the beginning of the text, or the title; never empty."""


def compose(story: Story) -> Content:
    """The content of a story's entry.

    Foreign text is sanitised before it is wrapped, so that `lang` and `dir` on the wrappers can only be ours.
    """
    text = _text(story)
    beginning = shorten(" ".join(plain_text(text, "html").split()), _TEASER_LENGTH)
    teaser = shown(story.summary) or shown(beginning) or shown(story.title) or story.article_id
    return Content("\n".join(_parts(story, text)), teaser)


def _text(story: Story) -> str:
    if story.body is None:
        return ""
    form: Literal["html", "markdown"] = "html" if story.body_format == "html" else "markdown"
    return _sound(to_html(story.body, form, base_url=story.body_url))


def _sound(html: str) -> str:
    """HTML that a strict parser has nothing to say about.

    Where the first pass took out a tag, what stood in it may now lie where HTML does not allow it; the second pass
    reads that as browsers do, and writes it down in the right place.
    """
    return to_html(html, "html", base_url=_NOWHERE)


def _parts(story: Story, text: str) -> Iterator[str]:
    if story.notice:
        yield f"<p{_told(story)}>{escape(story.notice)}{_asking(story)}</p>"
    if story.digest:
        yield f"<ul>{''.join(map(_member, story.digest))}</ul>"
    elif text:
        yield f'<div lang="{story.body_language}" dir="{story.body_direction}">{text}</div>'
    elif story.summary:
        yield f'<p lang="{story.language}" dir="{story.direction}">{escape(story.summary)}</p>'
    if story.questions:
        yield f"<h2{_told(story)}>{escape(story.phrase('questions'))}</h2>"
        yield from _questions(story)
    if story.related:
        yield f"<h2{_told(story)}>{escape(story.phrase('related'))}</h2>"
        links = "".join(
            f'<li><a href="{escape(uri(link.url))}" hreflang="{link.language}" lang="{link.language}" '
            f'dir="{direction(link.language)}">{escape(link.title)}</a></li>'
            for link in story.related
        )
        yield f"<ul>{links}</ul>"
    if not text:
        yield f'<p{_told(story)}><a href="{escape(uri(story.url))}">{escape(story.phrase("read_more"))}</a></p>'


def _asking(story: Story) -> str:
    """The link to the page at which the reader can ask for what fell back."""
    if story.ask_url is None:
        return ""
    words = story.phrase("read_in", language=language_name(story.reader_language, story.reader_language))
    return f' · <a href="{escape(uri(story.ask_url))}" rel="nofollow">{escape(words)}</a>'


def _member(story: Story) -> str:
    """An article in a digest."""
    spoken = f'lang="{story.language}" dir="{story.direction}"'
    link = f'<a href="{escape(uri(story.url))}" hreflang="{story.language}">{escape(story.title)}</a>'
    summary = f"<br>{escape(story.summary)}" if story.summary else ""
    notice = f"<br><small{_told(story)}>{escape(story.notice)}</small>" if story.notice else ""
    return f"<li {spoken}>{link}{summary}{notice}</li>"


def _questions(story: Story) -> Iterator[str]:
    spoken = f' lang="{story.questions_language}" dir="{direction(story.questions_language)}"'
    for item in story.questions:
        answer = _sound(to_html(item.answer, "markdown", base_url=story.body_url))
        yield f"<h3{spoken}>{escape(item.question)}</h3>\n<div{spoken}>{answer}</div>"


def _told(story: Story) -> str:
    return f' lang="{story.reader_language}" dir="{direction(story.reader_language)}"'
