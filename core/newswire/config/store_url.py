"""The address of the database, as the config has it and as SQLAlchemy wants it."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

from newswire.secrets import base_folder, remember

_POSTGRES = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://(?P<rest>.*)", re.DOTALL)
_USERINFO = re.compile(r"[^:/@]*:(?P<password>[^/]*)@")
_WANTED = "must be 'sqlite:///FILE' or 'postgresql://USER@HOST/DATABASE'"


def store_url(url: str) -> str:
    """The address with an absolute file (SQLite) or with the driver's name (PostgreSQL).

    A relative file starts at `newswire.secrets.base_folder`. The password, if there is one, is masked from now on.

    Raises:
        ValueError: it is neither, or the driver is not installed.
    """
    if url.startswith("sqlite:"):
        return _sqlite(url)
    postgres = _POSTGRES.fullmatch(url)
    if not postgres:
        raise ValueError(_WANTED)
    userinfo = _USERINFO.match(postgres["rest"])
    if userinfo:
        remember(userinfo["password"])
        remember(unquote(userinfo["password"]))
    if find_spec("psycopg") is None:
        raise ValueError("PostgreSQL needs a driver: install newswire[postgres]")
    return f"postgresql+psycopg://{postgres['rest']}"


def _sqlite(url: str) -> str:
    # SQLAlchemy: three slashes and a relative path, or four and an absolute one; options follow a question mark.
    path, question, options = url.removeprefix("sqlite:///").partition("?")
    if not url.startswith("sqlite:///") or not path:
        raise ValueError("must be 'sqlite:///FILE': three slashes, then the file")
    if path == ":memory:":
        raise ValueError("the database must be a file: what is in memory only would be posted twice after a restart")
    absolute = (base_folder.get() / Path(path).expanduser()).absolute()
    return f"sqlite:///{absolute}{question}{options}"
