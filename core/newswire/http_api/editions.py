"""Editions of an article: reading, taking in, taking away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.http_api import records
from newswire.http_api.articles import stored_article
from newswire.http_api.bodies import read_json
from newswire.http_api.call import answer, tagged
from newswire.http_api.changing import no_edition

if TYPE_CHECKING:
    from starlette.responses import Response

    from newswire.http_api.call import Call, Desk
    from newswire.publisher import Published


async def read_edition(desk: Desk, call: Call) -> Response:
    """GET of an edition."""
    article_id, language = call.places["id"], call.places["language"]
    stored = await desk.store.look(stored_article, desk, article_id)
    record = records.edition_record(stored, language)
    if record is None:
        raise no_edition(article_id, language)
    call.conditions.check(record.etag, reading=True)
    return answer(record, headers=tagged(record.etag))


async def put_edition(desk: Desk, call: Call) -> Response:
    """PUT of an edition; the article must be there."""
    article_id, language = call.places["id"], call.places["language"]
    body = await read_json(call.request)
    published, new = await desk.store.run(desk.changer.put_edition, article_id, language, body, call.conditions)
    return _changed(desk, published, language, status=201 if new else 200)


async def delete_edition(desk: Desk, call: Call) -> Response:
    """DELETE of an edition."""
    article_id, language = call.places["id"], call.places["language"]
    published = await desk.store.run(desk.changer.delete_edition, article_id, language, call.conditions)
    return _changed(desk, published, language)


def _changed(desk: Desk, published: Published, language: str, *, status: int = 200) -> Response:
    if published.kind is not None:
        desk.wake()
    etag = records.edition_etag(published.article.editions.get(language))
    return answer(records.taken(published, etag), status=status)
