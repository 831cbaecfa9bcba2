"""The application: asks who comes, finds the page, and lets a form do what it says once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from newswire.dashboard import routes
from newswire.dashboard.pages import Pages
from newswire.dashboard.visit import ROOT, Document, Missing, Page, Sent, Unreadable, Visit, read_form, storable
from newswire.errors import Refused, StoreError
from newswire.extension import HttpApp
from newswire.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Send

    from newswire.dashboard.desk import Desk
    from newswire.dashboard.entrance import Entrance
    from newswire.dashboard.sessions import Session
    from newswire.extension import AsgiApp, Scope
    from newswire.services import Services

log = get_logger(__name__)


class Dashboard(HttpApp):
    """The dashboard.

    Args:
        desk: what the pages work with.
        entrance: lets admins in.
    """

    paths: ClassVar[tuple[str, ...]] = (ROOT, ROOT.rstrip("/"))

    def __init__(self, desk: Desk, entrance: Entrance) -> None:
        self._desk = desk
        self._entrance = entrance
        self._pages = Pages()

    def open(self, services: Services) -> AsgiApp:
        """Makes the application; what it needs it has already."""
        del services
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI 3 application."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Unreadable as error:
            response = self._shown(_told("That did not work", str(error), 400))
        except StoreError as error:
            log.warning("the store does not answer", path=request.url.path, error=str(error))
            response = self._shown(_told("The database does not answer", "Try again in a moment.", 503))
            response.headers["Retry-After"] = "5"
        except ClientDisconnect:
            return
        except Exception:
            log.exception("a page failed", path=request.url.path)
            response = self._shown(_told("This page failed", "The log tells why.", 500))
        for name, value in self._pages.headers.items():
            response.headers.setdefault(name, value)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD", "POST"}:
            return Response(status_code=405, headers={"Allow": "GET, HEAD, POST"})
        raw = request.scope["raw_path"].decode("ascii", "replace")
        session = await self._entrance.session(request)
        if raw == f"{ROOT}login":
            return await self._logging_in(request, session)
        if session is None:
            away = self._entrance.turned_away(request)
            return self._shown(away) if isinstance(away, Page) else away
        return await self._let_in(request, session, raw)

    async def _let_in(self, request: Request, session: Session, raw: str) -> Response:
        form = await read_form(request) if request.method == "POST" else {}
        if request.method == "POST" and not self._entrance.is_ours(request, session, form):
            return self._shown(
                _told("Not done", "This form is not from a page of yours. Reload it and try again.", 403)
            )
        if raw == ROOT.rstrip("/"):
            return RedirectResponse(ROOT, 308)
        if raw == f"{ROOT}logout" and request.method == "POST":
            return await self._entrance.log_out(session)
        return await self._answered(request, session, raw, form)

    async def _logging_in(self, request: Request, session: Session | None) -> Response:
        if request.method == "POST":
            answer = await self._entrance.log_in(request)
            return self._shown(answer) if isinstance(answer, Page) else answer
        return RedirectResponse(ROOT, 303) if session else self._shown(self._entrance.ask(request))

    async def _answered(self, request: Request, session: Session, raw: str, form: Mapping[str, str]) -> Response:
        found = routes.find("GET" if request.method == "HEAD" else request.method, raw)
        if found is None:
            return self._shown(_told("Not found", "There is no such page.", 404), session)
        handler, places = found
        query = {name: storable(value) for name, value in request.query_params.items()}
        visit = Visit(self._desk, session, places, query, self._desk.clock(), form)
        try:
            answer = await handler(visit)
        except Missing as missing:
            return self._shown(_told("Not found", str(missing), 404), session)
        except Refused as refused:
            answer = Sent(form.get("back", ROOT), str(refused), refused=True)
        if isinstance(answer, Sent):
            outcome = "refused" if answer.refused else "done"
            log.info("by hand", who=session.who, form=raw, outcome=outcome, words=answer.said)
            return self._entrance.going_on(session, answer)
        if isinstance(answer, Document):
            policy = f"{answer.headers['Content-Security-Policy']}; frame-ancestors 'none'"
            return Response(answer.html, 200, {**answer.headers, "Content-Security-Policy": policy}, "text/html")
        said = self._entrance.said(request, session)
        response = self._shown(answer, session, said)
        if said is not None:
            self._entrance.was_said(response)
        return response

    def _shown(self, page: Page, session: Session | None = None, said: tuple[str, bool] | None = None) -> Response:
        values = {"said": said, **page.values}
        html = self._pages.render(page.template, values, now=self._desk.clock(), session=session)
        response = Response(html, page.status, page.headers, "text/html")
        for name, value in page.cookies.items():
            self._entrance.keep(response, name, value, None)
        return response


def _told(title: str, message: str, status: int) -> Page:
    return Page("message.html", {"title": title, "message": message}, status)
