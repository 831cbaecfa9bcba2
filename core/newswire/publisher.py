"""The publisher: takes articles in, one transaction each.

Publishing is idempotent: the revision rises only when the canonical content changes. In the same transaction the
event is written, the publication index follows, and every channel concerned learns what it should show.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from newswire import subscription
from newswire.delivery import DROPPED, Novelty, Start, State, Urgency, stale
from newswire.errors import InvalidArticle, Refused, UnknownArticle
from newswire.event import EventKind
from newswire.model import Article, content_hash
from newswire.store import articles, channels, deliveries, digests, events, masks, publications, wakeups
from newswire.store.again import made_again
from newswire.store.articles import StoredArticle, StoredEdition
from newswire.store.placement import Placement, place

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.engine import Connection

    from newswire.delivery import Delivery
    from newswire.model import Edition
    from newswire.store import Store
    from newswire.subscription import Choice, Fallback, Subscription


class Status(StrEnum):
    """What publishing an article did."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"
    """It is withdrawn, now or since earlier; publishing it again does not bring it back."""


@dataclass(frozen=True, slots=True)
class Published:
    """The result of publishing or withdrawing an article."""

    article_id: str
    status: Status
    rev: int
    kind: EventKind | None
    """The event that was written, if there was one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A channel as the publisher sees it."""

    name: str
    subscription: Subscription
    max_age: timedelta | None
    """How old an article may be to be news; None for any age."""
    backfill: int = 0
    """How many older articles a new channel gets."""


