"""A publication that is killed between any two steps, and taken up again, ends as one that was not."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from etl_batch.errors import DiskFull, OutputFailed
from etl_batch.storage import beneath
from etl_batch.storage.publication import Move, forget_kept, keep_old, move_of, retirement_of, roll_forward
from etl_batch.storage.roots import Place, place
from tests.helpers.faults import Faults
from tests.helpers.inline_runner import Crash

STAMP = "20251115T101530Z"
OUTPUTS = ("out.csv.rejected.csv", "out.csv", "out.csv.meta.json")


class Stage:
    """Old and new versions of three files and a folder; `retired` has no new one."""

    def __init__(self, root: Path, *, old: bool = True) -> None:
        self.root = root
        root.mkdir()
        for name in (*OUTPUTS, "retired"):
            if old:
                (root / name).write_text(f"old {name}")
            if name != "retired":
                (root / f".{name}.part").write_text(f"new {name}")
        for folder, text in (("parts", "old"), (".parts.part", "new")):
            if old or text == "new":
                (root / folder).mkdir()
                (root / folder / "part-0000000.parquet").write_text(f"{text} part")

    def moves(self) -> list[Move]:
        retired = retirement_of(self.place("retired"))
        files = [move_of(self.place(name), self.place(f".{name}.part")) for name in OUTPUTS]
        folder = move_of(self.place("parts"), self.place(".parts.part"), is_folder=True)
        return [*([retired] if retired else []), *files[:2], folder, files[2]]

    def place(self, name: str) -> Place:
        return place(str(self.root / name), (self.root,))

    def seen(self) -> dict[str, str]:
        """Everything there, by name."""
        return {str(path.relative_to(self.root)): path.read_text() for path in self.root.rglob("*") if path.is_file()}


def _after(*, old: bool) -> dict[str, str]:
    new = {name: f"new {name}" for name in OUTPUTS} | {"parts/part-0000000.parquet": "new part"}
    kept = {f"{name}.bak.{STAMP}": f"old {name}" for name in (*OUTPUTS, "retired")}
    return new | (kept | {f"parts.bak.{STAMP}/part-0000000.parquet": "old part"} if old else {})


def _no_exchange(_folder_fd: int, _one: str, _other: str) -> bool:
    return False


def _no_link(*_arguments: object, **_more: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def _plain(_monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that can do everything."""


def _without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beneath, "exchange", _no_exchange)


def _without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", _no_link)


def _without_either(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_exchange(monkeypatch)
    _without_links(monkeypatch)


FILE_SYSTEMS = (_plain, _without_exchange, _without_links, _without_either)
FileSystem = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize("old", [True, False], ids=["old", "nothing-old"])
@pytest.mark.parametrize("file_system", FILE_SYSTEMS)
def test_killed_anywhere_and_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_system: FileSystem, old: bool
) -> None:
    file_system(monkeypatch)
    with monkeypatch.context() as patch:
        faults = Faults(patch)
        undisturbed = Stage(tmp_path / "undisturbed", old=old)
        faults.none()
        roll_forward(undisturbed.moves(), STAMP)
        calls = len(faults.calls)
        assert undisturbed.seen() == _after(old=old)
        for at in range(1, calls + 1):
            for second in sorted({at, 1, 3}):
                faults.none()
                stage = Stage(tmp_path / f"at{at}-{second}", old=old)
                moves = stage.moves()
                for crash in (at, second):
                    faults.crash_at(crash)
                    try:
                        roll_forward(moves, STAMP)
                    except Crash:
                        _only_old_or_new(stage, always_there=old and "without" not in file_system.__name__)
                faults.none()
                roll_forward(moves, STAMP)
                assert stage.seen() == _after(old=old)
                roll_forward(moves, STAMP)
                assert stage.seen() == _after(old=old)


def _only_old_or_new(stage: Stage, *, always_there: bool) -> None:
    for name in (*OUTPUTS, "parts/part-0000000.parquet"):
        what = name if name in OUTPUTS else "part"
        path = stage.root / name
        if path.exists() or always_there:
            assert path.read_text() in {f"old {what}", f"new {what}"}


@pytest.mark.parametrize("file_system", [_without_exchange, _without_links])
def test_a_plain_file_is_never_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_system: FileSystem
) -> None:
    file_system(monkeypatch)
    faults = Faults(monkeypatch)
    moves = Stage(tmp_path / "undisturbed").moves()[1:3]
    faults.none()
    roll_forward(moves, STAMP)
    for at in range(1, len(faults.calls) + 1):
        faults.none()
        stage = Stage(tmp_path / str(at))
        moves = stage.moves()[1:3]
        faults.crash_at(at)
        with pytest.raises(Crash):
            roll_forward(moves, STAMP)
        for name in OUTPUTS[:2]:
            assert (stage.root / name).read_text() in {f"old {name}", f"new {name}"}


def test_no_room_for_the_old_names_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    moves = Stage(tmp_path / "undisturbed").moves()
    faults.none()
    keep_old(moves, STAMP)
    for at in range(1, len(faults.calls) + 1):
        faults.none()
        stage = Stage(tmp_path / str(at))
        moves, before = stage.moves(), stage.seen()
        faults.fail_at(at)
        with pytest.raises(DiskFull):
            keep_old(moves, STAMP)
        forget_kept(moves, STAMP)
        assert stage.seen() == before


def test_taken_backup_names_are_left_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "stage")
    (stage.root / f"out.csv.bak.{STAMP}").write_text("somebody's")
    (stage.root / f"parts.bak.{STAMP}").mkdir()
    roll_forward(stage.moves(), STAMP)
    seen = stage.seen()
    assert seen[f"out.csv.bak.{STAMP}"] == "somebody's"
    assert seen[f"out.csv.bak.{STAMP}-1"] == "old out.csv"
    assert seen[f"parts.bak.{STAMP}-1/part-0000000.parquet"] == "old part"


def test_somebody_elses_folder_in_place_of_ours_is_not_published(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "stage")
    moves = stage.moves()
    (stage.root / ".parts.part").rename(stage.root / "mine")
    (stage.root / ".parts.part").mkdir()
    with pytest.raises(OutputFailed, match="replaced by somebody else"):
        roll_forward(moves, STAMP)
    assert (stage.root / "parts" / "part-0000000.parquet").read_text() == "old part"


def test_a_part_that_is_gone_cannot_be_moved(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "stage")
    with pytest.raises(OutputFailed, match="was removed by somebody else"):
        move_of(stage.place("out.csv"), stage.place(".nothing"))


def test_a_swap_of_files_is_taken_up_where_links_can_be_made_again(tmp_path: Path) -> None:
    """Killed between the swap and the name of the old one, as a file system without links has it; then it has them."""
    stage = Stage(tmp_path / "stage")
    moves = stage.moves()
    for name in OUTPUTS:
        folder = os.open(stage.root, os.O_RDONLY)
        try:
            assert beneath.exchange(folder, f".{name}.part", name)
        finally:
            os.close(folder)
    roll_forward(moves, STAMP)
    assert stage.seen() == _after(old=True)
