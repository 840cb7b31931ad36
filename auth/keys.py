"""The console's own secret, and the keys made of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from auth.store import AccountStore
from etl_batch.errors import SecretsUnusable
from etl_batch.storage.secrets_folder import FILE_MODE, refuse_exposed, secrets_folder

PEPPER_NAME = "pepper"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys for different purposes, from one secret that is not in the store: the store alone is worth nothing."""

    pepper: bytes

    def __repr__(self) -> str:
        return "Keys(...)"

    def _for(self, purpose: bytes) -> bytes:
        return hmac.digest(self.pepper, b"quantum-etl-console:" + purpose, hashlib.sha256)

    def of_throttle(self, kind: str, value: str) -> str:
        """What is counted under, in place of a name or an address."""
        return hmac.new(
            self._for(b"throttle"), f"{kind}:{value}".encode("utf-8", "replace"), hashlib.sha256
        ).hexdigest()

    def of_form(self, nonce: str) -> str:
        """What a form must bring along with the cookie `nonce`."""
        return hmac.new(self._for(b"form"), nonce.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def of_device(self, said: str) -> str:
        """The signature beneath what the cookie of a known browser says."""
        return hmac.new(self._for(b"device"), said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def of_recovery_code(self, user_id: int, code: str) -> str:
        """What is stored of a recovery code: worth nothing without the pepper, and for no other user."""
        return hmac.new(self._for(b"recovery"), f"{user_id}:{code}".encode(), hashlib.sha256).hexdigest()

    def of_setting(self, value: str) -> str:
        """What tells that a secret setting is another one, and nothing else of it."""
        return hmac.new(self._for(b"setting"), value.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def seal(self, secret: str) -> bytes:
        """Encrypt a secret for the store."""
        return self._box().encrypt(secret.encode())

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what `seal` made.

        Raises:
            SecretsUnusable: it was sealed with another pepper.
        """
        try:
            return self._box().decrypt(sealed).decode()
        except InvalidToken:
            raise SecretsUnusable("a second factor was stored with another pepper", mend=_PUT_BACK) from None

    def _box(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._for(b"totp")))


_PUT_BACK = (
    "put .secrets/pepper back from the backup that the accounts came from; if it is lost, give every user a new "
    "password with `python -m etl_batch user reset NAME`"
)


def load_keys(store: AccountStore) -> Keys:
    """The keys of a home; its secret is made where there is none.

    Raises:
        SecretsExposed: others may read it.
        SecretsUnusable: it is damaged or cannot be read.
    """
    path = secrets_folder(store.home) / PEPPER_NAME
    try:
        if not path.exists():
            _make(path)
        refuse_exposed(path)
        pepper = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise SecretsUnusable(f"{path} cannot be read ({error})", mend=_PUT_BACK) from error
    if len(pepper) != _BYTES:
        raise SecretsUnusable(f"{path} does not hold {_BYTES} bytes in hexadecimal", mend=_PUT_BACK)
    return Keys(pepper)


def _make(path: Path) -> None:
    """Write it whole under another name first: two processes that start at once agree on one."""
    draft = path.with_name(f".{PEPPER_NAME}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    try:
        os.write(descriptor, secrets.token_hex(_BYTES).encode() + b"\n")
        os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.close(descriptor)
        draft.unlink()
