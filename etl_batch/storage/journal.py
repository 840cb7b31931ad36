"""The journal of a job: what is done of it, one line after the other, so that a killed job can go on.

A line is the CRC-32 of all lines up to and with this one, and a JSON object. The first line that is torn, damaged or
out of its order ends what is believed. No line waits for the disk: after a kill the kernel still has it, and after a
power cut the hashes in it say how much of the outputs is really there.
"""

from __future__ import annotations

import io
import json
import os
import threading
import time
import zlib
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from etl_batch.errors import EtlError
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.undisturbed import in_one_piece
from etl_batch.storage.os_refusals import write_refused
from etl_batch.storage.part_file import explained, remove, write_all
from etl_batch.storage.paths import create_file, open_existing
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import opened_folder
from etl_batch.text.bounded_documents import json_document

Entry = dict[str, Any]

_SYNC_SECONDS = 1.0  #: a power cut costs no more than this, and what the disk had not yet of the outputs
_CRC_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One sound line: what it says, and where the journal can be cut behind it."""

    entry: Entry
    stop: int  #: bytes
    crc: int


@dataclass(slots=True)
class Journal:
    """A journal that is being written."""

    place: Place
    descriptor: int
    size: int  #: bytes
    crc: int
    _synced_at: float = 0.0
    _syncing: threading.Thread | None = None
    _sync_failed: OSError | None = None

    @classmethod
    def create(cls, place: Place, header: Entry) -> Journal:
        """Write the first line, durably, then give the file its name: a journal without a header is never seen.

        Raises:
            DiskFull: there is no room.
        """
        new = place.sibling(_new_name(place.relative.name))
        remove(new)  # of a job that was killed right here
        journal = cls(place, create_file(new), 0, 0)
        try:
            journal.append(header, durable=True)
            with explained(str(place.path)), opened_folder(place) as parent:
                os.rename(new.relative.name, place.relative.name, src_dir_fd=parent, dst_dir_fd=parent)
                os.fsync(parent)
        except BaseException:
            journal.close()
            remove(new)
            remove(place)
            raise
        return journal

    @classmethod
    def go_on(cls, place: Place, last: Line) -> Journal:
        """Open a journal behind the last line that counts; what follows it is cut off."""
        journal = cls(place, open_existing(place), 0, 0)
        journal.cut(last.stop, last.crc)
        return journal

    def append(self, entry: Entry, *, durable: bool = False) -> None:
        """Add a line, in one write.

        Args:
            entry: JSON values.
            durable: return when the disk has it. Otherwise it soon will.

        Raises:
            DiskFull: there is no room.
        """
        if self._sync_failed is not None:
            raise write_refused(self._sync_failed, str(self.place.path))
        line, crc = _line(entry, self.crc)
        write_all(self.descriptor, line, self.size, str(self.place.path.parent))
        self.size, self.crc = self.size + len(line), crc
        if durable:
            self._wait()
            with explained(str(self.place.path)):
                os.fdatasync(self.descriptor)
        elif time.monotonic() - self._synced_at > _SYNC_SECONDS and not (self._syncing and self._syncing.is_alive()):
            self._synced_at = time.monotonic()
            with in_one_piece():  # one that was not started could not be waited for
                self._syncing = threading.Thread(target=self._sync, name="journal", daemon=True)
                self._syncing.start()

    def cut(self, size: int, crc: int) -> None:
        """Take back every line behind `size`; needs no room on the disk."""
        with explained(str(self.place.path)):
            os.ftruncate(self.descriptor, size)
            os.fdatasync(self.descriptor)
        self.size, self.crc = size, crc

    def close(self) -> None:
        """Close the file, which stays where it is."""
        self._wait()
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _sync(self) -> None:
        try:
            os.fdatasync(self.descriptor)
        except OSError as error:
            self._sync_failed = error

    def _wait(self) -> None:
        if self._syncing is not None:
            self._syncing.join()
            self._syncing = None


def read_journal(place: Place) -> list[Line]:
    """The sound lines of a journal, from the first on; none where there is no journal that can be read."""
    with _opened(place) as file:
        return sound_lines(file.read())


def read_first_line(place: Place) -> Entry | None:
    """What the first line says; None where there is no journal that can be read."""
    with _opened(place) as file:
        return next((line.entry for line in sound_lines(file.readline())), None)


def sound_lines(data: bytes) -> list[Line]:
    """The lines that are whole and undamaged, up to the first that is not."""
    lines: list[Line] = []
    stop = crc = 0
    for raw in data.splitlines(keepends=True):
        body = raw[_CRC_CHARACTERS + 1 :]
        crc = zlib.crc32(body, crc)
        # Compared as text: were it read as a number, a damaged digit could still be one.
        if not raw.endswith(b"}\n") or raw[: _CRC_CHARACTERS + 1] != b"%08x " % crc:
            break
        entry = _entry(body)
        if entry is None:
            break
        stop += len(raw)
        lines.append(Line(entry, stop, crc))
    return lines


def _entry(body: bytes) -> Entry | None:
    """What a line says; None: nothing that we wrote, whatever its checksum."""
    try:
        entry = json_document(body)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def write_note(place: Place, entry: Entry) -> None:
    """Write a journal of one line, such as one that points to another; durable with the next sync of its folder."""
    Journal.create(place, entry).close()


def _opened(place: Place) -> BinaryIO:
    """The journal for reading; as if it were empty where it is not there, or is not one of ours."""
    try:
        return os.fdopen(open_existing(place), "rb")
    except EtlError:
        return io.BytesIO()


def _new_name(name: str) -> str:
    """For the moment until it has a header; `.journal` and `.journew` are of one length, which may be all there is."""
    return str(PurePosixPath(name).with_suffix(".journew"))


def _line(entry: Entry, crc: int) -> tuple[bytes, int]:
    body = json.dumps(entry, separators=(",", ":"), allow_nan=False).encode() + b"\n"
    crc = zlib.crc32(body, crc)
    return b"%08x " % crc + body, crc
