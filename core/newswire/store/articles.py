"""Articles and editions in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, update

from newswire import notice
from newswire.model import Article, Edition, content_hash
from newswire.store.schema import article, edition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection, RowMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEdition:
    """What the store knows of an edition besides its content."""

    language: str
    hash: str
    intake: str
    appeared: datetime
    """When readers could first have it."""
    seq: int
    """The event that brought it."""
    completed: datetime | None
    """When its body appeared; None while it has none."""
    completed_seq: int | None
    changed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article with what the store knows of it."""

    content: Article
    rev: int
    hash: str
    meta_hash: str
    withdrawn: bool
    intake: str
    published: datetime
    changed: datetime
    seen: datetime
    editions: Mapping[str, StoredEdition]
    of_others: bool = False
    """Whether it is a story of others, not an article of the site's own."""
    imported: bool = False
    """Whether it was there when its intake began, so that it is no news to any channel."""
    digest_for: str | None = None
    """The channel that newswire made it for, a digest or a notice; None for what came in from outside."""
    suggested: tuple[str, ...] = ()
    """Ids of related articles, where its intake names none."""

    @property
    def related(self) -> tuple[str, ...]:
        """Ids of related articles: those its intake names, else those that were found."""
        return self.content.related or self.suggested

    @property
    def is_notice(self) -> bool:
        """Whether it is a notice to the admin."""
        return self.digest_for is not None and self.intake == notice.INTAKE


_KEPT = ("rev", "hash", "meta_hash", "intake", "published", "changed", "seen", "digest_for")


def load(connection: Connection, article_id: str) -> StoredArticle | None:
    """An article by its id, or None."""
    return load_many(connection, [article_id]).get(article_id)


