"""What a document brings: which items are new, changed, deleted, gone. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newswire.api import Arrival, Left, Withdrawal, content_hash
from newswire_upstream.articles import Foreign, Maker, problem_of
from newswire_upstream.feeds import article_id, digest
from newswire_upstream.identity import identify, link_mark, title_mark
from newswire_upstream.state import Known

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from newswire.api import Article, Delivered, Taxonomy
    from newswire_upstream.document import Document
    from newswire_upstream.feeds import Feed
    from newswire_upstream.options import UpstreamOptions

_REMEMBERED = 2000
"""Items that are remembered of a feed beyond those it lists."""


@dataclass(slots=True)
class Reception:
    """What is to be handed over, and what is known of the feed's items when that has been taken."""

    delivered: list[Delivered] = field(default_factory=list)
    items: dict[str, Known] = field(default_factory=dict)


def receive(
    feed: Feed,
    document: Document,
    known: Mapping[str, Known],
    *,
    options: UpstreamOptions,
    taxonomy: Taxonomy,
    languages: tuple[str, ...],
    now: datetime,
    news: bool,
    whole: bool = True,
) -> Reception:
    """Compares a document with what is known of its feed.

    Args:
        feed: as the config has it.
        document: as it was read.
        known: what is known of its items.
        options: of its intake.
        taxonomy: the site's topics.
        languages: the site's languages.
        now: the time.
        news: whether what is new in it may be posted; else it is only taken in.
        whole: whether the document is all of the feed; a hub may send only what is new.
    """
    maker = Maker(feed, document, options, taxonomy, languages, now)
    items = document.items[: options.max_items]
    reception = Reception()
    listed: dict[str, Known] = {}
    for item, identity in zip(items, identify(items, known), strict=True):
        if identity in listed:
            continue
        before = known.get(identity)
        own_id = before.id if before else article_id(feed, identity)
        try:
            article = maker.make(item, own_id)
        except Foreign as error:
            reception.delivered.append(Left(f"{feed.address}: an item in {error}", "skipped"))
            continue
        except ValueError as error:
            reception.delivered.append(problem_of(feed.address, item, error))
            continue
        now_known = Known(
            id=own_id, hash=_hash(article), link=link_mark(item), title=title_mark(item), published=article.published
        )
        listed[identity] = now_known
        if before is None or before.hash != now_known.hash:
            reception.delivered.append(Arrival(article, of_others=True, news=news))
    # The oldest first, so that posts come in the order of what happened.
    reception.delivered.reverse()
    gone = _deleted(document, known, listed)
    if whole and options.on_missing == "withdraw":
        gone |= _vanished(known, listed)
    reception.delivered += [Withdrawal(known[identity].id) for identity in sorted(gone)]
    others = {identity: one for identity, one in known.items() if identity not in listed and identity not in gone}
    kept = list(others)[:_REMEMBERED]
    reception.items = {**listed, **{identity: others[identity] for identity in kept}}
    return reception


def _hash(article: Article) -> str:
    """Of what readers see. A date that moves by itself is no change, and neither is what stands around the items."""
    return content_hash(article.model_copy(update={"updated": None, "published": None}))


def _deleted(document: Document, known: Mapping[str, Known], listed: Mapping[str, Known]) -> set[str]:
    """What the feed says was deleted (RFC 6721 section 3), unless it lists it nonetheless."""
    wanted = {f"id {digest(ref)}" for ref in document.deleted}
    return {identity for identity in known if " ".join(identity.split()[:2]) in wanted and identity not in listed}


def _vanished(known: Mapping[str, Known], listed: Mapping[str, Known]) -> set[str]:
    """What is listed no more although an older item is: it did not just make room."""
    dates = [one.published for one in listed.values() if one.published]
    if not dates:
        return set()
    oldest = min(dates)
    return {
        identity
        for identity, one in known.items()
        if identity not in listed and one.published is not None and one.published > oldest
    }
