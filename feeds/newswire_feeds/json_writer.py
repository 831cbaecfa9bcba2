"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from newswire_feeds.identity import entry_id, uri
from newswire_feeds.plainness import media_type, persons

if TYPE_CHECKING:
    from newswire.api import Story, StoryImage
    from newswire_feeds.content import Content
    from newswire_feeds.feed import Feed


class JsonWriter:
    """Writes JSON Feed 1.1.

    Args:
        authority: the site's tag authority.
    """

    separator = b","
    tail = b"]}"

    def __init__(self, authority: str) -> None:
        self.authority = authority

    def head(self, feed: Feed) -> bytes:
        """Everything before the first item."""
        document: dict[str, Any] = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "home_page_url": uri(feed.site_url),
            "feed_url": feed.self_url,
            "description": feed.description,
            "language": feed.address.language,
            "authors": [{"name": feed.site_name, "url": uri(feed.site_url)}],
        }
        # JSON Feed knows one way back only; it ends in the oldest archive, and leads to no address twice.
        further = feed.link("next") or feed.link("prev-archive")
        if further:
            document["next_url"] = further
        if feed.hubs:
            document["hubs"] = [{"type": "WebSub", "url": hub} for hub in feed.hubs]
        return orjson.dumps(document).removesuffix(b"}") + b',"items":['

    def entry(self, story: Story, content: Content, *, number: int = 0) -> bytes:
        """One item."""
        del number
        item: dict[str, Any] = {
            "id": entry_id(self.authority, story.article_id, story.reader_language),
            "url": uri(story.url),
            "title": story.title,
            "content_html": content.html,
            "date_published": story.published.isoformat(),
            "date_modified": story.updated.isoformat(),
            "language": story.language,
        }
        if story.summary:
            item["summary"] = story.summary
        if persons(story.authors):
            item["authors"] = [{"name": name} for name in persons(story.authors)]
        if story.topics:
            item["tags"] = [topic.label for topic in story.topics]
        if story.source and story.source.url:
            item["external_url"] = uri(story.source.url)
        if story.image:
            item["image"] = uri(story.image.url)
            item["attachments"] = [_attachment(story.image)]
        item["_newswire"] = _extension(story)
        return orjson.dumps(item)


def _attachment(image: StoryImage) -> dict[str, Any]:
    attachment: dict[str, Any] = {"url": uri(image.url), "mime_type": media_type(image)}
    if image.alt:
        attachment["title"] = image.alt
    if image.length:
        attachment["size_in_bytes"] = image.length
    return attachment


def _extension(story: Story) -> dict[str, Any]:
    """What JSON Feed has no word for; the specification reserves names with an underscore for that."""
    extension: dict[str, Any] = {
        "topics": [topic.slug for topic in story.topics],
        "translations": [{"language": link.language, "url": uri(link.url)} for link in story.alternates],
        "related": [{"title": link.title, "language": link.language, "url": uri(link.url)} for link in story.related],
    }
    if story.body is not None:
        extension["body_language"] = story.body_language
    if story.source:
        extension["source"] = {"name": story.source.name, "slug": story.source.slug}
    if story.translators:
        extension["translators"] = persons(story.translators)
    return extension
