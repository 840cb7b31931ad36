"""Records whose bytes are read in one way or in another, as a field of theirs says: whole jobs, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl_batch import __main__ as all_commands
from etl_batch.errors import BadRow, EtlError, LayoutInvalid
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.options.record_framing import ShortRecords
from tests.conftest import Command, Home

BOOK = """\
       01  R.
           05  KIND                PIC X.
           05  BODY                PIC X(6).
           05  PARTS REDEFINES BODY.
               10  P               PIC 99.
               10  Q               PIC S9(5)V99 COMP-3.
           05  OTHER REDEFINES BODY.
               10  N               PIC S9(9) COMP.
               10  T               PIC XX.
"""
SAID = ("BODY: PARTS when KIND = 'X'", "BODY: OTHER when KIND = 'Y'")
HEAD = "KIND,BODY,P,Q,N,T\n"


def record(number: int) -> bytes:
    """One of the three kinds in turn."""
    if number % 3 == 0:
        return f"X{number % 100:02}".encode("cp037") + bytes.fromhex(f"{number:07}c")
    if number % 3 == 1:
        return b"\xe8" + (-number).to_bytes(4, signed=True) + "TT".encode("cp037")
    return f"Z{number:06}".encode("cp037")


def line(number: int) -> str:
    if number % 3 == 0:
        return f"X,,{number % 100},{number // 100}.{number % 100:02},,\n"
    return f"Y,,,,{-number},TT\n" if number % 3 == 1 else f"Z,{number:06},,,,\n"


def put(home: Home, content: bytes) -> tuple[Path, str]:
    (home.data / "R.cpy").write_text(BOOK)
    return home.put("R.PS", content), str(home.data / "R.cpy")


def test_each_record_is_read_as_its_kind_says(home: Home, command: Command) -> None:
    data, book = put(home, b"".join(map(record, range(300))))
    said = [word for one in SAID for word in ("--variant", one)]
    done = command(
        "-m", "etl_batch", "run", "-i", data, "--layout", book, *said, "-o", home.output / "r.csv",
        "-p", home.output / "r.parquet", "--strata", "KIND", "--measures", "Q,N",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "PARTS is read in the place of BODY where KIND = 'X', as --variant says" in done.err
    assert (home.output / "r.csv").read_text() == HEAD + "".join(map(line, range(300)))
    rows = pq.read_table(home.output / "r.parquet").to_pylist()
    assert [row["N"] for row in rows] == [-number if number % 3 == 1 else None for number in range(300)]
    metadata = json.loads((home.output / "r.csv.meta.json").read_text())
    totals = {one["measure"]: one["exact_total_text"] for one in metadata["estimates"]}
    assert totals == {"Q": f"{sum(range(0, 300, 3)) / 100:.2f}", "N": str(-sum(range(1, 300, 3)))}


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_spans_of_any_size_and_what_layout_prints_give_the_same(
    home: Home, workers: int, capsys: pytest.CaptureFixture[str]
) -> None:
    data, book = put(home, b"".join(map(record, range(3_000))))
    expected = HEAD + "".join(map(line, range(3_000)))
    run(home.config(data, layout=book, variant=SAID, workers=workers, chunk_bytes=1_000))
    assert (home.output / "out.csv").read_text() == expected
    words = ["layout", book, "-i", str(data), "--home", str(home.path)]
    assert all_commands.main([*words, "--variant", SAID[0], "--variant", SAID[1]]) == 0
    (home.data / "R.PS.layout.toml").write_text(capsys.readouterr().out)
    run(home.config(data, layout=str(home.data / "R.PS.layout.toml"), workers=workers, chunk_bytes=7_000))
    assert (home.output / "out.csv").read_text() == expected


def test_what_is_not_read_is_not_judged_and_what_is_read_is(home: Home) -> None:
    made = [record(number) for number in range(6)]
    made[2] = b"\xe9" + b"\x00\x01\x02\x03\x04\x05"  # neither digits nor a packed number, and read as text
    made[3] = b"\xe7" + "12".encode("cp037") + b"\xff" * 4
    made[5] = made[5][:1] + "0000A\xb7".encode("cp037")
    data, book = put(home, b"".join(made))
    config = home.config(data, layout=book, variant=SAID, encoding="cp037")
    with pytest.raises(BadRow, match=r"row 4 \(at byte 21\): field 'Q': .*: 0xffffffff"):
        run(config)
    result = run(home.config(data, layout=book, variant=SAID, encoding="cp037", on_bad_row="quarantine"))
    assert (result.rows_in, result.rows_out, result.rows_quarantined) == (6, 5, 1)
    rejected = (home.output / "out.csv.rejected.csv").read_text().splitlines()
    assert rejected[1].startswith(f"{data},4,21,")
    assert rejected[1].endswith(made[3].hex())


def test_a_kind_that_cannot_be_read_is_what_is_bad(home: Home) -> None:
    (home.data / "x.layout.toml").write_text(TOML)
    data = home.put("x.bin", b"\x1cAB\x6c\x00\x07\xf1\xff\xff")
    with pytest.raises(BadRow, match=r"row 3 \(at byte 6\): field 'KIND'"):
        run(home.config(data))
    result = run(home.config(data, on_bad_row="quarantine"))
    assert result.rows_quarantined == 1
    assert (home.output / "out.csv").read_text() == "KIND,A,B\n1,AB,\n6,,7\n"


TOML = """\
record_size = 3
byte_order = "big"
[[field]]
name = "KIND"
type = "packed"
length = 1
digits = 1
[[field]]
name = "A"
type = "str"
length = 2
encoding = "ascii"
[[field]]
name = "B"
type = "u16"
offset = 1
[[variant]]
of = "A"
use = "B"
when = "KIND > 5"
"""


def test_a_variable_record_ends_behind_the_reading_that_it_has(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    short = [record(0), record(1)[:5] + b"\xe3\xe3", b"\xe9" + b"\xc1" * 6, record(3)[:6]]
    content = b"".join((len(one) + 4).to_bytes(2) + b"\0\0" + one for one in short)
    data, _ = put(home, content)
    book = home.data / "V.cpy"
    # a longer reading, which no record of the other kinds is long enough for
    text = BOOK.replace("05  OTHER", "05  LONG REDEFINES BODY PIC X(20).\n           05  OTHER")
    book.write_text(text)
    said = (*SAID, "BODY: LONG when KIND = 'L'")
    with pytest.raises(BadRow, match=r"row 4 \(at byte 33\): the record ends after 6 bytes, before field 'Q' is whole"):
        run(home.config(data, layout=str(book), variant=said))
    result = run(home.config(data, layout=str(book), variant=said, on_bad_row="quarantine"))
    assert result.rows_quarantined == 1
    lines = (home.output / "out.csv").read_text().splitlines()[1:]
    assert lines == ["X,,0,0.00,,,", "Y,,,,,-1,TT", "Z,AAAAAA,,,,,"]
    words = ["preview", str(data), "--layout", str(book), "--rows", "4", "--home", str(home.path), "--json"]
    for one in said:
        words += ["--variant", one]
    capsys.readouterr()
    assert all_commands.main(words) == 0
    problems = [[cell["problem"] for cell in cells] for cells in json.loads(capsys.readouterr().out)["records"]]
    assert [[one for one in row if one] for row in problems] == [[], [], [], ["the record ends after 6 bytes"]]
    result = run(
        home.config(data, layout=str(book), variant=said, short_records=ShortRecords.NULL, on_bad_row="quarantine")
    )
    assert result.rows_quarantined == 1
    assert (home.output / "out.csv").read_text().splitlines()[1:] == lines


def test_an_estimate_reads_them_too(home: Home) -> None:
    data, book = put(home, b"".join(map(record, range(300))))
    config = home.config(data, layout=book, variant=SAID)
    for strata in ("T", "P", None):
        found = estimate_file(config, Question(measures=("Q", "N"), strata=strata, exact=True)).estimates
        assert [one.exact_total for one in found] == [sum(range(0, 300, 3)) / 100, -sum(range(1, 300, 3))]


def test_readings_within_a_type_of_records(home: Home) -> None:
    text = """
