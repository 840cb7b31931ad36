"""CSV files through whole jobs: merged with other formats, typed, inferred, there and back."""

from __future__ import annotations

import csv
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.config import OnBadRow
from etl_batch.errors import (
    Ambiguous,
    BadRow,
    ConfigError,
    EmptyInput,
    EtlError,
    FormatCorrupt,
    FormatMagic,
    InputChanged,
    SchemaMismatch,
)
from etl_batch.etl_core import run
from etl_batch.values import KIB, MIB, ProgressReport
from tests.conftest import PROJECT, Command, Home
from tests.data_makers.records import LAYOUT, records

CORE = PROJECT / "etl_batch" / "etl_core.py"


def both(home: Home, *inputs: Path, **more: Any) -> tuple[bytes, pa.Table]:  # noqa: ANN401 - fields of the config
    """What a job writes: the CSV and the table."""
    outputs = {"output_csv": f"{home.output}/out.csv", "output_parquet": f"{home.output}/out.parquet"}
    result = run(home.config(*inputs, **{**outputs, **more}))
    table = pq.read_table(home.output / "out.parquet", page_checksum_verification=True)
    assert result.rows_in == result.rows_out + result.rows_quarantined
    assert result.rows_out == table.num_rows
    assert home.leftovers() == []
    return (home.output / "out.csv").read_bytes(), table


def only_csv(home: Home, *inputs: Path, **more: Any) -> bytes:  # noqa: ANN401
    run(home.config(*inputs, **more))
    return (home.output / "out.csv").read_bytes()


