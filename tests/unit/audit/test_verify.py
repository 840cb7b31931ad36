"""Whoever edits, deletes, reorders, inserts or cuts lines is found out, with the line and the byte."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from etl_batch.audit.chain import Link, after, line_of
from etl_batch.audit.events import Action, Event
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.findings import Finding
from etl_batch.audit.line_check import check_lines
from etl_batch.audit.log import AuditLog
from etl_batch.audit.stretches import pieces_of
from etl_batch.audit.verify import inspect
from tests.conftest import ACTOR
from tests.data_makers.audit_homes import filled, forget

LINES = 50


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[AuditFiles, str]:
    """A log of 50 lines with two checkpoints, and its head."""
    home = tmp_path_factory.mktemp("sound")
    filled(home, 20)
    files = filled(home, LINES - 20, first=21)
    head = AuditLog(home).head()
    assert head is not None
    assert files.checkpoints.read_bytes().count(b"\n") == 2
    return files, head.line()


@pytest.fixture
def copy(sound: tuple[AuditFiles, str], tmp_path: Path) -> AuditFiles:
    shutil.copytree(sound[0].folder, tmp_path / "copy")
    return AuditFiles(tmp_path / "copy")


def lines_of(files: AuditFiles) -> list[bytes]:
    return files.log.read_bytes().splitlines(keepends=True)


def test_a_sound_log(sound: tuple[AuditFiles, str]) -> None:
    files, head = sound
    for kept in (None, head, files.checkpoints.read_text()):
        checked = inspect(files, kept)
        assert (checked.finding, checked.entries, checked.fault) == (Finding.SOUND, LINES, None)
        assert checked.bytes == files.log.stat().st_size
        assert checked.exit_code == 0


def test_every_flipped_bit_of_every_line_is_found() -> None:
    """All eight bits of every byte, line ends too, by the rule that `inspect` applies."""
    key, link, lines = bytes(32), Link(), []
    for number in range(LINES):
        lines.append(line_of(ACTOR, Event(action=Action.SIGN_IN, target=f"user {number}"), link, "2026", key))
        before = link
        link = after(link, lines[-1])
        follower = line_of(ACTOR, Event(action=Action.SIGN_OUT), link, "2026", key)
        content = lines[-1] + b"\n" + follower
        assert check_lines(content.split(b"\n"), before, key).reason is None
        for at in range(len(lines[-1]) + 1):
            for bit in range(8):
                flipped = content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]
                found = check_lines(flipped.split(b"\n"), before, key)
                assert (found.reason is not None, found.seq, found.length) == (True, number + 1, 0), (at, bit)


def test_flipped_bits_are_found_where_they_are(copy: AuditFiles) -> None:
    """Without checkpoints, so that each flip is found by the lines alone."""
    forget(copy)
    content = copy.log.read_bytes()
    starts = [0]
    for line in lines_of(copy):
        starts.append(starts[-1] + len(line))
    for at in {*range(0, len(content), 23), *(stop - 1 for stop in starts[1:])}:
        number = next(n for n, stop in enumerate(starts[1:], start=1) if at < stop)
        copy.log.write_bytes(content[:at] + bytes([content[at] ^ 1 << (at % 8)]) + content[at + 1 :])
        fault = inspect(copy).fault
        assert fault is not None, at
        assert (fault.file, fault.line, fault.byte, fault.seq) == (
            copy.log.name,
            number,
            starts[number - 1],
            number,
        ), at


def _deleted(lines: list[bytes]) -> list[bytes]:
    return lines[:20] + lines[21:]


def _swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:20], lines[21], lines[20], *lines[22:]]


def _repeated(lines: list[bytes]) -> list[bytes]:
    return [*lines[:20], lines[19], *lines[20:]]


def _inserted(lines: list[bytes]) -> list[bytes]:
    return [*lines[:20], lines[20].replace(b"user 21", b"user 00"), *lines[20:]]


def _moved(lines: list[bytes]) -> list[bytes]:
    return [*lines[:20], *lines[21:], lines[20]]


def _blank(lines: list[bytes]) -> list[bytes]:
    return [*lines[:20], b"\n", *lines[20:]]


@pytest.mark.parametrize("change", [_deleted, _swapped, _repeated, _inserted, _moved, _blank])
@pytest.mark.parametrize("forgets", [False, True])
def test_lines_deleted_moved_or_inserted(
    copy: AuditFiles, change: Callable[[list[bytes]], list[bytes]], forgets: bool
) -> None:
    if forgets:
        forget(copy)
    lines = lines_of(copy)
    copy.log.write_bytes(b"".join(change(lines)))
    checked = inspect(copy)
    assert checked.exit_code == 1
    assert checked.fault is not None
    assert (checked.fault.line, checked.fault.byte) == (21, len(b"".join(lines[:20])))


def test_a_line_of_a_fork_under_the_same_keys_is_found(copy: AuditFiles, tmp_path: Path) -> None:
    """A backup of the folder went on in another way: its lines have the right numbers and the right codes."""
    shutil.copytree(copy.folder, tmp_path / "fork" / ".secrets")
    fork = filled(tmp_path / "fork", 2, first=1000)
    shutil.copytree(copy.folder, tmp_path / "on" / ".secrets")
    on = filled(tmp_path / "on", 2, first=2000)
    forget(on)
    on.log.write_bytes(b"".join([*lines_of(on)[:-1], lines_of(fork)[-1]]))
    checked = inspect(on)
    assert checked.fault is not None
    assert (checked.finding, checked.fault.line) == (Finding.TAMPERED, LINES + 2)
    assert checked.fault.reason == "the line before it is not the one that it was written after"


def test_a_number_that_is_left_out_is_found_though_the_hashes_agree() -> None:
    """Whoever writes with the keys in hand, and counts wrong."""
    key, link = bytes(32), Link()
    first = line_of(ACTOR, Event(action=Action.SIGN_IN), link, "2026", key)
    skipped = Link(link.seq + 5, after(link, first).leaf)
    second = line_of(ACTOR, Event(action=Action.SIGN_OUT), skipped, "2026", key)
    found = check_lines([first, second], link, key)
    assert (found.seq, found.reason) == (2, "entries 2 to 5 are missing before it")


def test_every_cut_is_found_against_a_kept_head(copy: AuditFiles, sound: tuple[AuditFiles, str]) -> None:
    forget(copy)
    content = copy.log.read_bytes()
    for stop in range(0, len(content), 31):
        copy.log.write_bytes(content[:stop])
        whole = content[:stop].endswith(b"\n") or stop == 0
        checked = inspect(copy, sound[1])
        assert checked.exit_code == (2 if whole else 1), stop
    for number in range(LINES):
        copy.log.write_bytes(b"".join(content.splitlines(keepends=True)[:number]))
        assert inspect(copy, sound[1]).finding is Finding.CUT


def test_which_cuts_are_not_found_without_a_head(copy: AuditFiles) -> None:
    """Exactly those at the end of a line, where the folder's own memory was removed or cut as well."""
    lines = lines_of(copy)
    for number in range(LINES):
        copy.log.write_bytes(b"".join(lines[:number]))
        assert inspect(copy).finding is Finding.CUT, number
    copy.checkpoints.unlink()
    for number in range(LINES):
        copy.log.write_bytes(b"".join(lines[:number]))
        assert inspect(copy).finding is Finding.CUT, number
    forget(copy)
    for number in range(LINES):
        copy.log.write_bytes(b"".join(lines[:number]))
        checked = inspect(copy)
        assert checked.finding is Finding.SOUND
        assert "missing" in checked.notes[0]
        copy.log.write_bytes(b"".join(lines[:number]) + lines[number][:-1])
        assert inspect(copy).finding is Finding.TAMPERED


