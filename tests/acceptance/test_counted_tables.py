"""Records with tables whose occurrences a field counts (OCCURS DEPENDING ON): whole jobs, and what is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from etl_batch import __main__ as all_commands
from etl_batch.errors import Ambiguous, BadRow, ConfigError, CopybookInvalid, LostRecords
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.options.input_reading import InputFormat
from etl_batch.options.record_framing import DependingOn, RecordFormat
from tests.conftest import Command, Home

BOOK = """\
       01 R.
          05 N PIC 9.
          05 M PIC S9(4) COMP.
          05 A OCCURS 0 TO 2 TIMES DEPENDING ON N.
             10 W PIC X(3).
             10 P PIC S9(3)V99 COMP-3.
          05 MID PIC X(2).
          05 B OCCURS 1 TO 3 TIMES DEPENDING ON M PIC S9(4) COMP.
          05 TAIL PIC 9(3).
"""
#: what a program of GnuCOBOL 3.1.2 wrote by this book (`cobc -x -std=ibm -fodoslide`, RECORDING MODE V): a length that
#: counts the record alone, and the record, in which all that follows a table moves
_BY_COBOL = bytes.fromhex(
    "000a00003000014d4dffff3130300010000031000141422000125c4d4dff"
    "ff3130310016000032000141422000125c41422000250c4d4dffff313032"
    "000c00003000024d4dfffffffe3130330012000031000241422000125c4d"
    "4dfffffffe3130340018000032000241422000125c41422000250c4d4dff"
    "fffffe313035"
)
HEAD = "N,M,W_1,P_1,W_2,P_2,MID,B_1,B_2,B_3,TAIL\n"


def of_cobol() -> list[bytes]:
    """The records, without their lengths."""
    found, at = [], 0
    while at < len(_BY_COBOL):
        length = int.from_bytes(_BY_COBOL[at : at + 2])
        found.append(_BY_COBOL[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def line(number: int) -> str:
    """What a record of the program holds."""
    n, m = number % 3, number // 3 + 1
    items = [f"AB,{1.25 * place:.2f}" if place <= n else "," for place in (1, 2)]
    return f"{n},{m},{','.join(items)},MM,-1,{'-2' if m > 1 else ''},,{100 + number}\n"


def in_v(records: list[bytes]) -> bytes:
    return b"".join((len(one) + 4).to_bytes(2) + b"\0\0" + one for one in records)


def in_full(record: bytes) -> bytes:
    """The same with room for all, where it lies beneath what is not there."""
    n, m = int(record[:1]), int.from_bytes(record[1:3])
    behind = 3 + 6 * n
    return (
        record[:behind] + b"\xee" * 6 * (2 - n) + record[behind : behind + 2 + 2 * m] + b"\xdd" * 2 * (3 - m)
        + record[behind + 2 + 2 * m :]
    )  # fmt: skip


def put(home: Home, content: bytes, book: str = BOOK) -> tuple[Path, str]:
    (home.data / "R.cpy").write_text(book)
    return home.put("R.PS", content), str(home.data / "R.cpy")


def test_what_a_cobol_program_wrote_comes_back(home: Home, command: Command) -> None:
    data, book = put(home, _BY_COBOL)
    done = command(
        "-m", "etl_batch", "run", "-i", data, "--layout", book, "-o", home.output / "r.csv",
        "-p", home.output / "r.parquet",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "what stands behind the occurrences that N counts follows the last one, as its first 6 records" in done.err
    assert (home.output / "r.csv").read_text() == HEAD + "".join(map(line, range(6)))
    rows = pq.read_table(home.output / "r.parquet").to_pylist()
    assert [row["TAIL"] for row in rows] == list(range(100, 106))
    assert [row["W_2"] for row in rows] == [None, None, "AB"] * 2


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_moving_or_not_in_spans_of_any_size(home: Home, workers: int, capsys: pytest.CaptureFixture[str]) -> None:
    made = of_cobol() * 300
    expected = HEAD + "".join(line(number % 6) for number in range(1_800))
    data, book = put(home, in_v(made))
    run(home.config(data, layout=book, workers=workers, chunk_bytes=3_000))
    assert (home.output / "out.csv").read_text() == expected
    assert all_commands.main(["layout", book, "-i", str(data), "--home", str(home.path)]) == 0
    toml = capsys.readouterr().out
    assert 'depending_on = "moving"' in toml
    (home.data / "r.toml").write_text(toml)
    run(home.config(data, layout=str(home.data / "r.toml"), workers=workers, chunk_bytes=5_000))
    assert (home.output / "out.csv").read_text() == expected
    fixed = home.put("F.PS", b"".join(map(in_full, made)))
    result = run(home.config(fixed, layout=book, workers=workers, chunk_bytes=4_000))
    assert (home.output / "out.csv").read_text() == expected
    assert (
        f"{fixed}: records have room for all occurrences that N counts, as its first 1,000 records tell" in result.notes
    )
    run(home.config(home.put("V.PS", in_v([*map(in_full, made)])), layout=book, record_format=RecordFormat.V))
    assert (home.output / "out.csv").read_text() == expected
    run(
        home.config(
            fixed, layout=str(home.data / "r.toml"), depending_on=DependingOn.FIXED, record_format=RecordFormat.F
        )
    )
    assert (home.output / "out.csv").read_text() == expected


def test_a_count_out_of_its_range_and_a_record_of_another_length_are_bad_rows(home: Home) -> None:
    made = of_cobol() * 2
    made[1] = b"3" + made[1][1:]
    made[3] = made[3][:1] + b"\x00\x00" + made[3][3:]
    made[5] = made[5] + b"1"
    made[7] = made[7][:-1]
    made[9] = b"x" + made[9][1:]
    made[10] = made[10][:2]
    data, book = put(home, in_v(made))
    words = {"layout": book, "depending_on": DependingOn.MOVING, "encoding": "ascii"}
    said = r"row 2 \(at byte 14\): field 'N': it says that a table occurs 3 times, and 0 to 2 are allowed: 0x33"
    with pytest.raises(BadRow, match=said):
        run(home.config(data, **words))
    result = run(home.config(data, on_bad_row="quarantine", **words))
    assert (result.rows_in, result.rows_out, result.rows_quarantined) == (12, 6, 6)
    rejected = (home.output / "out.csv.rejected.csv").read_text().splitlines()[1:]
    reasons = [(int(one.split(",")[1]), one) for one in rejected]
    for number, reason in (
        (2, "it says that a table occurs 3 times, and 0 to 2 are allowed"),
        (4, "field 'M': it says that a table occurs 0 times, and 1 to 3 are allowed: 0x0000"),
        (6, "the record has 25 bytes, 24 at the most by the counts of its tables"),
        (8, "the record has 15 bytes, 16 where it is whole by the counts of its tables"),
        (10, "field 'N': "),
        (11, "the record ends before field 'M' is whole, which counts the occurrences of a table"),
    ):
        assert any(place == number and reason in one for place, one in reasons), (number, reasons)
    assert [one.split(",")[-1] for one in rejected] == [made[place].hex() for place in (1, 3, 5, 7, 9, 10)]


def test_counts_of_records_of_one_length_are_judged_too(home: Home) -> None:
    made = [in_full(one) for one in of_cobol()]
    made[4] = b"9" + made[4][1:]
    data, book = put(home, b"".join(made))
    with pytest.raises(BadRow, match=r"row 5 .*field 'N': it says that a table occurs 9 times"):
        run(home.config(data, layout=book, depending_on=DependingOn.FIXED, encoding="ascii"))
    result = run(
        home.config(data, layout=book, depending_on=DependingOn.FIXED, encoding="ascii", on_bad_row="quarantine")
    )
    assert result.rows_quarantined == 1
    found = estimate_file(
        home.config(home.put("F.PS", b"".join(in_full(one) for one in of_cobol())), layout=book),
        Question(measures=("P_2", "B_1"), strata="B_2", exact=True),
    ).estimates
    assert [one.exact_total for one in found] == [5.0, -6.0]


def test_counts_tell_where_records_begin_that_do_not_say_it(home: Home, command: Command) -> None:
    made = of_cobol() * 200
    data, book = put(home, b"".join(made))
    expected = HEAD + "".join(line(number % 6) for number in range(1_200))
    done = command(
        "-m", "etl_batch", "run", "-i", data, "--layout", book, "--format", "binary", "-o", home.output / "r.csv",
        "--chunk-bytes", "700", "-w", "2",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "what stands behind the occurrences that N counts follows the last one, as its first" in done.err
    assert (home.output / "r.csv").read_text() == expected
    words = {"layout": book, "format": InputFormat.BINARY, "encoding": "ascii", "depending_on": DependingOn.MOVING}
    for workers in (1, 4):
        run(home.config(data, workers=workers, chunk_bytes=1_000, **words))
        assert (home.output / "out.csv").read_text() == expected
    found = estimate_file(home.config(data, **words), Question(measures=("TAIL",), strata="W_1", exact=True)).estimates
    assert [one.exact_total for one in found] == [200 * sum(range(100, 106))]
    broken = home.put("R.PS", b"".join([*made[:7], b"7" + made[7][1:], *made[8:]]))
    start = sum(map(len, made[:7]))
    said = rf"record 8 \(at byte {start}\): field 'N' of the record says that a table occurs 7 times, and 0 to 2 are"
    with pytest.raises(LostRecords, match=said):
        run(home.config(broken, **words))
    result = run(home.config(broken, on_bad_row="quarantine", **words))
    assert (result.rows_out, result.rows_quarantined) == (7, 1)
    cut = home.put("R.PS", b"".join(made)[:-1])
    with pytest.raises(LostRecords, match="the record ends beyond the file, of which 23 bytes are left"):
        run(home.config(cut, **words))


def test_it_is_asked_where_nothing_tells(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    data, book = put(home, b"x" + b"".join(of_cobol()))
    with pytest.raises(Ambiguous) as caught:
        run(home.config(data, layout=book, format=InputFormat.BINARY, encoding="ascii"))
    assert "N counts the occurrences of a table" in caught.value.message
    assert "--depending-on fixed" in caught.value.what_to_do
    assert "--depending-on moving" in caught.value.what_to_do
    assert all_commands.main(["layout", book, "--home", str(home.path)]) == 2
    assert "no file tells whether what stands behind it moves" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("DEPENDING ON N.", "DEPENDING ON X."), "A occurs DEPENDING ON X, which is no item of the record"),
        (("DEPENDING ON N.", "DEPENDING ON TAIL."), "DEPENDING ON TAIL, which stands behind it in the record"),
        (("N PIC 9.", "N PIC X."), "A occurs DEPENDING ON N, which is no whole number (str)"),
        (("0 TO 2", "3 TO 2"), "A occurs 3 to 2 times, from more to fewer"),
    ],
)
def test_tables_that_nothing_counts_are_refused(home: Home, change: tuple[str, str], said: str) -> None:
    assert change[0] in BOOK
    data, book = put(home, _BY_COBOL, BOOK.replace(*change))
    with pytest.raises(CopybookInvalid) as caught:
        run(home.config(data, layout=book))
    assert said in caught.value.message


def test_readings_of_bytes_with_such_a_table_are_refused(home: Home) -> None:
    text = BOOK + "          05 X REDEFINES TAIL.\n             10 Y OCCURS 1 TO 3 DEPENDING ON M PIC X.\n"
    data, book = put(home, _BY_COBOL, text)
    with pytest.raises(CopybookInvalid, match="Y occurs DEPENDING ON M in bytes that are read in several ways"):
        run(home.config(data, layout=book, variant=("TAIL: both",)))


def test_lines_with_a_table_that_moves_are_refused(home: Home) -> None:
    text = BOOK.replace("COMP-3", "").replace("COMP", "").replace("S9", "9")
    data, book = put(home, b"10001AB 00125MM0001101\n00001MM0001100\n", text)
    with pytest.raises(ConfigError, match="what stands behind a table moves"):
        run(home.config(data, layout=book, record_format=RecordFormat.TEXT))


def test_the_sample_and_the_totals_are_those_of_records_with_room(home: Home) -> None:
    """Whether what stands behind the tables moves makes no difference to the rows."""
    made = of_cobol() * 500
    more: dict[str, Any] = {"measures": ("TAIL", "P_1"), "strata": "N", "sample_frac": 0.1, "encoding": "ascii"}
    found = []
    for content, depending_on, chunk_bytes in (
        (in_v(made), DependingOn.MOVING, 9_000),
        (b"".join(map(in_full, made)), DependingOn.FIXED, 20_000),
    ):
        data, book = put(home, content)
        words = {"layout": book, "depending_on": depending_on, "chunk_bytes": chunk_bytes}
        result = run(home.config(data, **words, **more))
        found.append((result.estimates, pq.read_table(home.output / "out.csv.sample.parquet").to_pylist()))
    assert len(found[0][1]) > 100
    assert found[0] == found[1]
    tail = next(one for one in found[0][0] if one.measure == "TAIL")
    assert tail.exact_total == 500 * sum(range(100, 106))