class Publisher:
    """Takes articles in.

    Args:
        store: where everything is kept.
        subscribers: the enabled channels.
        languages: the languages an edition may be in.
        clock: tells the time, in UTC.
        intakes: the names of the intakes there are.
    """

    def __init__(
        self,
        store: Store,
        subscribers: Sequence[Subscriber],
        languages: Collection[str],
        clock: Callable[[], datetime],
        intakes: Collection[str] = (),
    ) -> None:
        self._intakes = frozenset(intakes)
        self._store = store
        self._subscribers = subscribers
        self._languages = frozenset(languages)
        self._clock = clock
        self.starts: Mapping[str, Start] = {}

    def prepare(self, lanes: Mapping[str, str], entries: Sequence[channels.ChannelEntry]) -> None:
        """Brings lanes and channels in the store in step with the config."""
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            self.starts = channels.sync(connection, lanes, entries, now=self._clock())

    def backfill(self) -> None:
        """Gives new channels the older articles they ask for; to be called when every intake was read once."""
        now = self._clock()
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            new = channels.take_unfilled(connection)
            for subscriber in self._subscribers:
                if subscriber.name in new and subscriber.backfill:
                    _backfill(connection, subscriber, now)
            wakeups.announce(connection)

    @made_again
    def publish(self, article: Article, *, intake: str, reinstate: bool = False) -> Published:
        """Takes an article in, with all the editions this intake has of it.

        Editions that other intakes brought stay as they are.

        Args:
            article: the article.
            intake: the name of the intake that brings it.
            reinstate: whether a withdrawn article comes back.

        Raises:
            InvalidArticle: an edition is in a language the site does not have.
        """
        self._check(article)
        now = self._clock()
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            known = articles.load(connection, article.id)
            if known is not None and known.digest_for is not None:
                raise InvalidArticle("this is the id of a digest; an article needs another", place=article.id)
            merged, owners = _merge(article, known, intake, self._intakes)
            hashes = {edition.language: content_hash(edition) for edition in merged.editions}
            meta_hash = content_hash(merged.model_copy(update={"editions": ()}))
            whole = _whole_hash(meta_hash, hashes)
            back = known is not None and known.withdrawn and reinstate
            if known is not None and not back and (known.hash == whole or known.withdrawn):
                status = Status.WITHDRAWN if known.withdrawn else Status.UNCHANGED
                return Published(article.id, status, known.rev, None)
            rev = known.rev + 1 if known else 1
            kind, changed = _difference(merged, known, hashes, meta_hash, back=back)
            shown = known.content if known and not known.withdrawn else None
            gone = set(shown.languages if shown else ()) - set(merged.languages)
            mask = masks.mask(connection, changed | gone)
            seq = events.append(connection, article_id=article.id, rev=rev, kind=kind, languages_mask=mask, at=now)
            parts = {
                edition.language: _stored_edition(
                    edition, merged, known, owner=owners[edition.language], digest=hashes[edition.language],
                    seq=seq, now=now,
                )
                for edition in merged.editions
            }  # fmt: skip
            stored = StoredArticle(
                content=merged,
                rev=rev,
                hash=whole,
                meta_hash=meta_hash,
                withdrawn=False,
                intake=known.intake if known and known.intake in self._intakes else intake,
                published=known.published if known else min(article.published or now, now),
                changed=_changed(merged, known, meta_hash, now),
                seen=known.seen if known else now,
                editions=parts,
            )
            articles.save(connection, stored, new=known is None)
            place(connection, Placement(seq, rev, now, before=shown, now=merged, changed=changed, gone=gone))
            self._want(connection, stored, now, back=back)
        return Published(article.id, Status.REVISED if known else Status.NEW, rev, kind)

    @made_again
    def withdraw(self, article_id: str) -> Published:
        """Withdraws an article: it leaves every list, and every post of it is to be taken back.

        Raises:
            UnknownArticle: there is none of this id.
            Refused: it is a digest.
        """
        now = self._clock()
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            known = articles.load(connection, article_id)
            if known is None:
                raise UnknownArticle(f"no article has the id {article_id!r}")
            if known.digest_for is not None:
                raise Refused(f"{article_id} is a digest: withdraw what it lists, and it goes with the last of it")
            if known.withdrawn:
                return Published(article_id, Status.WITHDRAWN, known.rev, None)
            rev = known.rev + 1
            mask = masks.mask(connection, known.content.languages)
            kind = EventKind.WITHDRAWN
            seq = events.append(connection, article_id=article_id, rev=rev, kind=kind, languages_mask=mask, at=now)
            articles.mark_withdrawn(connection, article_id, rev=rev)
            gone = set(known.content.languages)
            place(connection, Placement(seq, rev, now, before=known.content, now=None, changed=set(), gone=gone))
            rows = deliveries.to_change(connection, article_id)
            deliveries.suppress(connection, article_id, rows, "withdrawn before it was posted", now=now)
            told = [name for name, row in rows.items() if row.may_be_out]
            deliveries.raise_wanted(connection, article_id, told, rev, now=now)
            digests.follow(connection, rows.values(), now=now)
        return Published(article_id, Status.WITHDRAWN, rev, kind)

    def _check(self, article: Article) -> None:
        foreign = [language for language in article.languages if language not in self._languages]
        if foreign:
            raise InvalidArticle(
                f"no edition can be in {', '.join(foreign)}: [site] languages are {', '.join(sorted(self._languages))}",
                place=article.id,
            )

    def _want(self, connection: Connection, stored: StoredArticle, now: datetime, *, back: bool) -> None:
        """Tells every channel concerned what it should show: those that have the article, and new matches.

        A post that was taken away is not put back by a revision, only when the article comes back.
        """
        rows = deliveries.to_change(connection, stored.content.id)
        fresh: list[tuple[str, str | None]] = []
        # Those of channels that are disabled now, too: they hear of it when they are back.
        raised = [name for name, row in rows.items() if row.may_be_out]
        dropped: list[str] = []
        for subscriber in self._subscribers:
            verdict = subscription.judge(stored.content, subscriber.subscription)
            row = rows.get(subscriber.name)
            reason = None
            if verdict.matched and verdict.choice is not None:
                reason = self._stale(stored, verdict.choice, subscriber, now)
            if row is not None and (row.may_be_out or row.within or (_let_be(row) and not back)):
                continue
            if not verdict.matched:
                if row is not None:
                    dropped.append(subscriber.name)
            elif row is None:
                fresh.append((subscriber.name, reason))
            elif reason is None or row.state is not State.SUPPRESSED:
                raised.append(subscriber.name)
        urgency = Urgency.URGENT if stored.content.urgent else Urgency.ORDINARY
        deliveries.add(connection, stored.content.id, stored.rev, fresh, urgency=urgency, now=now)
        deliveries.raise_wanted(connection, stored.content.id, raised, stored.rev, urgency=urgency, now=now)
        deliveries.suppress(connection, stored.content.id, dropped, "it does not match any more", now=now)
        digests.follow(connection, rows.values(), now=now)

    def _stale(self, stored: StoredArticle, choice: Choice, subscriber: Subscriber, now: datetime) -> str | None:
        found = novelty(stored, choice, subscriber.subscription.fallback)
        return stale(found, start=self.starts[subscriber.name], max_age=subscriber.max_age, now=now)


def _let_be(row: Delivery) -> bool:
    """Whether there was a post of it that somebody took away, or it was dropped because there was too much."""
    return row.taken_away or (row.state is State.SUPPRESSED and (row.reason or "").startswith(DROPPED))


def novelty(stored: StoredArticle, choice: Choice, fallback: Fallback) -> Novelty:
    """Since when the edition that would be sent is there."""
    edition = stored.editions[choice.edition.language]
    if fallback == "skip" and edition.completed is not None and edition.completed_seq is not None:
        return Novelty(appeared=edition.completed, seq=edition.completed_seq)
    return Novelty(appeared=edition.appeared, seq=edition.seq)


