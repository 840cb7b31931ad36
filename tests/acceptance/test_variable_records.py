"""Records of unequal length: from the command to the outputs, what is told of them, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl_batch import __main__ as all_commands
from etl_batch.errors import BadRow, LostRecords
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.options.record_framing import RecordFormat, SaidLength, ShortRecords
from etl_batch.pipeline.dry_run import dry_run
from tests.conftest import Command, Home

BOOK = """\
       01  ORDER-RECORD.
           05  ORDER-ID            PIC 9(4).
           05  QUANTITY            PIC S9(4) COMP.
           05  NOTE-TEXT           PIC X(10).
           05  FILLER              PIC X(20).
"""
NOTES = ["FIRST", "A SECOND", "", "THE FOURTH"]
CSV = 'ORDER_ID,QUANTITY,NOTE_TEXT\n1,-1,FIRST\n2,-2,A SECOND\n3,-3,""\n4,-4,THE FOURTH\n'


def records() -> list[bytes]:
    """Of 16 to 36 bytes: of the filler there is more or less."""
    return [
        f"{number:04}".encode("cp037")
        + (-number).to_bytes(2, signed=True)
        + text.ljust(10 + 7 * number % 20).encode("cp037")
        for number, text in enumerate(NOTES, start=1)
    ]


def with_rdws(found: list[bytes]) -> bytes:
    return b"".join((len(record) + 4).to_bytes(2) + b"\0\0" + record for record in found)


def put(home: Home, content: bytes, name: str = "ORDERS.PS") -> tuple[Path, str]:
    (home.data / "ORDERS.cpy").write_text(BOOK)
    return home.put(name, content), str(home.data / "ORDERS.cpy")


def test_records_with_their_lengths_in_front(home: Home, command: Command) -> None:
    data, book = put(home, with_rdws(records()))
    done = command(
        "-m", "etl_batch", "run", "-i", data, "--layout", book,
        "-p", home.output / "orders.parquet", "-o", home.output / "orders.csv",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert (home.output / "orders.csv").read_text() == CSV
    assert pq.read_table(home.output / "orders.parquet").column("NOTE_TEXT").to_pylist() == NOTES
    assert "its records are of unequal length (RECFM V)" in done.err
    metadata = json.loads((home.output / "orders.csv.meta.json").read_text())
    assert metadata["rows_in"] == metadata["rows_out"] == len(NOTES)


TOML = """\
record_format = "V"
encoding = "cp037"
byte_order = "big"
record_size = 36
[[field]]
name = "ORDER_ID"
type = "zoned"
length = 4
[[field]]
name = "QUANTITY"
type = "i16"
[[field]]
name = "NOTE_TEXT"
type = "str"
length = 10
"""


def many(count: int) -> list[bytes]:
    """Records of every length that the layout allows."""
    return [
        f"{number % 10_000:04}".encode("cp037")
        + (number % 700).to_bytes(2)
        + b"\xc1" * 10
        + b"\x40" * (number * 7 % 21)
        for number in range(count)
    ]


def with_toml(home: Home, content: bytes, toml: str = TOML) -> Path:
    (home.data / "x.layout.toml").write_text(toml)
    return home.put("x.bin", content)


def test_a_layout_of_ours_says_it(home: Home) -> None:
    run(home.config(with_toml(home, with_rdws(records()))))
    assert (home.output / "out.csv").read_text() == CSV


@pytest.mark.parametrize("workers", [1, 3])
def test_spans_of_any_size_give_the_same_bytes(home: Home, workers: int) -> None:
    made = many(2_000)
    data = with_toml(home, with_rdws(made))
    expected = "".join(f"{number},{number % 700},AAAAAAAAAA\n" for number in range(2_000))
    for chunk_bytes in (1, 100, 1 << 26) if workers == 1 else (3_000,):
        run(home.config(data, workers=workers, chunk_bytes=chunk_bytes))
        assert (home.output / "out.csv").read_text().partition("\n")[2] == expected


def test_a_chain_that_breaks_is_named(home: Home) -> None:
    made = with_rdws(records())
    data = with_toml(home, made[:-1])
    last = made.rindex(records()[-1]) - 4
    with pytest.raises(LostRecords, match=rf"x\.bin, record 4 \(at byte {last}\): the length of the record is 28"):
        run(home.config(data))
    assert not (home.output / "out.csv").exists()


def test_set_aside_is_all_from_there_on(home: Home) -> None:
    made = with_rdws(records())
    data = with_toml(home, made + b"\0\2\0\0garbage")
    result = run(home.config(data, on_bad_row="quarantine"))
    assert (result.rows_in, result.rows_out, result.rows_quarantined) == (5, 4, 1)
    assert (home.output / "out.csv").read_text() == CSV
    rejected = (home.output / "out.csv.rejected.csv").read_text().splitlines()
    assert rejected[1].startswith(f"{data},5,{len(made)},")
    assert "the length of the record is 2 (0x0002), which no record has" in rejected[1]
    assert rejected[1].endswith(b"\0\2\0\0garbage".hex())


def test_records_that_do_not_fit_the_layout_are_bad_rows(home: Home) -> None:
    made = records()
    made[1:1] = [b"\xf1" * 8]
    made[3:3] = [b"\xf1" * 37]
    made[5:5] = [b"\xf1\xf1\xf1\xc1\0\1" + b"\xc1" * 10, b"abcd\0\1" + b"\xc1" * 10]
    data = with_toml(home, with_rdws(made))
    with pytest.raises(BadRow, match=r"row 2 \(at byte \d+\): the record ends after 8 bytes, before field 'NOTE_TEXT'"):
        run(home.config(data))
    result = run(home.config(data, on_bad_row="quarantine"))
    assert (result.rows_in, result.rows_out, result.rows_quarantined) == (8, 5, 3)
    rejected = [line.split(",") for line in (home.output / "out.csv.rejected.csv").read_text().splitlines()[1:]]
    starts = [sum(len(record) + 4 for record in made[:number]) for number in range(len(made))]
    assert [(int(one[1]), int(one[2]), one[-1]) for one in rejected] == [
        (number + 1, starts[number], made[number].hex()) for number in (1, 3, 6)
    ]
    shown = dry_run(home.config(data))
    assert (shown.rows, shown.bad_rows) == (8, 3)


def test_preview_and_estimate_read_them_too(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    made = many(3_000)
    data = with_toml(home, with_rdws(made))
    assert all_commands.main(["preview", str(data), "--home", str(home.path), "--rows", "3"]) == 0
    shown = capsys.readouterr().out
    assert "records of up to 36 bytes" in shown
    assert f"record 3 (at byte {sum(len(record) + 4 for record in made[:2])})" in shown
    for exact in (True, False):
        question = Question(measures=("QUANTITY",), exact=exact, sample_frac=0.2)
        answer = estimate_file(home.config(data), question)
        total = sum(number % 700 for number in range(3_000))
        (estimate,) = answer.estimates
        assert estimate.total == pytest.approx(total, rel=0 if exact else 0.2)


def test_the_sample_and_the_totals_are_those_of_fixed_records(home: Home) -> None:
    """The same rows as records of one length give the same sample, whatever the spans."""
    made = many(4_000)
    more = {"measures": ("QUANTITY",), "strata": "NOTE_TEXT", "sample_frac": 0.1, "chunk_bytes": 20_000}
    framed = run(home.config(with_toml(home, with_rdws(made)), **more))
    sample = pq.read_table(home.output / "out.csv.sample.parquet").to_pylist()
    padded = b"".join(record.ljust(36, b"\0") for record in made)
    fixed = run(home.config(with_toml(home, padded, TOML.replace('record_format = "V"\n', "")), **more))
    assert framed.estimates == fixed.estimates
    assert sample == pq.read_table(home.output / "out.csv.sample.parquet").to_pylist()


@pytest.mark.parametrize("form", ["little,self", "big,data", "little,data,at=2", "big,bytes=4"])
def test_lengths_of_other_makers_are_told_or_said(home: Home, form: str) -> None:
    said = SaidLength.parse(form)
    made = b""
    for record in records():
        length = len(record) + (0 if said.includes_itself is False else 4)
        width = said.bytes or 2
        head = length.to_bytes(width, "little" if said.is_big is False else "big")
        made += (bytes(said.at or 0) + head).ljust(4, b"\0") + record
    data, book = put(home, made)
    run(home.config(data, layout=book))
    assert (home.output / "out.csv").read_text() == CSV
    run(home.config(data, layout=book, record_format=RecordFormat.V, rdw=form))
    assert (home.output / "out.csv").read_text() == CSV


def test_a_length_field_in_the_record(home: Home) -> None:
    toml = TOML.replace('"V"', '"length-field"\nrdw.at = 4')
    toml = toml.replace("i16", "u16") + '[[field]]\nname = "LAST"\ntype = "i8"\n'
    made = [number[:4] + (len(number)).to_bytes(2) + number[6:] for number in many(40) if len(number) > 16]
    run(home.config(with_toml(home, b"".join(made), toml)))
    rows = (home.output / "out.csv").read_text().splitlines()[1:]
    assert [row.split(",")[1] for row in rows] == [str(len(record)) for record in made]


def test_fields_behind_the_end_of_a_record_are_null_where_that_is_said(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    made = [b"\xf0\xf0\xf0\xf1", b"\xf0\xf0\xf0\xf2\0\x07", b"\xf0\xf0\xf0\xf3\0\x08" + b"\xc1" * 9, many(5)[4]]
    data = with_toml(home, with_rdws(made), f'short_records = "null"\n{TOML}')
    with pytest.raises(BadRow, match=r"row 3 \(at byte 18\): the record ends after 15 bytes, before field 'NOTE_TEXT'"):
        run(home.config(data))
    more = {"on_bad_row": "quarantine", "sample_frac": 1.0, "measures": ("QUANTITY",), "strata": "NOTE_TEXT"}
    result = run(home.config(data, output_parquet=str(home.output / "out.parquet"), output_csv=None, **more))
    assert (result.rows_out, result.rows_quarantined) == (3, 1)
    rows = [(1, None, None), (2, 7, None), (4, 4, "AAAAAAAAAA")]
    columns = ("ORDER_ID", "QUANTITY", "NOTE_TEXT")
    for name in ("out.parquet", "out.parquet.sample.parquet"):
        table = pq.read_table(home.output / name)
        assert sorted(zip(*(table.column(one).to_pylist() for one in columns), strict=True)) == rows
    run(home.config(data, **more))
    assert (home.output / "out.csv").read_text() == "ORDER_ID,QUANTITY,NOTE_TEXT\n1,,\n2,7,\n4,4,AAAAAAAAAA\n"
    assert all_commands.main(["preview", str(data), "--home", str(home.path), "--rows", "4", "--json"]) == 0
    cells = [
        [(cell["cell"], cell["problem"]) for cell in row] for row in json.loads(capsys.readouterr().out)["records"]
    ]
    assert cells[1] == [("2", None), ("7", None), (None, None)]
    assert cells[2][2] == (None, "the record ends after 15 bytes")
    with_toml(home, with_rdws([made[0], made[1], made[3]]), f'short_records = "null"\n{TOML}')
    answer = estimate_file(home.config(data), Question(measures=("QUANTITY",), strata="NOTE_TEXT", exact=True))
    assert answer.estimates[0].total == 11
    assert {one.stratum: one.total for one in answer.estimates[0].strata} == {"(null)": 7, "AAAAAAAAAA": 4}
    run(home.config(data, short_records=ShortRecords.ERROR, on_bad_row="quarantine"))
    assert (home.output / "out.csv").read_text() == "ORDER_ID,QUANTITY,NOTE_TEXT\n4,4,AAAAAAAAAA\n"
