"""Subscriptions: which article a channel takes, and in which edition. Pure decisions with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newswire import filters, languages

if TYPE_CHECKING:
    from newswire.model import Article, Edition

Fallback = Literal["teaser", "original", "skip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a channel takes; pure data."""

    languages: tuple[str, ...]
    """Wanted languages, the most wanted first."""
    topics: filters.Expression | None = None
    """The topic filter; None takes every topic."""
    sources: frozenset[str] = frozenset()
    """Slugs of the sources it takes; empty takes every source."""
    fallback: Fallback = "teaser"
    """``teaser``: title and summary in a wanted language are enough; ``original``: else the original edition;
    ``skip``: only editions with a body."""
    articles: bool = True
    """Whether it takes articles at all; a channel may be for notices only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFilter:
    """A part of a subscription that has a name; what it leaves open is None."""

    name: str
    topics: filters.Expression | None = None
    languages: tuple[str, ...] | None = None
    """BCP 47 tags, the most wanted first."""
    sources: frozenset[str] | None = None
    """Slugs of sources."""
    fallback: Fallback | None = None
    """What is taken of an article that has no complete edition in a wanted language."""
    translate: tuple[str, ...] = ()
    """Languages that what it takes is translated into by a machine."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One stage of a verdict: what was looked at, whether it passed, and the value that decided."""

    stage: Literal["articles", "language", "topics", "source"]
    passed: bool
    because: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The editions an article is told in."""

    edition: Edition
    """Where title and summary come from."""
    body: Edition | None
    """Where the body comes from; None where neither an edition in a wanted language nor the original has one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an article matches a subscription, in which edition, and why."""

    choice: Choice | None
    reasons: tuple[Reason, ...]

    @property
    def matched(self) -> bool:
        """Whether every stage passed."""
        return self.choice is not None and all(reason.passed for reason in self.reasons)

    @property
    def because(self) -> str:
        """The stage that decided, in words."""
        decided = next((reason for reason in self.reasons if not reason.passed), None)
        return f"{decided.stage}: {decided.because}" if decided else "; ".join(r.because for r in self.reasons)


def choose(article: Article, wanted: tuple[str, ...], fallback: Fallback) -> tuple[Choice | None, str]:
    """The edition a reader of the wanted languages gets, and why.

    The first wanted language with an edition gives title and summary. Its body is taken, else the body of the
    next wanted language that has one, else the original's.
    """
    present = {edition.language: edition for edition in article.editions}
    matches = [present[found] for tag in wanted if (found := languages.closest(tag, present))]
    if fallback == "skip":
        complete = next((edition for edition in matches if edition.body), None)
        if complete:
            return Choice(complete, complete), f"the {complete.language} edition is complete"
        return None, f"no complete edition in {', '.join(wanted)}; there are {', '.join(sorted(present))}"
    with_body = next((edition for edition in (*matches, article.original) if edition.body), None)
    if matches:
        edition = matches[0]
        body = f", body in {with_body.language}" if with_body and with_body is not edition else ""
        return Choice(edition, with_body), f"the {edition.language} edition is there{body}"
    if fallback == "original":
        edition = article.original
        return Choice(edition, with_body), f"no edition in {', '.join(wanted)}: the original ({edition.language})"
    return None, f"no edition in {', '.join(wanted)}; there are {', '.join(sorted(present))}"


def judge(article: Article, subscription: Subscription) -> Verdict:
    """The verdict on an article for a subscription, stage by stage; every stage is looked at."""
    choice, why = choose(article, subscription.languages, subscription.fallback)
    reasons = [Reason("language", choice is not None, why)]
    if not subscription.articles:
        reasons.insert(0, Reason("articles", False, "no article goes there, only notices (articles = false)"))
    if subscription.topics is not None:
        topics = frozenset(article.topics)
        passed = subscription.topics.matches(topics)
        why = f"{filters.because(subscription.topics, topics)} (the filter is {subscription.topics})"
        reasons.append(Reason("topics", passed, why))
    if subscription.sources:
        slugs = [source.slug for source in article.sources] or ["none"]
        passed = not subscription.sources.isdisjoint(slugs)
        reasons.append(Reason("source", passed, f"the source is {' and '.join(slugs)}"))
    return Verdict(choice, tuple(reasons))