def test_a_folder_of_all_formats_becomes_one(home: Home, command: Command) -> None:
    home.put("a.bin", records(500), LAYOUT)
    alone, table = both(home)
    (home.data / "b.csv").write_bytes(alone)
    pq.write_table(table, home.data / "c.parquet")
    done = command(
        "-m", "etl_batch", "run", "-i", home.data, "-o", home.output / "all.csv", "-p", home.output / "all.parquet",
        "-w", "2", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.json()["rows_out"] == 1500
    assert [one["format"] for one in done.json()["inputs"]] == ["bin", "csv", "parquet"]
    merged = pq.read_table(home.output / "all.parquet")
    assert merged.schema.equals(table.schema)
    assert merged.slice(0, 500).equals(table)
    assert merged.slice(1000).equals(table)
    middle = merged.slice(500, 500)
    for name in table.column_names:
        if name != "product":  # the CSV holds the escaped texts, and they are what was read
            assert middle[name].equals(table[name]), name
    lines = (home.output / "all.csv").read_bytes().splitlines()
    assert lines[1:501] == lines[1001:] == alone.splitlines()[1:]


SAME = 'id,name\n1,a\n2,"b\nc"\n'


@pytest.mark.parametrize(
    ("content", "more"),
    [
        (SAME, {}),
        ("\ufeff" + SAME, {}),
        (SAME.replace("\n", "\r\n").replace("b\r\n", "b\n"), {}),
        (SAME.removesuffix("\n"), {}),
        (SAME.replace(",", ";"), {"delimiter": ";"}),
        (SAME.replace(",", "\t"), {"delimiter": "\t"}),
        (SAME.replace(",", "|"), {"delimiter": "|"}),
        (SAME.replace(",", " "), {"delimiter": " "}),
        ('"id","name"\n"1","a"\n"2","b\nc"\n', {}),
        ('\ufeff"id",name\r\n1,"a"\r\n2,"b\nc"', {}),
    ],
)
def test_one_content_in_many_dialects(home: Home, content: str, more: dict[str, Any]) -> None:
    home.put("x.csv", content.encode())
    written, table = both(home, **more)
    assert written.decode() == SAME
    assert table.to_pydict() == {"id": [1, 2], "name": ["a", "b\nc"]}


@pytest.mark.parametrize("given", [";", "\\t", "tab"])
def test_delimiters_on_the_command_line(home: Home, command: Command, given: str) -> None:
    delimiter = ";" if given == ";" else "\t"
    home.put("x.csv", f"a{delimiter}b\n1,5{delimiter}x\n".encode())
    done = command(CORE, "--delimiter", given, "-i", home.data / "x.csv")
    assert done.code == 0, done.err
    assert (home.output / "data.csv").read_text() == "a,b\n1.5,x\n"  # a decimal comma that every cell proves


@pytest.mark.parametrize("content", [b"a,b\n", b"a,b", b"a,b\r\n", b"\xef\xbb\xbfa,b\n"])
def test_a_header_and_no_rows(home: Home, content: bytes) -> None:
    home.put("x.csv", content)
    written, table = both(home)
    assert written == b"a,b\n"
    assert (table.column_names, table.num_rows) == (["a", "b"], 0)
    home.put("y.csv", b"a,b\n1,2\n")
    assert only_csv(home) == b"a,b\n1,2\n"


def test_one_column(home: Home) -> None:
    home.put("x.csv", b'a\n1\n\n""\n2\n\r\n3')
    written, table = both(home)
    assert written == b'a\n1\n\n""\n2\n\n3\n'
    assert table["a"].to_pylist() == ["1", None, "", "2", None, "3"]
    home.put("x.csv", b"a\n1\n\n2\n")
    assert both(home, types="a=u8")[1]["a"].to_pylist() == [1, None, 2]


def test_cells_of_several_megabytes_in_small_chunks(home: Home) -> None:
    long = 'a "quoted" line, and\r\nanother\n' * 100_000
    cell = '"' + long.replace('"', '""') + '"'
    home.put("x.csv", f"a,b\n1,{cell}\n2,{cell}\n3,x\n".encode())
    written, table = both(home, chunk_bytes=64 * KIB, workers=2)
    assert table["b"].to_pylist() == [long, long, "x"]
    assert table["a"].to_pylist() == [1, 2, 3]
    assert written.decode() == f"a,b\n1,{cell}\n2,{cell}\n3,x\n"


def test_a_thousand_columns(home: Home) -> None:
    names = [f"column {number}" for number in range(1000)]
    row = ",".join(map(str, range(1000)))
    home.put("x.csv", (",".join(names) + "\n" + f"{row}\n" * 50).encode())
    written, table = both(home, chunk_bytes=100 * KIB)
    assert written.decode() == ",".join(names) + "\n" + f"{row}\n" * 50
    assert table["column 999"].to_pylist() == [999] * 50


@pytest.mark.parametrize(
    ("files", "error", "says"),
    [
        ([b"a,b,a\n1,2,3\n"], SchemaMismatch, r"column 3 is 'a', as an earlier one is"),
        ([b"a,,\n1,2,3\n"], SchemaMismatch, r"column 3 is without a name, as an earlier one is"),
        ([b"a,b\n1,2\n", b"a,c\n1,2\n"], SchemaMismatch, r"1\.csv: column 2 is 'c', where .*0\.csv has 'b'"),
        ([b"a,b\n1,2\n", b"a\n1\n"], SchemaMismatch, r"1\.csv: column 'b' is missing"),
        ([b"a\n1\n", b"a,b\n1,2\n"], SchemaMismatch, r"1\.csv: column 2 is 'b'"),
        (["ä\n".encode("latin-1")], Ambiguous, r"byte 0 \(0xE4\) is not UTF-8; .*--encoding cp1252 reads ä"),
        (["a\nä\n".encode("latin-1")], Ambiguous, r"byte 2 \(0xE4\) is not UTF-8; .*--encoding cp1252 reads ä"),
        ([b"a\0b\n"], FormatMagic, r"header line: a NUL byte"),
        ([b'a,"b\n1,2\n'], BadRow, r"header line: cell 2 \(at byte 2\)"),
        ([b'a,b"c\n1,2\n'], BadRow, r"header line: cell 2"),
        ([b'"a"b\n1\n'], BadRow, r"header line: cell 1"),
        ([b"a,b\r1,2\n3,4\n"], BadRow, r"header line: .* a lone CR"),
        ([b""], EmptyInput, r"0 bytes, not even a header line"),
        ([b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"], FormatMagic, r"is an image \(PNG\), which is not read"),
        ([b"\x1f\x8b\x08\0\0\0\0\0\0\x03"], FormatCorrupt, r"is cut off: it ends at byte 10"),
    ],
)
def test_what_is_refused(home: Home, files: list[bytes], error: type[EtlError], says: str) -> None:
    for number, content in enumerate(files):
        home.put(f"{number}.csv", content)
    with pytest.raises(error, match=says):
        run(home.config())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a,b\n1,2\n".encode("utf-16"), r"begins as utf-16 does; give --encoding utf-16"),
        ("\ufeffa,b\n1,2\n".encode("utf-16-be"), r"give --encoding utf-16"),
        ("ä\n".encode("latin-1"), r"byte 0 is not UTF-8; give its --encoding"),
        ("a\nä\n".encode("latin-1"), r"row 1 \(at byte 2\): not UTF-8 at byte 2"),
    ],
)
def test_what_is_said_to_be_utf8_has_to_be(home: Home, content: bytes, says: str) -> None:
    home.put("x.csv", content)
    with pytest.raises(FormatMagic, match=says):
        run(home.config(encoding="utf-8"))


def test_one_column_may_lack_a_name(home: Home) -> None:
    home.put("x.csv", b",b\n1,2\n")
    written, table = both(home)
    assert written == b'"",b\n1,2\n'
    assert table.column_names == ["", "b"]


TYPED = {
    "i8": ("-128", -128), "i16": ("-32768", -32768), "i32": ("7", 7), "i64": ("-9223372036854775808", -(2**63)),
    "u8": ("255", 255), "u16": ("65535", 65535), "u32": ("4294967295", 2**32 - 1),
    "u64": ("18446744073709551615", 2**64 - 1), "f32": ("0.1", None), "f64": ("1e-300", 1e-300),
    "bool": ("true", True), "str": ("=x y", "=x y"), "bytes": ("00abff", b"\x00\xab\xff"), "date": ("2000-02-29", None),
    "timestamp[s]": ("1969-12-31T23:59:59.000000Z", None), "timestamp": ("2017-07-14T02:40:00.123456Z", None),
    "timestamp[ns]": ("2017-07-14T02:40:00.123456789Z", None), "timestamp[ms]": ("2017-07-14T02:40:00.123000Z", None),
    "local_timestamp": ("2017-07-14T02:40:00.123456", None), "decimal(9,2)": ("-1234567.89", Decimal("-1234567.89")),
    "decimal(38,10)": ("1234567890123456789012345678.0123456789", None), "decimal(3)": ("-1", Decimal(-1)),
}  # fmt: skip
TYPES = ",".join(f"c{number}={word}" for number, word in enumerate(TYPED))


def typed_file() -> bytes:
    """A row of values, a row of nulls, and the values again."""
    names = ",".join(f"c{number}" for number in range(len(TYPED)))
    row = ",".join(text for text, _ in TYPED.values())
    nulls = "," * (len(TYPED) - 1)
    return f"{names}\n{row}\n{nulls}\n{row}\n".encode()


def test_every_type(home: Home) -> None:
    home.put("x.csv", typed_file())
    written, table = both(home, types=TYPES)
    assert written == typed_file().replace(b"=x y", b'"\'=x y"')
    for number, (_, value) in enumerate(TYPED.values()):
        column = table[f"c{number}"].to_pylist() if not pa.types.is_timestamp(table.schema[number].type) else None
        if column is not None and value is not None:
            assert column == [value, None, value]
        assert table[f"c{number}"].null_count == 1


def test_there_and_back(home: Home) -> None:
    """CSV -> Parquet -> CSV and Parquet -> CSV -> Parquet, with every type."""
    text = typed_file().replace(b"=x y", b"x y")
    source = home.put("x.csv", text)
    csv_of_csv, table = both(home, source, types=TYPES)
    assert csv_of_csv == text
    (home.data / "y.parquet").write_bytes((home.output / "out.parquet").read_bytes())
    csv_of_parquet, same = both(home, home.data / "y.parquet")
    assert csv_of_parquet == text
    assert same.equals(table)
    home.put("z.csv", csv_of_parquet)
    csv_again, table_again = both(home, home.data / "z.csv", types=TYPES)
    assert csv_again == text
    assert table_again.equals(table)
    assert table_again.schema.equals(table.schema)


def test_types_of_another_input_are_enforced(home: Home) -> None:
    home.put("a.bin", records(3), LAYOUT)
    header = b"id,product,sold_at,quantity,price,paid\n"
    home.put("b.csv", header + b"7,x,2020-01-01T00:00:00Z,1,1.5,true\n8,y,2020-01-01T00:00:00Z,1.5,1.5,true\n")
    with pytest.raises(BadRow, match=r"row 2 \(at byte \d+\): column 'quantity': the cell is no i32"):
        run(home.config())
    result = run(home.config(on_bad_row="quarantine"))
    assert (result.rows_in, result.rows_out, result.rows_quarantined) == (5, 4, 1)
    assert (home.output / "out.csv").read_text().splitlines()[-1] == "7,x,2020-01-01T00:00:00.000000Z,1,1.5,true"
    with pytest.raises(ConfigError, match="another input settles the types"):
        run(home.config(types="id=i64"))


@pytest.mark.parametrize(
    "kind", ["i8", "u8", "i64", "u64", "f64", "f32", "bool", "date", "timestamp", "decimal(3,1)", "bytes"]
)
def test_a_cell_that_is_not_of_its_type(home: Home, kind: str) -> None:
    good = TYPED.get(kind, ("1", None))[0]
    lines = [good, good, "no", good, '""' if kind != "bytes" else "abc", good, '"no"']
    home.put("x.csv", ("a,b\n" + "".join(f"x,{line}\n" for line in lines)).encode())
    with pytest.raises(BadRow, match=r"row 3 \(at byte \d+\): column 'b': the cell is no "):
        run(home.config(types=f"b={kind}"))
    for chunk_bytes in (1, 16, MIB):
        result = run(home.config(types=f"b={kind}", on_bad_row="quarantine", chunk_bytes=chunk_bytes))
        assert (result.rows_in, result.rows_out, result.rows_quarantined) == (7, 4, 3)
        with (home.output / "out.csv.rejected.csv").open(newline="") as file:
            assert [row["row"] for row in csv.DictReader(file)] == ["3", "5", "7"]


@pytest.mark.parametrize(
    ("types", "says"),
    [
        ("a=int", "'int' is no type"),
        ("z=i64", "names column 'z', which is not there"),
        ("a", "is not COLUMN=TYPE"),
        ("a=i64,a=u8", "twice"),
        ("a=decimal(39,2)", "is no type"),
        ("a=decimal(2,3)", "is no type"),
        ("a=timestamp[h]", "is no type"),
        ("a=i64,", "is not COLUMN=TYPE"),
        ("", None),
    ],
)
def test_types_that_are_wrong(home: Home, types: str, says: str | None) -> None:
    home.put("x.csv", b"a\n1\n")
    if says is None:
        assert only_csv(home, types=types) == b"a\n1\n"
        return
    with pytest.raises(ConfigError, match=says):
        run(home.config(types=types))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-5", ""], pa.int64()),
        (["0", "18446744073709551615"], pa.uint64()),
        (["-1", "18446744073709551615"], pa.string()),
        (["1.5", "1e+16", "NaN"], pa.float64()),
        (["1e5"], pa.string()),
        (["1", "1.5"], pa.string()),
        (["007"], pa.string()),
        (["", ""], pa.string()),
        (["1", "x"], pa.string()),
        (["1", '""'], pa.string()),
        (['"1"', "2"], pa.int64()),
        (["2020-01-01"], pa.string()),
        (["true"], pa.string()),
    ],
)
def test_what_is_inferred(home: Home, cells: list[str], kind: pa.DataType) -> None:
    content = "a,b\n" + "".join(f"{cell},x\n" for cell in cells)
    home.put("x.csv", content.encode())
    for chunk_bytes in (1, 5, MIB):
        written, table = both(home, chunk_bytes=chunk_bytes)
        assert table.schema.field("a").type == kind
        assert written.decode() == content.replace('"1"', "1")


