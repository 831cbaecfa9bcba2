"""Language tags as Mastodon takes them."""

from __future__ import annotations

from newswire.api import closest

# The codes Mastodon knows (app/helpers/languages_helper.rb of its source, SUPPORTED_LOCALES; older versions lack a few
# of the long ones). A code that is not there is not refused: the post silently gets the account's default language.
_TWO_LETTERS = frozenset(
    (
        "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee "
        "el en eo es et eu fa ff fi fj fo fr fy ga gd gl gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it "
        "iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt "
        "my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl "
        "sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za "
        "zh zu"
    ).split()
)
_THREE_LETTERS = frozenset(
    "ast chr ckb cnr csb jbo kab ldn lfn moh nds pdc sco sma smj szl tok vai xal zba zgh".split()
)
_KNOWN = _TWO_LETTERS | _THREE_LETTERS

# Chinese is the one language it tells apart by region.
_CHINESE = {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW"}

# Tags whose canonical BCP 47 form Mastodon does not know, though it knows the language.
_OTHER_NAMES = {"fil": "tl", "yue": "zh-YUE", "cmn": "zh-CN"}


def platform_language(tag: str) -> str:
    """The code to send for a BCP 47 tag.

    Mastodon takes its own codes as they are, cuts any other at the first ``-`` and then knows the rest or not; cutting
    it here keeps ``zh-Hans`` from becoming plain ``zh``.
    """
    primary, *rest = tag.split("-")
    if primary in _OTHER_NAMES:
        return _OTHER_NAMES[primary]
    if primary != "zh":
        return primary
    if {"HK", "MO"} & set(rest) and "Hans" not in rest:
        return "zh-HK"
    script = closest(tag, _CHINESE)
    return _CHINESE[script] if script else "zh"


def is_known(code: str) -> bool:
    """Whether Mastodon keeps a code; others become the account's default language without a word."""
    return code in _KNOWN or code in {*_CHINESE.values(), "zh-HK", "zh-YUE"}
