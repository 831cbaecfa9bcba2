"""The entrance: logging in with a token, the cookies that remember it, and proof that a form is from our own pages."""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, RedirectResponse, Response

from newswire.dashboard.visit import ROOT, Page, Sent, address, read_form
from newswire.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from newswire.dashboard.sessions import Session, Sessions
    from newswire.http_api import Rates
    from newswire.store import Store

log = get_logger(__name__)
ATTEMPTS = 10
"""How often one address may try to log in, a minute."""
LONGEST_WORD = 1500
"""Bytes of what a form has done that are kept for the next page: a cookie holds 4096 in all (RFC 6265, 6.1)."""
_WRONG = "This token does not let you in: it is unknown, was revoked, has expired, or has not the scope 'admin'."
# A browser that follows a link from elsewhere keeps its strict cookies back (RFC 6265bis, 5.2). It sends them when the
# page that it got instead asks for the same address again.
_AGAIN = '<!doctype html><html lang="en"><title>One moment</title><meta http-equiv="refresh" content="0"></html>'


class Entrance:
    """Lets admins in.

    Args:
        store: runs what blocks.
        sessions: who is in.
        rates: counts attempts to log in.
        public_url: where the web app is reached from outside.
    """

    def __init__(self, store: Store, sessions: Sessions, rates: Rates, public_url: str) -> None:
        self._store = store
        self._sessions = sessions
        self._rates = rates
        parts = urlsplit(public_url)
        self._origin = f"{parts.scheme}://{parts.netloc}".lower()
        self._secure = parts.scheme == "https"
        # RFC 6265bis, 4.1.3.2: a browser takes __Host- only over TLS, from this very host, for all of its paths.
        prefix = "__Host-" if self._secure else ""
        self._session_cookie, self._login_cookie, self._said_cookie = (
            f"{prefix}{name}" for name in ("newswire", "newswire-login", "newswire-said")
        )

    async def session(self, request: Request) -> Session | None:
        """Who asks; None where nobody has logged in."""
        secret = request.cookies.get(self._session_cookie, "")
        return await self._store.look(self._sessions.find, secret) if secret else None

    def turned_away(self, request: Request) -> Response | Page:
        """What somebody gets who has not logged in, or not any more."""
        if request.method == "POST":
            return Page("message.html", {"title": "Logged out", "message": "You are not logged in any more."}, 403)
        if request.headers.get("sec-fetch-site") == "cross-site":
            return HTMLResponse(_AGAIN)
        to = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(address("login", to=to if to != ROOT else None), 303)

    def ask(self, request: Request, response_to: str = "", status: int = 200) -> Page:
        """The page on which a token is asked for."""
        key = request.cookies.get(self._login_cookie) or secrets.token_urlsafe(32)
        values = {"login_key": key, "wrong": response_to, "to": _inside(request.query_params.get("to"))}
        return Page("login.html", values, status, {self._login_cookie: key})

    async def log_in(self, request: Request) -> Response | Page:
        """Lets somebody in who sends a token, or says why not.

        Raises:
            Unreadable: it is no form of ours.
        """
        form = await read_form(request)
        known = request.cookies.get(self._login_cookie, "")
        # Else another site could log an admin in as somebody else, and watch what is done.
        if not known or not _same(known, form.get("key", "")) or not self._is_own_page(request):
            return self.ask(request, "That took too long, or your browser keeps no cookies. Try again.", 403)
        client = request.client.host if request.client else ""
        wait = self._rates.wait(client, ATTEMPTS)
        if wait:
            log.warning("too many attempts to log in", client=client)
            page = self.ask(request, f"Too many attempts. Try again in {wait} seconds.", 429)
            page.headers["Retry-After"] = str(wait)
            return page
        session = await self._store.run(self._sessions.begin, form.get("token", "").strip())
        if session is None:
            log.warning("a login was refused", client=client)
            return self.ask(request, _WRONG, 403)
        log.info("logged in", who=session.who, client=client)
        response = RedirectResponse(_inside(form.get("to")), 303)
        self.keep(response, self._session_cookie, session.secret, int(self._sessions.length.total_seconds()))
        self.forget(response, self._login_cookie)
        return response

    async def log_out(self, session: Session) -> Response:
        """Ends a session."""
        await self._store.run(self._sessions.end, session)
        log.info("logged out", who=session.who)
        response = RedirectResponse(address("login"), 303)
        self.forget(response, self._session_cookie)
        return response

    def is_ours(self, request: Request, session: Session, form: Mapping[str, str]) -> bool:
        """Whether a form comes from a page that we made for this session."""
        return self._is_own_page(request) and _same(session.form_key, form.get("key", ""))

    def going_on(self, session: Session, sent: Sent) -> Response:
        """Leads to the next page, which says what a form has done; so reloading it does nothing again."""
        text = f"{'refused' if sent.refused else 'done'} {sent.said}".encode()[:LONGEST_WORD].decode(errors="ignore")
        response = RedirectResponse(_inside(sent.where), 303)
        packed = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        self.keep(response, self._said_cookie, f"{packed}.{session.sign(text)}", 60)
        return response

    def said(self, request: Request, session: Session) -> tuple[str, bool] | None:
        """What the last form has done, if nobody was told yet, and whether it was refused."""
        packed, _, proof = request.cookies.get(self._said_cookie, "").partition(".")
        try:
            text = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
        except ValueError:
            return None
        if not packed or not _same(session.sign(text), proof):
            return None
        what, _, said = text.partition(" ")
        return said, what == "refused"

    def was_said(self, response: Response) -> None:
        """Forgets what the last form has done."""
        self.forget(response, self._said_cookie)

    def keep(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        """Gives the browser a cookie that no script reads and that it sends to our own pages only."""
        response.set_cookie(
            name, value, seconds, path=self._path, secure=self._secure, httponly=True, samesite="strict"
        )

    def forget(self, response: Response, name: str) -> None:
        """Takes a cookie away."""
        response.delete_cookie(name, path=self._path, secure=self._secure, httponly=True, samesite="strict")

    @property
    def _path(self) -> str:
        return "/" if self._secure else ROOT

    def _is_own_page(self, request: Request) -> bool:
        """Whether the browser says that a page of ours made the request, or says nothing of it."""
        # Fetch Metadata (W3C), 2.4; and RFC 6454, section 7: a form that another site sends names that site.
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        origin = request.headers.get("origin", self._origin).lower()
        return origin == self._origin or urlsplit(origin).netloc == request.headers.get("host", "").lower()


def _inside(address_given: str | None) -> str:
    """An address of the dashboard that somebody wants to go to; any other leads to its first page."""
    given = address_given or ""
    plain = given.isascii() and given.isprintable() and "\\" not in given
    return given if given.startswith(ROOT) and plain else ROOT


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
