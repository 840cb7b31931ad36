"""A journal is believed as far as it is sound, wherever it was torn or damaged."""

from __future__ import annotations

import zlib
from functools import partial
from pathlib import Path

import pytest

from etl_batch.errors import DiskFull
from etl_batch.pipeline.outputs.restart_point import RestartPoint, RowGroup, Totals, from_entry, to_entry
from etl_batch.storage.hash_follower import Mark
from etl_batch.storage.journal import Entry, Journal, read_first_line, read_journal, sound_lines
from etl_batch.storage.roots import Place, place
from etl_batch.values import Span
from tests.helpers.faults import Faults
from tests.helpers.inline_runner import Crash
from tests.helpers.interrupts import InterruptedAt

_MOST_STEPS = 2000

ENTRIES: list[Entry] = [
    {"job_id": "x", "journal": 1},
    {"span": [0, 0, 0, 40, 0, 1, 0], "csv": [17, "ab" * 32]},
    {"text": 'a "quoted" line\nwith breaks\r and \udcff', "numbers": [1, -2, None, True]},
    {"span": [1, 0, 40, 80, 1, 1, 0]},
]


@pytest.fixture
def where(tmp_path: Path) -> Place:
    return place(str(tmp_path / ".out.csv.journal"), (tmp_path,))


@pytest.fixture
def written(where: Place) -> bytes:
    journal = Journal.create(where, ENTRIES[0])
    for entry in ENTRIES[1:]:
        journal.append(entry)
    journal.close()
    return where.path.read_bytes()


def _entries(data: bytes) -> list[Entry]:
    return [line.entry for line in sound_lines(data)]


def test_what_is_written_is_read(where: Place, written: bytes) -> None:
    assert _entries(written) == ENTRIES
    assert [line.entry for line in read_journal(where)] == ENTRIES
    assert read_first_line(where) == ENTRIES[0]
    assert [path.name for path in where.root.iterdir()] == [".out.csv.journal"]


def test_every_cut_leaves_the_lines_before_it(written: bytes) -> None:
    stops = [line.stop for line in sound_lines(written)]
    for length in range(len(written) + 1):
        assert _entries(written[:length]) == ENTRIES[: sum(stop <= length for stop in stops)]


def test_every_damaged_byte_ends_it_there(written: bytes) -> None:
    stops = [line.stop for line in sound_lines(written)]
    for at, byte in enumerate(written):
        for flipped in (byte ^ 0x01, byte ^ 0x20, byte ^ 0xFF, 0x0A, 0x00):
            if flipped != byte:
                damaged = written[:at] + bytes([flipped]) + written[at + 1 :]
                assert _entries(damaged) == ENTRIES[: sum(stop <= at for stop in stops)], (at, flipped)


def test_a_line_that_is_gone_repeated_or_moved_ends_it(written: bytes) -> None:
    first, second, third, fourth = written.splitlines(keepends=True)
    assert _entries(first + third + fourth) == ENTRIES[:1]
    assert _entries(first + second + second) == ENTRIES[:2]
    assert _entries(first + second + fourth + third) == ENTRIES[:2]
    assert _entries(second) == []


def test_going_on_cuts_what_does_not_count(where: Place, written: bytes) -> None:
    where.path.write_bytes(written + b"00000000 {torn")
    journal = Journal.go_on(where, sound_lines(written)[1])
    journal.append({"new": 1})
    journal.close()
    assert _entries(where.path.read_bytes()) == [*ENTRIES[:2], {"new": 1}]


def test_a_line_can_be_taken_back(where: Place, written: bytes) -> None:
    journal = Journal.go_on(where, sound_lines(written)[-1])
    size, crc = journal.size, journal.crc
    journal.append({"publish": []}, durable=True)
    journal.cut(size, crc)
    assert where.path.read_bytes() == written, "nobody who reads it now finds the line"
    journal.append({"after": 1})
    journal.close()
    assert _entries(where.path.read_bytes()) == [*ENTRIES, {"after": 1}]


def test_what_is_no_journal_is_empty(where: Place, tmp_path: Path) -> None:
    assert read_journal(where) == []
    assert read_first_line(where) is None
    where.path.symlink_to(tmp_path / "elsewhere")
    assert read_journal(where) == []
    where.path.unlink()
    where.path.mkdir()
    assert read_journal(where) == []


@pytest.mark.parametrize(
    "body", [b"[]}", b'{"a": "\xff"}', b'{"a": ' + b"[" * 3000 + b"]" * 3000 + b"}", b'{"a": ' + b"1" * 6000 + b"}"]
)
def test_what_is_no_line_of_ours_ends_it_whatever_its_checksum(body: bytes) -> None:
    first, crc = _line_of(b'{"journal":1}', 0)
    last, _ = _line_of(body, crc)
    assert [line.entry for line in sound_lines(first + last)] == [{"journal": 1}]
    assert sound_lines(_line_of(body, 0)[0]) == []


def _line_of(body: bytes, crc: int) -> tuple[bytes, int]:
    crc = zlib.crc32(body + b"\n", crc)
    return b"%08x " % crc + body + b"\n", crc


def test_it_is_seen_with_its_header_or_not_at_all(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    Journal.create(where, ENTRIES[0]).close()
    calls = len(faults.calls)
    where.path.unlink()
    for at in range(1, calls + 1):
        for torn in (False, True):
            faults.crash_at(at, torn=torn)
            with pytest.raises(Crash):
                Journal.create(where, ENTRIES[0])
            faults.none()
            assert not where.path.exists() or [line.entry for line in read_journal(where)] == ENTRIES[:1]
            Journal.create(where, ENTRIES[0]).close()  # what the crash left is in nobody's way
            assert [path.name for path in where.root.iterdir()] == [where.path.name]
            where.path.unlink()


def test_a_full_disk_leaves_no_journal(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    Journal.create(where, ENTRIES[0]).close()
    calls = [number for number, name in enumerate(faults.calls, 1) if name != "unlink"]
    where.path.unlink()
    for at in calls:
        faults.fail_at(at)
        with pytest.raises(DiskFull):
            Journal.create(where, ENTRIES[0])
        assert [path.name for path in where.root.iterdir()] == []


@pytest.mark.parametrize("parquet", [None, RowGroup(Mark(9, "cd" * 32), 3, 4, b"\0footer\xff")])
@pytest.mark.parametrize("mark", [None, Mark(2**60, "ef" * 32)])
def test_a_restart_point_is_read_as_it_was_written(mark: Mark | None, parquet: RowGroup | None) -> None:
    point = RestartPoint(
        span=Span(3, 1, 2**50, 2**50 + 7, 4, 5, 6), totals=Totals(1, 2, 3, 4), csv=mark, parquet=parquet, rejects=mark
    )
    assert from_entry(to_entry(point)) == point


def test_after_an_interrupt_at_any_step_of_a_line_the_journal_is_closed(where: Place) -> None:
    for step in range(_MOST_STEPS):
        journal = Journal.create(where, ENTRIES[0])
        interrupt = InterruptedAt(step)
        interrupt.call(partial(journal.append, ENTRIES[1]))
        journal.close()
        assert [line.entry for line in read_journal(where)] in (ENTRIES[:1], ENTRIES[:2])
        where.path.unlink()
        if not interrupt.is_sent:
            return
    raise AssertionError("the steps never ended")
