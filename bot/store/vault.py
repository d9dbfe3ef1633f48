"""Encryption at rest: a data key per person, wrapped by a key from outside the database."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_LOOKUP = "lookup"


class UnusableKey(Exception):
    """The key cannot be used. Its message says what to do."""


@dataclass(frozen=True)
class Keys:
    """The keys from outside the database: entries `name:base64` separated by spaces, commas or lines.

    `lookup` finds chats and phones by keyed hash and is never rotated online; the first other entry seals,
    the rest only open what they once sealed.
    """

    lookup: bytes
    sealing: Mapping[str, bytes]

    @property
    def current(self) -> str:
        """The name of the key that seals."""
        return next(iter(self.sealing))


def new_keys() -> str:
    """Fresh keys as text, for a key file."""
    return "".join(
        f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}\n" for name in ("k1", _LOOKUP)
    )


def read_keys(text: str) -> Keys:
    """Keys from their text; UnusableKey when it is not such a text."""
    found: dict[str, bytes] = {}
    for entry in text.replace(",", " ").split():
        name, colon, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not colon or not name or len(key) != 32 or name in found:
            raise UnusableKey("unreadable_key")
        found[name] = key
    lookup = found.pop(_LOOKUP, None)
    if lookup is None or not found:
        raise UnusableKey("unreadable_key")
    return Keys(lookup, found)


class Box:
    """Seals bytes and JSON under one 256-bit key. `place` ties a ciphertext to where it is stored."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, plain: bytes, place: str) -> bytes:
        """Encrypt; a random nonce comes first."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._aead.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt; UnusableKey when the key or the place is another one."""
        try:
            return self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except InvalidTag:
            raise UnusableKey("wrong_key") from None

    def seal_json(self, value: Any, place: str) -> bytes:
        """Encrypt a value as JSON."""
        return self.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), place)

    def open_json(self, sealed: bytes, place: str) -> Any:
        """The value behind `seal_json`."""
        return json.loads(self.open(sealed, place))


class Vault:
    """What the outside keys are good for: data keys, look-ups and messages on their way out."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._boxes = {name: Box(key) for name, key in keys.sealing.items()}

    def seal(self, plain: bytes, place: str) -> bytes:
        """Encrypt under the current outside key, whose name comes first."""
        name = self._keys.current
        return name.encode() + b":" + self._boxes[name].seal(plain, place)

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt under whichever outside key sealed it; UnusableKey when it is not among ours."""
        name, _, rest = sealed.partition(b":")
        box = self._boxes.get(name.decode(errors="replace"))
        if box is None:
            raise UnusableKey("wrong_key")
        return box.open(rest, place)

    def new_data_key(self, place: str) -> tuple[Box, bytes]:
        """A person's data key: the box it makes, and its wrapped form for storing."""
        key = secrets.token_bytes(32)
        return Box(key), self.seal(key, place)

    def data_key(self, wrapped: bytes, place: str) -> Box:
        """The box of a stored data key."""
        return Box(self.open(wrapped, place))

    def lookup(self, kind: str, value: str) -> bytes:
        """The keyed hash by which a chat or a phone is found again."""
        return hmac.digest(self._keys.lookup, f"{kind}\x00{value}".encode(), hashlib.sha256)
