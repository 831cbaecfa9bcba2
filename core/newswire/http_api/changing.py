"""Changing articles: what a request means for what the store knows, and what is refused. Blocking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from newswire.config.tables import API_INTAKE
from newswire.errors import InvalidArticle, Refused, UnknownArticle
from newswire.http_api import problems
from newswire.http_api.bodies import parse_object
from newswire.http_api.problems import Problem, wrong_field
from newswire.http_api.records import Kept, article_etag, edition_etag
from newswire.languages import standardize
from newswire.model import Article, Edition, Record
from newswire.revision import gives_way

if TYPE_CHECKING:
    from collections.abc import Collection

    from newswire.http_api.preconditions import Conditions
    from newswire.publisher import Decide, Published, Publisher
    from newswire.store.articles import StoredArticle

RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True, slots=True)
class Changer:
    """Carries out what requests ask for."""

    publisher: Publisher
    languages: Collection[str]
    """The languages an edition may be in."""

    def put(
        self, article_id: str | None, body: bytes, conditions: Conditions, *, reinstate: bool
    ) -> tuple[Published, tuple[Kept, ...]]:
        """Takes an article in as it is sent; the editions of other intakes stay.

        Args:
            article_id: its id; None: the body names it.
            body: the article in JSON.
            conditions: what must hold.
            reinstate: whether a withdrawn article comes back.

        Raises:
            Problem: it is not taken.
        """
        article = self._article(parse_object(body), article_id)

        def decide(known: StoredArticle | None) -> Article:
            conditions.check(article_etag(known))
            if known is None:
                return article
            if known.withdrawn and not reinstate:
                raise Problem(problems.CONFLICT, "the article is withdrawn; ?reinstate=true brings it back")
            lost = self._own(known) - set(article.languages)
            if lost and not conditions.pinned:
                raise Problem(
                    problems.UNCONDITIONAL,
                    f"the article has editions that this would delete ({', '.join(sorted(lost))}); "
                    "send If-Match with its ETag if that is meant",
                    headers={"ETag": article_etag(known) or ""},
                )
            return article

        published = self._change(article.id, decide, reinstate=reinstate)
        return published, _kept(article, published.article)

    def withdraw(self, article_id: str, conditions: Conditions) -> Published:
        """Withdraws an article.

        Raises:
            Problem: it is not there, or a condition does not hold.
        """
        try:
            return self.publisher.withdraw(article_id, lambda known: conditions.check(article_etag(known)))
        except UnknownArticle:
            conditions.check(None)
            raise no_article(article_id) from None
        except Refused as refused:
            raise Problem(problems.CONFLICT, str(refused)) from None

    def put_edition(
        self, article_id: str, language: str, body: bytes, conditions: Conditions
    ) -> tuple[Published, bool]:
        """Takes in one edition of an article that is there.

        Returns:
            What became of it, and whether the edition is new.

        Raises:
            Problem: it is not taken.
        """
        edition = self._edition(parse_object(body), language)
        new = False

        def decide(known: StoredArticle | None) -> Article:
            present = self._editable(known, article_id, language, conditions)
            before = present.content.edition(language)
            nonlocal new
            new = before is None
            if before is not None and before != edition and not gives_way(before, edition):
                self._require_own(present, language)
            return self._part(present, language, (edition,))

        return self._change(article_id, decide), new

    def delete_edition(self, article_id: str, language: str, conditions: Conditions) -> Published:
        """Takes one edition away.

        Raises:
            Problem: it stays.
        """

        def decide(known: StoredArticle | None) -> Article:
            present = self._editable(known, article_id, language, conditions)
            if language not in present.editions:
                raise no_edition(article_id, language)
            if language == present.content.original_language:
                raise Problem(
                    problems.CONFLICT, "the original edition cannot go; DELETE of the article itself withdraws it"
                )
            self._require_own(present, language)
            return self._part(present, language, ())

        return self._change(article_id, decide)

    def _change(self, article_id: str, decide: Decide, *, reinstate: bool = False) -> Published:
        try:
            return self.publisher.change(article_id, decide, intake=API_INTAKE, reinstate=reinstate)
        except InvalidArticle as error:
            raise Problem(problems.INVALID, str(error.args[0])) from None

    def _article(self, document: dict[str, Any], article_id: str | None) -> Article:
        if article_id is not None and document.setdefault("id", article_id) != article_id:
            raise wrong_field(("id",), f"must be {article_id!r}, as in the address, or left out")
        article = _validated(Article, document)
        for position, edition in enumerate(article.editions):
            self._require_language(edition.language, ("editions", position, "language"))
        return article

    def _edition(self, document: dict[str, Any], language: str) -> Edition:
        named = document.setdefault("language", language)
        edition = _validated(Edition, document)
        if edition.language != language:
            raise wrong_field(("language",), f"must be {language!r}, as in the address, not {named!r}, or left out")
        self._require_language(language, ("language",))
        return edition

    def _require_language(self, language: str, place: tuple[str | int, ...]) -> None:
        if language not in self.languages:
            there = ", ".join(sorted(self.languages))
            raise wrong_field(place, f"the site has no editions in {language}, only in {there}")

    def _editable(
        self, known: StoredArticle | None, article_id: str, language: str, conditions: Conditions
    ) -> StoredArticle:
        conditions.check(edition_etag(known.editions.get(language)) if known else None)
        if known is None:
            raise no_article(article_id)
        if known.withdrawn:
            raise Problem(problems.CONFLICT, "the article is withdrawn; PUT it with ?reinstate=true to bring it back")
        return known

    def _own(self, known: StoredArticle) -> set[str]:
        """The languages whose editions are the API's, or nobody's any more."""
        others = self.publisher.intakes - {API_INTAKE}
        return {language for language, edition in known.editions.items() if edition.intake not in others}

    def _require_own(self, known: StoredArticle, language: str) -> None:
        if language not in self._own(known):
            owner = known.editions[language].intake
            told = f"the edition {language} belongs to the intake {owner!r}: change it where it came from"
            raise Problem(problems.CONFLICT, told)

    def _part(self, known: StoredArticle, language: str, instead: tuple[Edition, ...]) -> Article:
        """The article with the API's own editions, one of them replaced; the publisher adds those of other intakes."""
        own = self._own(known) - {language}
        rest = tuple(edition for edition in known.content.editions if edition.language in own)
        return known.content.model_copy(update={"editions": rest + instead})


