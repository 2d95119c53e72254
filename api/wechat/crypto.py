"""Signatures and encryption of the official account's messages (消息加解密).

Source: WeChat Open Documentation, "Message encryption and decryption": SHA-1 over the sorted strings; AES-256-CBC with the
key's first 16 bytes as the vector, PKCS#7 to blocks of 32 bytes; 16 random bytes, the length, the message, the account's id.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

RANDOM_BYTES = 16
BLOCK_BYTES = 32
KEY_LETTERS = 43  # EncodingAESKey, Base64 without its last "="


class ForgedMessageError(Exception):
    """Not from WeChat, not for this account, or damaged."""


def signature(*parts: str) -> str:
    """SHA-1 of the sorted parts, in hexadecimal."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Whether `given` is the signature of the parts."""
    return hmac.compare_digest(signature(*parts).encode(), given.encode())


class MessageCipher:
    """Encrypts and decrypts for one account; `ForgedMessageError` for anything that is not its own."""

    def __init__(self, encoding_key: str, app_id: str) -> None:
        if len(encoding_key) != KEY_LETTERS:
            raise ValueError(f"the EncodingAESKey has {KEY_LETTERS} characters, not {len(encoding_key)}")
        self._key = base64.b64decode(encoding_key + "=")
        self._app_id = app_id.encode()

    def encrypt(self, text: str) -> str:
        """Base64 of the encrypted text."""
        content = text.encode()
        plain = secrets.token_bytes(RANDOM_BYTES) + struct.pack("!I", len(content)) + content + self._app_id
        padding = BLOCK_BYTES - len(plain) % BLOCK_BYTES
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> str:
        """What `encrypt` was given."""
        try:
            decryptor = self._cipher().decryptor()
            plain = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
            plain = plain[: -plain[-1]]
            (length,) = struct.unpack("!I", plain[RANDOM_BYTES : RANDOM_BYTES + 4])
            content = plain[RANDOM_BYTES + 4 :]
            text, app_id = content[:length].decode(), content[length:]
        except (binascii.Error, ValueError, IndexError, struct.error, UnicodeDecodeError) as error:
            raise ForgedMessageError("cannot be decrypted") from error
        if not hmac.compare_digest(app_id, self._app_id):
            raise ForgedMessageError("not for this account")
        return text

    def _cipher(self) -> Cipher:
        return Cipher(AES(self._key), CBC(self._key[:16]))
