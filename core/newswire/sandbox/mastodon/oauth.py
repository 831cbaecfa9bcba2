"""Apps, and tokens for them: a person agrees on a page, is shown a code, and the app trades the code for a token.

Source: Mastodon's documentation, "Apps" and "OAuth" API methods; RFC 6749, 4.1 and 5.2. As with Mastodon's
`doorkeeper.rb`, a code holds for ten minutes, once, and for the app and the scopes it was given for; passwords are no
grant any more (since 4.4).
"""

import secrets
from dataclasses import dataclass
from html import escape

from newswire.sandbox.mastodon.ask import Ask, Reply
from newswire.sandbox.mastodon.errors import ApiError, failed_validation, wrong_token
from newswire.sandbox.mastodon.fields import Fields
from newswire.sandbox.mastodon.state import Account, App, Code, Server, Token

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
CODE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Page:
    """A page for the person who is to agree."""

    html: str
    status: int = 200


async def make_app(ask: Ask) -> Reply:
    """Register an app."""
    fields = ask.fields
    for name in ("client_name", "redirect_uris"):
        if not fields.given(name):
            raise failed_validation(f"{name.replace('_', ' ').capitalize()} can't be blank")
    number = str(len(ask.server.apps) + 1)
    app = App(
        client_id=f"client-{number}",
        client_secret=secrets.token_urlsafe(16),
        redirect_uris=tuple(fields.text("redirect_uris").split()),
        scopes=frozenset((fields.text("scopes") or "read").split()),
    )
    ask.server.apps[app.client_id] = app
    return Reply(
        {
            "id": number,
            "name": fields.text("client_name"),
            "website": fields.text("website"),
            "redirect_uri": fields.text("redirect_uris"),
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "scopes": sorted(app.scopes),
        }
    )


def authorize(server: Server, fields: Fields, now: float, *, agreed: bool) -> Page:
    """Ask a person, who says by the field `account` who they are, or, when they agreed, show the code."""
    app, scopes = server.apps.get(fields.text("client_id")), frozenset(fields.text("scope").split() or ["read"])
    if app is None:
        return _page("Client authentication failed due to unknown client.", 401)
    wrong = _wrong(app, scopes, fields)
    if wrong is not None:
        return _page(wrong, 400)
    account = _account(server, fields.text("account"), now)
    if agreed and account is not None:
        code = secrets.token_urlsafe(24)
        server.codes[code] = Code(account, app.client_id, scopes, now + CODE_SECONDS)
        return _page(f"Copy this authorization code and paste it to the application: <code>{escape(code)}</code>")
    known = "".join(f'<option value="{escape(one.username)}">' for one in server.accounts.values())
    given = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(fields.text(name))}">'
        for name in ("client_id", "redirect_uri", "scope", "response_type")
    )
    return _page(
        f"An app asks for {escape(', '.join(sorted(scopes)))}."
        f'<form method="post">{given}<label>Account <input name="account" list="known"></label>'
        f'<datalist id="known">{known}</datalist> <button>Authorize</button></form>'
    )


def _wrong(app: App, scopes: frozenset[str], fields: Fields) -> str | None:
    if fields.text("redirect_uri") not in app.redirect_uris:
        return "The redirect URI included is not valid."
    if fields.text("response_type") != "code":
        return "The authorization server does not support this response type."
    if not _within(scopes, app.scopes):
        return "The requested scope is invalid, unknown, or malformed."
    if fields.text("redirect_uri") != OUT_OF_BAND:
        return "The sandbox shows codes, it leads to no other page."
    return None


def _page(text: str, status: int = 200) -> Page:
    html = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox</title><body><p>{text}</p></body>'
    return Page(html, status)


def _account(server: Server, name: str, now: float) -> Account | None:
    known = next((one for one in server.accounts.values() if one.username == name), None)
    if known is None and name and server.auto_register:
        return server.add_account(secrets.token_urlsafe(24), name, now=now)
    return known


def _within(scopes: frozenset[str], allowed: frozenset[str]) -> bool:
    return all(one in allowed or one.partition(":")[0] in allowed for one in scopes)


async def make_token(ask: Ask) -> Reply:
    """Give a token for an app alone, or for the account whose owner was shown a code."""
    server, fields = ask.server, ask.fields
    app = server.apps.get(fields.text("client_id"))
    if app is None or app.client_secret != fields.text("client_secret"):
        raise ApiError(401, "invalid_client")
    secret, kind = secrets.token_urlsafe(24), fields.text("grant_type")
    if kind == "client_credentials":
        scopes = frozenset(fields.text("scope").split()) or app.scopes
        server.tokens[secret] = Token(None, scopes)
    elif kind == "authorization_code":
        code = server.codes.pop(fields.text("code"), None)
        right = code is not None and code.client_id == app.client_id and ask.now < code.until
        if code is None or not right or fields.text("redirect_uri") not in app.redirect_uris:
            raise ApiError(400, "invalid_grant")
        scopes = code.scopes
        server.tokens[secret] = Token(code.account, scopes)
    else:
        raise ApiError(400, "unsupported_grant_type")
    body = {
        "access_token": secret,
        "token_type": "Bearer",
        "scope": " ".join(sorted(scopes)),
        "created_at": int(ask.now),
    }
    return Reply(body)


async def verify_app(ask: Ask) -> Reply:
    """Say that the token's app is there."""
    if ask.token is None:
        raise wrong_token()
    return Reply({"id": "1", "name": "newswire sandbox", "website": None, "scopes": sorted(ask.token.scopes)})
