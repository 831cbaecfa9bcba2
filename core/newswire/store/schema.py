"""The tables. One schema for both engines; ``alembic`` revisions in ``migrations`` build it.

What is state and what is derived: `article`, `edition`, `event`, `delivery`, `folded`, `attempt`, `token` are state.
So are `translation`, `translation_spending` and `translator`; `translation_memory` saves what was paid for already.
The publication tables, `relation` and `tally` are an index over them that makes "the newest of a topic in a language"
and how many there are one probe.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Table, Text, text

from newswire.store.columns import Big, Document, Instant, Packed

REVISION = "0001"
"""The newest revision in ``migrations``: the schema below."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def flag(name: str) -> Column[int]:
    """A column that says yes or no."""
    # 0 or 1: SQLite's STRICT tables know no BOOLEAN, and one statement must do for both engines.
    return Column(name, Integer, nullable=False, default=0)


article = Table(
    "article",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("hash", Text, nullable=False),  # of the whole canonical content: equal means nothing changed
    Column("meta_hash", Text, nullable=False),  # of what is not in an edition
    flag("withdrawn"),
    Column("document", Document, nullable=False),  # the Article without its editions
    Column("intake", Text, nullable=False),
    Column("published", Instant, nullable=False),  # as dated, else when it was first seen; never moves
    Column("changed", Instant, nullable=False),  # when what is not in an edition last changed for readers
    Column("seen", Instant, nullable=False),
    flag("of_others"),  # a story of others, that may come another way as well
    flag("imported"),  # it was there when its intake began, and is no news to any channel
    Column("digest_for", Text),  # the channel whose digest or notice it is; null for what came from outside
    Column("suggested", Document),  # ids of related articles, found when its intake named none
    sqlite_strict=True,
)

