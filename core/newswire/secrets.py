"""Secrets: references in the config, and keeping what they hold out of everything that is written.

A secret stands in the config as ``env:NAME`` or ``file:path``. Every value that was read is remembered here, so
that the log filter can mask it wherever it turns up, also in lines that libraries write.
"""

from __future__ import annotations

import json
import os
import re
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

MASK = "**********"
_SHORTEST = 6
_known: set[str] = set()
_ordered: list[str] = []
_REFERENCE = re.compile(r"(env|file):(.*)", re.DOTALL)
_MISWRITTEN = re.compile(r"\s*(?:(?P<kind>env|file)\s*:\s*|\$\{?)(?P<rest>.*?)\}?\s*", re.IGNORECASE | re.DOTALL)
# The password of an address (RFC 3986, 3.2.1: userinfo), wherever it stands in a text.
_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):([^/\s@]+)@")

base_folder: ContextVar[Path] = ContextVar("base_folder", default=Path())
"""The folder relative ``file:`` references start from: the config file's."""
secrets_needed: ContextVar[bool] = ContextVar("secrets_needed", default=True)
"""Whether a secret that cannot be read is an error; else a placeholder stands in for it."""


def resolve_secret(value: object) -> object:
    """Reads a secret reference; a plain string is taken as the secret itself.

    Raises:
        ValueError: the variable is not set, or the file cannot be read.
    """
    if isinstance(value, SecretStr):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a string: 'env:NAME' or 'file:path'")  # noqa: TRY004  # pydantic wants ValueError
    try:
        found = resolve_reference(value)
    except ValueError:
        if secrets_needed.get():
            raise
        return SecretStr(MASK)
    remember(found)
    return SecretStr(found)


def is_reference(value: str) -> bool:
    """Whether a string of the config refers to a value that is kept elsewhere."""
    return _REFERENCE.fullmatch(value) is not None


def resolve_reference(value: str) -> str:
    """What ``env:NAME`` or ``file:path`` refers to; any other string is its own value.

    Raises:
        ValueError: the variable is not set, the file cannot be read, or the reference is written wrongly.
    """
    reference = _REFERENCE.fullmatch(value)
    if reference is None:
        return _literal(value)
    kind, rest = reference[1], reference[2]
    if rest != rest.strip() or not rest:
        raise ValueError(f"'{kind}:' must be followed by a {'name' if kind == 'env' else 'path'}, without spaces")
    return _from_environment(rest) if kind == "env" else _from_file(rest)


def _literal(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty; write 'env:NAME' or 'file:path'")
    miswritten = _MISWRITTEN.fullmatch(value)
    if miswritten and (miswritten["kind"] or re.fullmatch(r"\w+", miswritten["rest"])):
        right = f"{(miswritten['kind'] or 'env').lower()}:{miswritten['rest']}"
        raise ValueError(f"a reference is written {right!r}, in small letters and without spaces")
    return value


def _from_environment(name: str) -> str:
    found = os.environ.get(name, "").strip()
    if not found:
        raise ValueError(f"environment variable {name} is not set")
    return found


def _from_file(path: str) -> str:
    try:
        found = (base_folder.get() / Path(path).expanduser()).read_text("utf-8").strip()
    except (OSError, ValueError, RuntimeError) as error:
        raise ValueError(f"the secret file {path} cannot be read ({type(error).__name__})") from None
    if not found:
        raise ValueError(f"the secret file {path} is empty")
    return found


def remember(secret: str) -> None:
    """Adds a value to those that are masked in everything written from now on, in every spelling it may take."""
    if len(secret) < _SHORTEST or secret == MASK:
        return
    in_json = json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]
    _known.update((secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1], *in_json))
    _ordered[:] = sorted(_known, key=len, reverse=True)


def mask(text: str) -> str:
    """The text without any known secret, and without the password of any address."""
    for secret in _ordered:
        if secret in text:
            text = text.replace(secret, MASK)
    return _PASSWORD.sub(rf"\1:{MASK}@", text) if "://" in text else text
