"""Which links Telegram takes.

Source: tdlib, `LinkManager.cpp` (`check_link`) and `HttpUrl.cpp`: http and https to a host with a dot in it, `tg:` and
`ton:` as they are; anything else is no link.
"""

from urllib.parse import urlsplit


class LinkError(ValueError):
    """The link is none Telegram takes; the text is tdlib's reason."""


def checked_link(link: str) -> str:
    """Give a link in the form Telegram keeps it.

    Raises:
        LinkError: It is no link to Telegram: another scheme, a host without a dot (`localhost`), or no URL at all.
    """
    link = link.strip()
    scheme, mark, rest = link.partition(":")
    if mark and scheme.lower() in ("tg", "ton"):
        return f"{scheme.lower()}://{rest.removeprefix('//')}"
    if "://" in link and scheme.lower() not in ("http", "https"):
        raise LinkError("Unsupported URL protocol")
    whole = link if "://" in link else f"http://{link}"
    try:
        parts = urlsplit(whole)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise LinkError("Wrong HTTP URL") from None
    if ("." not in host and ":" not in host) or any(letter.isspace() for letter in host):
        raise LinkError("Wrong HTTP URL")
    return parts._replace(scheme=parts.scheme.lower(), path=parts.path or "/").geturl()
