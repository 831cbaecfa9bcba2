"""Matching one article against many subscriptions: an index of what can match at all, by topic and by source.

It finds what `newswire.subscription.judge` would find by asking each subscription in turn, without asking each. An
expression can only match where one of a few topics is there (of an "or" any of its parts', of an "and" those of the
part with the fewest); so an article looks up its own topics and its source, and asks those subscriptions only. The
edition is chosen once for all that want the same languages.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newswire.filters import Expression, Group, Leaf, Not
from newswire.subscription import choose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from newswire.model import Article
    from newswire.subscription import Choice, Fallback, Subscription


@dataclass(slots=True, eq=False)
class _Readers:
    """Who wants the same languages in the same way."""

    languages: tuple[str, ...]
    fallback: Fallback


@dataclass(slots=True, eq=False)
class _Rule:
    """Equal subscriptions, and where in the sequence they stand."""

    readers: _Readers
    topics: Expression | None
    """What is still to be asked of the topics of an article that was led here; None where that says all."""
    sources: frozenset[str]
    positions: array[int] = field(default_factory=lambda: array("I"))


class Matcher:
    """Finds the subscriptions that an article matches.

    Args:
        subscriptions: all of them; what is found is told by the position here.
    """

    def __init__(self, subscriptions: Iterable[Subscription]) -> None:
        self._by_topic: dict[str, list[_Rule]] = {}
        self._by_source: dict[str, list[_Rule]] = {}
        self._others: list[_Rule] = []
        """What can match articles of any topic and source."""
        rules: dict[Subscription, _Rule] = {}
        readers: dict[tuple[tuple[str, ...], Fallback], _Readers] = {}
        for position, wanted in enumerate(subscriptions):
            if not wanted.articles:
                continue
            rule = rules.get(wanted)
            if rule is None:
                key = (wanted.languages, wanted.fallback)
                same = readers.setdefault(key, _Readers(*key))
                rule = rules[wanted] = self._enter(wanted, same)
            rule.positions.append(position)

    def _enter(self, wanted: Subscription, readers: _Readers) -> _Rule:
        signs = _signs(wanted.topics) if wanted.topics is not None else None
        rule = _Rule(readers, None if signs and signs.suffice else wanted.topics, wanted.sources)
        if signs:
            for topic in signs.topics:
                self._by_topic.setdefault(topic, []).append(rule)
        elif wanted.sources:
            for source in wanted.sources:
                self._by_source.setdefault(source, []).append(rule)
        else:
            self._others.append(rule)
        return rule

    def match(self, article: Article) -> dict[int, Choice]:
        """The positions of the subscriptions that take an article, in order, each with the editions it is told in."""
        topics, sources = frozenset(article.topics), frozenset(source.slug for source in article.sources) or {"none"}
        choices: dict[_Readers, Choice | None] = {}
        found: list[tuple[int, Choice]] = []
        for rule in self._candidates(topics, sources):
            if rule.sources and rule.sources.isdisjoint(sources):
                continue
            if rule.topics is not None and not rule.topics.matches(topics):
                continue
            readers = rule.readers
            if readers not in choices:
                choices[readers] = choose(article, readers.languages, readers.fallback)[0]
            choice = choices[readers]
            if choice is not None:
                found += [(position, choice) for position in rule.positions]
        found.sort(key=_position)
        return dict(found)

    def _candidates(self, topics: AbstractSet[str], sources: AbstractSet[str]) -> Iterable[_Rule]:
        """The rules that can match at all, each once."""
        by_source = (self._by_source.get(source, []) for source in sources)
        led = [self._others, *by_source, *(self._by_topic.get(topic, []) for topic in topics)]
        return dict.fromkeys(rule for rules in led for rule in rules)


def _position(found: tuple[int, Choice]) -> int:
    return found[0]


@dataclass(frozen=True, slots=True)
class _Signs:
    """Topics of which one at least is there wherever an expression matches."""

    topics: frozenset[str]
    suffice: bool
    """Whether any one of them is enough."""


def _signs(expression: Expression) -> _Signs | None:
    """The signs of an expression; None where it can match without any topic."""
    match expression:
        case Leaf(topic):
            return _Signs(frozenset({topic}), suffice=True)
        case Not():
            return None
        case Group("|", parts):
            return _either([_signs(part) for part in parts])
        case Group(_, parts):
            known = [signs for part in parts if (signs := _signs(part)) is not None]
            fewest = min(known, key=lambda signs: len(signs.topics), default=None)
            return _Signs(fewest.topics, suffice=False) if fewest else None


def _either(parts: Sequence[_Signs | None]) -> _Signs | None:
    known = [signs for signs in parts if signs is not None]
    if len(known) < len(parts):
        return None
    topics = frozenset(topic for signs in known for topic in signs.topics)
    return _Signs(topics, suffice=all(signs.suffice for signs in known))
