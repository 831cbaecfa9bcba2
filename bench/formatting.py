"""Making a Telegram message of an article of 10 kB, beside telegramify-markdown.

The peer's parser is written in Rust. It converts the whole article and cuts it into messages of 4,096; ours parses the
whole article and writes as much of it as one message holds, in the form in which the server keeps it.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from figures import Figure

from newswire_telegram.body import body_draft
from newswire_telegram.draft import Draft
from newswire_telegram.entities import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 60
SIZE = 10_000
SECTION = """## Part {number}: what the *harbour* robot learned

Three things were **not** in the manual, says [its maker](https://harbour.example/{number}), and `one` of them is ice.

It was a mild winter, and for weeks nothing happened that anybody would have written down. Then, in the second week of
January, the water in the basin froze from one night to the next, and the machine went out as it had been told to, at
half past two, and did not come back. Two people with a rope found it under the crane, turning in place, its brushes
lifted as if it had stepped into something.

- wheels sink,
  - brushes ~~stop~~ clog
  - and gulls follow [anything](/gulls/{number}) that shines
- people wave

> The first thing you feel is *cold*.

Nobody had told it what a slope is. It had learned every stone of the quay by the sound its wheels make on it, and ice
makes none; so it held still and listened, and slid. What they changed is a single number in a table of some three
hundred, and since then it stops when it hears nothing for a second and a half.

| battery | left | verdict |
|---|--:|---|
| A | 81 % | good |
| Bee | 7 % | **bad** |

```python
def tide(day: int) -> int:
    return {number} if day < 7 else 0
```

"""


def article(seed: int) -> str:
    """Markdown of about 10 kB; each differs from the others, so that nothing can be remembered."""
    sections = (SECTION.format(number=seed * 1000 + number) for number in range(SIZE // len(SECTION) + 1))
    return "".join(sections)


def figures() -> Iterator[Figure]:
    """Milliseconds of CPU an article: medians of rounds in turn."""
    peer = _peer()
    ours, theirs, again = [], [], []
    for number in range(ROUNDS):
        text = article(number)
        ours.append(_milliseconds(_ours, text))
        again.append(_milliseconds(_ours, text))
        if peer is not None:
            theirs.append(_milliseconds(peer, text))
    found = round(statistics.median(theirs), 3) if theirs else None
    yield Figure(
        "formatting: a 10 kB article", "ms", round(statistics.median(ours), 3), found, "telegramify-markdown", "lower"
    )
    yield Figure(
        "formatting: the same article for the next channel",
        "ms",
        round(statistics.median(again), 3),
        found,
        "telegramify-markdown",
        "lower",
    )


def _peer() -> Callable[[str], Any] | None:
    try:
        from telegramify_markdown import convert, split_entities  # noqa: PLC0415  # make bench installs it
    except ImportError:
        print("# formatting: no telegramify-markdown here; make bench installs it", file=sys.stderr)
        return None
    return lambda text: split_entities(*convert(text), max_utf16_len=4096)


def _ours(text: str) -> None:
    made = body_draft(text, "markdown", base_url="https://news.example/en/a", direction="ltr")
    settle(Draft(made.text, list(made.entities)))


def _milliseconds(act: Callable[[str], Any], text: str) -> float:
    begun = time.process_time()
    act(text)
    return (time.process_time() - begun) * 1000
