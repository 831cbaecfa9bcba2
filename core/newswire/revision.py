"""Revising: what becomes of an article when an intake brings it. Pure decisions; the publisher carries them out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from newswire.event import EventKind
from newswire.model import content_hash
from newswire.store.articles import StoredArticle, StoredEdition

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from newswire.model import Article, Edition, Machine

TRANSLATION_INTAKE = "translation"
"""The intake whose editions are what machines translated; it needs no table."""
_NO_BODY: dict[str, Any] = {"body": None, "body_format": "markdown", "machine": None, "translated_from": None}
_NO_TEXT = _NO_BODY | {"questions": ()}
_OWN_WORDS: dict[Machine | None, dict[str, Any]] = {None: {}, "body": _NO_BODY, "text": _NO_TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """An article as an intake brings it, with what others brought of it before."""

    merged: Article
    owners: Mapping[str, str]
    """Whose each edition is, by language."""
    intake: str
    """Whose the article's own fields are."""
    hashes: Mapping[str, str]
    """Of the editions, by language."""
    meta_hash: str
    """Of what is not in an edition."""
    dated: datetime | None
    """When it was published, as the intake says."""

    @property
    def whole(self) -> str:
        """The hash of all of it: equal means that nothing changed."""
        return whole_hash(self.meta_hash, self.hashes)

    def stored(
        self, known: StoredArticle | None, *, suggested: tuple[str, ...], seq: int, now: datetime
    ) -> StoredArticle:
        """What the store keeps of it after the event of this number, with related articles that nobody named."""
        parts = {
            edition.language: stored_edition(
                edition,
                self.merged,
                known,
                owner=self.owners[edition.language],
                digest=self.hashes[edition.language],
                seq=seq,
                now=now,
            )
            for edition in self.merged.editions
        }
        return StoredArticle(
            content=self.merged,
            suggested=suggested,
            rev=known.rev + 1 if known else 1,
            hash=self.whole,
            meta_hash=self.meta_hash,
            withdrawn=False,
            intake=self.intake,
            published=known.published if known else min(self.dated or now, now),
            changed=changed(self.merged, known, self.meta_hash, now),
            seen=known.seen if known else now,
            editions=parts,
        )


def bring(article: Article, known: StoredArticle | None, intake: str, intakes: Collection[str]) -> Brought:
    """An article that an intake brings, merged with what is known of it."""
    merged, owners = merge(article, known, intake, intakes)
    owner = known.intake if known and known.intake in intakes else intake
    return _brought(merged, owners, intake=owner, dated=article.published)


def bring_translation(edition: Edition, known: StoredArticle) -> Brought:
    """An article with an edition that a machine made."""
    merged, owners = translated(edition, known)
    return _brought(merged, owners, intake=known.intake, dated=known.published)


def take_translation_back(language: str, known: StoredArticle) -> Brought:
    """An article without what a machine made of it in a language."""
    merged, owners = untranslated(language, known)
    return _brought(merged, owners, intake=known.intake, dated=known.published)


def _brought(merged: Article, owners: Mapping[str, str], *, intake: str, dated: datetime | None) -> Brought:
    return Brought(
        merged=merged,
        owners=owners,
        intake=intake,
        hashes={edition.language: content_hash(edition) for edition in merged.editions},
        meta_hash=content_hash(merged.model_copy(update={"editions": ()})),
        dated=dated,
    )


def merge(
    article: Article, known: StoredArticle | None, intake: str, intakes: Collection[str]
) -> tuple[Article, dict[str, str]]:
    """The article with all its editions, and whose each edition is.

    An article's own fields are those of the intake that brought it first, and so is each edition; another intake
    adds editions, and bodies for editions that have none, or a machine's. So two intakes never undo each other's work
    in turn. What belongs to an intake that is not in the config any more goes to the next that brings it.
    """
    own = known is None or known.intake == intake or known.intake not in intakes
    base = article if own or known is None else known.content
    editions = {edition.language: edition for edition in article.editions}
    owners = dict.fromkeys(editions, intake)
    for edition in known.content.editions if known else ():
        owner = known.editions[edition.language].intake if known else intake
        brought = editions.get(edition.language)
        if owner != intake and owner in intakes and (brought is None or not gives_way(edition, brought)):
            editions[edition.language] = edition
            owners[edition.language] = owner
        elif brought is not None:
            editions[edition.language] = with_machine_body(brought, edition)
    return _with_editions(base, editions), owners


