"""Cells as people write them, through whole jobs: what every row proves is read, what any refutes stays as it is."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from etl_batch.config import OnBadRow
from etl_batch.errors import BadRow, ConfigError
from etl_batch.etl_core import run
from etl_batch.jobs.config_json import as_json, from_json
from etl_batch.options.input_reading import HeaderLine
from etl_batch.values import JobResult, ProgressReport
from tests.conftest import Command, Home

CORE = "etl_batch/etl_core.py"
GERMAN = (
    b'product;value;day;id;when\nA;1.234,50;31.12.2025;007;31.12.2025 10:00\n"B;x";9,90;1.1.2025;008;1.1.2025 9:05\n'
    b"C;-0,5;02.03.2024;009;02.03.2024 23:59\n"
)
PLAIN = (
    b"product,value,day,id,when\nA,1234.50,2025-12-31,007,2025-12-31T10:00:00\n"
    b'"B;x",9.90,2025-01-01,008,2025-01-01T09:05:00\nC,-0.5,2024-03-02,009,2024-03-02T23:59:00\n'
)
AS_THEY_STAND = (
    b'product,value,day,id,when\nA,"1.234,50",31.12.2025,007,31.12.2025 10:00\n'
    b'"B;x","9,90",1.1.2025,008,1.1.2025 9:05\n'
    b'C,"\'-0,5",02.03.2024,009,02.03.2024 23:59\n'
)


def converted(home: Home, content: bytes, **more: Any) -> tuple[bytes, JobResult]:  # noqa: ANN401 - fields of the config
    """The CSV that a job makes, and its result."""
    result = run(home.config(home.put("x.csv", content), **more))
    return (home.output / "out.csv").read_bytes(), result


def told(home: Home, path: Path, **more: Any) -> list[str]:  # noqa: ANN401
    """The notes of a job."""
    notes: list[str] = []

    def progress(report: ProgressReport) -> None:
        notes.extend([report.note] if report.note else [])

    run(home.config(path, **more), progress)
    return notes


def test_what_every_cell_proves_is_read(home: Home) -> None:
    assert converted(home, GERMAN)[0] == converted(home, PLAIN)[0] == PLAIN


def test_a_job_of_before_there_was_a_choice_leaves_cells_as_they_stand(home: Home) -> None:
    config = home.config(home.put("x.csv", GERMAN), delimiter=";", header=HeaderLine.YES)
    stored = as_json(config)
    for key in ("decimal", "thousands", "date_format", "null", "trim"):
        del stored[key]
    run(from_json(stored))
    assert (home.output / "out.csv").read_bytes() == AS_THEY_STAND


def test_dates_are_left_where_that_is_said_but_for_columns_with_a_format(home: Home) -> None:
    made = converted(home, GERMAN, date_format=("none", "day=%d.%m.%Y"))[0]
    assert b"1234.50,2025-12-31,007,31.12.2025 10:00\n" in made


def test_totals_and_estimates_are_those_of_the_plain_twin(home: Home) -> None:
    rows = [(f"P{n % 7}", f"{n * 37 % 100000 / 100:.2f}", n) for n in range(3000)]
    plain = "product,value,quantity\n" + "".join(f"{p},{v},{q}\n" for p, v, q in rows)
    german = "product;value;quantity\n" + "".join(f"{p};{v.replace('.', ',')};{q}\n" for p, v, q in rows)
    mine, twin = (converted(home, text.encode(), sample_frac=0.1) for text in (german, plain))
    assert mine[0] == twin[0]
    assert mine[1].estimates == twin[1].estimates
    assert mine[1].estimates


def test_parquet_has_types_that_keep_each_digit(home: Home) -> None:
    path = home.put("x.csv", GERMAN)
    run(home.config(path, output_csv=f"{home.output}/out.csv", output_parquet=f"{home.output}/out.parquet"))
    table = pq.read_table(home.output / "out.parquet")
    assert str(table.schema.field("value").type) == "decimal128(6, 2)"
    assert table["value"].to_pylist() == [Decimal("1234.50"), Decimal("9.90"), Decimal("-0.50")]
    assert table["day"].to_pylist()[0] == dt.date(2025, 12, 31)
    assert table["when"].to_pylist()[1] == dt.datetime(2025, 1, 1, 9, 5)  # noqa: DTZ001 - it has no zone
    assert table["id"].to_pylist() == ["007", "008", "009"]
    assert (home.output / "out.csv").read_bytes() == PLAIN


@pytest.mark.parametrize(
    ("late", "says"),
    [
        ("12.5;1.1.2025", "column 'v' stays as it is: '12.5' in row 3,001 of"),
        ("1,2,3;1.1.2025", "'1,2,3' in row 3,001"),
        ("1,5;31.02.2025", "column 'd' stays as it is: '31.02.2025' in row 3,001"),
        ("1,5;2025-01-01", "'2025-01-01' in row 3,001"),
    ],
)
def test_one_cell_refutes_a_column_and_is_named(home: Home, late: str, says: str) -> None:
    body = "".join(f"{n},{n % 10};{n % 28 + 1:02}.01.2025\n" for n in range(3000))
    path = home.put("x.csv", f"v;d\n{body}{late}\n{body}".encode())
    notes = told(home, path)
    lines = (home.output / "out.csv").read_text().splitlines()
    assert any(says in note for note in notes), notes
    place = 0 if "'v'" in says or "1,2,3" in says else 1
    first = [lines[1].rpartition(",")[0].strip('"'), lines[1].rpartition(",")[2]]
    assert first[place] == ("0,0", "01.01.2025")[place]
    assert first[1 - place] == ("0.0", "2025-01-01")[1 - place]


def test_two_orders_of_day_and_month_leave_text(home: Home) -> None:
    path = home.put("x.csv", b"k;d\na;1/2/2025\nb;3/4/2025\n")
    notes = told(home, path)
    assert any("%d/%m/%Y and %m/%d/%Y both fit every cell" in note and "--date-format d=" in note for note in notes)
    assert (home.output / "out.csv").read_bytes() == b"k,d\na,1/2/2025\nb,3/4/2025\n"
    assert converted(home, path.read_bytes(), date_format=("d=%m/%d/%Y",))[0] == b"k,d\na,2025-01-02\nb,2025-03-04\n"


def test_a_late_day_settles_the_order_in_all_files(home: Home) -> None:
    body = "".join(f"a;{n % 12 + 1}/{n % 11 + 1}/2025\n" for n in range(9000))
    for name, last in (("a.csv", ""), ("b.csv", "z;2/13/2025\n")):
        home.put(name, f"k;d\n{body}{last}{body if last else ''}".encode())
    run(home.config(home.data))
    lines = (home.output / "out.csv").read_text().splitlines()
    assert lines[2] == "a,2025-02-02"
    assert "z,2025-02-13" in lines
    assert lines[3] == "a,2025-03-03"


def test_given_types_make_bad_rows_of_what_does_not_fit(home: Home) -> None:
    content = b"v;day;ok\n1,5;31.12.2025;ja\n2.5;1.1.2025;nein\n3;2025-01-01;ja\n4;1.1.2024;j\n5;2.1.2024;nein\n"
    how = {"types": "v=f64,day=date(%d.%m.%Y),ok=bool(ja,nein)", "decimal": ","}
    with pytest.raises(BadRow, match=r"row 2 \(at byte 27\): column 'v': the cell is no f64: '2\.5'"):
        converted(home, content, **how)
    csv, result = converted(home, content, **how, on_bad_row=OnBadRow.QUARANTINE)
    assert csv == b"v,day,ok\n1.5,2025-12-31,true\n5.0,2024-01-02,false\n"
    rejected = (home.output / "out.csv.rejected.csv").read_text()
    assert result.rows_quarantined == 3
    for row in ("2.5;1.1.2025;nein", "3;2025-01-01;ja", "4;1.1.2024;j"):
        assert row in rejected
    assert "\x1a" not in rejected


def test_words_blanks_and_amounts(home: Home) -> None:
    content = b"k; share ;price;n;x\n NA ;5 %;EUR 5; 7 ;a\nNA;12,5 %;(12,50);-; b\n"
    how = {"types": "share=percent,price=money,*=str", "decimal": ",", "null": ("k=NA", "-"), "trim": True}
    assert converted(home, content, **how)[0] == b"k,share,price,n,x\n,0.05,5,7,a\n,0.125,-12.50,,b\n"


@pytest.mark.parametrize(
    ("cells", "flags", "meant"),
    [
        (["5 %", "12.5 %"], "--types x=percent", ["0.05", "0.125"]),
        (["(12.50)", "7.25"], "--types x=money", ["-12.50", "7.25"]),
        (["12,50-", "7,25"], "--types x=money --decimal ,", ["-12.50", "7.25"]),
        (["\u20ac 5,00", "$3"], "--types x=money --decimal ,", ["5.00", "3"]),
        (["+5,5", "-3,5"], "--types x=money --decimal ,", ["5.5", "-3.5"]),
    ],
)
def test_amounts_stay_as_they_are_and_a_note_has_the_flags_that_read_them(
    home: Home, cells: list[str], flags: str, meant: list[str]
) -> None:
    path = home.put("x.csv", ("x;n\n" + "".join(f"{cell};k{cell}\n" for cell in cells)).encode())
    (note,) = [note for note in told(home, path) if "column 'x' stays" in note]
    assert note.endswith(f"; {flags} reads them")
    says = dict(pair.split(maxsplit=1) for pair in flags.removeprefix("--").split(" --"))
    made = converted(home, path.read_bytes(), **says)[0].decode().splitlines()
    assert [line.partition(",")[0] for line in made] == ["x", *meant]


def test_nothing_is_applied_unasked(home: Home) -> None:
    content = b"k,share,price,n\nNA,5 %,EUR 5, 7\nNULL,6 %,$5, 8\n"
    assert converted(home, content)[0] == content


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"date_format": ("z=%d.%m.%Y",)}, "--date-format names column 'z'"),
        ({"null": ("z=NA",)}, "--null names column 'z'"),
        ({"date_format": ("%d.%Q.%Y",)}, "%Q in"),
        ({"date_format": ("%H:%M",)}, "lacks the day"),
        ({"types": "a=bool(ja)"}, "names no two words"),
        ({"types": "a=date(%d.%m.%Y %H:%M)"}, "which a date has not"),
        ({"types": "a=percent(2)"}, "is no type"),
        ({"decimal": ";"}, "--decimal is ';'"),
        ({"thousands": "."}, "--thousands is '.'"),
    ],
)
def test_what_cannot_be_meant_is_refused(home: Home, more: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=r"(?s).*") as refused:
        converted(home, b"a,b\n1,2\n", **more)
    assert says in str(refused.value)


def test_from_the_command_line(home: Home, command: Command) -> None:
    home.put("x.csv", GERMAN)
    done = command(CORE, "-i", home.data / "x.csv", "--decimal", ",", "--thousands", ".", "--date-format",
                   "day=%d.%m.%Y", "--null", "k.A.", "--trim", "--types", "when=timestamp(%d.%m.%Y %H:%M)")  # fmt: skip
    assert done.code == 0, done.err
    assert (home.output / "data.csv").read_bytes() == PLAIN.replace(b":00\n", b":00.000000\n")
    config = json.loads((home.output / "data.csv.meta.json").read_text())["config"]
    assert (config["decimal"], config["null"], config["trim"]) == (",", ["k.A."], True)


def test_a_small_negative_decimal_is_no_nought_in_the_sample(home: Home) -> None:
    content = b"product,value\nA,1234.50\nA,-0.50\nB,-7.25\nB,-9.75\n"
    _, result = converted(home, content, types="value=decimal(6,2)", sample_frac=1.0)
    (estimate,) = [one for one in result.estimates if one.measure == "value"]
    assert estimate.total == estimate.exact_total == 1217.0


SALES = (
    "product;value;day\n" + "".join(f"MILK;{row},25;{row % 28 + 1:02}.12.2025\n" for row in range(1, 2001)) + "x;-;\n"
)


def test_an_estimate_reads_cells_as_flags_say(home: Home, command: Command) -> None:
    path = str(home.put("a.csv", SALES.encode("cp1252")))
    flags = ("--decimal", ",", "--null", "-", "--date-format", "%d.%m.%Y", "--encoding", "cp1252", "--json")
    asked = ("-m", "etl_batch", "estimate", path, "--measures", "value")
    (total,) = command(*asked, *flags).json()["estimates"]
    assert total["exact_total"] == sum(row + 0.25 for row in range(1, 2001))
    (total,) = command(*asked, *flags, "--where", "day <= '2025-12-01'").json()["estimates"]
    assert total["exact_total"] == sum(row + 0.25 for row in range(1, 2001) if row % 28 == 0)
    (total,) = command(*asked, *flags[:4], "--types", "value=money", "--json").json()["estimates"]
    assert total["exact_total_text"] == "2001500.00"
    for without in ((), flags[:2]):  # nobody said anything of commas, or of the word
        done = command(*asked, *without)
        assert done.code == 2
        assert "error[E_MEASURE]: column 'value' holds the cell '1,25'" in done.err
