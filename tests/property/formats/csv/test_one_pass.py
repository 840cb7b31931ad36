"""CSV checked and converted in one pass: the rows, spans and errors are those of a check before the pass.

Wherever spans are cut, in whatever they begin, and wherever the pass is interrupted.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.errors import BadRow, CsvHeaderWidth, FormatMagic
from etl_batch.formats.csv import unsettled_csv
from etl_batch.pipeline.settling import StartAgain
from etl_batch.values import KIB
from tests.data_makers.csv_files import FILES, SMALLEST_CHUNK, odd_files, python_files, sizes
from tests.helpers.chance import examples
from tests.helpers.csv_calls import convert
from tests.helpers.one_pass import pass_over


@pytest.fixture(params=["enough", "hardly anything"])
def _read_behind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How much is read behind a span: where the last row does not end there, it is looked for in the file."""
    if request.param != "enough":
        monkeypatch.setattr(unsettled_csv, "_BEHIND_BYTES", 3)


def agree(target: Path, case: tuple[bytes, int, str], size: int, stop_behind: int = -1) -> None:
    """Both ways give the same bytes, the same spans, the same ids of rows; or the same error."""
    data, columns, delimiter = case
    end = b"\n" if data.count(b"\r\n") * 2 < data.count(b"\n") else b"\r\n"
    target.write_bytes(delimiter.join("c" * (number + 1) for number in range(columns)).encode() + end + data)
    if not data:
        return
    how: dict[str, Any] = {"delimiter": delimiter, "encoding": "utf-8", "chunk_bytes": size}
    try:
        expected = convert(target, **how)
    except CsvHeaderWidth:
        return
    except (BadRow, FormatMagic) as refused:
        _refuses(target, refused, **how)
        return
    if any("CR and LF" in note for note in expected.notes):
        with pytest.raises(StartAgain):
            pass_over(target, **how)
        return
    found = pass_over(target, stop_behind=stop_behind, **how)
    planned = expected.source.plan(size, 0, 0)
    assert [replace(span, part=0) for span in found.spans] == [replace(span, part=0) for span in planned]
    parts = [span.part for span in found.spans]  # chunks: of those in which no row begins there is none
    assert parts == sorted(parts)
    assert all(span.part * size <= span.start - found.spans[0].start for span in found.spans)
    assert (found.csv, found.ids) == (expected.csv, expected.ids)
    assert found.source is not None
    assert found.source.rows == expected.source.rows


def _refuses(target: Path, error: BadRow | FormatMagic, **how: Any) -> None:  # noqa: ANN401 - fields of the config
    with pytest.raises((BadRow, FormatMagic, StartAgain)) as caught:
        pass_over(target, **how)
    if not isinstance(caught.value, StartAgain):  # then the check that follows names the row
        assert (type(caught.value), str(caught.value)) == (type(error), str(error))


@settings(max_examples=examples(300), deadline=None)
@given(case=python_files(), sizes=sizes, stop=st.integers(-1, 6))
def test_what_python_writes(target: Path, case: tuple[bytes, int, str], sizes: list[int], stop: int) -> None:
    for size in sizes:
        agree(target, case, size, stop)


@settings(max_examples=examples(300), deadline=None)
@given(case=odd_files(), sizes=sizes)
@example((b'1,"a\n2,b\n3,c\n', 2, ","), [16])
@example((b'a\rb"\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n', 1, ","), [16])
def test_what_hands_write(target: Path, case: tuple[bytes, int, str], sizes: list[int]) -> None:
    for size in sizes:
        agree(target, case, size)


@pytest.mark.usefixtures("_read_behind")
@pytest.mark.parametrize("name", FILES)
def test_every_size_of_chunks(target: Path, name: str) -> None:
    data, columns = FILES[name]
    for size in range(SMALLEST_CHUNK, len(data) + 20, 1 if len(data) < 200 else 3):
        agree(target, (data, columns, ","), size)


@pytest.mark.usefixtures("_read_behind")
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_chunks_of_a_few_bytes(target: Path, size: int) -> None:
    for data, columns in FILES.values():
        agree(target, (data[:150], columns, ","), size)


def test_a_span_inside_quotes_is_seldom_done_again(target: Path) -> None:
    """The guess that a span begins inside quotes is made where the other one meets a broken row."""
    target.write_bytes(b"a,b\n" + b'"some text, quoted","and\nmore of it"\n' * 500)
    found = pass_over(target, chunk_bytes=100)
    assert len(found.spans) > 150
    assert found.again == 0


def test_a_row_that_ends_far_behind_its_span(target: Path) -> None:
    """More room is asked for than for what was read behind it."""
    long = b'1,"' + b"x,y\n" * 200_000 + b'"\n'
    agree(target, (b"1,2\n" * 10 + long + b"3,4\n" * 10, 2, ","), 64 * KIB)
    agree(target, (long + b"3,4\n" * 10, 2, ","), 200)


def test_rows_of_a_cell_that_look_like_rows_are_none(target: Path) -> None:
    """A wrong guess that meets no broken row is found out by the span before it."""
    target.write_bytes(b"a,b\n" + b'1,"' + b"2,b\n" * 300 + b'"\n' + b"3,c\n" * 20)
    found = pass_over(target, chunk_bytes=64)
    assert found.again > 10
    assert [span.rows for span in found.spans][:1] == [1]
    assert sum(span.rows for span in found.spans) == 21
