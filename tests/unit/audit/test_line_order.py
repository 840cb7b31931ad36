"""The lines of a log from either end: the same ones, wherever blocks and files part them, and whole ones only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etl_batch.audit import line_order
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.line_order import lines_of, newest_first, oldest_first
from etl_batch.audit.tail import Position

LINES = [b"one", b"two is longer than a block", b"", b"four", b"five"]


@pytest.fixture(params=[1, 2, 7, 1 << 18], ids=lambda size: f"blocks of {size}")
def files(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AuditFiles:
    """A log in two files; an unfinished line stands at its end."""
    monkeypatch.setattr(line_order, "_BLOCK", request.param)
    files = AuditFiles(tmp_path)
    write(files.rotated(1), b"".join(line + b"\n" for line in LINES[:3]))
    write(files.log, b"".join(line + b"\n" for line in LINES[3:]) + b"unfin")
    return files


def write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def test_both_orders_have_the_whole_lines(files: AuditFiles) -> None:
    assert list(oldest_first(files)) == LINES
    assert [one.line for one in newest_first(files)] == LINES[::-1]


def test_each_is_placed_where_it_starts(files: AuditFiles) -> None:
    starts = [(one.start.segment, one.start.offset) for one in newest_first(files)]
    assert starts == [(2, 5), (2, 0), (1, 31), (1, 4), (1, 0)]


def test_before_a_place(files: AuditFiles) -> None:
    every = list(newest_first(files))
    for number, one in enumerate(every):
        assert list(newest_first(files, one.start)) == every[number + 1 :]


def test_lines_that_cannot_be_wanted_are_passed_over_and_no_others(files: AuditFiles) -> None:
    found = [one.line for one in newest_first(files, may_hold=lambda part: b"o" in part)]
    assert [line for line in found if b"o" in line] == [line for line in LINES[::-1] if b"o" in line]
    places = {one.start: one.line for one in newest_first(files)}
    assert all(places[one.start] == one.line for one in newest_first(files, may_hold=lambda part: b"v" in part))


def test_a_stretch_of_a_file(files: AuditFiles) -> None:
    descriptor = os.open(files.log, os.O_RDONLY)
    try:
        assert list(lines_of(descriptor, 5, 10)) == [b"five"]
        assert list(lines_of(descriptor, 0, 9)) == [b"four"]
        assert list(lines_of(descriptor, 0, 10**6)) == LINES[3:]
    finally:
        os.close(descriptor)


def test_a_log_that_nobody_began(tmp_path: Path) -> None:
    assert list(oldest_first(AuditFiles(tmp_path / "none"))) == []
    assert list(newest_first(AuditFiles(tmp_path))) == []


def test_before_a_position_of_no_line(files: AuditFiles) -> None:
    assert list(newest_first(files, Position(1, 0))) == []
