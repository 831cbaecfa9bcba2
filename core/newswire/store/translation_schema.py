"""The tables of translations; see `newswire.store.schema`."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, text

from newswire.store.columns import Big, Instant
from newswire.store.schema import flag, metadata

translation = Table(  # an article that a machine is asked to translate into a language
    "translation",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("article_id", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("translator", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("why", Text, nullable=False),  # who asked for it
    flag("by_people"),  # what people ask for goes before what rules do
    Column("rev", Integer, nullable=False),  # the article's revision that was asked for, or translated
    Column("words", Text, nullable=False),  # the hash of the words of that revision's original
    flag("stale"),  # whether the original has other words by now
    Column("asked", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("started", Instant),
    Column("changed", Instant, nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("requests", Integer, nullable=False, default=0),  # what it took so far, over all attempts
    Column("characters", Integer, nullable=False, default=0),
    Column("cost", Big, nullable=False, default=0),  # in millionths of the currency the admin counts in
    Column("reason", Text),
    CheckConstraint("state IN ('waiting', 'working', 'done', 'refused', 'cancelled')", name="state"),
    Index("uq_translation_article_language", "article_id", "language", unique=True),
    Index("ix_translation_asked", "asked"),
    Index(
        "ix_translation_open",
        "translator",
        "by_people",
        "due",
        sqlite_where=text("state IN ('waiting', 'working')"),
        postgresql_where=text("state IN ('waiting', 'working')"),
    ),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

translation_spending = Table(  # what each translator took in each hour
    "translation_spending",
    metadata,
    Column("translator", Text, primary_key=True),
    Column("hour", Instant, primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("cost", Big, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

translation_memory = Table(  # pieces of text that were translated, by a hash of all that their translation depends on
    "translation_memory",
    metadata,
    Column("key", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("used", Instant, nullable=False, index=True),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

translator = Table(
    "translator",
    metadata,
    Column("name", Text, primary_key=True),
    Column("paused_until", Instant),
    Column("note", Text),
    sqlite_strict=True,
)
