"""Proofs that SmartLead sent a delivery: a token in the URL, the secret key in the body, a signature."""

from __future__ import annotations

import enum
import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from ..errors import ConfigurationError
from ..fields import Secret
from ._errors import WebhookPayloadError, WebhookRefused
from ._parse import load_object

SIGNATURE_HEADER: Final = "x-smartlead-signature"

Secrets = str | Secret | Collection[str | Secret] | None
"""One secret, or several while an old one is being replaced."""


class Proof(enum.StrEnum):
    """A proof that a delivery comes from SmartLead."""

    URL_TOKEN = "url_token"  # noqa: S105 - the name of the proof
    SECRET_KEY = "secret_key"  # noqa: S105 - the name of the proof
    SIGNATURE = "signature"


def verify(
    body: bytes,
    headers: Mapping[str, str],
    *,
    received_token: str | None = None,
    url_token: Secrets = None,
    secret_key: Secrets = None,
    signing_secret: Secrets = None,
    require: Collection[Proof | str] = (),
) -> frozenset[Proof]:
    """Return the proofs that a delivery has, or raise :class:`WebhookRefused`. Compares in constant time.

    ``url_token`` is the token that you put into the URL of the webhook; pass the one of the request as
    ``received_token``. ``secret_key`` is the one that SmartLead puts into every body. ``signing_secret`` is
    for the header ``X-Smartlead-Signature``, with or without ``sha256=``; ordinary accounts get no such
    header. Each may be a collection while a secret is being replaced.

    A delivery is accepted if it has any of the proofs that are configured, and all that ``require`` names. A
    signature is checked whenever both it and ``signing_secret`` are there, and a wrong one is refused. If
    ``signing_secret`` is all that is configured, a delivery without a signature is accepted and the result is
    empty: add a token, or require the signature. Pass the body as it was received. Example::

        webhooks.verify(raw, request.headers, received_token=request.query_params.get("token"),
                        url_token=os.environ["WEBHOOK_TOKEN"])
    """
    expected = {
        Proof.URL_TOKEN: _revealed(url_token, "url_token"),
        Proof.SECRET_KEY: _revealed(secret_key, "secret_key"),
        Proof.SIGNATURE: _revealed(signing_secret, "signing_secret"),
    }
    required = _required(require, expected)
    signature = _header(headers, SIGNATURE_HEADER)
    held = {
        Proof.URL_TOKEN: _is_any_of(received_token, expected[Proof.URL_TOKEN]),
        Proof.SECRET_KEY: bool(expected[Proof.SECRET_KEY])
        and _is_any_of(_secret_key_in(body), expected[Proof.SECRET_KEY]),
        Proof.SIGNATURE: signature is not None and _is_signed(body, signature, expected[Proof.SIGNATURE]),
    }
    proofs = frozenset(proof for proof, is_held in held.items() if is_held)
    if expected[Proof.SIGNATURE] and signature is not None and Proof.SIGNATURE not in proofs:
        raise WebhookRefused("its signature is wrong")
    if missing := sorted(required - proofs):
        raise WebhookRefused(f"it has no valid {_listed(missing, 'and')}")
    others = sorted(proof for proof in expected if expected[proof] and proof is not Proof.SIGNATURE)
    if not proofs and others:
        raise WebhookRefused(f"it has no valid {_listed(others, 'or')}")
    return proofs


def _revealed(secrets: Secrets, name: str) -> tuple[bytes, ...]:
    if secrets is None:
        return ()
    several: Iterable[str | Secret] = (secrets,) if isinstance(secrets, str | Secret) else secrets
    values = [s.reveal() if isinstance(s, Secret) else s for s in several]
    if not values or not all(isinstance(value, str) and value.strip() for value in values):
        raise ConfigurationError(f"{name} is empty: set it, or leave it out")
    return tuple(_bytes(value) for value in values)


def _required(require: Collection[Proof | str], expected: Mapping[Proof, tuple[bytes, ...]]) -> set[Proof]:
    if not any(expected.values()):
        raise ConfigurationError(
            "there is nothing to verify a delivery by: pass url_token, secret_key or signing_secret"
        )
    if isinstance(require, str):
        require = (require,)
    try:
        required = {Proof(proof) for proof in require}
    except ValueError:
        raise ConfigurationError(f"require can hold {', '.join(Proof)}, not {require!r}") from None
    for proof in required:
        if not expected[proof]:
            raise ConfigurationError(f"{proof} is required, but there is no secret to check it by")
    return required


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


def _secret_key_in(body: bytes) -> str | None:
    try:
        found = load_object(body).get("secret_key")
    except WebhookPayloadError:
        return None
    return found if isinstance(found, str) else None


def _is_any_of(received: str | None, expected: tuple[bytes, ...]) -> bool:
    if received is None:
        return False
    # All are compared, so that the time does not tell which one it is.
    return sum(hmac.compare_digest(_bytes(received), each) for each in expected) > 0


def _is_signed(body: bytes, signature: str, secrets: tuple[bytes, ...]) -> bool:
    given = signature.strip().lower().removeprefix("sha256=")
    return _is_any_of(given, tuple(hmac.new(s, body, hashlib.sha256).hexdigest().encode() for s in secrets))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _listed(proofs: Iterable[Proof], word: str) -> str:
    return f" {word} ".join(proof.value.replace("_", " ") for proof in proofs)