def _validated(model: type[RecordT], document: dict[str, Any]) -> RecordT:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise problems.invalid(error) from None


def no_article(article_id: str) -> Problem:
    """That an article is not there."""
    return Problem(problems.UNKNOWN, f"no article has the id {article_id!r}")


def no_edition(article_id: str, language: str) -> Problem:
    """That an edition is not there."""
    return Problem(problems.UNKNOWN, f"the article {article_id!r} has no edition in {language}")


def _kept(article: Article, stored: StoredArticle) -> tuple[Kept, ...]:
    """What of an article was not taken because it belongs to another intake."""
    found = []
    if stored.intake != API_INTAKE:
        own = (name for name in Article.model_fields if name in article.model_fields_set - {"id", "editions"})
        differing = (name for name in own if getattr(article, name) != getattr(stored.content, name))
        found += [Kept(pointer=f"/{name}", intake=stored.intake) for name in differing]
    for position, edition in enumerate(article.editions):
        owner = stored.editions[edition.language].intake
        if owner != API_INTAKE and stored.content.edition(edition.language) != edition:
            found.append(Kept(pointer=f"/editions/{position}", intake=owner))
    return tuple(found)


def as_language(tag: str) -> str:
    """A language tag of an address in its canonical form.

    Raises:
        Problem: it is none.
    """
    try:
        return standardize(tag)
    except ValueError as error:
        raise problems.wrong_parameter("language", str(error)) from None
