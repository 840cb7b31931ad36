"""The keys of the log: one for the codes of its lines, a pair for the signatures of its checkpoints.

They are made together, before the first line. Where there are lines already, a key that is missing is never made
anew: that would hide that it was replaced. `cryptography` is loaded only to sign and to check signatures.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from pathlib import Path

from etl_batch.audit.files import AuditFiles
from etl_batch.errors import AuditKeyMissing, AuditUnavailable, SecretsExposed
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.secrets_folder import make_secret, read_secret

KEY_BYTES = 32
_MOST_BYTES = 200
_Seen = tuple[int, ...] | None


def line_key(files: AuditFiles) -> bytes:
    """The key of the lines' codes.

    Raises:
        AuditKeyMissing: it is not there, or no key.
        SecretsExposed: others may read it.
        OSError: it cannot be read.
    """
    return _key_in(read_secret(files.line_key, _MOST_BYTES), files.line_key.name)


def make_keys(files: AuditFiles) -> None:
    """Make the keys that are missing; the caller has made sure that nothing was written with them yet.

    Raises:
        OSError: they could not be written.
    """
    for file in (files.line_key, files.signing_key):
        make_secret(file, secrets.token_hex(KEY_BYTES).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class LoadedKeys:
    """The keys as a process has loaded them. That they are still there is looked up again with each entry."""

    line: bytes  #: the key of the lines' codes
    seed_digest: bytes  #: SHA-256 of the secret of the signatures, which is read again where it is needed
    seen: tuple[_Seen, _Seen]  #: the two files, as they were then

    @classmethod
    def of(cls, files: AuditFiles) -> LoadedKeys:
        """The keys that are there.

        Raises:
            AuditKeyMissing: one is not there, or no key.
            SecretsExposed: others may read one.
            OSError: one cannot be read.
        """
        seen = _seen(files)  # before they are read: what changes meanwhile is noticed the next time
        return cls(line_key(files), sha256(_signing_seed(files)).digest(), seen)

    def still(self, files: AuditFiles) -> LoadedKeys:
        """The same keys, where they are still what the files hold; costs two looks at the folder.

        Raises:
            AuditUnavailable: one was removed or replaced since: entries that nobody could check are not written.
            SecretsExposed, OSError: as `of`.
        """
        if _seen(files) == self.seen:
            return self
        try:
            now = LoadedKeys.of(files)
        except AuditKeyMissing as error:
            raise AuditUnavailable(f"{error.message} since this process began", mend=AuditKeyMissing.mend) from error
        if (now.line, now.seed_digest) != (self.line, self.seed_digest):
            raise AuditUnavailable(
                f"a key of the log in {files.folder} was replaced since this process began",
                mend="put the etl_audit.*key files back; where a new log was begun on purpose, start the console again",
            )
        return now  # put back, or touched


def refuse_missing_keys(files: AuditFiles) -> None:
    """Make sure that the log could be continued: who verifies it wants to know.

    Raises:
        AuditKeyMissing: one of the two secret keys is not there, or no key.
        SecretsExposed: others may read one.
        OSError: one cannot be read.
    """
    line_key(files)
    _signing_seed(files)


def signed(files: AuditFiles, message: bytes) -> bytes:
    """The signature of a message (Ed25519, RFC 8032).

    Raises:
        AuditKeyMissing: the key is not there, or no key.
        SecretsExposed: others may read it.
        OSError: it cannot be read.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(_signing_seed(files)).sign(message)


def public_key(files: AuditFiles) -> bytes:
    """What checks the signatures, 32 bytes; written beside the secret key as hexadecimal, for auditors to take along.

    Raises:
        AuditKeyMissing: neither key is there.
        SecretsExposed: others may read the secret one.
        OSError: it cannot be read.
    """
    if files.signing_key.exists():
        found = public_key_of(files)
        if not files.public_key.exists():
            make_secret(files.public_key, found.hex().encode() + b"\n")
        return found
    return public_key_in(read_secret(files.public_key, _MOST_BYTES), files.public_key.name)


def public_key_of(files: AuditFiles) -> bytes:
    """What belongs to the secret key that is there; nothing is written.

    Raises:
        AuditKeyMissing: it is not there, or no key.
        SecretsExposed: others may read it.
        OSError: it cannot be read.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(_signing_seed(files)).public_key().public_bytes_raw()


def kept_public_key(files: AuditFiles) -> bytes | None:
    """The public key as it was written beside the secret one; None: it was not, or what lies there is no public key.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return public_key_in(read_secret(files.public_key, _MOST_BYTES), files.public_key.name)
    except (AuditKeyMissing, SecretsExposed):  # it is no secret: somebody may have opened it for an auditor
        return None


def public_key_in(text: bytes | None, name: str) -> bytes:
    """A public key out of its file's text.

    Raises:
        AuditKeyMissing: it is none.
    """
    return _key_in(text, name)


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of the secret key signed this message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def key_id(public: bytes) -> str:
    """A short name of a public key."""
    return sha256(public).hexdigest()[:16]


def _seen(files: AuditFiles) -> tuple[_Seen, _Seen]:
    return _status(files.line_key), _status(files.signing_key)


def _status(file: Path) -> _Seen:
    """What changes when a file is replaced, written to, or given other permissions; None: it is not there."""
    try:
        found = file.lstat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _signing_seed(files: AuditFiles) -> bytes:
    return _key_in(read_secret(files.signing_key, _MOST_BYTES), files.signing_key.name)


def _key_in(text: bytes | None, name: str) -> bytes:
    if text is None:
        raise AuditKeyMissing(f"the key {name} is missing")
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise AuditKeyMissing(f"{name} holds no key")
    return key
