"""Content warnings by topic. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import parse_filter, topics_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newswire.api import Story
    from newswire_mastodon.options import TopicWarning


def warning(story: Story, rules: Iterable[TopicWarning]) -> str | None:
    """What a story's post is hidden behind; None where nothing applies.

    A rule without a text warns of the topics that it names, in the reader's language.
    """
    slugs = {topic.slug for topic in story.topics}
    found: dict[str, None] = {}
    for rule in rules:
        expression = parse_filter(rule.topics)
        if not expression.matches(slugs):
            continue
        named = set(topics_of(expression))
        labels = [topic.label for topic in story.topics if topic.slug in named]
        found |= dict.fromkeys([rule.text] if rule.text else labels)
    return ", ".join(found) or None
