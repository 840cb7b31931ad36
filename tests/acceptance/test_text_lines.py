"""Fixed-width text: from the command to the outputs, whatever ends its lines, describes them or is wrong with them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl_batch import __main__ as all_commands
from etl_batch.errors import Ambiguous, BadRow, Cancelled, EmptyInput, EtlError, LayoutInvalid, TextTransfer
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.options.record_framing import RecordFormat
from etl_batch.pipeline.dry_run import dry_run
from tests.conftest import Command, Home
from tests.helpers.inline_runner import CrashAfter, InlineRunner

TOML = """\
lines = true
[[field]]
name = "name"
type = "str"
length = 8
[[field]]
name = "age"
type = "i8"
length = 3
[[field]]
name = "paid"
type = "decimal"
length = 7
scale = 2
[[field]]
name = "note"
type = "str"
offset = 20
length = 12
"""
ROWS = [
    ("Ada", 36, "  12.50", "first"),
    ("Zoë", 7, "  -1.25", "größer"),
    ("Edsger", 72, "    100", ""),
    ("李雷", 45, "   0.01", "a €"),
]
EMPTY = '""'
CSV = 'name,age,paid,note\nAda,36,12.50,first\nZoë,7,-1.25,größer\nEdsger,72,1.00,""\n李雷,45,0.01,a €\n'
DCT = """\
infile dictionary using survey.raw {
  _column(1)   str8   name  %8s    "Who was asked"
               byte   age   %3f
               double paid  %7.2f
  _column(21)  str12  note  %12s
}
"""
TABLE = 'column,start,length,type\nname,1,8,\nage,9,3,i8\npaid,12,7,"decimal(7,2)"\nnote,21,12,str\n'
BOOK = """\
       01  ANSWER.
           05  NAME      PIC X(8).
           05  AGE       PIC 9(3).
           05  NOTE-TEXT PIC X(6).
