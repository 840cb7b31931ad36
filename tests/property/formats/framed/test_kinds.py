"""Records of several types and of unequal length become the tables that a plain twin finds, in files of any format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.errors import BadRow, TrailerMismatch
from etl_batch.formats.opening import Opening
from etl_batch.pipeline.inputs import open_inputs
from tests.conftest import Home
from tests.helpers.chance import examples
from tests.helpers.kinds_written import ENDS, IN_LINES, STORED, Tables, as_lines, tables
from tests.helpers.record_files import Pick, Written, in_micro_focus, in_v, in_vb, in_vbs, in_vs

FORMS = ("V", "VB", "VS", "VBS", "MF")


def written(form: str, records: list[bytes], pick: Pick) -> Written:
    """The records as a file of a format."""
    if form == "V":
        return in_v(records)
    if form == "MF":
        return in_micro_focus(records, is_wide=False)
    return {"VB": in_vb, "VS": in_vs, "VBS": in_vbs}[form](records, pick)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("kinds")
    for name in ("data", "output", "report"):
        (found / name).mkdir()
    return found


def opened(folder: Path, content: bytes, layout: str, **more: Any) -> list[Any]:  # noqa: ANN401 - any option
    """The sources of the tables of a file."""
    (folder / "data" / "x.bin").write_bytes(content)
    (folder / "data" / "x.layout.toml").write_text(layout)
    config = Home(folder).config(output_csv=f"{folder}/output/o/", **more)
    with ExitStack() as copies:
        return list(open_inputs(Opening(config, _here, copies)))


def _here(function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
    return map(function, items)


Rows = dict[str, list[dict[str, Any]]]
Bad = list[tuple[Any, ...]]


def read(sources: list[Any], chunk_bytes: int) -> tuple[Rows, Bad]:
    """The rows of each table, and what is set aside: its table, its number, why, its place and its bytes."""
    rows: Rows = {}
    bad: Bad = []
    for source in sources:
        for span in source.plan(chunk_bytes, 0, 0):
            with source.read(span) as batch:
                its = [(source.table, one.row, one.reason, one.byte, one.raw) for one in batch.rejected]
                assert span.rows == batch.rows + len(its)
                bad += its
                if source.table is not None:
                    rows.setdefault(source.table, []).extend(batch.table().to_pylist())
    return rows, bad


def compared(made: Tables, found: tuple[Rows, Bad]) -> Bad:
    """What was set aside, in the order of the file."""
    rows, bad = found
    assert {name: rows.get(name, []) for name in made.rows} == made.rows
    bad = sorted(bad, key=lambda one: one[1])
    assert [one[:2] for one in bad] == [one[:2] for one in made.bad]
    for (_, _, reason, _, _), (_, _, begins) in zip(bad, made.bad, strict=True):
        assert reason.startswith(begins), (reason, begins)
    return bad


@settings(max_examples=examples(120))
@given(tables(is_text=False), st.sampled_from(FORMS), st.sampled_from([1, 40, 200, 1 << 26]), st.data())
def test_stored_records_of_any_format(
    folder: Path, made: Tables, form: str, chunk_bytes: int, data: st.DataObject
) -> None:
    file = written(form, made.records, lambda low, high: data.draw(st.integers(low, high)))
    layout = f'record_format = "{form}"\n{STORED}{ENDS}'
    sources = opened(folder, bytes(file.content), layout, on_bad_row="quarantine", chunk_bytes=chunk_bytes)
    bad = compared(made, read(sources, chunk_bytes))
    for _, number, _, byte, raw in bad:
        assert (byte, raw) == (file.places[number - 1], made.records[number - 1])


@settings(max_examples=examples(80))
@given(tables(is_text=True), st.sampled_from([b"\n", b"\r\n"]), st.booleans(), st.sampled_from([1, 40, 1 << 26]))
def test_lines_of_text(folder: Path, made: Tables, end: bytes, in_bytes: bool, chunk_bytes: int) -> None:
    layout = IN_LINES
    if in_bytes:
        layout = layout.replace("lines = true\n", 'lines = true\ncolumns = "bytes"\n')
        layout = layout.replace("length = 8", "length = 24")
    sources = opened(folder, as_lines(made.records, end), layout, on_bad_row="quarantine", chunk_bytes=chunk_bytes)
    compared(made, read(sources, chunk_bytes))


@settings(max_examples=examples(40))
@given(tables(is_text=False), st.sampled_from(FORMS), st.data())
def test_a_trailer_that_lies_and_a_record_of_no_type_are_refused(
    folder: Path, made: Tables, form: str, data: st.DataObject
) -> None:
    def file(records: list[bytes]) -> bytes:
        return bytes(written(form, records, lambda low, high: data.draw(st.integers(low, high))).content)

    layout = f'record_format = "{form}"\n{STORED}{ENDS}'
    *records, last = made.records
    wrong = data.draw(st.sampled_from([3, 7]))
    lie = last[:wrong] + bytes([last[wrong] ^ 1]) + last[wrong + 1 :]
    with pytest.raises(TrailerMismatch, match="COUNT says" if wrong == 3 else "TOTAL says"):
        opened(folder, file([*records, lie]), layout, on_bad_row="quarantine", chunk_bytes=100)
    unknown = next((number for table, number, _ in made.bad if table is None), None)
    if unknown is None:
        opened(folder, file(made.records), layout, chunk_bytes=100)
        return
    with pytest.raises(BadRow, match=rf"row {unknown} \(at byte \d+\): it is of none"):
        opened(folder, file(made.records), layout, chunk_bytes=100)
