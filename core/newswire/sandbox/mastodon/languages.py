"""Which languages a status can have.

Source: Mastodon, `app/helpers/languages_helper.rb` (`valid_locale_cascade`): a code it knows is kept; any other is cut
at the first `-` or `_` and tried again; then the account's default is taken. Nobody is ever told.
"""

import re

ISO_639_1 = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de "
    "dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gu gv ha he hi ho hr ht hu hy hz ia id ie "
    "ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv "
    "mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm "
    "rn ro ru rw sa sc sd se sg si sk sl sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt "
    "tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
ISO_639_3 = frozenset("ast chr ckb cnr jbo kab ldn lfn sco sma smj szl tok xal zba zgh".split())
REGIONAL = frozenset({"zh-CN", "zh-HK", "zh-TW", "zh-YUE"})
KNOWN = ISO_639_1 | ISO_639_3 | REGIONAL


def kept_language(asked: str | None, default: str) -> str:
    """Give the language a status gets when one is asked for."""
    if asked in KNOWN:
        return asked
    primary = re.split("[_-]", asked or "")[0]
    return primary if primary in KNOWN else default
