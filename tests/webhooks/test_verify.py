"""Verification of deliveries: any configured proof is accepted, and only required ones are needed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest

from smartlead_async import ConfigurationError, Secret
from smartlead_async.webhooks import Proof, WebhookRefused, verify

from .payloads import PAYLOADS, body_of, payload

TOKEN, SIGNING = "t0ken", "s1gning"
KEY = PAYLOADS["EMAIL_SENT"]["secret_key"]
BODY = body_of(payload("EMAIL_SENT"))
SIGNATURE = hmac.new(SIGNING.encode(), BODY, hashlib.sha256).hexdigest()


def signed(signature: str) -> dict[str, str]:
    return {"X-Smartlead-Signature": signature}


@pytest.mark.parametrize(
    ("headers", "options", "proofs"),
    [
        ({}, {"url_token": TOKEN, "received_token": TOKEN}, {Proof.URL_TOKEN}),
        ({}, {"secret_key": KEY}, {Proof.SECRET_KEY}),
        ({}, {"secret_key": Secret(KEY)}, {Proof.SECRET_KEY}),
        ({}, {"secret_key": ["old", KEY]}, {Proof.SECRET_KEY}),
        (signed(SIGNATURE), {"signing_secret": SIGNING}, {Proof.SIGNATURE}),
        (signed(f"sha256={SIGNATURE}"), {"signing_secret": SIGNING}, {Proof.SIGNATURE}),
        (signed(f"sha256={SIGNATURE.upper()}"), {"signing_secret": (SIGNING, "new")}, {Proof.SIGNATURE}),
        ({"x-smartlead-signature": SIGNATURE}, {"signing_secret": SIGNING}, {Proof.SIGNATURE}),
        ({}, {"url_token": TOKEN, "received_token": "no", "secret_key": KEY}, {Proof.SECRET_KEY}),
        ({}, {"url_token": TOKEN, "received_token": TOKEN, "secret_key": "other"}, {Proof.URL_TOKEN}),
        ({}, {"signing_secret": SIGNING, "secret_key": KEY}, {Proof.SECRET_KEY}),
        ({}, {"signing_secret": SIGNING}, set()),
        (signed("whatever"), {"secret_key": KEY}, {Proof.SECRET_KEY}),
    ],
)
def test_any_configured_proof_is_accepted(
    headers: dict[str, str], options: dict[str, Any], proofs: set[Proof]
) -> None:
    assert verify(BODY, headers, **options) == proofs


@pytest.mark.parametrize(
    ("headers", "options", "reason"),
    [
        ({}, {"url_token": TOKEN}, "no valid url token"),
        ({}, {"url_token": TOKEN, "received_token": "tökén"}, "no valid url token"),
        ({}, {"url_token": TOKEN, "received_token": ""}, "no valid url token"),
        ({}, {"secret_key": "other", "url_token": TOKEN}, "no valid secret key or url token"),
        (signed("0" * 64), {"signing_secret": SIGNING}, "its signature is wrong"),
        (signed("sha1=" + SIGNATURE), {"signing_secret": SIGNING}, "its signature is wrong"),
        (signed(""), {"signing_secret": SIGNING}, "its signature is wrong"),
        (signed("0"), {"signing_secret": SIGNING, "secret_key": KEY}, "its signature is wrong"),
        ({}, {"signing_secret": SIGNING, "require": ["signature"]}, "no valid signature"),
        (
            {},
            {"signing_secret": SIGNING, "secret_key": KEY, "require": Proof.SIGNATURE},
            "no valid signature",
        ),
    ],
)
def test_a_delivery_without_proof_is_refused(
    headers: dict[str, str], options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(WebhookRefused, match=reason) as caught:
        verify(BODY, headers, **options)
    assert not any(secret in str(caught.value) for secret in (TOKEN, SIGNING, KEY))


def test_a_signature_is_of_the_bytes_that_were_received() -> None:
    with pytest.raises(WebhookRefused):
        verify(BODY.replace(b": ", b":"), signed(SIGNATURE), signing_secret=SIGNING)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"secret_key": null}', b'{"secret_key": ["x"]}'])
def test_a_body_without_the_key_proves_nothing(body: bytes) -> None:
    with pytest.raises(WebhookRefused):
        verify(body, {}, secret_key=KEY)


@pytest.mark.parametrize(
    "options",
    [{}, {"url_token": ""}, {"secret_key": []}, {"url_token": TOKEN, "require": ["secret_key"]},
     {"url_token": TOKEN, "require": ["token"]}, {"url_token": [TOKEN, " "]}],
)  # fmt: skip
def test_a_configuration_that_could_accept_anything_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        verify(BODY, {}, received_token="", **options)


def test_every_comparison_takes_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[object, object]] = []
    original: Callable[..., bool] = hmac.compare_digest

    def spy(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return original(one, other)

    monkeypatch.setattr(hmac, "compare_digest", spy)
    verify(
        BODY,
        signed(SIGNATURE),
        url_token=["a", TOKEN],
        received_token="a",
        secret_key=KEY,
        signing_secret=SIGNING,
    )
    assert len(compared) == 4
