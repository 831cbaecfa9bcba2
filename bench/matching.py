"""Matching one article against many subscriptions, beside judging each of them by itself.

The subscriptions are drawn by chance: one to three of 12 languages in order of preference, any of one to five of 400
topics (in half of them less one more topic that is not wanted), one in ten only from some sources. Of 10,000 they are
as channels would have them; of 1,000,000, as personal subscribers would, hardly two are equal.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

import psutil
from figures import Figure

from newswire.filters import Group, Leaf, Not
from newswire.matching import Matcher
from newswire.subscription import Subscription, judge
from newswire.testing import an_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newswire.filters import Expression
    from newswire.model import Article

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "cs", "ru", "uk", "tr")
TOPICS = [f"topic-{number}" for number in range(400)]
SOURCES = [f"source-{number}" for number in range(50)]
ARTICLES = 40
"""Each in one to twelve languages, under five topics."""
MEBIBYTE = 1 << 20


def figures() -> Iterator[Figure]:
    """Milliseconds an article, and the memory that a million take."""
    chance = random.Random(0)
    articles = [_article(chance, number) for number in range(ARTICLES)]
    for article in articles:  # languages that were compared once are known
        judge(article, Subscription(languages=LANGUAGES))
    for count, asked in ((10_000, ARTICLES), (1_000_000, 1)):
        gc.collect()
        before = psutil.Process().memory_info().rss
        subscriptions = [_subscription(chance) for _ in range(count)]
        held = psutil.Process().memory_info().rss
        begin = time.perf_counter()
        matcher = Matcher(subscriptions)
        built = time.perf_counter() - begin
        gc.collect()
        indexed = psutil.Process().memory_info().rss
        ours, found = _timed(partial(_by_index, matcher), articles)
        naive, same = _timed(partial(_one_by_one, subscriptions), articles[:asked])
        if found[:asked] != same:
            raise SystemExit("the index does not find what judging each finds")
        name = f"matching an article against {count:,} subscriptions"
        peer = "judging each by itself"
        yield Figure(f"{name} ({statistics.mean(found):,.0f} match)", "ms", ours, naive, peer, "lower")
        yield Figure(f"the index of {count:,} subscriptions, made", "s", round(built, 2), None, "", "lower")
        yield Figure(
            f"memory of {count:,} subscriptions and their index",
            "MiB",
            round((indexed - before) / MEBIBYTE, 1),
            round((held - before) / MEBIBYTE, 1),
            "the subscriptions alone",
            "lower",
        )
        del matcher, subscriptions


def _by_index(matcher: Matcher, article: Article) -> int:
    return len(matcher.match(article))


def _one_by_one(subscriptions: Sequence[Subscription], article: Article) -> int:
    return sum(judge(article, wanted).matched for wanted in subscriptions)


def _timed(work: Callable[[Article], int], articles: Sequence[Article]) -> tuple[float, list[int]]:
    times, results = [], []
    for article in articles:
        begin = time.perf_counter()
        results.append(work(article))
        times.append((time.perf_counter() - begin) * 1000)
    return round(statistics.median(times), 2), results


def _article(chance: random.Random, number: int) -> Article:
    languages = tuple(chance.sample(LANGUAGES, chance.randint(1, len(LANGUAGES))))
    topics = tuple(sorted(chance.sample(TOPICS, 5)))
    return an_article(f"article-{number}", languages=languages).model_copy(update={"topics": topics})


def _subscription(chance: random.Random) -> Subscription:
    leaves = tuple(Leaf(topic) for topic in chance.sample(TOPICS, chance.randint(1, 5)))
    topics: Expression = leaves[0] if len(leaves) == 1 else Group("|", leaves)
    if chance.random() < 0.5:  # noqa: PLR2004  # half of them
        topics = Group("&", (topics, Not(Leaf(chance.choice(TOPICS)))))
    sources = frozenset(chance.sample(SOURCES, 3)) if chance.random() < 0.1 else frozenset()  # noqa: PLR2004
    languages = tuple(chance.sample(LANGUAGES, chance.randint(1, 3)))
    return Subscription(languages=languages, topics=topics, sources=sources)