record_size = 3
[[field]]
name = "TYPE"
type = "str"
length = 1
[[record]]
name = "ONE"
when = "TYPE = '1'"
[[record.field]]
name = "A"
type = "str"
length = 2
[[record.field]]
name = "B"
type = "u8"
offset = 1
[[record.variant]]
of = "A"
use = "B"
when = "B < 9"
[[record]]
name = "TWO"
when = "TYPE = '2'"
[[record.field]]
name = "C"
type = "str"
length = 2
"""
    (home.data / "x.layout.toml").write_text(text)
    data = home.put("x.bin", b"1AB2CD")
    with pytest.raises(LayoutInvalid, match="record 'ONE': whether B is read depends on B itself"):
        run(home.config(data, output_csv=f"{home.output}/out/"))
    (home.data / "x.layout.toml").write_text(text.replace('"B < 9"', "\"TYPE != '1' or A = 'CD'\""))
    with pytest.raises(LayoutInvalid, match="whether A is read depends on A itself"):
        run(home.config(data, output_csv=f"{home.output}/out/"))


@pytest.mark.parametrize(
    ("variant", "said"),
    [
        (
            "BODY: PARTS when KINT = 'X'",
            "PARTS is to be read in the place of BODY when KINT = 'X': there is no field KINT",
        ),
        ("BODY: PARTS when KIND = 'XY'", "KIND has 1 bytes, and 'XY' takes 2"),
        ("BODY: PARTS when KIND", "behind KIND one of"),
        ("BODY: PARTS when P = 1", "as --variant says: whether P is read depends on P itself"),
        ("BODY: PARTS when last", "which reading holds is told by items of the record alone, and not by last"),
    ],
)
def test_conditions_that_tell_nothing_are_refused(home: Home, variant: str, said: str) -> None:
    data, book = put(home, record(0) * 3)
    with pytest.raises(EtlError) as caught:
        run(home.config(data, layout=book, variant=(variant,)))
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("of = ", "from = "), "variant 1 has an unknown key 'from'; the keys are both, of, use, when"),
        (('use = "B"', 'use = "D"'), "variant 1: there is no field D"),
        (('use = "B"', "use = 3"), "variant 1: use is 3; give the name of a field, or a list of them"),
        (('use = "B"', "use = []"), "variant 1 has no use"),
        (('when = "KIND > 5"', ""), "variant 1 says neither when nor both"),
        (('when = "KIND > 5"', 'when = "KIND > 5"\nboth = true'), "variant 1 says both and when"),
        (('when = "KIND > 5"', "both = 1"), "when is a condition such as"),
        (('"KIND > 5"', '"KIND >"'), "variant 1, when = 'KIND >':"),
        (('"KIND > 5"', '"length = 3"'), "which reading holds is told by fields of the record alone"),
        (('use = "B"', 'use = ["B", "A"]'), "variant of A: A is there twice"),
        (("KIND > 5", "KIND > 5 or A = 'X'"), "whether A is read depends on A itself"),
        (('[[variant]]\nof = "A"', '[[variant]]\nof = "KIND"'), "depends on KIND itself"),
        (("[[variant]]", "[[other]]"), "has an unknown key 'other'"),
        (('[[variant]]\nof = "A"\nuse = "B"\nwhen = "KIND > 5"\n', ""), "field 'B' at byte 1 overlaps field 'A'"),
        (("[[variant]]", "[variant]"), "variant is no list of tables"),
        (
            ("[[variant]]", '[[variant]]\nof = "A"\nuse = "KIND"\nboth = true\n[[variant]]'),
            "variant of A has when, and another of it both",
        ),
    ],
)
def test_a_layout_says_what_is_wrong_with_its_variants(home: Home, change: tuple[str, str], said: str) -> None:
    assert change[0] in TOML
    (home.data / "x.layout.toml").write_text(TOML.replace(*change))
    data = home.put("x.bin", b"\x1cAB")
    with pytest.raises(LayoutInvalid) as caught:
        run(home.config(data))
    assert said in caught.value.message


def test_both_are_columns_of_their_own(home: Home) -> None:
    data, book = put(home, b"\xe7" + "12".encode("cp037") + bytes.fromhex("0001234c"))
    text = BOOK.replace("BODY                PIC X(6)", "BODY                PIC X(2)").replace("10  T ", "10  FILLER ")
    Path(book).write_text(text)
    result = run(home.config(data, layout=book, variant=("BODY: both",)))
    assert (home.output / "out.csv").read_text() == "KIND,BODY,P,Q,N\nX,12,12,12.34,-235798527\n"
    assert "BODY and all that redefine it are read in every record, as --variant says" in result.notes