link = Table(  # the canonical links of articles' editions, by which one knows a story that comes another way
    "link",
    metadata,
    Column("link", Text, primary_key=True),
    Column("article_id", Text, nullable=False, index=True),
    Column("since", Instant, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

telling = Table(  # who tells an article that several bring
    "telling",
    metadata,
    Column("id", Text, primary_key=True),  # by which it is brought
    Column("article_id", Text, nullable=False, index=True),
    Column("intake", Text, nullable=False),
    Column("document", Document, nullable=False),
    Column("since", Instant, nullable=False),
    flag("of_others"),
    flag("withdrawn"),
    sqlite_strict=True,
)

edition = Table(
    "edition",
    metadata,
    Column("article_id", Text, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("language", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("document", Document, nullable=False),
    Column("intake", Text, nullable=False),
    Column("appeared", Instant, nullable=False),  # when readers could first have it
    Column("seq", Big, nullable=False),  # the event that brought it
    Column("completed", Instant),  # the same for its body; null while there is none
    Column("completed_seq", Big),
    Column("changed", Instant, nullable=False),
    Index("ix_edition_language_appeared", "language", "appeared"),
    sqlite_strict=True,
)

relation = Table(  # which articles name which as related, seen from the one that is named
    "relation",
    metadata,
    Column("related_id", Text, primary_key=True),
    Column("article_id", Text, primary_key=True),
    Index("ix_relation_article_id", "article_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

event = Table(
    "event",
    metadata,
    Column("seq", Big, primary_key=True, autoincrement=True),
    Column("article_id", Text, nullable=False, index=True),
    Column("rev", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("languages", Big, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # a number is never used twice, even after pruning
)

language = Table(
    "language",
    metadata,
    Column("tag", Text, primary_key=True),
    Column("bit", Integer, nullable=False, unique=True),  # its place in every mask; never moves
    sqlite_strict=True,
)

publication = Table(
    "publication",
    metadata,
    Column("seq", Big, primary_key=True, autoincrement=False),
    Column("article_id", Text, nullable=False, index=True),
    Column("rev", Integer, nullable=False),
    Column("languages", Big, nullable=False),  # in whose lists the article stands here
    Column("gone", Big, nullable=False),  # from whose lists it was taken by this event
    Column("touched", Big, nullable=False),  # whose lists the event changed otherwise: their links, not their order
    Column("stamp", Big, nullable=False),  # the last event that changed what the entry says, its links included
    Column("source", Text, nullable=False),
    Column("topics", Document, nullable=False),
    Column("at", Instant, nullable=False),
    Index(
        "ix_publication_gone",
        "seq",
        sqlite_where=text("gone <> 0"),
        postgresql_where=text("gone <> 0"),
    ),
    sqlite_strict=True,
)

publication_topic = Table(
    "publication_topic",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("seq", Big, primary_key=True, autoincrement=False),
    Column("languages", Big, nullable=False),
    Column("touched", Big, nullable=False),  # whose lists of the topic the event changed without adding to them
    Index("ix_publication_topic_seq", "seq"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

publication_source = Table(
    "publication_source",
    metadata,
    Column("source", Text, primary_key=True),
    Column("seq", Big, primary_key=True, autoincrement=False),
    Column("languages", Big, nullable=False),
    Column("touched", Big, nullable=False),
    Index("ix_publication_source_seq", "seq"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

source = Table(
    "source",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
    sqlite_strict=True,
)

tally = Table(  # how many articles stand in a list in exactly these languages
    "tally",
    metadata,
    Column("kind", Text, primary_key=True),  # topics, sources, months; empty for everything
    Column("name", Text, primary_key=True),
    Column("languages", Big, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

lane = Table(
    "lane",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text),
    Column("epoch", Big, nullable=False, default=0),
    Column("since", Instant),  # when its owner took it
    Column("until", Instant),
    Column("paused_until", Instant),
    Column("note", Text),
    Column("fingerprint", Text, nullable=False),  # of the account's options: a new token lifts a refusal
    sqlite_strict=True,
)

channel = Table(
    "channel",
    metadata,
    Column("name", Text, primary_key=True),
    Column("lane", Text, nullable=False, index=True),
    flag("active"),
    Column("start_seq", Big, nullable=False),  # what was there before the channel is not news to it
    Column("started", Instant, nullable=False),
    flag("backfilled"),
    Column("paused_until", Instant),
    Column("note", Text),
    Column("address", Document),  # where a moved destination is now
    Column("fingerprint", Text, nullable=False),  # of the channel's options: a new destination lifts "gone"
    sqlite_strict=True,
)

STATES = ("pending", "sending", "done", "doubt", "dead", "suppressed")

AHEAD = "state = 'pending' AND (urgency > 0 OR receipt IS NOT NULL OR uncertain_since IS NOT NULL)"
"""What of a channel that shapes its posts does not wait in line: what is urgent, digests, edits, deletions, doubts."""

delivery = Table(
    "delivery",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("article_id", Text, nullable=False, index=True),
    Column("want", Integer, nullable=False),  # the revision the channel should show
    Column("have", Integer),  # the revision it shows; null while nothing is out
    Column("state", Text, nullable=False),
    Column("due", Instant, nullable=False),
    Column("since", Instant, nullable=False),  # when the present want arose: the retry horizon counts from it
    Column("attempt", Integer, nullable=False, default=0),
    Column("started", Instant),
    Column("epoch", Big),
    flag("deleting"),  # whether the attempt under way takes the post back
    Column("uncertain_since", Instant),  # begin of the first post whose outcome nobody knows
    Column("generation", Integer, nullable=False, default=0),  # how many posts were made and taken back
    flag("forced"),  # somebody asked for it (backfill, resend): its age does not count
    Column("urgency", Integer, nullable=False, default=0),  # see newswire.delivery.Urgency
    Column("within", Text),  # the digest that lists the article instead of a post of its own
    Column("receipt", Document),
    Column("digest", Text),
    Column("language", Text),
    Column("reason", Text),
    Column("changed", Instant, nullable=False),
    CheckConstraint(f"state IN {STATES}", name="state"),
    Index("uq_delivery_channel_article", "channel", "article_id", unique=True),
    Index(
        "ix_delivery_head",
        "channel",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_delivery_ahead",
        "channel",
        "state",  # always the same, and yet by it SQLite sees that this index tells more than the next
        "id",
        sqlite_where=text(AHEAD),
        postgresql_where=text(AHEAD),
    ),
    Index(
        "ix_delivery_sending",
        "channel",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(
        "ix_delivery_trouble",
        "state",
        sqlite_where=text("state IN ('doubt', 'dead')"),
        postgresql_where=text("state IN ('doubt', 'dead')"),
    ),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("delivery_id", Big, nullable=False, index=True),
    Column("rev", Integer, nullable=False),
    Column("operation", Text, nullable=False),
    Column("started", Instant, nullable=False),
    Column("ended", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("words", Text),
    sqlite_strict=True,
)

recent_post = Table(  # when channels that shape their posts posted lately
    "recent_post",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)

folded = Table(  # the deliveries of an article nothing has happened to for long, in one row
    "folded",
    metadata,
    Column("article_id", Text, primary_key=True),
    Column("first_id", Big, nullable=False),  # of the deliveries' ids the lowest and the highest
    Column("last_id", Big, nullable=False),
    Column("deliveries", Packed, nullable=False),
    sqlite_strict=True,
)

follower = Table(
    "follower",
    metadata,
    Column("name", Text, primary_key=True),
    Column("cursor", Big, nullable=False),
    Column("note", Text),
    sqlite_strict=True,
)

plugin_state = Table(
    "plugin_state",
    metadata,
    Column("plugin", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Document, nullable=False),
    sqlite_strict=True,
)

intake = Table(
    "intake",
    metadata,
    Column("name", Text, primary_key=True),
    Column("last_run", Instant),
    Column("last_success", Instant),
    Column("report", Document),
    sqlite_strict=True,
)

token = Table(  # who may use the HTTP API
    "token",
    metadata,
    Column("name", Text, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),  # of the secret, which nobody keeps
    Column("scopes", Text, nullable=False),
    Column("rate", Integer, nullable=False),  # requests a minute
    Column("created", Instant, nullable=False),
    Column("expires", Instant),
    Column("used", Instant),  # on which day, roughly: written at most once an hour
    sqlite_strict=True,
)