def test_numbers_that_stay_text_are_told(home: Home) -> None:
    home.put("x.csv", b"id,price,word\n007,1.50,x\n008,2.25,5\n")
    reports: list[ProgressReport] = []
    outputs = {"output_csv": f"{home.output}/o.csv", "output_parquet": f"{home.output}/o.parquet"}
    run(home.config(**outputs), progress=reports.append)
    notes = [report.note for report in reports if report.note]
    assert len(notes) == 2
    assert "column 'id' stays text" in notes[0]
    assert "--types id=i64 reads them as numbers, loses the zeros in front (007 becomes 7)" in notes[0]
    assert "--types price=decimal(18,2) reads them as numbers, keeps every digit" in notes[1]
    assert pq.read_table(home.output / "o.parquet")["id"].to_pylist() == ["007", "008"]


def varied(rows: int) -> bytes:
    cells = ['"a\nb"', "x", "", '""', '"say ""hi"""', "=1+1", "ä€"]
    return ("id,text,n\n" + "".join(f"{n},{cells[n % 7]},{n / 4}\n" for n in range(rows))).encode()


def test_workers_and_chunks_change_nothing(home: Home) -> None:
    home.put("x.csv", varied(3000))
    whole = both(home, workers=1)
    assert only_csv(home) == whole[0]
    for workers, chunk_bytes in ((2, 1000), (4, 4 * KIB), (1, 777), (2, MIB)):
        written, table = both(home, workers=workers, chunk_bytes=chunk_bytes)
        assert written == whole[0]
        assert table.equals(whole[1])


