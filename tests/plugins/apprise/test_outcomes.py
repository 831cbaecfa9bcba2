"""What Apprise says is read with care: certain is only what is certain."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from newswire.api import AccountRefused, LanePaused, Outcome, Rejected, Retry, Unknown
from newswire_apprise.listening import Line, listening
from newswire_apprise.outcomes import classify, without_secrets

URL = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/%23general?image=no"
REFUSED = (
    "Socket Exception: HTTPConnectionPool(host='127.0.0.1', port=9): Max retries exceeded with url: / (Caused by "
    "NewConnectionError(\"HTTPConnection(host='127.0.0.1', port=9): Failed to establish a new connection: "
    '[Errno 111] Connection refused"))'
)
LOST = "Socket Exception: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))"


def no(status: object) -> Line:
    return Line(logging.WARNING, f"Failed to send Slack notification: Verification Failed., error={status}.")


def aside(text: str) -> Line:
    return Line(logging.DEBUG, text)


ROWS: list[tuple[list[Line], type[Outcome]]] = [
    ([no(401)], AccountRefused),
    ([no(404)], AccountRefused),
    ([no(410)], AccountRefused),
    ([no(302)], AccountRefused),
    ([no(40101)], AccountRefused),
    ([no(400)], Rejected),
    ([no(413)], Rejected),
    ([no(429)], LanePaused),
    ([no(42901)], LanePaused),
    ([no(500)], Unknown),
    ([no(418)], Unknown),
    ([no(False)], Unknown),
    ([no(""), aside("nothing more")], Unknown),
    ([], Unknown),
    ([aside(REFUSED)], Retry),
    ([aside(LOST)], Unknown),
    ([aside(REFUSED), aside(LOST)], Unknown),
    ([aside(LOST), no(401)], Unknown),
    ([no(500), no(401)], Unknown),
    ([no(429), no(401)], AccountRefused),
    ([Line(logging.INFO, "Sent Slack notification."), no(401)], Unknown),
]


@pytest.mark.parametrize(("said", "means"), ROWS)
def test_row(said: list[Line], means: type[Outcome]) -> None:
    outcome = classify(said, targets=1, url=URL)
    assert type(outcome) is means
    assert str(outcome)
    assert type(classify(said, targets=2, url=URL)) is Unknown


def test_a_throttled_service_rests() -> None:
    outcome = classify([no(429)], targets=1, url=URL)
    assert isinstance(outcome, LanePaused)
    assert outcome.after == timedelta(minutes=1)


def test_no_part_of_an_address_is_told() -> None:
    text = "Could not load Slack URL slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/ to #general"
    assert without_secrets(text, URL) == "Could not load Slack URL slack://…/…/…/ to …"


def test_only_what_is_said_in_this_thread_is_heard() -> None:
    with listening() as said:
        logging.getLogger("apprise").warning("to me: %s", 1)
        logging.getLogger("apprise").debug("%d", "ill-made")
    logging.getLogger("apprise").warning("to nobody")
    assert [line.text for line in said] == ["to me: 1", "%d"]
