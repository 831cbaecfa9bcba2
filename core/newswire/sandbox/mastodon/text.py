"""A status' text: how long it is, which hashtags and links are in it, and the HTML made of it.

Source: Mastodon, `status_length_validator.rb` (graphemes; 23 for a link), `app/models/tag.rb` (hashtags) and
`text_formatter.rb` (HTML). A link counts 23 only when its host ends in a top-level domain that exists; the sandbox
knows those of the countries and the common others. A link to any other one counts 23 or in full, whichever is more; one
to a name reserved by RFC 2606 or RFC 6762 counts in full, as there.
"""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

import regex

RESERVED_TLDS = frozenset({"example", "invalid", "localhost", "test", "local", "internal", "lan", "home"})
COUNTRY_TLDS = frozenset(
    "ac ad ae af ag ai al am an ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt "
    "bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es "
    "et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie "
    "il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma "
    "mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om "
    "pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr "
    "ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tp tr tt tv tw tz ua ug uk um us uy uz va vc ve vg "
    "vi vn vu wf ws ye yt za zm zw".split()
)
COMMON_TLDS = frozenset(
    "academy aero agency app arpa art asia audio band berlin best bible bio biz blog blue book bot business "
    "cafe cam camp capital careers cat center chat church city claims click cloud club codes coffee com "
    "community company cool coop data date day delivery design dev digital directory earth edu education email "
    "energy engineer events exchange expert family fan farm finance fit foundation fun fund fyi gallery games "
    "global gmbh gold gov green group guide guru health help host house inc info institute int international "
    "jobs land law legal life link live lol london ltd market marketing media men mil mobi moe money museum "
    "name net network news ngo ninja nyc one ong onl online org page paris partners party photo photography "
    "photos pics place plus poker post press pro pub radio red report review reviews rocks run school science "
    "services shop show site social software solutions space store stream studio support surf systems team "
    "tech technology tips today tools top town trade training travel tube university video vip vote watch "
    "website wiki win wine work works world wtf xyz zone".split()
)
LINK_ELLIPSIS = 30

_LINK = re.compile(r"(?<![\w@/#$])https?://[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?(?::\d+)?(?:[/?#][!-~]*)?")
_END_OF_LINK = ".,;:!?'\"*"
_OPENED_BY = {")": "(", "]": "["}
_MENTION = re.compile(r"(^|[^/\w])@(([A-Za-z0-9_]+)@[A-Za-z0-9.\-]+[A-Za-z0-9]+)")
_HASHTAG = regex.compile(r"(?<!\S)[#\uff03]([\p{L}\p{M}\p{Nd}_][\p{L}\p{M}\p{Nd}_\u00b7\u30fb\u200c]*)")
_TAG_SEPARATORS = "\u00b7\u30fb\u200c"
_LETTER = regex.compile(r"\p{L}")
_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Part:
    """A link or a hashtag in a text: where it stands and what it is."""

    start: int
    end: int
    kind: str
    value: str


def graphemes(text: str) -> int:
    """Count extended grapheme clusters."""
    return len(_GRAPHEME.findall(text))


def links(text: str) -> list[Part]:
    """Find the http and https links; they end where plain ASCII does, and before closing punctuation."""
    found = []
    for match in _LINK.finditer(text):
        url = re.split('[<>"\\\\^`{}]', match.group())[0]
        while url[-1] in _END_OF_LINK or (
            url[-1] in _OPENED_BY and url.count(url[-1]) > url.count(_OPENED_BY[url[-1]])
        ):
            url = url[:-1]
        found.append(Part(match.start(), match.start() + len(url), "link", url))
    return found


def counted_link(url: str, per_link: int) -> int:
    """Count a link: as `per_link` when its host ends in a top-level domain, else in full."""
    host = urlsplit(url).hostname or ""
    last = host.rpartition(".")[2].lower()
    if "." not in host or last in RESERVED_TLDS or not (last.isalpha() or last.startswith("xn--")):
        return len(url)
    known = last in COUNTRY_TLDS or last in COMMON_TLDS or last.startswith("xn--")
    return per_link if known else max(per_link, len(url))


def counted_length(text: str, spoiler: str, per_link: int) -> int:
    """Count a status as the server does: graphemes of warning and text, each real link as `per_link`."""
    countable = text
    for link in reversed(links(text)):
        counted = "x" * counted_link(link.value, per_link)
        countable = countable[: link.start] + counted + countable[link.end :]
    countable = _MENTION.sub(r"\1@\3", countable)
    return graphemes(spoiler) + graphemes(countable)


def hashtags(text: str) -> list[Part]:
    """Find the hashtags: after a blank or at the beginning, of letters, marks, digits, `_`; one letter at least."""
    inside = links(text)
    found = []
    for match in _HASHTAG.finditer(text):
        name = match[1].rstrip(_TAG_SEPARATORS)
        taken = any(link.start <= match.start() < link.end for link in inside)
        if _LETTER.search(name) and not taken:
            found.append(Part(match.start(), match.start(1) + len(name), "hashtag", name))
    return found


def to_html(text: str, tag_base: str) -> str:
    """Make a status' HTML: paragraphs, line breaks, links, hashtags; all else escaped.

    Args:
        text: The plain text.
        tag_base: The address below which hashtag pages lie, with a slash at its end.
    """
    parts = sorted([*links(text), *hashtags(text)], key=lambda part: part.start)
    pieces, at = [], 0
    for part in parts:
        if part.start < at:
            continue
        pieces.append(escape(text[at : part.start]))
        pieces.append(_link_html(part.value) if part.kind == "link" else _hashtag_html(part.value, tag_base))
        at = part.end
    pieces.append(escape(text[at:]))
    body = "".join(pieces).replace("\r\n", "\n").strip("\n")
    paragraphs = [paragraph.replace("\n", "<br />") for paragraph in re.split("\n{2,}", body)]
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs) if body else ""


def _link_html(url: str) -> str:
    prefix = re.match(r"https?://(?:www\.)?", url)
    begin = prefix.end() if prefix else 0
    shown, rest = url[begin : begin + LINK_ELLIPSIS], url[begin + LINK_ELLIPSIS :]
    css = "ellipsis" if rest else ""
    return (
        f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{escape(url[:begin])}</span><span class="{css}">{escape(shown)}</span>'
        f'<span class="invisible">{escape(rest)}</span></a>'
    )


def _hashtag_html(name: str, tag_base: str) -> str:
    href = escape(tag_base + name.lower())
    return f'<a href="{href}" class="mention hashtag" rel="tag">#<span>{escape(name)}</span></a>'
