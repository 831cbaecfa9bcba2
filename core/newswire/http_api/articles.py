"""Articles: listing, reading, taking in, withdrawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.errors import FilterSyntaxError
from newswire.filters import parse
from newswire.http_api import records
from newswire.http_api.bodies import read_json
from newswire.http_api.call import answer, tagged
from newswire.http_api.changing import as_language, no_article
from newswire.http_api.cursors import cursor, place
from newswire.http_api.problems import wrong_parameter
from newswire.languages import closest
from newswire.model import slugify
from newswire.publisher import Status
from newswire.store import articles, catalogue

if TYPE_CHECKING:
    from starlette.responses import Response

    from newswire.filters import Expression
    from newswire.http_api.call import Call, Desk
    from newswire.http_api.records import ArticleList
    from newswire.store.articles import StoredArticle

LIMIT, MOST = 50, 200
"""How many a part of a list holds, where the request does not say, and at most."""


async def read_article(desk: Desk, call: Call) -> Response:
    """GET of an article."""
    stored = await desk.store.look(stored_article, desk, call.places["id"])
    etag = records.article_etag(stored)
    call.conditions.check(etag, reading=True)
    return answer(records.article_record(stored), headers=tagged(etag))


def stored_article(desk: Desk, article_id: str) -> StoredArticle:
    """An article. Blocking.

    Raises:
        Problem: there is none of this id.
    """
    with desk.store.read() as connection:
        stored = articles.load(connection, article_id)
    if stored is None:
        raise no_article(article_id)
    return stored


async def put_article(desk: Desk, call: Call) -> Response:
    """PUT of an article."""
    body = await read_json(call.request)
    article_id, reinstate = call.places["id"], call.flag("reinstate")
    published, kept = await desk.store.run(desk.changer.put, article_id, body, call.conditions, reinstate=reinstate)
    if published.kind is not None:
        desk.wake()
    # RFC 9110, 9.3.4: the answer to PUT carries no ETag header unless what was sent is stored byte by byte. What
    # comes in is cleaned and merged, so the ETag stands in the answer's body.
    taken = records.taken(published, records.article_etag(published.article), kept)
    if published.status is Status.NEW:
        return answer(taken, status=201, headers={"Location": records.address(article_id)})
    return answer(taken)


async def withdraw_article(desk: Desk, call: Call) -> Response:
    """DELETE of an article: it is withdrawn, and stays so until it is reinstated."""
    published = await desk.store.run(desk.changer.withdraw, call.places["id"], call.conditions)
    if published.kind is not None:
        desk.wake()
    return answer(records.taken(published, records.article_etag(published.article)))


async def list_articles(desk: Desk, call: Call) -> Response:
    """GET of a list of articles."""
    limit = read_limit(call)
    if call.query.get("status") == "withdrawn":
        beside = sorted(set(call.query) - {"status", "limit", "cursor"})
        if beside:
            raise wrong_parameter(beside[0], "does not go with status=withdrawn: what is withdrawn is in no list")
        return answer(await desk.store.look(_withdrawn, desk, place(call.query.get("cursor"), str), limit))
    topics, language = _topics(call.query.get("topics")), read_language(desk, call.query.get("language"))
    before = place(call.query.get("cursor"), int)
    source = slugify(call.query["source"]) if "source" in call.query else None

    def look() -> ArticleList:
        with desk.store.read() as connection:
            found = catalogue.published(
                connection, language=language, topics=topics, source=source, before=before, limit=limit + 1
            )
        more = cursor(found[limit - 1][0]) if len(found) > limit else None
        return records.ArticleList(articles=tuple(records.summary(one) for _, one in found[:limit]), next=more)

    return answer(await desk.store.look(look))


def _withdrawn(desk: Desk, after: str | None, limit: int) -> ArticleList:
    with desk.store.read() as connection:
        found = catalogue.withdrawn(connection, after=after, limit=limit + 1)
    more = cursor(found[limit - 1].content.id) if len(found) > limit else None
    return records.ArticleList(articles=tuple(records.summary(one) for one in found[:limit]), next=more)


def read_limit(call: Call) -> int:
    """How many of a list are asked for.

    Raises:
        Problem: it is no such number.
    """
    written = call.query.get("limit", str(LIMIT))
    if not written.isascii() or not written.isdecimal() or len(written) > len(str(MOST)):
        raise wrong_parameter("limit", f"must be a number from 1 to {MOST}")
    if not 1 <= int(written) <= MOST:
        raise wrong_parameter("limit", f"must be a number from 1 to {MOST}")
    return int(written)


def _topics(written: str | None) -> Expression | None:
    if written is None:
        return None
    try:
        return parse(written)
    except FilterSyntaxError as error:
        raise wrong_parameter("topics", str(error)) from None


def read_language(desk: Desk, written: str | None) -> str | None:
    """The language of the site that is asked for, None where none is.

    Raises:
        Problem: it is no language, or the site has none like it.
    """
    if written is None:
        return None
    found = closest(as_language(written), desk.site.languages)
    if found is None:
        raise wrong_parameter("language", f"the site has only {', '.join(desk.site.languages)}")
    return found