def test_parquet_as_a_folder_of_parts(home: Home) -> None:
    home.put("x.csv", varied(3000))
    whole = both(home)[1]
    result = run(home.config(output_csv=None, output_parquet=f"{home.output}/parts/", chunk_bytes=8 * KIB, workers=2))
    parts = sorted((home.output / "parts").glob("part-*"))
    assert [path.name for path in parts] == [f"part-{number:07d}.parquet" for number in range(len(parts))]
    assert pa.concat_tables(map(pq.read_table, parts)).equals(whole)
    assert sum(output.rows for output in result.outputs) == 3000


@pytest.mark.parametrize("change", ["longer", "shorter", "other"])
def test_an_input_changed_during_the_job(home: Home, change: str) -> None:
    source = home.put("x.csv", varied(20_000))
    changed = False

    def interfere(report: ProgressReport) -> None:
        nonlocal changed
        if report.phase == "convert" and not changed:
            changed = True
            if change == "longer":
                with source.open("ab") as file:
                    file.write(b"1,2,3\n")
            elif change == "shorter":
                os.truncate(source, 1000)
            else:
                source.write_bytes(source.read_bytes().replace(b"x", b"y"))

    (home.output / "out.csv").write_text("old")
    with pytest.raises(InputChanged):
        run(home.config(chunk_bytes=16 * KIB), progress=interfere)
    assert (home.output / "out.csv").read_text() == "old"
    assert home.leftovers() == []


def test_an_input_changed_between_check_and_conversion(home: Home) -> None:
    source = home.put("x.csv", varied(20_000))

    def interfere(report: ProgressReport) -> None:
        if report.phase == "check" and report.done_bytes == report.total_bytes:
            source.write_bytes(b"id,text,n\n" + b"x" * (source.stat().st_size - 10))

    with pytest.raises(InputChanged):
        run(home.config(chunk_bytes=16 * KIB, on_bad_row=OnBadRow.QUARANTINE), progress=interfere)
    assert not (home.output / "out.csv").exists()


def test_our_own_output_comes_out_as_it_went_in(home: Home) -> None:
    home.put("x.csv", varied(500))
    once = only_csv(home)
    home.put("x.csv", once)
    assert only_csv(home) == once.replace(b"'=1+1", b"''=1+1")
