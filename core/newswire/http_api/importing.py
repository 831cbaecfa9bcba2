"""Taking in many articles at once: a line of JSON each, and a report with a line for each.

The report is given when everything was read: a client that first sends all and then listens, as most do, and a server
that answers meanwhile would wait for each other. It is kept on disk until then, so memory stays small whatever the
number of lines. Whoever was cut off sends the same again: what was taken already is ``unchanged``.
"""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

from starlette.responses import StreamingResponse

from newswire.errors import StoreError
from newswire.http_api import records
from newswire.http_api.bodies import LINES, lines, require_type
from newswire.http_api.preconditions import Conditions
from newswire.http_api.problems import TOO_LARGE, UNAVAILABLE, Problem
from newswire.http_api.records import ImportLine, ProblemDetails
from newswire.logs import get_logger
from newswire.reading import SIZE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from newswire.http_api.call import Call, Desk

_IN_MEMORY = 1 << 20
_PIECE = 1 << 16
_UNCONDITIONAL = Conditions()
_STOPPED = Problem(UNAVAILABLE, "nothing from here on was taken; send the same again in a moment")
log = get_logger(__name__)


async def import_articles(desk: Desk, call: Call) -> Response:
    """POST of many articles."""
    require_type(call.request, LINES)
    reinstate, complete = call.flag("reinstate"), True
    counts: dict[str, int] = {}
    report = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed when it was sent
    try:
        number = 0
        async for line in lines(call.request):
            number += 1
            if line is not None and not line.strip():
                continue
            try:
                told = await desk.store.run(_take, desk, number, line, reinstate=reinstate)
            except StoreError as error:
                log.warning("the store does not answer", path=records.ARTICLES, error=str(error))
                told, complete = _problem(desk, number, _STOPPED), False
            _write(report, told)
            outcome = told.outcome or ""
            counts[outcome] = counts.get(outcome, 0) + 1
            if outcome in {"new", "revised"}:
                desk.wake()
            if not complete:
                break
        _write(report, ImportLine(counts=counts, complete=complete))
    except BaseException:
        report.close()
        raise
    return StreamingResponse(_sent(report), media_type=LINES[0])


def _take(desk: Desk, number: int, line: bytes | None, *, reinstate: bool) -> ImportLine:
    if line is None:
        return _problem(desk, number, Problem(TOO_LARGE, f"a line may have {SIZE_LIMIT:,} bytes"))
    try:
        published, kept = desk.changer.put(None, line, _UNCONDITIONAL, reinstate=reinstate)
    except Problem as problem:
        return _problem(desk, number, problem)
    return ImportLine(
        line=number,
        id=published.article_id,
        outcome=published.status.value,
        rev=published.rev,
        etag=records.article_etag(published.article),
        kept=kept,
    )


def _problem(desk: Desk, number: int, problem: Problem) -> ImportLine:
    details = ProblemDetails.model_validate(problem.as_document(desk.public_url))
    return ImportLine(line=number, outcome="problem", problem=details)


def _write(report: IO[bytes], told: ImportLine) -> None:
    report.write(told.model_dump_json(exclude_defaults=True).encode() + b"\n")


def _sent(report: IO[bytes]) -> Iterator[bytes]:
    with report:
        report.seek(0)
        while piece := report.read(_PIECE):
            yield piece
