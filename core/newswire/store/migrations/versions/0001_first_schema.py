"""The first schema."""

import sqlalchemy as sa
from alembic import op

from newswire.store import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("meta_hash", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("document", columns.Document(), nullable=False),
        sa.Column("intake", sa.Text(), nullable=False),
        sa.Column("published", columns.Instant(), nullable=False),
        sa.Column("changed", columns.Instant(), nullable=False),
        sa.Column("seen", columns.Instant(), nullable=False),
        sa.Column("of_others", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("digest_for", sa.Text(), nullable=True),
        sa.Column("suggested", columns.Document(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sqlite_strict=True,
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("started", columns.Instant(), nullable=False),
        sa.Column("ended", columns.Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_delivery_id"), ["delivery_id"], unique=False)

    op.create_table(
        "channel",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("start_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started", columns.Instant(), nullable=False),
        sa.Column("backfilled", sa.Integer(), nullable=False),
        sa.Column("paused_until", columns.Instant(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("address", columns.Document(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channel")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channel_lane"), ["lane"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("want", sa.Integer(), nullable=False),
        sa.Column("have", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", columns.Instant(), nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started", columns.Instant(), nullable=True),
        sa.Column("epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deleting", sa.Integer(), nullable=False),
        sa.Column("uncertain_since", columns.Instant(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("forced", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("within", sa.Text(), nullable=True),
        sa.Column("receipt", columns.Document(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed", columns.Instant(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'done', 'doubt', 'dead', 'suppressed')", name=op.f("ck_delivery_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_ahead",
            ["channel", "state", "id"],
            unique=False,
            sqlite_where=sa.text(
                "state = 'pending' AND (urgency > 0 OR receipt IS NOT NULL OR uncertain_since IS NOT NULL)"
            ),
            postgresql_where=sa.text(
                "state = 'pending' AND (urgency > 0 OR receipt IS NOT NULL OR uncertain_since IS NOT NULL)"
            ),
        )
        batch_op.create_index(batch_op.f("ix_delivery_article_id"), ["article_id"], unique=False)
        batch_op.create_index(
            "ix_delivery_head",
            ["channel", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index(
            "ix_delivery_sending",
            ["channel"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index(
            "ix_delivery_trouble",
            ["state"],
            unique=False,
            sqlite_where=sa.text("state IN ('doubt', 'dead')"),
            postgresql_where=sa.text("state IN ('doubt', 'dead')"),
        )
        batch_op.create_index("uq_delivery_channel_article", ["channel", "article_id"], unique=True)

    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("languages", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_article_id"), ["article_id"], unique=False)

    op.create_table(
        "folded",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deliveries", columns.Packed(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_folded")),
        sqlite_strict=True,
    )
    op.create_table(
        "follower",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cursor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_follower")),
        sqlite_strict=True,
    )
    op.create_table(
        "intake",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_run", columns.Instant(), nullable=True),
        sa.Column("last_success", columns.Instant(), nullable=True),
        sa.Column("report", columns.Document(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_intake")),
        sqlite_strict=True,
    )
    op.create_table(
        "lane",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", columns.Instant(), nullable=True),
        sa.Column("until", columns.Instant(), nullable=True),
        sa.Column("paused_until", columns.Instant(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lane")),
        sqlite_strict=True,
    )
    op.create_table(
        "language",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("bit", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_language")),
        sa.UniqueConstraint("bit", name=op.f("uq_language_bit")),
        sqlite_strict=True,
    )
    op.create_table(
        "link",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("link", name=op.f("pk_link")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_article_id"), ["article_id"], unique=False)

    op.create_table(
        "plugin_state",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", columns.Document(), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "key", name=op.f("pk_plugin_state")),
        sqlite_strict=True,
    )
    op.create_table(
        "publication",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("languages", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gone", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("touched", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stamp", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("topics", columns.Document(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_publication")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publication_article_id"), ["article_id"], unique=False)
        batch_op.create_index(
            "ix_publication_gone",
            ["seq"],
            unique=False,
            sqlite_where=sa.text("gone <> 0"),
            postgresql_where=sa.text("gone <> 0"),
        )

    op.create_table(
        "publication_source",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("languages", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("touched", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("source", "seq", name=op.f("pk_publication_source")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("publication_source", schema=None) as batch_op:
        batch_op.create_index("ix_publication_source_seq", ["seq"], unique=False)

    op.create_table(
        "publication_topic",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("languages", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("touched", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("topic", "seq", name=op.f("pk_publication_topic")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("publication_topic", schema=None) as batch_op:
        batch_op.create_index("ix_publication_topic_seq", ["seq"], unique=False)

    op.create_table(
        "recent_post",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recent_post")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("recent_post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recent_post_channel"), ["channel"], unique=False)

    op.create_table(
        "relation",
        sa.Column("related_id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("related_id", "article_id", name=op.f("pk_relation")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.create_index("ix_relation_article_id", ["article_id"], unique=False)

    op.create_table(
        "source",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_source")),
        sqlite_strict=True,
    )
    op.create_table(
        "tally",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "languages", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "languages", name=op.f("pk_tally")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "telling",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("intake", sa.Text(), nullable=False),
        sa.Column("document", columns.Document(), nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.Column("of_others", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telling")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("telling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telling_article_id"), ["article_id"], unique=False)

    op.create_table(
        "token",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("created", columns.Instant(), nullable=False),
        sa.Column("expires", columns.Instant(), nullable=True),
        sa.Column("used", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_token_hash")),
        sqlite_strict=True,
    )
    op.create_table(
        "translation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("translator", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_people", sa.Integer(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.Column("asked", columns.Instant(), nullable=False),
        sa.Column("due", columns.Instant(), nullable=False),
        sa.Column("started", columns.Instant(), nullable=True),
        sa.Column("changed", columns.Instant(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'working', 'done', 'refused', 'cancelled')", name=op.f("ck_translation_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.create_index("ix_translation_asked", ["asked"], unique=False)
        batch_op.create_index(
            "ix_translation_open",
            ["translator", "by_people", "due"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'working')"),
            postgresql_where=sa.text("state IN ('waiting', 'working')"),
        )
        batch_op.create_index("uq_translation_article_language", ["article_id", "language"], unique=True)

    op.create_table(
        "translation_memory",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("used", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_translation_memory")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("translation_memory", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_translation_memory_used"), ["used"], unique=False)

    op.create_table(
        "translation_spending",
        sa.Column("translator", sa.Text(), nullable=False),
        sa.Column("hour", columns.Instant(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("translator", "hour", name=op.f("pk_translation_spending")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "translator",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("paused_until", columns.Instant(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_translator")),
        sqlite_strict=True,
    )
    op.create_table(
        "edition",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("document", columns.Document(), nullable=False),
        sa.Column("intake", sa.Text(), nullable=False),
        sa.Column("appeared", columns.Instant(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("completed", columns.Instant(), nullable=True),
        sa.Column("completed_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changed", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_edition_article_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "language", name=op.f("pk_edition")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.create_index("ix_edition_language_appeared", ["language", "appeared"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.drop_index("ix_edition_language_appeared")

    op.drop_table("edition")
    op.drop_table("translator")
    op.drop_table("translation_spending")
    with op.batch_alter_table("translation_memory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_translation_memory_used"))

    op.drop_table("translation_memory")
    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.drop_index("uq_translation_article_language")
        batch_op.drop_index(
            "ix_translation_open",
            sqlite_where=sa.text("state IN ('waiting', 'working')"),
            postgresql_where=sa.text("state IN ('waiting', 'working')"),
        )
        batch_op.drop_index("ix_translation_asked")

    op.drop_table("translation")
    op.drop_table("token")
    with op.batch_alter_table("telling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_telling_article_id"))

    op.drop_table("telling")
    op.drop_table("tally")
    op.drop_table("source")
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.drop_index("ix_relation_article_id")

    op.drop_table("relation")
    with op.batch_alter_table("recent_post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recent_post_channel"))

    op.drop_table("recent_post")
    with op.batch_alter_table("publication_topic", schema=None) as batch_op:
        batch_op.drop_index("ix_publication_topic_seq")

    op.drop_table("publication_topic")
    with op.batch_alter_table("publication_source", schema=None) as batch_op:
        batch_op.drop_index("ix_publication_source_seq")

    op.drop_table("publication_source")
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_publication_gone", sqlite_where=sa.text("gone <> 0"), postgresql_where=sa.text("gone <> 0")
        )
        batch_op.drop_index(batch_op.f("ix_publication_article_id"))

    op.drop_table("publication")
    op.drop_table("plugin_state")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_article_id"))

    op.drop_table("link")
    op.drop_table("language")
    op.drop_table("lane")
    op.drop_table("intake")
    op.drop_table("follower")
    op.drop_table("folded")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_article_id"))

    op.drop_table("event")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("uq_delivery_channel_article")
        batch_op.drop_index(
            "ix_delivery_trouble",
            sqlite_where=sa.text("state IN ('doubt', 'dead')"),
            postgresql_where=sa.text("state IN ('doubt', 'dead')"),
        )
        batch_op.drop_index(
            "ix_delivery_sending",
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.drop_index(
            "ix_delivery_head", sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'")
        )
        batch_op.drop_index(batch_op.f("ix_delivery_article_id"))
        batch_op.drop_index(
            "ix_delivery_ahead",
            sqlite_where=sa.text(
                "state = 'pending' AND (urgency > 0 OR receipt IS NOT NULL OR uncertain_since IS NOT NULL)"
            ),
            postgresql_where=sa.text(
                "state = 'pending' AND (urgency > 0 OR receipt IS NOT NULL OR uncertain_since IS NOT NULL)"
            ),
        )

    op.drop_table("delivery")
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_channel_lane"))

    op.drop_table("channel")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_delivery_id"))

    op.drop_table("attempt")
    op.drop_table("article")
