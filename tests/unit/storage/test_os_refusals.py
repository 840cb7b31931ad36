"""What the operating system refuses, in the right words: the path is wrong, the input is gone, the disk has failed."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.errors import DiskFull, EtlError, InputChanged, InputFailed, NotFound, OutputFailed
from etl_batch.etl_core import run
from etl_batch.formats.opening import Opening, nothing_runs
from etl_batch.formats.parquet.footer import read_footer
from etl_batch.pipeline.inputs import open_one
from etl_batch.pipeline.runners.process_pool import ProcessPool
from etl_batch.pipeline.runners.runner import Limits, Outputs, Usage
from etl_batch.pipeline.span_job import SpanJob
from etl_batch.storage.part_file import write_all
from etl_batch.storage.roots import place
from etl_batch.values import Span
from tests.conftest import Home
from tests.helpers.faults import Faults
from tests.helpers.inline_runner import InlineRunner

LAYOUT = 'record_size = 1\n[[field]]\nname = "a"\ntype = "u8"\n'


@pytest.fixture
def input_file(home: Home) -> Path:
    return home.put("few.bin", b"123", LAYOUT)


class Meanwhile(InlineRunner):
    """Something happens when the outputs are open and no span is read yet."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = happens

    def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
        self._happens()
        return super().run(job, spans, outputs, limits)


def _ending(home: Home, input_file: Path, happens: Callable[[], object]) -> EtlError:
    with pytest.raises(EtlError) as caught:
        run(home.config(input_file, measures=()), runner=Meanwhile(happens))
    return caught.value


def test_a_failing_disk_is_no_matter_of_permissions(
    home: Home, input_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each call that changes the disk in turn, it answers EIO."""
    ProcessPool()  # starts the process that others are forked from, which has a folder of its own
    faults, seen = Faults(monkeypatch), set()
    for at in range(1, 1000):
        faults.fail_at(at, errno.EIO)
        try:
            run(home.config(input_file, measures=()), runner=InlineRunner())
        except EtlError as error:
            seen.add((error.code, error.exit_code))
        happened = faults.happened
        faults.none()
        if not happened:
            break
    assert at > 20
    assert seen == {("E_OUTPUT", 3)}


def _becomes_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _becomes_a_link(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.with_name("elsewhere"))


@pytest.mark.parametrize(
    "happens",
    [
        Path.unlink,
        lambda file: file.rename(file.with_name("moved.bin")),
        _becomes_a_folder,
        _becomes_a_link,
        lambda file: file.write_bytes(b"1234"),
    ],
    ids=["deleted", "moved", "a folder", "a link", "written to"],
)
def test_an_input_that_is_gone_was_there_when_the_job_began(
    home: Home, input_file: Path, happens: Callable[[Path], object]
) -> None:
    error = _ending(home, input_file, lambda: happens(input_file))
    assert (type(error), error.exit_code) == (InputChanged, 3)
    assert "spelling" not in str(error)
    assert home.leftovers() == []


def test_an_output_folder_that_is_gone_was_there_when_the_job_began(home: Home, input_file: Path) -> None:
    error = _ending(home, input_file, lambda: shutil.rmtree(home.output))
    assert (type(error), error.exit_code) == (OutputFailed, 3)
    assert "output does not exist, in the middle of the job" in str(error)
    assert "spelling" not in str(error)


def test_an_output_folder_that_was_never_there_is_to_be_made(home: Home, input_file: Path) -> None:
    home.output.rmdir()
    with pytest.raises(NotFound, match=r"output does not exist; make that folder"):
        run(home.config(input_file, measures=()), runner=InlineRunner())


def test_a_full_disk_names_the_folder_and_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    descriptor = os.open(tmp_path / "x", os.O_RDWR | os.O_CREAT)
    written = iter([3])

    def fills_up(_descriptor: int, _data: memoryview, _offset: int) -> int:
        for count in written:
            return count
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", fills_up)
    with pytest.raises(DiskFull, match=rf"in {tmp_path}, which needs 1,997 bytes more at once where [\d,]+ bytes are"):
        write_all(descriptor, b"x" * 2000, 0, str(tmp_path))
    os.close(descriptor)


def test_a_disk_that_cannot_be_read_is_no_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrow's own complaints about a file carry no errno."""
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    descriptor = os.open(tmp_path / "a.parquet", os.O_RDONLY)
    monkeypatch.setattr(pq, "ParquetFile", _cannot_read)
    with pytest.raises(InputFailed, match="could not be read") as caught:
        read_footer(descriptor, tmp_path / "a.parquet")
    os.close(descriptor)
    assert caught.value.exit_code == 3


def _cannot_read(*_: object, **__: object) -> bytes:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_an_input_that_cannot_be_read_is_said_so(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home.put("few.csv", b"a\n1\n")

    monkeypatch.setattr(os, "pread", _cannot_read)
    with pytest.raises(InputFailed, match=r"few\.csv could not be read \(Input/output error\)"):
        open_one(place(file, [home.data]), Opening(home.config(file), nothing_runs, ExitStack(), None))