"""


def lines(rows: list[tuple[str, int, str, str]] = ROWS) -> list[str]:
    return [f"{name:<8}{age:>3}{paid}  {note:<12}" for name, age, paid, note in rows]


def put(home: Home, content: bytes, toml: str = TOML) -> Path:
    return home.put("survey.dat", content, toml)


def written(home: Home, data: Path, **more: object) -> str:
    run(home.config(data, **more))
    return (home.output / "out.csv").read_text()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("is_cut", [True, False])
@pytest.mark.parametrize("behind", ["", "\x1a", "\x1a\x1a\x1a"])
def test_lines_of_any_end(home: Home, end: str, is_cut: bool, behind: str) -> None:
    text = end.join(line.rstrip() if is_cut else line for line in lines())
    assert written(home, put(home, (text + behind).encode())) == CSV
    assert written(home, put(home, (text + end + behind).encode())) == CSV
    assert written(home, put(home, (text + 3 * end + behind).encode())) == CSV
    assert written(home, put(home, b"\xef\xbb\xbf" + (text + end).encode())) == CSV


@pytest.mark.parametrize("end", [b"\x15", b"\x25", b"\x0d\x25", b"\x0d\x15"])
def test_lines_of_ebcdic(home: Home, end: bytes) -> None:
    rows = [("ADA", 36, "  12.50", "FIRST"), ("BOB", 7, "  -1.25", ""), ("EVE", 45, "    100", "OTHER")]
    content = end.join(line.rstrip().encode("cp037") for line in lines(rows)) + end
    found = written(home, put(home, content + b"\x3f", f'encoding = "cp037"\n{TOML}'))
    assert found == 'name,age,paid,note\nADA,36,12.50,FIRST\nBOB,7,-1.25,""\nEVE,45,1.00,OTHER\n'


def test_columns_may_be_counted_in_bytes(home: Home) -> None:
    content = "".join(
        f"{name:<{8 - len(name.encode()) + len(name)}}{age:>3}{paid}  {note}\n" for name, age, paid, note in ROWS
    )
    assert written(home, put(home, content.encode(), f'columns = "bytes"\n{TOML}')) == CSV


def test_an_encoding_of_one_byte_each(home: Home) -> None:
    content = "\n".join(lines(ROWS[:2])).encode("latin-1")
    assert written(home, put(home, content, f'encoding = "latin-1"\n{TOML}')) == "\n".join(CSV.split("\n")[:3]) + "\n"


@pytest.mark.parametrize(("name", "text"), [("x.dct", DCT), ("x.csv", TABLE), ("told", DCT), ("told.txt", TABLE)])
def test_descriptions_of_others(home: Home, name: str, text: str, command: Command) -> None:
    rows = [row for row in ROWS if row[0].isascii()]
    data = home.put("survey.raw", "\n".join(lines(rows)).encode())
    (home.data / name).write_text(text)
    done = command(
        "-m", "etl_batch", "run", "-i", data, "--layout", home.data / name, "-p", home.output / "out.parquet",
        "-o", home.output / "out.csv",
    )  # fmt: skip
    assert done.code == 0, done.err
    found = (home.output / "out.csv").read_text().splitlines()
    missing = text is DCT
    assert found == [
        "name,age,paid,note", f"Ada,36,12.5{'' if missing else '0'},first",
        f"Edsger,72,{'1.0' if missing else '1.00'},{'' if missing else EMPTY}",
    ]  # fmt: skip
    assert pq.read_table(home.output / "out.parquet").num_rows == 2
    metadata = json.loads((home.output / "out.csv.meta.json").read_text())
    assert metadata["inputs"][0]["format"] == "bin"


@pytest.mark.parametrize(("name", "text"), [("x.dct", DCT), ("x.csv", TABLE)])
def test_a_description_is_printed_as_a_layout_of_ours(
    home: Home, name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (home.data / name).write_text(text)
    data = home.put("survey.dat", "\n".join(f"{line}  12345" for line in lines()).encode())
    assert all_commands.main(["layout", str(home.data / name), "-i", str(data), "--home", str(home.path)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"# made of {home.data / name}\n")
    assert ('columns = "bytes"' in printed) == (name == "x.dct")
    assert written(home, data, layout=str(home.data / name), on_bad_row="quarantine") == written(
        home, put(home, data.read_bytes(), printed), on_bad_row="quarantine"
    )


def test_what_stands_behind_the_columns_of_a_layout_is_left_out_and_that_is_said(home: Home) -> None:
    data = put(home, "\n".join(f"{line}  12345" for line in lines()).encode())
    assert written(home, data) == CSV
    notes = json.loads((home.output / "out.csv.meta.json").read_text())["notes"]
    assert any("columns 33 to 39 of its lines are not read: the layout has none there" in note for note in notes)
    data = put(home, "\n".join(f"{line} {'x' * at}" for at, line in enumerate(lines(), start=1)).encode())
    assert written(home, data) == CSV


def test_bad_lines_are_named_and_set_aside(home: Home) -> None:
    made = lines()
    made.insert(1, " " + made[0])  # shifted
    made.insert(3, "")
    made.insert(4, made[0][:16])  # cut
    made.insert(5, made[0] + "more")
    made.insert(6, made[0].replace(" 36", "3x6"))
    made.insert(7, made[0].replace(" 36", "3é6"))
    content = "\n".join(made).encode()
    data = put(home, content)
    with pytest.raises(BadRow, match=r"survey\.dat, row 2 \(at byte 33\): "):
        run(home.config(data))
    result = run(home.config(data, on_bad_row="quarantine"))
    assert (result.rows_in, result.rows_out, result.rows_quarantined) == (10, 4, 6)
    assert (home.output / "out.csv").read_text() == CSV
    rejected = [line.split(",", 3) for line in (home.output / "out.csv.rejected.csv").read_text().splitlines()[1:]]
    starts = [len("\n".join(made[:number]).encode()) + 1 for number in (1, 3, 4, 5, 6, 7)]
    assert [(int(one[1]), int(one[2])) for one in rejected] == list(zip((2, 4, 5, 6, 7, 8), starts, strict=True))
    reasons = [one[3] for one in rejected]
    assert "field 'paid'" in reasons[0]
    assert reasons[1].startswith("the line is empty,")
    assert "the line ends after 16 columns, within field 'paid' (12 to 18)" in reasons[2]
    assert "the line has 36 columns, 32 expected; behind them: 0x6d6f7265" in reasons[3]
    assert "field 'age'" in reasons[4]
    assert "field 'age': no number: 0x33c3a936" in reasons[5]
    assert reasons[5].endswith(made[7].encode().hex())
    shown = dry_run(home.config(data))
    assert (shown.rows, shown.bad_rows) == (10, 6)


def test_text_that_is_not_of_its_encoding_is_named(home: Home) -> None:
    content = "\n".join(lines()).encode() + b"\nAda\xff     36  12.50  x" + b"\xe4\x80" * 30
    data = put(home, content)
    result = run(home.config(data, on_bad_row="quarantine"))
    assert (result.rows_out, result.rows_quarantined) == (4, 1)
    assert "the text is not utf-8" in (home.output / "out.csv.rejected.csv").read_text()


def many(count: int) -> str:
    return "".join(
        f"{'né' if number % 5 else 'ne'}{number % 1_000:<6}{number % 100:>3}{number / 100:>7.2f}  "
        f"{'x' * (number % 13)}\n"
        for number in range(count)
    )


@pytest.mark.parametrize("workers", [1, 3])
def test_spans_of_any_size_give_the_same_bytes(home: Home, workers: int) -> None:
    data = put(home, many(3_000).encode())
    found = {
        written(home, data, workers=workers, chunk_bytes=chunk_bytes)
        for chunk_bytes in ((1 << 26, 5_000, 700) if workers == 1 else (5_000,))
    }
    expected = "".join(
        f"{'né' if number % 5 else 'ne'}{number % 1_000},{number % 100},{number / 100:.2f},"
        f"{'x' * (number % 13) or EMPTY}\n"
        for number in range(3_000)
    )
    assert found == {f"name,age,paid,note\n{expected}"}


def test_an_interrupted_job_goes_on_to_the_same(home: Home) -> None:
    data = put(home, many(2_000).encode() + b"wrong\n")
    more = {"chunk_bytes": 9_000, "on_bad_row": "quarantine", "measures": ("paid",), "strata": "note"}
    whole = run(home.config(data, **more))
    kept = [(home.output / name).read_bytes() for name in ("out.csv", "out.csv.rejected.csv", "out.csv.sample.parquet")]
    for path in home.output.iterdir():
        path.unlink()
    with pytest.raises(Cancelled):
        run(home.config(data, **more), runner=CrashAfter(3, InlineRunner(), Cancelled("told to stop")))
    result = run(home.config(data, **more, resume=True))
    assert [
        (home.output / name).read_bytes() for name in ("out.csv", "out.csv.rejected.csv", "out.csv.sample.parquet")
    ] == kept
    assert (result.rows_in, result.rows_quarantined, result.estimates) == (2_001, 1, whole.estimates)


def test_preview_and_estimate_read_them_too(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    data = put(home, many(3_000).encode())
    assert all_commands.main(["preview", str(data), "--home", str(home.path), "--rows", "3"]) == 0
    shown = capsys.readouterr().out
    assert f"{data.stat().st_size:,} bytes, lines of 32 characters" in shown
    assert f"record 3 (at byte {len(many(2).encode())})" in shown
    assert shown.count("  né") == 2
    for exact in (True, False):
        answer = estimate_file(home.config(data), Question(measures=("paid",), exact=exact, sample_frac=0.2))
        (estimate,) = answer.estimates
        assert estimate.total == pytest.approx(2999 * 3000 / 200, rel=1e-9 if exact else 0.2)


def test_a_preview_shows_what_is_wrong(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    data = put(home, "\n".join([*lines(), "", lines()[0] + "more"]).encode())
    assert all_commands.main(["preview", str(data), "--home", str(home.path), "--rows", "9", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [record[0]["cell"] for record in shown["records"]] == ["Ada", "Zoë", "Edsger", "李雷", None, None]
    assert [record[0]["problem"] for record in shown["records"]][4:] == [
        "the line is empty", "the line has 36 columns, 32 expected; behind them: 0x6d6f7265"
    ]  # fmt: skip
    assert [cell["offset"] for cell in shown["records"][1]] == [0, 8, 11, 20]


def test_the_sample_and_the_totals_are_those_of_fixed_records(home: Home) -> None:
    more = {"measures": ("paid",), "strata": "note", "sample_frac": 0.1, "chunk_bytes": 20_000}
    text = many(4_000).replace("é", "e")
    of_lines = run(home.config(put(home, text.encode()), **more))
    sample = pq.read_table(home.output / "out.csv.sample.parquet").to_pylist()
    records = b"".join(line.ljust(32).encode() for line in text.splitlines())
    toml = TOML.replace("lines = true", "record_size = 32").replace("length = 3", "length = 3\ntext = true")
    fixed = run(home.config(put(home, records, toml.replace("scale = 2", "scale = 2\ntext = true")), **more))
    assert of_lines.estimates == fixed.estimates
    assert sample == pq.read_table(home.output / "out.csv.sample.parquet").to_pylist()


def test_a_copybook_over_lines(home: Home) -> None:
    (home.data / "x.cpy").write_text(BOOK)
    rows = [("ADA", 36, "FIRST"), ("BOB", 7, ""), ("EVE", 45, "OTHER")]
    for cut in (str, str.rstrip):
        content = "".join(cut(f"{name:<8}{age:03}{note:<6}") + "\n" for name, age, note in rows)
        data = home.put("answers.txt", content.encode())
        found = written(home, data, layout=str(home.data / "x.cpy"))
        assert found == 'NAME,AGE,NOTE_TEXT\nADA,36,FIRST\nBOB,7,""\nEVE,45,OTHER\n'


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("lines = 1\n", "lines is 1; give true, false or the columns of each line of a record"),
        ("lines = [1]\n", "lines has the columns of 1 lines; give 2 to 1000"),
        ("lines = [1, true]\n", "lines has True; a line has 0 to 1,048,576 columns"),
        ("lines = [1, -1]\n", "lines has -1; a line has 0 to 1,048,576 columns"),
        ("lines = [1, 1]\n", 'columns of records of several lines are counted in bytes; say columns = "bytes"'),
        ('lines = [1, 1]\ncolumns = "bytes"\nrecord_size = 9\n', "record_size is 9, and its lines have 2"),
        ('lines = [1, 1]\ncolumns = "bytes"\n[[record]]\n', "records of several types are a line each, not several"),
        ('columns = "bytes"\n', "has columns, which only lines of text have; say lines = true"),
        ('lines = true\ncolumns = "words"\n', "columns is 'words'; give 'characters' or 'bytes'"),
        ('lines = true\nrecord_format = "V"\n', "has record_format, which lines of text do not have"),
        ('lines = true\nbyte_order = "big"\n', "has byte_order, which lines of text do not have"),
        ('lines = true\nencoding = "utf-16"\n', "lines of text are in UTF-8, or in an encoding of one byte each"),
        ('lines = true\nencoding = "shift_jis"\n', "lines of text are in UTF-8, or in an encoding of one byte each"),
    ],
)
def test_what_lines_cannot_be(home: Home, toml: str, said: str) -> None:
    data = put(home, b"a\n", toml + '[[field]]\nname = "a"\ntype = "str"\nlength = 1\n')
    with pytest.raises(LayoutInvalid) as caught:
        run(home.config(data))
    assert said in caught.value.message


@pytest.mark.parametrize("kind", ["packed", "f32", "bool", "bytes", "timestamp", 'i32"\ntext = false\nunit = "s'])
def test_what_no_characters_are_is_no_field_of_lines(home: Home, kind: str) -> None:
    data = put(home, b"a\n", f'lines = true\n[[field]]\nname = "a"\ntype = "{kind}"\nlength = 4\n')
    with pytest.raises(LayoutInvalid, match="which no characters are: lines of text have str, numbers, zoned"):
        run(home.config(data))


def test_a_file_without_lines_is_empty(home: Home) -> None:
    for content in (b"\x1a", b""):
        with pytest.raises(EmptyInput):
            run(home.config(put(home, content)))


def test_an_encoding_that_nothing_tells_is_asked(home: Home) -> None:
    data = home.put("survey.dat", "\n".join(lines(ROWS[:2])).encode("latin-1"))
    (home.data / "x.csv").write_text(TABLE)
    with pytest.raises(Ambiguous) as caught:
        run(home.config(data, layout=str(home.data / "x.csv")))
    assert "--encoding" in caught.value.what_to_do
    assert written(home, data, layout=str(home.data / "x.csv"), encoding="latin-1").count("Zoë") == 1


def test_a_description_with_a_mistake_is_named(home: Home) -> None:
    data = home.put("survey.dat", "\n".join(lines()).encode())
    seen: list[str] = []
    for name, text in (("x.dct", "infix dictionary { a }"), ("y.dct", "a 1-2"), ("x.csv", "column,start\na,1\n")):
        (home.data / name).write_text(text)
        with pytest.raises(EtlError) as caught:
            run(home.config(data, layout=str(home.data / name)))
        seen.append(caught.value.code)
    assert seen == ["E_DICTIONARY", "E_DICTIONARY", "E_LAYOUT"]


STORED = """\
record_size = 13
encoding = "cp037"
[[field]]
name = "name"
type = "str"
length = 8
[[field]]
name = "amount"
type = "packed"
length = 5
"""


@pytest.mark.parametrize("on_bad_row", ["strict", "quarantine"])
def test_a_transfer_in_text_mode_is_recognised(home: Home, on_bad_row: str) -> None:
    records = b"".join(
        f"N{number:<7}".encode("cp037") + bytes.fromhex(f"{number * 7_654_321 % 10**9:09}c") for number in range(200)
    )
    run(home.config(home.put("x.bin", records, STORED), on_bad_row=on_bad_row))
    for destroyed in (
        records.decode("utf-8", "replace").encode(),
        records.decode("cp037").encode("latin-1"),
        records.replace(b"\x15", b"\n").replace(b"\x25", b"\n").replace(b"\n", b"\r\n"),
    ):
        with pytest.raises(TextTransfer) as caught:
            run(home.config(home.put("x.bin", destroyed, STORED), on_bad_row=on_bad_row))
        assert caught.value.message.startswith(f"{home.data / 'x.bin'} was copied in text mode, which destroys numbers")
        assert "copy it again in binary" in caught.value.what_to_do


def test_files_of_one_job_may_have_letters_of_any_width_and_be_packed(home: Home) -> None:
    (home.data / "layout.toml").write_text(TOML)
    plain, wide = many(300).replace("é", "e"), many(300)
    first = home.put("a.bin", plain.encode())
    second = home.put("b.bin.gz", gzip.compress(wide.encode()))
    third = home.put("c.bin", wide.replace("é", "🙂").encode())
    result = run(home.config(first, second, third, measures=("paid",), strata="note", sample_frac=0.5))
    assert (result.rows_in, result.rows_out) == (900, 900)
    found = (home.output / "out.csv").read_text()
    assert [found.count(start) for start in ("\nne1,", "\nné1,", "\nn🙂1,")] == [1, 1, 1]
    assert pq.read_table(home.output / "out.csv.sample.parquet").num_rows > 300


def test_a_flag_may_say_that_records_are_lines(home: Home) -> None:
    toml = TOML.replace("lines = true", "record_size = 32").replace("length = 3", "length = 3\ntext = true")
    data = put(home, "\n".join(lines()).encode(), toml.replace("scale = 2", "scale = 2\ntext = true"))
    assert written(home, data, record_format=RecordFormat.TEXT) == CSV
    with pytest.raises(LayoutInvalid, match="field 'amount' is packed, which no characters are"):
        run(home.config(put(home, b"x", STORED), record_format=RecordFormat.TEXT))


@pytest.mark.parametrize("form", [RecordFormat.F, RecordFormat.V])
def test_or_that_they_are_none_which_a_layout_of_lines_denies(home: Home, form: RecordFormat) -> None:
    (home.data / "x.dct").write_text(DCT)
    for layout in (None, str(home.data / "x.dct")):
        with pytest.raises(LayoutInvalid, match=f"the layout is of lines of text, and --record-format says {form}"):
            run(home.config(put(home, "\n".join(lines()).encode()), record_format=form, layout=layout))
