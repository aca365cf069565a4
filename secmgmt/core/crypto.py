"""What must be unreadable in the database and its dumps: TOTP seeds, phone numbers, webhook keys (8.1.4.8 b).

Authenticated, its key derived from ``FIELD_KEY``: AES-256-GCM or SM4-GCM (``FIELD_CIPHER=sm4``).
Stored as ``cipher.key-id.base64(nonce + tag + text)``, a file without the base64: the key's id lets
``FIELD_KEYS_OLD`` still be read after a change of the key, and the cipher's name lets both profiles be read side by
side.
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

NONCE, TAG = 12, 16
CIPHERS = {"aes": (algorithms.AES, 32), "sm4": (algorithms.SM4, 16)}


class Unreadable(Exception):
    """The stored text was changed, belongs to another column, or its key is no longer configured."""


def encrypt(text: str, *, purpose: str) -> str:
    """Encrypt ``text``; ``purpose`` (the column) must be given again to read it."""
    name, raw = _seal(text.encode(), purpose)
    return f"{name}.{base64.urlsafe_b64encode(raw).decode()}"


def decrypt(stored: str, *, purpose: str) -> str:
    """The text again. Raises Unreadable."""
    try:
        cipher, key, packed = stored.split(".", 2)
        return _open(cipher, key, base64.urlsafe_b64decode(packed), purpose).decode()
    except ValueError as error:
        raise Unreadable(purpose) from error


def encrypt_bytes(data: bytes, *, purpose: str) -> bytes:
    """Encrypt what is kept as a file."""
    name, raw = _seal(data, purpose)
    return name.encode() + b"." + raw


def decrypt_bytes(stored: bytes, *, purpose: str) -> bytes:
    """The file again. Raises Unreadable."""
    try:
        cipher, key, raw = stored.split(b".", 2)
        return _open(cipher.decode(), key.decode(), raw, purpose)
    except ValueError as error:
        raise Unreadable(purpose) from error


def _seal(data: bytes, purpose: str) -> tuple[str, bytes]:
    """(``cipher.key-id``, nonce + tag + body)."""
    name = getattr(settings, "FIELD_CIPHER", "aes")
    nonce = os.urandom(NONCE)
    encryptor = Cipher(_algorithm(name, settings.FIELD_KEY), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(purpose.encode())
    body = encryptor.update(data) + encryptor.finalize()
    return f"{name}.{key_id(settings.FIELD_KEY)}", nonce + encryptor.tag + body


def _open(cipher: str, key: str, raw: bytes, purpose: str) -> bytes:
    try:
        nonce, tag, body = raw[:NONCE], raw[NONCE : NONCE + TAG], raw[NONCE + TAG :]
        secret = next(s for s in _secrets() if key_id(s) == key)
        decryptor = Cipher(_algorithm(cipher, secret), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(purpose.encode())
        return decryptor.update(body) + decryptor.finalize()
    except (ValueError, KeyError, StopIteration, InvalidTag) as error:
        raise Unreadable(purpose) from error


def key_id(secret: str) -> str:
    """Eight letters that name a key without telling it."""
    return hashlib.sha256(b"field-key-id:" + secret.encode()).hexdigest()[:8]


def _secrets() -> list[str]:
    return [settings.FIELD_KEY, *getattr(settings, "FIELD_KEYS_OLD", [])]


def _algorithm(name: str, secret: str) -> Any:
    algorithm, length = CIPHERS[name]
    key = HKDF(hashes.SHA256(), length, salt=None, info=b"secmgmt field " + name.encode()).derive(
        secret.encode()
    )
    return algorithm(key)


class EncryptedCharField(models.CharField):
    """A short text that is encrypted in the database and plain in Python. It cannot be searched or sorted by.

    ``max_length`` bounds the plain text; the column is an unbounded text.
    """

    def get_internal_type(self) -> str:
        """The column type: the encrypted form is longer than the text."""
        return "TextField"

    @property
    def purpose(self) -> str:
        """What the encrypted text is bound to."""
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in; empty stays empty."""
        value = super().get_prep_value(value)
        return encrypt(value, purpose=self.purpose) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Decrypt on the way out."""
        return decrypt(value, purpose=self.purpose) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Only emptiness can be asked: equal texts have different encrypted forms."""
        return super().get_lookup(lookup_name) if lookup_name in ("exact", "isnull") else None
