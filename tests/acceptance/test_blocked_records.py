"""Records in blocks, in segments, or behind a header of Micro Focus: told, said, broken, and taken up again."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl_batch import __main__ as all_commands
from etl_batch.errors import BadRow, FormatCorrupt, LostRecords
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.options.record_framing import RecordFormat
from tests.acceptance.test_variable_records import CSV, TOML, many, put, records, with_toml
from tests.conftest import Home
from tests.helpers.inline_runner import Crash, CrashAfter, InlineRunner
from tests.helpers.record_files import Written, in_micro_focus, in_v, in_vb, in_vbs, in_vs

FORMATS = [RecordFormat.VB, RecordFormat.VS, RecordFormat.VBS, RecordFormat.MF]


def written(form: RecordFormat, made: list[bytes], seed: int = 3) -> Written:
    if form is RecordFormat.MF:
        return in_micro_focus(made, is_wide=seed % 2 == 0)
    pick = random.Random(seed).randint
    if form is RecordFormat.VB:
        return in_vb(made, lambda low, high: pick(low, min(high, 40)))
    return {RecordFormat.VS: in_vs, RecordFormat.VBS: in_vbs}[form](made, pick)


@pytest.mark.parametrize("form", FORMATS)
def test_each_is_told_beside_a_copybook_or_said(
    home: Home, form: RecordFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in (3, 4):
        data, book = put(home, bytes(written(form, records() * 3, seed).content))
        found = run(home.config(data, layout=book))
        expected = CSV + CSV.partition("\n")[2] * 2
        assert (home.output / "out.csv").read_text() == expected
        word = "Micro Focus" if form is RecordFormat.MF else f"(RECFM {form})"
        assert sum(word in note for note in found.notes) == 1
        run(home.config(data, layout=book, record_format=form))
        assert (home.output / "out.csv").read_text() == expected
    assert all_commands.main(["preview", str(data), "--layout", book, "--home", str(home.path), "--rows", "4"]) == 0
    assert "record 4 (at byte " in capsys.readouterr().out
    assert all_commands.main(["layout", book, "-i", str(data), "--home", str(home.path)]) == 0
    assert f'record_format = "{form}"' in capsys.readouterr().out


@pytest.mark.parametrize("form", FORMATS)
def test_spans_workers_and_units_of_each(home: Home, form: RecordFormat) -> None:
    made = many(3_000)
    data = with_toml(home, bytes(written(form, made).content), TOML.replace('"V"', f'"{form}"'))
    rows = "".join(f"{number},{number % 700},AAAAAAAAAA\n" for number in range(3_000))
    outputs = {"output_csv": str(home.output / "out.csv"), "output_parquet": str(home.output / "out.parquet")}
    for workers, chunk_bytes in ((1, 1 << 26), (1, 5_000), (3, 20_000)):
        run(home.config(data, workers=workers, chunk_bytes=chunk_bytes, **outputs))
        assert (home.output / "out.csv").read_text().partition("\n")[2] == rows
        assert pq.read_table(home.output / "out.parquet").column("QUANTITY").to_pylist() == [
            number % 700 for number in range(3_000)
        ]
    answer = estimate_file(home.config(data), Question(measures=("QUANTITY",), exact=True))
    assert answer.estimates[0].total == sum(number % 700 for number in range(3_000))


@pytest.mark.parametrize("form", [RecordFormat.V, *FORMATS])
def test_a_job_that_died_goes_on_to_the_same(home: Home, form: RecordFormat) -> None:
    made = many(600)
    content = bytes(in_v(made).content if form is RecordFormat.V else written(form, made).content)
    data = with_toml(home, content, TOML.replace('"V"', f'"{form}"'))
    config = home.config(
        data, chunk_bytes=4_000, measures=("QUANTITY",), strata="NOTE_TEXT", sample_frac=0.1, workers=1
    )
    whole = run(config)
    expected = (home.output / "out.csv").read_bytes(), (home.output / "out.csv.sample.parquet").read_bytes()
    (home.output / "out.csv").unlink()
    with pytest.raises(Crash):
        run(config, runner=CrashAfter(2, InlineRunner(), Crash()))
    result = run(replace(config, resume=True))
    assert (home.output / "out.csv").read_bytes() == expected[0]
    assert (home.output / "out.csv.sample.parquet").read_bytes() == expected[1]
    assert result.estimates == whole.estimates


def test_what_is_broken_in_a_block_ends_with_it(home: Home) -> None:
    made = [bytes(in_vb([one], lambda low, _: low).content) for one in records()]
    broken = bytearray(made[1])
    broken[4:6] = b"\xff\xff"
    two = bytes(in_vb(records()[:2], lambda _, high: high).content)
    data = with_toml(home, made[0] + bytes(broken) + two + made[3], TOML.replace('"V"', '"VB"'))
    with pytest.raises(
        BadRow, match=rf"row 2 \(at byte {len(made[0]) + 4}\): .* bytes are left of its block; what else"
    ):
        run(home.config(data))
    result = run(home.config(data, on_bad_row="quarantine"))
    assert (result.rows_out, result.rows_quarantined) == (4, 1)
    assert (home.output / "out.csv").read_text().splitlines()[1:] == [
        "1,-1,FIRST",
        "1,-1,FIRST",
        "2,-2,A SECOND",
        "4,-4,THE FOURTH",
    ]


def test_a_broken_block_loses_the_rest(home: Home) -> None:
    made = bytes(in_vb(records(), lambda low, _: low).content)
    data = with_toml(home, made + b"\0\x05\0\0\0", TOML.replace('"V"', '"VB"'))
    with pytest.raises(LostRecords, match=r"record 5 .* the length of the block is 5 .*, which no block has"):
        run(home.config(data))


def test_segments_without_their_others_are_bad_rows(home: Home) -> None:
    last, middle = b"\0\x08\x02\0abcd", b"\0\x08\x03\0abcd"
    first = b"\0\x08\x01\0abcd"
    good = bytes(in_v(records()[:1]).content)
    data = with_toml(home, last + good + first + good + middle + last + first, TOML.replace('"V"', '"VS"'))
    result = run(home.config(data, on_bad_row="quarantine"))
    assert (result.rows_out, result.rows_quarantined) == (2, 4)
    reasons = [line.split(",")[3] for line in (home.output / "out.csv.rejected.csv").read_text().splitlines()[1:]]
    beginning, end = (
        "a segment goes on with a record of which there is no beginning",
        "a record begins whose last segment is missing",
    )
    assert reasons == [beginning, end, beginning, end]


def test_no_header_of_micro_focus(home: Home) -> None:
    data: Path = with_toml(home, bytes(in_v(records()).content), TOML.replace('"V"', '"MF"'))
    with pytest.raises(FormatCorrupt, match="does not begin with the header of an uncompressed sequential file"):
        run(home.config(data))
