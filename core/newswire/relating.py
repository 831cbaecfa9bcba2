"""Which articles are related to one whose intake names none: those that share its topics, rare topics first. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

KeyT = TypeVar("KeyT")


def nearest(
    topics: Collection[str],
    candidates: Iterable[tuple[KeyT, Collection[str]]],
    frequency: Mapping[str, int],
    *,
    limit: int,
) -> tuple[KeyT, ...]:
    """The keys of the articles nearest to one.

    A shared topic says the more, the rarer it is (inverse document frequency, as in text retrieval). Of articles
    that are equally near the first in the order of the candidates is taken.

    Args:
        topics: the topics of the article.
        candidates: other articles with their topics, the newest first.
        frequency: how many articles have a topic; one is assumed where it is not known.
        limit: how many at most.
    """
    most = max(frequency.values(), default=0) + 1
    weights = {topic: 1 + math.log(most / max(frequency.get(topic, 1), 1)) for topic in topics}
    scored = []
    for place, (key, others) in enumerate(candidates):
        shared = weights.keys() & set(others)
        if shared:
            # In one order, for a sum of floating-point numbers depends on it.
            scored.append((-math.fsum(weights[topic] for topic in sorted(shared)), place, key))
    return tuple(key for _, _, key in sorted(scored, key=lambda one: one[:2])[:limit])


def beside(together: Mapping[str, int], alone: Mapping[str, int], of: int, *, limit: int) -> tuple[str, ...]:
    """The topics that go with a topic, by how much more often they stand together than they would by chance.

    The measure is Ochiai's: the number of articles that have both, by the geometric mean of the numbers of those that
    have each. So a topic that every second article has goes with none.

    Args:
        together: how many articles have another topic, too, by that topic.
        alone: how many articles have each of these topics.
        of: how many articles have the topic itself.
        limit: how many topics at most.
    """
    nearness = {
        topic: number / math.sqrt(max(alone.get(topic, number), number) * max(of, number))
        for topic, number in together.items()
        if number
    }
    return tuple(sorted(nearness, key=lambda topic: (-nearness[topic], topic))[:limit])