def load_many(connection: Connection, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
    """Articles by their ids; unknown ones are missing."""
    if not article_ids:
        return {}
    rows = connection.execute(select(article).where(article.c.id.in_(article_ids))).mappings().all()
    parts: dict[str, list[RowMapping]] = {row["id"]: [] for row in rows}
    statement = select(edition).where(edition.c.article_id.in_(list(parts))).order_by(edition.c.language)
    for row in connection.execute(statement).mappings():
        parts[row["article_id"]].append(row)
    return {row["id"]: _stored(row, parts[row["id"]]) for row in rows}


def _stored(row: RowMapping, parts: Sequence[RowMapping]) -> StoredArticle:
    if row["digest_for"] is not None:
        return _made(row)
    documents = [Edition.model_validate(part["document"]) for part in parts]
    content = Article.model_validate({**row["document"], "editions": documents})
    return StoredArticle(
        content=content,
        withdrawn=bool(row["withdrawn"]),
        of_others=bool(row["of_others"]),
        imported=bool(row["imported"]),
        editions={part["language"]: _stored_edition(part) for part in parts},
        suggested=tuple(row["suggested"] or ()),
        **{key: row[key] for key in _KEPT},
    )


def _made(row: RowMapping) -> StoredArticle:
    """A digest or a notice: its one edition is none of the site's, and is kept with it."""
    content = Article.model_validate(row["document"])
    at, language = row["published"], content.original_language
    edition = StoredEdition(
        language=language,
        hash=row["hash"],
        intake=row["intake"],
        appeared=at,
        seq=0,
        completed=None,
        completed_seq=None,
        changed=at,
    )
    kept = {key: row[key] for key in _KEPT}
    return StoredArticle(content=content, withdrawn=bool(row["withdrawn"]), editions={language: edition}, **kept)


def _stored_edition(part: RowMapping) -> StoredEdition:
    return StoredEdition(**{key: value for key, value in part.items() if key not in {"article_id", "document"}})


def save(connection: Connection, stored: StoredArticle, *, new: bool) -> None:
    """Writes an article and its editions as they are now."""
    values = {
        "rev": stored.rev,
        "hash": stored.hash,
        "meta_hash": stored.meta_hash,
        "withdrawn": int(stored.withdrawn),
        "document": stored.content.model_dump(mode="json", exclude={"editions"}, exclude_defaults=True),
        "intake": stored.intake,
        "published": stored.published,
        "changed": stored.changed,
        "seen": stored.seen,
        "suggested": list(stored.suggested) or None,
        "of_others": int(stored.of_others),
        "imported": int(stored.imported),
    }
    key = stored.content.id
    if new:
        connection.execute(insert(article).values(id=key, **values))
    else:
        connection.execute(update(article).where(article.c.id == key).values(**values))
        connection.execute(delete(edition).where(edition.c.article_id == key))
    connection.execute(insert(edition), [_edition_row(key, stored, part) for part in stored.content.editions])


def _edition_row(key: str, stored: StoredArticle, part: Edition) -> dict[str, object]:
    known = stored.editions[part.language]
    return {
        "article_id": key,
        "document": part.model_dump(mode="json", exclude_defaults=True),
        **{name: getattr(known, name) for name in StoredEdition.__dataclass_fields__},
    }


def add_made(connection: Connection, content: Article, channel: str, *, intake: str = "", now: datetime) -> None:
    """Adds a digest or a notice: an article that no list of the site has, made by newswire itself for a channel."""
    digest = content_hash(content)
    due = content.published or now
    connection.execute(
        insert(article).values(
            id=content.id,
            rev=1,
            withdrawn=0,
            of_others=0,
            imported=0,
            hash=digest,
            meta_hash=digest,
            document=content.model_dump(mode="json", exclude_defaults=True),
            intake=intake,
            published=due,
            changed=due,
            seen=now,
            digest_for=channel,
        )
    )


def mark_withdrawn(connection: Connection, article_id: str, *, rev: int) -> None:
    """Sets an article's withdrawal."""
    connection.execute(
        update(article).where(article.c.id == bindparam("key")).values(withdrawn=1, rev=rev), {"key": article_id}
    )


@dataclass(frozen=True, slots=True)
class ArticleCounts:
    """How much there is."""

    articles: int
    editions: int
    withdrawn: int
    topic_uses: int
    """Topics of articles, counted once for each of their editions."""
    by_intake: Mapping[str, Mapping[str, int]]
    """Per intake its articles and editions."""
    by_language: Mapping[str, int]
    """Editions per language."""
    by_intake_language: Mapping[tuple[str, str], int]
    """Editions per intake and language."""

    def languages_of(self, intake: str) -> dict[str, int]:
        """The editions of one intake per language."""
        return {language: number for (name, language), number in self.by_intake_language.items() if name == intake}


def counts(connection: Connection) -> ArticleCounts:
    """Counts of what is published; withdrawn articles are counted apart."""
    own = article.c.digest_for.is_(None)
    live = own & (article.c.withdrawn == 0)
    per_intake = {
        name: {"articles": number, "editions": 0}
        for name, number in connection.execute(
            select(article.c.intake, func.count()).where(live).group_by(article.c.intake).order_by(article.c.intake)
        )
    }
    joined = edition.join(article, edition.c.article_id == article.c.id)
    pairs = select(edition.c.intake, edition.c.language, func.count()).select_from(joined).where(live)
    by_pair = {
        (name, language): number
        for name, language, number in connection.execute(pairs.group_by(edition.c.intake, edition.c.language))
    }
    languages: dict[str, int] = {}
    for (name, language), number in sorted(by_pair.items()):
        part = per_intake.setdefault(name, {"articles": 0, "editions": 0})
        part["editions"] += number
        languages[language] = languages.get(language, 0) + number
    withdrawn = connection.scalar(select(func.count()).where(own, article.c.withdrawn != 0)) or 0
    topics = select(article.c.document, func.count()).select_from(joined).where(live).group_by(article.c.id)
    uses = sum(len(document.get("topics", ())) * number for document, number in connection.execute(topics))
    return ArticleCounts(
        articles=sum(part["articles"] for part in per_intake.values()),
        editions=sum(languages.values()),
        withdrawn=withdrawn,
        topic_uses=uses,
        by_intake=per_intake,
        by_language=dict(sorted(languages.items())),
        by_intake_language=by_pair,
    )