def test_the_log_is_gone(copy: AuditFiles) -> None:
    copy.log.unlink()
    assert inspect(copy).finding is Finding.CUT


def test_another_log_does_not_pass_for_the_kept_one(tmp_path: Path, sound: tuple[AuditFiles, str]) -> None:
    checked = inspect(filled(tmp_path, LINES + 5), sound[1])
    assert checked.finding is Finding.CUT
    assert "another log" in checked.reason


def test_a_log_written_anew_with_the_stolen_keys_contradicts_the_kept_head(
    tmp_path: Path, sound: tuple[AuditFiles, str]
) -> None:
    folder = tmp_path / ".secrets"
    folder.mkdir(mode=0o700)
    for key in (sound[0].line_key, sound[0].signing_key):
        shutil.copy(key, folder)
    forged = filled(tmp_path, LINES)
    assert inspect(forged).finding is Finding.SOUND
    assert inspect(forged, sound[1]).finding is Finding.CUT


def test_every_changed_checkpoint_is_found(copy: AuditFiles) -> None:
    content = copy.checkpoints.read_bytes()
    second = content.index(b"\n") + 1
    for at in range(second, len(content) - 1):
        copy.checkpoints.write_bytes(content[:at] + bytes([content[at] ^ 2]) + content[at + 1 :])
        checked = inspect(copy)
        if content[at] == ord("}"):
            continue  # an unfinished one is left out
        assert checked.finding is Finding.TAMPERED, at
        assert checked.fault is not None
        assert (checked.fault.file, checked.fault.line, checked.fault.byte) == (copy.checkpoints.name, 2, second)


