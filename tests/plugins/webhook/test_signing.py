"""Signatures and secrets: the specification's own example, and a library that is not ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # jsonschema has no types
from orjson import loads
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook

from newswire_webhook.commands import command
from newswire_webhook.options import WebhookAccountOptions
from newswire_webhook.signing import key_of, new_secret, signature

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_example_of_the_libraries() -> None:
    body = b'{"test": 2432232314}'
    made = signature([key_of(SECRET)], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(
    st.binary(max_size=200).filter(lambda body: body.decode("utf-8", "ignore").encode() == body), st.integers(0, 2**33)
)
def test_a_library_that_is_not_ours_signs_the_same(body: bytes, timestamp: int) -> None:
    ours = signature([key_of(SECRET)], "msg_1", timestamp, body)
    assert ours == Webhook(SECRET).sign("msg_1", datetime.fromtimestamp(timestamp, UTC), body.decode())


def test_a_new_secret_is_one() -> None:
    made = CliRunner().invoke(command, ["secret"]).output.strip()
    assert len(key_of(made)) == 32
    assert made != new_secret()


@pytest.mark.parametrize(
    "secret", ["hunter2-hunter2-hunter2", "whsec_", "whsec_c2hvcnQ=", "whsec_?!", "whsec_" + "A" * 100]
)
def test_what_is_no_secret_is_a_mistake_in_the_config(secret: str) -> None:
    with pytest.raises(ValidationError, match="must be 'whsec_' and 24 to 64 bytes in base64") as told:
        WebhookAccountOptions.model_validate({"url": "https://receiver.example/x", "secret": secret})
    assert secret == "whsec_" or secret not in str(told.value)


@pytest.mark.parametrize(
    "url",
    [
        "receiver.example",
        "ftp://receiver.example",
        "https://",
        "https://u:p@receiver.example",
        "https://a:b/",
        "https://a/#b",
    ],
)
def test_what_is_no_address_is_a_mistake_in_the_config(url: str) -> None:
    with pytest.raises(ValidationError, match="must be the address of a receiver"):
        WebhookAccountOptions.model_validate({"url": url, "secret": SECRET})


def test_the_schema_is_one() -> None:
    printed = CliRunner().invoke(command, ["schema"]).output
    schema = loads(printed)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    withdrawn = {"type": "article.withdrawn", "timestamp": "2026-11-23T12:00:00Z", "data": {"id": "a"}}
    assert validator.is_valid(withdrawn)
    assert not validator.is_valid({**withdrawn, "type": "article.published"})
    assert not validator.is_valid({**withdrawn, "data": {}})