def _merge(
    article: Article, known: StoredArticle | None, intake: str, intakes: Collection[str]
) -> tuple[Article, dict[str, str]]:
    """The article with all its editions, and whose each edition is.

    An article's own fields are those of the intake that brought it first, and so is each edition; another intake
    adds editions, and bodies for editions that have none. So two intakes never undo each other's work in turn. What
    belongs to an intake that is not in the config any more goes to the next that brings it.
    """
    own = known is None or known.intake == intake or known.intake not in intakes
    base = article if own or known is None else known.content
    editions = {edition.language: edition for edition in article.editions}
    owners = dict.fromkeys(editions, intake)
    for edition in known.content.editions if known else ():
        owner = known.editions[edition.language].intake if known else intake
        if owner == intake or owner not in intakes:
            continue
        brought = editions.get(edition.language)
        if brought is None or edition.body is not None or brought.body is None:
            editions[edition.language] = edition
            owners[edition.language] = owner
    ordered = tuple(editions[language] for language in sorted(editions))
    return base.model_copy(update={"editions": ordered}), owners


def _whole_hash(meta_hash: str, hashes: Mapping[str, str]) -> str:
    parts = [meta_hash, *(f"{language}={hashes[language]}" for language in sorted(hashes))]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def _difference(
    article: Article,
    known: StoredArticle | None,
    hashes: Mapping[str, str],
    meta_hash: str,
    *,
    back: bool,
) -> tuple[EventKind, set[str]]:
    """What kind of event it is, and the languages whose readers see a difference."""
    everyone = set(article.languages)
    if known is None or back:
        return EventKind.PUBLISHED, everyone
    if known.meta_hash != meta_hash:
        return EventKind.REVISED, everyone
    added = {language for language in everyone if language not in known.editions}
    changed = {language for language in everyone - added if known.editions[language].hash != hashes[language]}
    completed = {language for language in changed if _only_completed(article, known, language)}
    gone = set(known.editions) - everyone
    kind = EventKind.EDITION if changed <= completed and not gone else EventKind.REVISED
    touched = added | changed
    if article.original_language in touched:
        # Readers of an edition without a body of its own are shown the original's.
        touched |= {edition.language for edition in article.editions if edition.body is None}
    return kind, touched


def _only_completed(article: Article, known: StoredArticle, language: str) -> bool:
    now, before = article.edition(language), known.content.edition(language)
    return (
        now is not None
        and before is not None
        and before.body is None
        and now.body is not None
        and now.model_copy(update={"body": None, "questions": ()}) == before.model_copy(update={"questions": ()})
    )


def _stored_edition(
    edition: Edition,
    article: Article,
    known: StoredArticle | None,
    *,
    owner: str,
    digest: str,
    seq: int,
    now: datetime,
) -> StoredEdition:
    before = known.editions.get(edition.language) if known else None
    if before is None:
        appeared = _appeared(edition, article, now, late=known is not None)
        body = edition.body is not None
        changed = appeared
        if known is None:
            # A correction made before the article came here is not newer than the article readers see first.
            changed = min(max(appeared, article.updated or appeared), now)
        return StoredEdition(
            language=edition.language,
            hash=digest,
            intake=owner,
            appeared=appeared,
            seq=seq,
            completed=appeared if body else None,
            completed_seq=seq if body else None,
            changed=changed if known is None else now,
        )
    if before.hash == digest:
        return replace(before, intake=owner)
    completes = edition.body is not None and before.completed is None
    return replace(
        before,
        hash=digest,
        intake=owner,
        changed=now,
        completed=now if completes else before.completed,
        completed_seq=seq if completes else before.completed_seq,
    )


def _appeared(edition: Edition, article: Article, now: datetime, *, late: bool) -> datetime:
    """When readers could first have an edition.

    One that comes with the article appeared as dated. One that comes later appeared now, unless it says itself that
    it is younger than the article: most translated files only repeat the original's date.
    """
    dated = edition.published or article.published
    if not late:
        return min(dated or now, now)
    own = edition.published
    if own is not None and article.published is not None and own > article.published:
        return min(own, now)
    return now


def _changed(article: Article, known: StoredArticle | None, meta_hash: str, now: datetime) -> datetime:
    if known is None:
        published = min(article.published or now, now)
        return min(max(published, article.updated or published), now)
    return known.changed if known.meta_hash == meta_hash else now


def _backfill(connection: Connection, subscriber: Subscriber, now: datetime) -> None:
    """Lets a new channel want the last articles that match it, oldest first."""
    wanted = publications.newest(connection, limit=max(200, subscriber.backfill * 20))
    found = [
        stored
        for stored in articles.load_many(connection, wanted).values()
        if not stored.withdrawn and subscription.judge(stored.content, subscriber.subscription).matched
    ]
    found.sort(key=lambda stored: (stored.published, stored.content.id))
    for stored in found[-subscriber.backfill :]:
        deliveries.force(connection, stored.content.id, stored.rev, subscriber.name, now=now)
