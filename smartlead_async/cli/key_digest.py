"""Digests of API keys, by which a job recognizes the key that it began with."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def key_digest(key: str) -> str:
    """Return a digest of an API key that tells whether another key is the same, and nothing else.

    It has a salt of its own, so that two ledgers do not tell whether they belong to the same account, and it
    is slow, so that a key cannot be guessed from it.
    """
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_scrypt(key, salt).hex()}"


def is_digest_of(digest: str, key: str) -> bool:
    """Return whether a digest is that of this key."""
    salt, _, expected = digest.partition(":")
    try:
        return hmac.compare_digest(_scrypt(key, bytes.fromhex(salt)), bytes.fromhex(expected))
    except ValueError:
        return False


def _scrypt(key: str, salt: bytes) -> bytes:
    return hashlib.scrypt(key.encode("utf-8", "surrogateescape"), salt=salt, n=2**14, r=8, p=1, dklen=32)
