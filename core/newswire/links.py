"""Links as they lead to a story: without what only tells how a reader came there. Pure.

Two links are one if they differ in scheme, in upper and lower case of the host, in ``www.``, a default port, a slash at
the end, a fragment, the order of parameters, parameters that count readers, or in being the AMP form of the other.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

import idna

# What mail programs, networks and counters add, by their own documentation; none of them chooses a page.
_TRACKING = re.compile(
    r"utm_.*|at_(?:medium|campaign|link.*|format|ptr_name|bbc_team)|pk_(?:campaign|kwd|source|medium|content)"
    r"|mtm_.*|matomo_.*|piwik_.*|hsa_.*|_hs(?:enc|mi)|__hs.*|mc_[ce]id|mkt_tok|oly_(?:anon|enc)_id|vero_(?:id|conv)"
    r"|fbclid|fb_(?:action_ids|action_types|source|ref)|g(?:clid|clsrc|braid|ad_source)|wbraid|dclid|msclkid|yclid"
    r"|ysclid|twclid|ttclid|li_fat_id|igsh(?:id)?|epik|srsltid|_openstat|_ga|_gl|wt_?(?:mc|zmc)(?:_o)?|xtor|s_cid|ns_.*"
    r"|cmpid|ncid|ocid|smid|guccounter|guce_referr.*|ref_(?:src|url)|trk(?:info|campaign)?|spm|scm|wickedid|rb_clickid",
    re.IGNORECASE,
)
_AMP_PARAMETER = re.compile(
    r"amp(?:=(?:1|true)?)?|(?:outputtype|output_type|view|format)=amp|amp_js_v=.*", re.IGNORECASE
)
# The caches that hold pages of others: the address of the page is a part of theirs.
_CACHE = re.compile(r"^(?:www\.google\.[a-z.]+/amp|[a-z0-9-]+\.cdn\.ampproject\.org/[a-z])/(s/)?(.+)$", re.IGNORECASE)
_AMP_ENDING = re.compile(r"/amp$|\.amp(?=\.html?$|$)|^/amp(?=/.)", re.IGNORECASE)
_INDEX = re.compile(r"/index\.html?$", re.IGNORECASE)
_DEFAULT_PORTS = {None, 80, 443}
_SAFE = "!$&'()*+,/:;=@~"


def without_tracking(address: str) -> str:
    """The address without parameters that only tell where a reader came from; all else stays as it was written."""
    before, mark, rest = address.partition("?")
    if not mark:
        return address
    query, hash_mark, fragment = rest.partition("#")
    kept = "&".join(part for part in query.split("&") if not _tracks(part))
    return f"{before}{'?' if kept else ''}{kept}{hash_mark}{fragment}"


def canonical_link(address: str) -> str | None:
    """What all spellings of a link have in common; None of one that leads to no story but to a whole site.

    It is for comparing, not for visiting.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    cached = _CACHE.match(f"{host}{parts.path}")
    if cached:
        return canonical_link(f"https://{cached[2]}{'?' if parts.query else ''}{parts.query}")
    name = re.sub(r"^(?:www|amp)\.(?=[^.]+\.)", "", _ascii(host.rstrip(".")))
    path = _INDEX.sub("/", quote(unquote(parts.path, errors="surrogateescape"), safe=_SAFE, errors="surrogateescape"))
    path = _AMP_ENDING.sub("", path.rstrip("/"))
    kept = [
        part for part in parts.query.split("&") if part and not _tracks(part) and not _AMP_PARAMETER.fullmatch(part)
    ]
    # Some sites choose the page by what follows "#!" or "#/".
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    if not path and not kept and not fragment:
        return None
    where = name if port in _DEFAULT_PORTS else f"{name}:{port}"
    return f"{where}{path}{'?' if kept else ''}{'&'.join(sorted(kept))}{fragment}"


def _tracks(parameter: str) -> bool:
    return bool(_TRACKING.fullmatch(unquote(parameter.partition("=")[0])))


def _ascii(host: str) -> str:
    host = host.lower()
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host