def test_a_checkpoint_that_says_the_truth_unsigned_is_found(copy: AuditFiles) -> None:
    """Its size and its root are right; its signature is another checkpoint's."""
    checkpoints = [json.loads(line) for line in copy.checkpoints.read_bytes().splitlines()]
    checkpoints[1]["sig"] = checkpoints[0]["sig"]
    lines = [json.dumps(checkpoint, sort_keys=True, separators=(",", ":")) + "\n" for checkpoint in checkpoints]
    copy.checkpoints.write_text("".join(lines))
    checked = inspect(copy)
    assert checked.fault is not None
    assert (checked.finding, checked.fault.line) == (Finding.TAMPERED, 2)


@pytest.mark.parametrize("name", ["line_key", "signing_key"])
def test_a_missing_key(copy: AuditFiles, name: str) -> None:
    getattr(copy, name).unlink()
    copy.public_key.unlink()
    assert inspect(copy).exit_code == 4


def test_what_cannot_be_read(copy: AuditFiles) -> None:
    assert inspect(copy, "no checkpoint").exit_code == 3
    assert inspect(copy, "").exit_code == 3
    copy.log.unlink()
    copy.log.mkdir()
    assert inspect(copy).exit_code == 3


def test_nothing_recorded_yet(tmp_path: Path) -> None:
    checked = inspect(AuditFiles(tmp_path / ".secrets"))
    assert (checked.exit_code, checked.notes) == (0, ("nothing was recorded yet",))
    assert not (tmp_path / ".secrets").exists()


def test_pieces_are_whole_lines(copy: AuditFiles) -> None:
    size = copy.log.stat().st_size
    for length in (1, 300, 1000, size):
        pieces = list(pieces_of([(1, copy.log, size)], length))
        assert [piece.start for piece in pieces[1:]] == [piece.stop for piece in pieces[:-1]]
        assert pieces[-1].stop == size
        assert not any(piece.is_unfinished for piece in pieces)


@pytest.mark.parametrize("processes", [1, 2])
def test_several_processes_find_the_same(tmp_path: Path, processes: int) -> None:
    files = filled(tmp_path, 9000)
    reported: list[tuple[int, int]] = []
    checked = inspect(files, None, lambda done, total: reported.append((done, total)), processes=processes)
    assert (checked.finding, checked.entries) == (Finding.SOUND, 9000)
    assert len(reported) > 1
    assert reported[-1] == (checked.bytes, checked.bytes)
    content = bytearray(files.log.read_bytes())
    content[-500] ^= 1
    files.log.write_bytes(content)
    fault = inspect(files, processes=processes).fault
    assert fault is not None
    assert fault.line == content[: len(content) - 500].count(b"\n") + 1
