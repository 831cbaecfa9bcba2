"""What a receiver's answer means, by the Standard Webhooks specification 1.0.0, "Delivery success and failure". Pure.

A message may be sent any number of times under its id, so what a receiver did not say yes to is simply sent again.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from newswire.api import AccountRefused, ChannelGone, LanePaused, Outcome, Retry

THROTTLED = timedelta(minutes=1)
"""How long a receiver rests that asks for it and does not say for how long."""

# "429 Too Many Requests: [...] it's recommended to throttle additional requests. 502 Bad Gateway and 504 Gateway
# Timeout: Both errors usually indicate that the server is under load, and it's recommended to throttle the requests."
_THROTTLES = {429, 502, 504}
# Not the message is refused, but its sender or its address: another message would fare no better.
_WRONG_ADDRESS = {401, 403, 404, 405, 407}


def judge(status: int, words: str, after: timedelta | None) -> Outcome | None:
    """The outcome of an answer; None where the message was taken: "status codes 200-299".

    Args:
        status: of the answer.
        words: what it says, as far as it says anything.
        after: what its header ``Retry-After`` asks for, which "should be taken into consideration".
    """
    told = f"{status}: {words or _phrase(status)}"
    if 200 <= status < 300:  # noqa: PLR2004  # see above
        return None
    if 300 <= status < 400:  # noqa: PLR2004  # "3xx: Failure. [...] recommended to update the webhook URL instead"
        return AccountRefused(f"{told} (redirects are not followed; correct the account's url)")
    if status == HTTPStatus.GONE:
        # The receiver is "no longer interested in receiving webhooks"; it is not to be asked again.
        return ChannelGone(told)
    if status in _THROTTLES:
        return LanePaused(told, after=after or THROTTLED)
    if status in _WRONG_ADDRESS:
        return AccountRefused(told)
    return Retry(told, after=after)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no words"