def gives_way(edition: Edition, brought: Edition) -> bool:
    """Whether an edition makes room for what another intake brings: people's words always replace a machine's."""
    if edition.machine == "whole" and brought.machine is None:
        return True
    return (edition.body is None or edition.machine is not None) and brought.body is not None


def with_machine_body(brought: Edition, before: Edition) -> Edition:
    """An edition that people wrote; where it has no body, with the one that a machine made for it."""
    if before.machine is None or brought.machine is not None or brought.body is not None or before.body is None:
        return brought
    lent = {
        "body": before.body,
        "body_format": before.body_format,
        "questions": brought.questions or before.questions,
        "machine": "body" if brought.questions else "text",
        "translated_from": before.translated_from,
    }
    return brought.model_copy(update=lent)


def translated(edition: Edition, known: StoredArticle) -> tuple[Article, dict[str, str]]:
    """An article with an edition that a machine made, and whose each edition is.

    Title and summary that people wrote stay, and so does all of an edition with a body of theirs.
    """
    before = known.content.edition(edition.language)
    owners = {language: stored.intake for language, stored in known.editions.items()}
    if before is None or before.machine == "whole":
        owners[edition.language] = TRANSLATION_INTAKE
    elif before.machine or before.body is None:
        edition = with_machine_body(before.model_copy(update=_OWN_WORDS[before.machine]), edition)
    else:
        edition = before
    editions = {one.language: one for one in known.content.editions} | {edition.language: edition}
    return _with_editions(known.content, editions), owners


def untranslated(language: str, known: StoredArticle) -> tuple[Article, dict[str, str]]:
    """An article without what a machine made of it in a language, and whose each edition is."""
    editions = {edition.language: edition for edition in known.content.editions}
    before = editions.get(language)
    if before is not None and before.machine == "whole":
        del editions[language]
    elif before is not None and before.machine is not None:
        editions[language] = before.model_copy(update=_OWN_WORDS[before.machine])
    owners = {language: stored.intake for language, stored in known.editions.items() if language in editions}
    return _with_editions(known.content, editions), owners


def _with_editions(article: Article, editions: Mapping[str, Edition]) -> Article:
    return article.model_copy(update={"editions": tuple(editions[language] for language in sorted(editions))})


def whole_hash(meta_hash: str, hashes: Mapping[str, str]) -> str:
    """The hash of an article's whole content, from those of its parts."""
    parts = [meta_hash, *(f"{language}={hashes[language]}" for language in sorted(hashes))]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def difference(
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
        # Readers of an edition without a body of its own are shown the original's; those of one that a machine made are
        # told when it is of an earlier version.
        touched |= {edition.language for edition in article.editions if edition.body is None or edition.machine}
    return kind, touched


def _only_completed(article: Article, known: StoredArticle, language: str) -> bool:
    now, before = article.edition(language), known.content.edition(language)
    return (
        now is not None
        and before is not None
        and before.body is None
        and now.body is not None
        and now.model_copy(update=_NO_TEXT) == before.model_copy(update=_NO_TEXT)
    )


def stored_edition(
    edition: Edition,
    article: Article,
    known: StoredArticle | None,
    *,
    owner: str,
    digest: str,
    seq: int,
    now: datetime,
) -> StoredEdition:
    """What the store keeps of an edition besides its content."""
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


def changed(article: Article, known: StoredArticle | None, meta_hash: str, now: datetime) -> datetime:
    """When what is not in an edition last changed for readers."""
    if known is None:
        published = min(article.published or now, now)
        return min(max(published, article.updated or published), now)
    return known.changed if known.meta_hash == meta_hash else now
