"""Objects in a store, by name: measured, read by ranges, put whole, listed, removed. All of it through pyarrow.

Keys and passwords come from the environment of this process alone, as the store's own library looks for them: none is
an argument, so that none is kept, pickled or shown. Of what a store answers, its code is told, not its text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from etl_batch.errors import NotFound, StoreAddress, StoreFailed
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.paths import FileIdentity

if TYPE_CHECKING:
    import pyarrow.fs as pafs

_CONNECT_SECONDS, _ANSWER_SECONDS = 10, 60
_CODE = re.compile(r"AWS Error (\w+)(?: \(HTTP status (\d+)\))?")
_ID_BYTES = 7
_OPTIONS = {
    "s3": frozenset({"endpoint_override", "region", "scheme", "anonymous"}),
    "gs": frozenset({"endpoint_override", "scheme", "anonymous"}),
    "az": frozenset({"account_name"}),
}


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A store, by how it is reached. Names begin with the bucket."""

    scheme: str  #: see `store_address.SCHEMES`
    options: tuple[tuple[str, str], ...] = ()  #: see `store_address.store_options`

    @classmethod
    def of(cls, scheme: str, options: Mapping[str, str]) -> Self:
        """The store of addresses with that scheme.

        Raises:
            StoreAddress: an option is for stores of another kind, or is missing.
        """
        if foreign := options.keys() - _OPTIONS[scheme]:
            raise StoreAddress(f"--store-option {min(foreign)} is not for {scheme}:// addresses", mend="leave it out")
        if scheme == "az" and "account_name" not in options:
            raise StoreAddress("az:// addresses need an account", mend="give --store-option account_name=NAME")
        return cls(scheme, tuple(sorted(options.items())))

    def identity(self, name: str) -> FileIdentity:
        """What an object is now: its size, its ETag in the place of an inode, and when it was made.

        Raises:
            NotFound: there is none.
            StoreFailed: the store does not answer, or refuses.
        """
        with self._explained(name), _file_system(self).open_input_file(name) as file:
            return _identity(file, self, name)

    def read(self, name: str, start: int, stop: int) -> tuple[bytes, FileIdentity]:
        """Some bytes of an object, and what it was just before.

        Raises:
            NotFound, StoreFailed: see `identity`.
        """
        with self._explained(name), _file_system(self).open_input_file(name) as file:
            found = _identity(file, self, name)
            content: bytes = file.read_at(max(min(stop, found.size) - start, 0), start)
            return content, found

    def put(self, name: str, content: bytes | memoryview) -> None:
        """Put an object, whole, in one write.

        Where it fails, what is there is anything: an object counts by the manifest that names it, with its hash.

        Raises:
            StoreFailed: see `identity`.
        """
        # Nothing may be raised between these: pyarrow would put what is written so far.
        with self._explained(name):
            stream = _file_system(self).open_output_stream(name, compression=None)
            stream.write(content)
            stream.close()

    def names(self, prefix: str) -> dict[str, int]:
        """All objects whose names begin so, behind it, in their order, with how many bytes they have.

        Raises:
            StoreFailed: see `identity`.
        """
        import pyarrow.fs as pafs

        with self._explained(prefix):
            folder = pafs.FileSelector(prefix.rstrip("/"), recursive=True, allow_not_found=True)
            found = _file_system(self).get_file_info(folder)
        files = {one.path.removeprefix(prefix): one.size for one in found if one.type == pafs.FileType.File}
        return dict(sorted(files.items()))

    def remove(self, name: str) -> None:
        """Remove an object; one that is not there is fine.

        Raises:
            StoreFailed: see `identity`.
        """
        try:
            with self._explained(name):
                _file_system(self).delete_file(name)
        except NotFound:
            return

    @contextmanager
    def _explained(self, name: str) -> Iterator[None]:
        what = f"{self.scheme}://{name}"
        try:
            yield
        except FileNotFoundError:
            raise NotFound(f"{what} is not there") from None
        except (OSError, ValueError, NotImplementedError) as error:
            # not its text, nor what it was raised from: whatever a store says could hold what nobody may see
            code = _CODE.search(str(error))
            said = code[1] + (f", HTTP status {code[2]}" if code[2] else "") if code else type(error).__name__
            raise StoreFailed(f"{what} cannot be used ({said})") from None


@lru_cache
def _file_system(store: ObjectStore) -> pafs.FileSystem:
    import pyarrow.fs as pafs

    options: dict[str, Any] = dict(store.options)
    if "anonymous" in options:
        options["anonymous"] = options["anonymous"] == "true"
    if store.scheme == "s3":
        # Delayed: one request puts an object of some MiB, where three would.
        return pafs.S3FileSystem(
            **options, connect_timeout=_CONNECT_SECONDS, request_timeout=_ANSWER_SECONDS, allow_delayed_open=True
        )
    return pafs.GcsFileSystem(**options) if store.scheme == "gs" else pafs.AzureFileSystem(**options)


def _identity(file: Any, store: ObjectStore, name: str) -> FileIdentity:  # noqa: ANN401 - pyarrow has no types
    said = file.metadata()
    tag = said.get("ETag", b"")
    changed = said.get("Last-Modified", b"")
    mtime_ns = _file_system(store).get_file_info(name).mtime_ns if not changed else _nanoseconds(changed.decode())
    number = int.from_bytes(hashlib.sha256(tag).digest()[:_ID_BYTES], "big") if tag else 0
    return FileIdentity(0, number, file.size(), mtime_ns or 0)


def _nanoseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000_000
