"""The publisher: takes articles in, one transaction each.

Publishing is idempotent: the revision rises only when the canonical content changes. In the same transaction the
event is written, the publication index follows, and every channel concerned learns what it should show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from newswire import joining, revision
from newswire.circulation import Circulation, check, fill, known_article, suggested_for
from newswire.delivery import DROPPED, IMPORTED, Novelty, Start, State, Urgency, stale
from newswire.errors import Refused, UnknownArticle
from newswire.event import EventKind
from newswire.model import Article
from newswire.store import articles, channels, deliveries, digests, events, masks, tellings, wakeups
from newswire.store.again import made_again
from newswire.store.placement import Placement, place
from newswire.store.tellings import Telling

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.circulation import Bring, Subscriber
    from newswire.delivery import Delivery
    from newswire.revision import Brought
    from newswire.store import Store
    from newswire.store.articles import StoredArticle
    from newswire.subscription import Choice, Fallback


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
    article: StoredArticle
    """The article as it is now."""


Decide = Callable[["StoredArticle | None"], Article]
"""Makes of what the store knows of an article what an intake now has of it; what it raises leaves all as it was."""


class Publisher:
    """Takes articles in.

    Args:
        store: where everything is kept.
        subscribers: the enabled channels.
        languages: the languages an edition may be in.
        clock: tells the time, in UTC.
        intakes: the names of the intakes there are.
        related: how many related articles are found for one whose intake names none.
    """

    def __init__(
        self,
        store: Store,
        subscribers: Sequence[Subscriber],
        languages: Collection[str],
        clock: Callable[[], datetime],
        intakes: Collection[str] = (),
        *,
        related: int = 0,
    ) -> None:
        self._store = store
        self._circulation = Circulation(subscribers, languages, intakes, related=related)
        self._clock = clock

    @property
    def intakes(self) -> frozenset[str]:
        """The names of the intakes there are."""
        return self._circulation.intakes

    @property
    def starts(self) -> Mapping[str, Start]:
        """When each channel was added."""
        return self._circulation.in_step.starts

    @property
    def in_step(self) -> channels.InStep:
        """Lanes and channels as the store has them."""
        return self._circulation.in_step

    def prepare(
        self,
        lanes: Mapping[str, str],
        entries: Sequence[channels.ChannelEntry],
        circulation: Circulation | None = None,
    ) -> None:
        """Brings lanes and channels in the store in step with the config; whoever publishes next goes by it.

        Args:
            lanes: fingerprint by name of the lane.
            entries: the enabled channels.
            circulation: takes the place of the present one, where the config has changed.
        """
        before = self._circulation
        after = circulation or before
        try:
            with self._store.write() as connection:
                self._store.engines.serialize_publishing(connection)
                after.in_step = channels.sync(connection, lanes, entries, now=self._clock())
                # Nobody else publishes until this is committed: no article falls between the old and the new.
                self._circulation = after
        except BaseException:
            self._circulation = before
            raise

    def backfill(self) -> None:
        """Gives new channels the older articles they ask for; to be called when every intake was read once."""
        now = self._clock()
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            new = channels.take_unfilled(connection)
            for subscriber in self._circulation.subscribers:
                if subscriber.name in new and subscriber.backfill:
                    fill(connection, subscriber, now)
            wakeups.announce(connection)

    @made_again
    def publish(
        self,
        article: Article,
        *,
        intake: str,
        reinstate: bool = False,
        of_others: bool = False,
        news: bool = True,
    ) -> Published:
        """Takes an article in, with all the editions this intake has of it.

        Editions that other intakes brought stay as they are. A story of others that is there already, by its link,
        becomes one of the article's tellings; so does one that is there when the site's own article of it comes, and
        that is shown from then on.

        Args:
            article: the article.
            intake: the name of the intake that brings it.
            reinstate: whether a withdrawn article comes back.
            of_others: whether it is a story of others, not an article of the site's own.
            news: whether channels may post it, if it is new.

        Raises:
            InvalidArticle: an edition is in a language the site does not have.
        """
        now = self._clock()
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            known = known_article(connection, article.id)
            check(article, self._circulation)
            brought = Telling(article=article, intake=intake, since=now, of_others=of_others)
            together = joining.join(connection, brought, known, reinstate=reinstate)
            if together is not None:
                return self._tell(connection, together, now, reinstate=reinstate)
            return self._take(
                connection, known, article, intake, now, reinstate=reinstate, of_others=of_others, news=news
            )

    def _tell(self, connection: Connection, together: joining.Together, now: datetime, *, reinstate: bool) -> Published:
        """Shows an article as its tellings make it."""
        known = articles.load(connection, together.article_id)
        if known is None:
            raise UnknownArticle(f"no article has the id {together.article_id!r}")
        if together.article is None:
            return Published(together.article_id, Status.WITHDRAWN, known.rev, None, known)
        # What tellers brought themselves gives way; editions of all others, such as translations, stay.
        others = self.intakes - together.tellers
        return self._take(
            connection, known, together.article, together.intake, now, reinstate=reinstate, intakes=others
        )

    @made_again
    def change(self, article_id: str, decide: Decide, *, intake: str, reinstate: bool = False) -> Published:
        """Takes in what follows from what is known of an article; see `publish`. Nobody publishes in between.

        Args:
            article_id: the article.
            decide: gives the article with all editions that the intake now has of it; perhaps called several times.
            intake: the name of the intake that brings it.
            reinstate: whether a withdrawn article comes back.

        Raises:
            InvalidArticle: an edition is in a language the site does not have.
        """
        now = self._clock()
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            known = known_article(connection, article_id)
            article = decide(known)
            check(article, self._circulation)
            return self._take(connection, known, article, intake, now, reinstate=reinstate)

    def _take(
        self,
        connection: Connection,
        known: StoredArticle | None,
        article: Article,
        intake: str,
        now: datetime,
        *,
        reinstate: bool,
        of_others: bool = False,
        news: bool = True,
        intakes: Collection[str] | None = None,
    ) -> Published:
        """Brings an article to what an intake has of it, in the transaction that is under way."""
        present = self._circulation.intakes if intakes is None else intakes
        brought = revision.bring(article, known, intake, present)
        return self._keep(connection, known, brought, now, reinstate=reinstate, of_others=of_others, news=news)

    def take(self, article_id: str, bring: Bring) -> Published:
        """Takes in what `bring` makes of what is known of an article. Nobody publishes in between."""
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            known = known_article(connection, article_id)
            return self._keep(connection, known, bring(known, self._circulation), self._clock())

    def _keep(
        self,
        connection: Connection,
        known: StoredArticle | None,
        brought: Brought,
        now: datetime,
        *,
        reinstate: bool = False,
        of_others: bool = False,
        news: bool = True,
    ) -> Published:
        circulation, article_id = self._circulation, brought.merged.id
        merged, hashes, meta_hash = brought.merged, brought.hashes, brought.meta_hash
        back = known is not None and known.withdrawn and reinstate
        if known is not None and not back and (known.hash == brought.whole or known.withdrawn):
            status = Status.WITHDRAWN if known.withdrawn else Status.UNCHANGED
            return Published(article_id, status, known.rev, None, known)
        rev = known.rev + 1 if known else 1
        kind, changed = revision.difference(merged, known, hashes, meta_hash, back=back)
        shown = known if known and not known.withdrawn else None
        gone = set(shown.content.languages if shown else ()) - set(merged.languages)
        mask = masks.mask(connection, changed | gone)
        seq = events.append(connection, article_id=article_id, rev=rev, kind=kind, languages_mask=mask, at=now)
        suggested = suggested_for(connection, merged, known, circulation)
        stored = replace(
            brought.stored(known, suggested=suggested, seq=seq, now=now),
            of_others=known.of_others if known else of_others,
            imported=known.imported if known else not news,
        )
        tellings.link_up(connection, article_id, tellings.links_of(merged), now)
        articles.save(connection, stored, new=known is None)
        place(connection, Placement(seq, rev, now, before=shown, now=stored, changed=changed, gone=gone))
        _want(connection, stored, circulation, now, back=back)
        return Published(article_id, Status.REVISED if known else Status.NEW, rev, kind, stored)

    @made_again
    def take_back(self, article_id: str) -> Published:
        """Takes back what an intake brought by an id: the article is withdrawn, unless others tell it still.

        Raises:
            UnknownArticle: there is none of this id.
        """
        now = self._clock()
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            together = joining.leave(connection, article_id)
            if together is not None and together.article is not None:
                return self._tell(connection, together, now, reinstate=False)
        return self.withdraw(together.article_id if together else article_id)

    def foresee(self, article: Article, *, intake: str) -> tuple[StoredArticle | None, StoredArticle]:
        """What an article is, and what it would be if an intake brought it now; nothing is written.

        Args:
            article: the article.
            intake: the name of the intake that would bring it.

        Raises:
            InvalidArticle: an edition is in a language the site does not have.
        """
        circulation = self._circulation
        check(article, circulation)
        with self._store.read() as connection:
            known = articles.load(connection, article.id)
            brought = revision.bring(article, known, intake, circulation.intakes)
            if known is not None and known.hash == brought.whole:
                return known, known
            suggested = suggested_for(connection, brought.merged, known, circulation)
            seq = events.latest(connection) + 1
        stored = brought.stored(known, suggested=suggested, seq=seq, now=self._clock())
        return known, replace(stored, withdrawn=known is not None and known.withdrawn)

    @made_again
    def withdraw(self, article_id: str, permit: Callable[[StoredArticle], None] = lambda _: None) -> Published:
        """Withdraws an article: it leaves every list, and every post of it is to be taken back.

        Args:
            article_id: the article.
            permit: looks at what the store knows of it; what it raises leaves all as it was.

        Raises:
            UnknownArticle: there is none of this id.
            Refused: it is a digest or a notice.
        """
        now = self._clock()
        with self._store.write() as connection:
            self._store.engines.serialize_publishing(connection)
            known = articles.load(connection, article_id)
            if known is None:
                raise UnknownArticle(f"no article has the id {article_id!r}")
            if known.is_notice:
                raise Refused(f"{article_id} is a notice to the admin, and stays where it is")
            if known.digest_for is not None:
                raise Refused(f"{article_id} is a digest: withdraw what it lists, and it goes with the last of it")
            permit(known)
            if known.withdrawn:
                return Published(article_id, Status.WITHDRAWN, known.rev, None, known)
            rev = known.rev + 1
            mask = masks.mask(connection, known.content.languages)
            kind = EventKind.WITHDRAWN
            seq = events.append(connection, article_id=article_id, rev=rev, kind=kind, languages_mask=mask, at=now)
            articles.mark_withdrawn(connection, article_id, rev=rev)
            gone = set(known.content.languages)
            place(connection, Placement(seq, rev, now, before=known, now=None, changed=set(), gone=gone))
            rows = deliveries.to_change(connection, article_id)
            deliveries.suppress(connection, article_id, rows, "withdrawn before it was posted", now=now)
            told = [name for name, row in rows.items() if row.may_be_out]
            deliveries.raise_wanted(connection, article_id, told, rev, now=now)
            digests.follow(connection, rows.values(), now=now)
        return Published(article_id, Status.WITHDRAWN, rev, kind, replace(known, rev=rev, withdrawn=True))


def _want(
    connection: Connection, stored: StoredArticle, circulation: Circulation, now: datetime, *, back: bool
) -> None:
    """Tells every channel concerned what it should show: those that have the article, and new matches.

    A post that was taken away is not put back by a revision, only when the article comes back.
    """
    rows = deliveries.to_change(connection, stored.content.id)
    matches = circulation.matcher.match(stored.content)
    fresh: list[tuple[str, str | None]] = []
    # Those of channels that are disabled now, too: they hear of it when they are back.
    raised = [name for name, row in rows.items() if row.may_be_out]
    settled = {name for name, row in rows.items() if row.may_be_out or row.within or (_let_be(row) and not back)}
    matching: set[str] = set()
    for position, choice in matches.items():
        subscriber = circulation.subscribers[position]
        matching.add(subscriber.name)
        if subscriber.name in settled:
            continue
        row = rows.get(subscriber.name)
        found = novelty(stored, choice, subscriber.subscription.fallback)
        start = circulation.in_step.starts[subscriber.name]
        reason = IMPORTED if stored.imported else stale(found, start=start, max_age=subscriber.max_age, now=now)
        if row is None:
            fresh.append((subscriber.name, reason))
        elif reason is None or row.state is not State.SUPPRESSED:
            raised.append(subscriber.name)
    dropped = [name for name in rows if name in circulation.names and name not in matching | settled]
    urgency = Urgency.URGENT if stored.content.urgent else Urgency.ORDINARY
    deliveries.add(connection, stored.content.id, stored.rev, fresh, urgency=urgency, now=now)
    deliveries.raise_wanted(connection, stored.content.id, raised, stored.rev, urgency=urgency, now=now)
    deliveries.suppress(connection, stored.content.id, dropped, "it does not match any more", now=now)
    digests.follow(connection, rows.values(), now=now)


def _let_be(row: Delivery) -> bool:
    """Whether there was a post of it that somebody took away, or it was dropped because there was too much."""
    return row.taken_away or (row.state is State.SUPPRESSED and (row.reason or "").startswith(DROPPED))


def novelty(stored: StoredArticle, choice: Choice, fallback: Fallback) -> Novelty:
    """Since when the edition that would be sent is there."""
    edition = stored.editions[choice.edition.language]
    if fallback == "skip" and edition.completed is not None and edition.completed_seq is not None:
        return Novelty(appeared=edition.completed, seq=edition.completed_seq)
    return Novelty(appeared=edition.appeared, seq=edition.seq)
