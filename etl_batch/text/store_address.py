"""Addresses of objects in stores, such as `s3://bucket/key`, and which of them may be used. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from etl_batch.errors import PathCharacters, PathTraversal, StoreAddress, StoreClosed
from etl_batch.light_dataclass import dataclass

#: of addresses: S3 and what speaks like it, Google Cloud Storage, Azure Blob Storage
SCHEMES = ("s3", "gs", "az")
_STARTS = tuple(f"{scheme}://" for scheme in SCHEMES)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_MOST_KEY_BYTES = 1024  #: as S3 has it
_OPTIONS = frozenset({"endpoint_override", "region", "scheme", "anonymous", "account_name"})
_VALUE = re.compile(r"[A-Za-z0-9._:/\[\]-]{1,255}")


if TYPE_CHECKING:
    _Concrete = Path
else:
    _Concrete = type(Path())


class AddressPath(_Concrete):
    """An address where paths are shown. It is none that could be opened."""

    def __str__(self) -> str:
        """With both slashes."""
        return super().__str__().replace(":/", "://", 1)

    def __fspath__(self) -> str:
        """It has none.

        Raises:
            TypeError: whoever asks would open something else.
        """
        raise TypeError(f"{self} is an address, and no path")


@dataclass(frozen=True, slots=True)
class Address:
    """An object, or all beneath a prefix."""

    scheme: str
    bucket: str
    key: str  #: ends in `/` where it is a prefix; empty: the whole bucket

    @classmethod
    def parse(cls, given: str) -> Self:
        """What `s3://bucket/key` names.

        Raises:
            StoreAddress: it is no such address, or holds more than one; it is not shown then, for it may be a secret.
            PathTraversal, PathCharacters: its key leads elsewhere, or hides something.
        """
        scheme, mark, rest = given.partition("://")
        bucket, _, key = rest.partition("/")
        if any(character in given for character in "@?#") or ":" in bucket:
            raise StoreAddress("the address of an object holds more than a bucket and a key")
        if not mark or scheme not in SCHEMES or not _BUCKET.fullmatch(bucket):
            raise StoreAddress(f"{given[:100]!a} is not the address of an object")
        if not given.isprintable():
            raise PathCharacters(f"{given!a} holds characters that cannot be shown")
        names = key.split("/")
        if ".." in names or "." in names:
            raise PathTraversal(f"Path traversal detected: {given} holds `..`", mend="write it without `..`")
        if "" in names[:-1] or len(key.encode()) > _MOST_KEY_BYTES:
            raise StoreAddress(f"{given[:100]}: the key is too long, or has an empty name in it")
        return cls(scheme, bucket, key)

    @property
    def text(self) -> str:
        """As it is given."""
        return f"{self.scheme}://{self.bucket}/{self.key}"

    @property
    def name(self) -> str:
        """As the store is asked for it."""
        return f"{self.bucket}/{self.key}"

    @property
    def is_prefix(self) -> bool:
        """Whether it is what other addresses begin with."""
        return not self.key or self.key.endswith("/")

    def refuse_closed(self, roots: Iterable[str]) -> None:
        """Refuse what lies beneath none of the prefixes that may be used.

        Raises:
            StoreClosed: it does.
        """
        allowed = [Address.parse(root) for root in roots]
        if not any(self._is_beneath(root) for root in allowed):
            listed = ", ".join(root.text for root in allowed) or "none"
            raise StoreClosed(f"{self.text} lies beneath none of the prefixes that may be used: {listed}")

    def _is_beneath(self, root: Address) -> bool:
        prefix = root.key if root.is_prefix else f"{root.key}/"
        return (self.scheme, self.bucket) == (root.scheme, root.bucket) and self.key.startswith(prefix)


def is_address(given: str) -> bool:
    """Whether an input or output is meant to lie in a store."""
    return given.startswith(_STARTS)


def path_of(text: str) -> Path:
    """A path, or an address, as documents have it."""
    return AddressPath(text) if is_address(text) else Path(text)


def store_options(given: Sequence[str]) -> dict[str, str]:
    """What is said of how a store is reached.

    Args:
        given: `KEY=VALUE` each.

    Raises:
        StoreAddress: a key that is not known, or a value that may be a secret; it is not shown.
    """
    found: dict[str, str] = {}
    for one in given:
        key, mark, value = one.partition("=")
        if not mark or key not in _OPTIONS or key in found:
            known = ", ".join(sorted(_OPTIONS))
            raise StoreAddress(
                "--store-option is none that is known, or stands twice", mend=f"give KEY=VALUE, KEY one of {known}"
            )
        if not _VALUE.fullmatch(value):
            raise StoreAddress(f"--store-option {key} has a value that cannot be used")
        if (key == "scheme" and value not in {"http", "https"}) or (
            key == "anonymous" and value not in {"true", "false"}
        ):
            raise StoreAddress(
                f"--store-option {key} has a value that is not known", mend="scheme is http or https, anonymous true"
            )
        found[key] = value
    return found
