"""Several types of records in one file: a table each, whole jobs."""

from __future__ import annotations

import csv
import json
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import BadRow, Cancelled, ConfigError, EmptyInput, NameClaimed, TrailerMismatch
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.values import JobResult
from tests.conftest import Command, Home
from tests.data_makers.record_types import ENDS, LAYOUT, SIZE, Expected, line, order, some_orders, with_ends
from tests.helpers.inline_runner import CrashAfter, InlineRunner

HEADS = {
    "ORDER": "TYPE,ORDER_ID,product",
    "LINE": "TYPE,quantity,value,is_gift,ORDER_ID",
    "NOTE": "TYPE,text",
}


def _job(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
    return home.config(**({"output_csv": f"{home.output}/out/", "strata": "TYPE", "measures": ("value",)} | more))


def _table(home: Home, name: str, folder: str = "out") -> list[str]:
    rows: list[str] = []
    for part in sorted((home.output / folder / name).glob("part-*")):
        head, *lines = part.read_text().splitlines()
        assert head == HEADS[name]
        rows += lines
    return rows


def _records_in(result: JobResult) -> int:
    return sum(one.rows for one in result.inputs)


def _as_expected(home: Home, expected: Expected) -> None:
    assert _table(home, "ORDER") == expected.orders
    assert _table(home, "LINE") == expected.lines
    assert _table(home, "NOTE") == expected.notes


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("chunk_bytes", [SIZE, 7 * SIZE, 1 << 20])
def test_a_table_for_each_type_with_the_keys_of_parents(home: Home, workers: int, chunk_bytes: int) -> None:
    content, expected = some_orders(60 if chunk_bytes == SIZE else 3000)
    home.put("x.bin", content, LAYOUT)
    result = run(_job(home, workers=workers, chunk_bytes=chunk_bytes))
    _as_expected(home, expected)
    rows = [len(expected.orders), len(expected.lines), len(expected.notes)]
    assert [(table.name, table.rows_in, table.rows_out) for table in result.tables] == [
        (name, count, count) for name, count in zip(HEADS, rows, strict=True)
    ]
    assert result.rows_in == result.rows_out == _records_in(result) == sum(rows) == len(content) // SIZE
    assert [(one.path.name, one.rows) for one in result.inputs] == [("x.bin", sum(rows))]
    assert home.leftovers() == []


BAD = ("value", "orphan", "unknown")


@pytest.mark.parametrize("chunk_bytes", [5 * SIZE, 1 << 20])
def test_bad_rows_are_set_aside_with_their_table_and_all_adds_up(home: Home, chunk_bytes: int) -> None:
    content, expected = some_orders(400, bad=BAD)
    home.put("x.bin", content + b"half a record", LAYOUT)
    result = run(_job(home, on_bad_row="quarantine", chunk_bytes=chunk_bytes, output_parquet=f"{home.output}/cols/"))
    _as_expected(home, expected)
    with (home.output / "out.rejected.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["table", "input", "row", "byte", "reason", "raw"]
    records = len(content) // SIZE
    assert [(row[0], int(row[2])) for row in rows] == sorted(
        [*expected.bad, ("", records + 1)], key=lambda one: (not one[0], one[1])
    )
    for table, _, row, byte, reason, raw in rows[:-1]:
        at = (int(row) - 1) * SIZE
        assert (int(byte), raw) == (at, content[at : at + SIZE].hex())
        assert reason.startswith({"LINE": ("no record ORDER", "field 'is_gift'"), "": ("it is of none",)}[table])
    for one in result.tables:
        assert one.rows_in == one.rows_out + one.rows_quarantined
        assert ds.dataset(home.output / "cols" / one.name).count_rows() == one.rows_out
    assert result.rows_quarantined == len(rows)
    assert _records_in(result) == result.rows_in == records + 1 == result.rows_out + len(rows)
    told = json.loads((home.output / "out.meta.json").read_text())
    assert [table["name"] for table in told["tables"]] == list(HEADS)
    assert sum(table["rows_quarantined"] for table in told["tables"]) < told["rows_quarantined"]
    assert told["records_in"] == told["inputs"][0]["rows"] == records + 1


def test_the_first_record_of_no_type_stops_a_strict_job_before_anything_is_written(home: Home) -> None:
    content, expected = some_orders(400, bad=("unknown",))
    home.put("x.bin", content, LAYOUT)
    number = expected.bad[0][1]
    says = rf"x\.bin, row {number} \(at byte {(number - 1) * SIZE}\): it is of none of the types of records"
    with pytest.raises(BadRow, match=says):
        run(_job(home))
    assert not list(home.output.iterdir())


def test_a_child_without_a_parent_is_a_bad_row(home: Home) -> None:
    content, _ = some_orders(40, bad=("orphan",))
    home.put("x.bin", content, LAYOUT)
    with pytest.raises(BadRow, match=r"row 1 \(at byte 0\): no record ORDER stands before it"):
        run(_job(home))


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ({"output_csv": "one.csv"}, r"-o .*one\.csv is one file; give a folder: -o .*one/$"),
        ({"output_parquet": "one.parquet"}, r"3 types \(ORDER, LINE, NOTE\), a table each, and -p .*; give a folder"),
    ],
)
def test_an_output_of_one_file_is_refused(home: Home, outputs: dict[str, str], says: str) -> None:
    home.put("x.bin", some_orders(9)[0], LAYOUT)
    config = _job(home, **{key: f"{home.output}/{name}" for key, name in outputs.items()})
    for begin in (run, dry_run):
        with pytest.raises(ConfigError, match=says):
            begin(config)
    assert not list(home.output.iterdir())


def test_samples_and_totals_of_each_table_lie_beside_its_folder(home: Home) -> None:
    content, expected = some_orders(2000)
    home.put("x.bin", content, LAYOUT)
    result = run(_job(home, sample_frac=0.1))
    names = {"LINE", "NOTE", "ORDER", "LINE.sample.parquet", "LINE.totals.parquet"}
    assert {path.name for path in (home.output / "out").iterdir()} == names
    cents = sum(int(line.split(",")[2].replace(".", "")) for line in expected.lines)
    (estimate,) = result.estimates
    assert (estimate.measure, estimate.exact_total_text) == ("LINE.value", f"{cents / 100:.2f}")
    by_name = {table.name: table.estimates for table in result.tables}
    assert [one.measure for one in by_name["LINE"]] == ["value"]
    assert by_name["ORDER"] == by_name["NOTE"] == ()
    assert any(note.startswith("ORDER: no totals were estimated: ") for note in result.warnings)


def test_a_measure_that_no_table_has_is_refused(home: Home) -> None:
    home.put("x.bin", some_orders(9)[0], LAYOUT)
    with pytest.raises(ConfigError, match="no column 'price'"):
        run(_job(home, measures=("price",)))


def test_the_folder_is_replaced_as_a_whole(home: Home) -> None:
    content, expected = some_orders(200)
    home.put("x.bin", content, LAYOUT)
    run(_job(home))
    result = run(_job(home, chunk_bytes=50 * SIZE))
    _as_expected(home, expected)
    (kept,) = home.output.glob("out.bak.*")
    assert (kept / "ORDER" / "part-0000000.csv").is_file()
    assert [(one.path.name, one.rows) for one in result.replaced] == [("out", result.rows_out)]
    (home.output / "out" / "ORDER" / "mine.txt").write_text("mine")
    with pytest.raises(NameClaimed, match="holds other files than the parts of an output: ORDER"):
        run(_job(home))


def test_the_check_counts_as_the_job_does(home: Home) -> None:
    content, expected = some_orders(300, bad=BAD)
    home.put("x.bin", content, LAYOUT)
    found = dry_run(_job(home, on_bad_row="quarantine"))
    assert (found.rows, found.bad_rows, found.succeeds) == (len(content) // SIZE, len(expected.bad), True)
    result = run(_job(home, on_bad_row="quarantine"))
    heads = sum(len(head) + 1 for head in HEADS.values())
    assert found.outputs[0].bytes + heads == sum(output.bytes for output in result.outputs)
    assert found.inputs == result.inputs
    strict = dry_run(_job(home))
    assert (strict.rows, strict.bad_rows, strict.succeeds) == (found.rows, found.bad_rows, False)
    home.put("x.bin", some_orders(300)[0], LAYOUT)
    assert dry_run(_job(home)).succeeds


def test_several_files_follow_each_other_in_each_table(home: Home) -> None:
    (one, first), (two, second) = some_orders(90, seed=1), some_orders(50, seed=2)
    home.put("a.bin", one, LAYOUT)
    home.put("b.bin", two, LAYOUT)
    result = run(_job(home, chunk_bytes=20 * SIZE))
    _as_expected(home, Expected(first.orders + second.orders, first.lines + second.lines, first.notes + second.notes))
    assert [one.rows for one in result.inputs] == [len(one) // SIZE, len(two) // SIZE]


def test_inputs_with_other_types_of_records_are_refused(home: Home) -> None:
    home.put("a.bin", some_orders(9)[0], LAYOUT)
    home.put("b.bin", some_orders(9)[0], LAYOUT.replace("'09'", "'08'"))
    with pytest.raises(ConfigError, match=r"b\.bin has not the types of records that other inputs have"):
        run(_job(home))


@pytest.mark.parametrize("parquet", [None, "cols/"])
def test_resume_goes_on_to_the_same_tables(tmp_path: Path, parquet: str | None) -> None:
    def fresh(name: str) -> Home:
        home = Home(tmp_path / name)
        for folder in ("data", "output", "report"):
            (home.path / folder).mkdir(parents=True)
        home.put("x.bin", some_orders(90, bad=BAD)[0], LAYOUT)
        return home

    def asked(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401
        other = parquet and f"{home.output}/{parquet}"
        return _job(home, output_parquet=other, on_bad_row="quarantine", chunk_bytes=20 * SIZE, **more)

    def seen(home: Home) -> dict[str, bytes]:
        files = (path for path in home.output.rglob("*") if path.is_file())
        return {
            str(path.relative_to(home.output)): path.read_bytes().replace(str(home.path).encode(), b"<home>")
            for path in files
            if not path.name.endswith((".lock", ".meta.json", ".datapackage.json"))
        }

    whole = fresh("whole")
    run(asked(whole), runner=InlineRunner())
    for after in range(1, 100):
        home = fresh(f"home{after}")
        with suppress(Cancelled):
            run(asked(home), runner=CrashAfter(after, InlineRunner(), Cancelled("told to stop")))
            assert after > 10, "all spans were done"
            return
        assert not (home.output / "out").exists()
        result = run(asked(home, resume=True), runner=InlineRunner())
        assert seen(home) == seen(whole), after
        assert home.leftovers() == []
        assert _records_in(result) == result.rows_in


def test_a_job_that_is_not_gone_on_with_leaves_nothing(home: Home) -> None:
    home.put("x.bin", some_orders(90)[0], LAYOUT)
    config = _job(home, chunk_bytes=20 * SIZE)
    with pytest.raises(Cancelled):
        run(config, runner=CrashAfter(7, InlineRunner(), Cancelled("told to stop")))
    assert any(path.name.startswith(".out.LINE.span.samples.part.") for path in home.output.iterdir())
    run(config, runner=InlineRunner())
    assert home.leftovers() == []


@pytest.mark.parametrize("chunk_bytes", [SIZE, 9 * SIZE, 1 << 20])
def test_a_header_and_a_trailer_become_no_rows_and_their_values_are_kept_and_compared(
    home: Home, chunk_bytes: int
) -> None:
    content, expected = some_orders(60)
    home.put("x.bin", with_ends(content), LAYOUT + ENDS)
    result = run(_job(home, chunk_bytes=chunk_bytes, strata="DATE"))
    for name, lines in (("ORDER", expected.orders), ("LINE", expected.lines), ("NOTE", expected.notes)):
        parts = sorted((home.output / "out" / name).glob("part-*"))
        found = [part.read_text().splitlines() for part in parts]
        assert {head for head, *_ in found} == {f"{HEADS[name]},DATE"}
        assert [row for _, *rows in found for row in rows] == [f"{line},20261130" for line in lines]
    assert [table.name for table in result.tables] == list(HEADS)
    assert _records_in(result) == result.rows_in + 2 == len(content) // SIZE + 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"count": 7}, r"its last record \(TRAILER\): COUNT says 7 records, and there are 61$"),
        ({"cents": -123456}, r"TOTAL says -1,234\.56, and value comes to -?[0-9,]+\.[0-9][0-9]$"),
    ],
)
def test_what_a_trailer_says_and_what_there_is_end_the_job_where_they_differ(
    home: Home, wrong: dict[str, int], says: str
) -> None:
    content, _ = some_orders(60)
    home.put("x.bin", with_ends(content[: 61 * SIZE], **wrong), LAYOUT + ENDS)
    for begin in (run, dry_run):
        with pytest.raises(TrailerMismatch) as caught:
            begin(_job(home, on_bad_row="quarantine", chunk_bytes=9 * SIZE))
        assert re.search(says, caught.value.message), caught.value.message
    assert not list(home.output.iterdir())


def test_values_that_cannot_be_added_up_are_said_to_be_left_out(home: Home) -> None:
    content, _ = some_orders(60)
    layout = (LAYOUT + ENDS).replace('type = "decimal"\nlength = 4', 'type = "packed"\nlength = 4')
    home.put("x.bin", with_ends(content), layout)
    with pytest.raises(TrailerMismatch, match=r"value comes to .* \(without [0-9]+ records where it is bad, or null\)"):
        run(_job(home, on_bad_row="quarantine"))


def test_a_file_of_one_record_has_not_both_ends(home: Home) -> None:
    home.put("x.bin", with_ends(b"")[:SIZE], LAYOUT + ENDS)
    with pytest.raises(EmptyInput, match="has 1 record, where a first and a last one are meant to be"):
        run(_job(home))


def test_nothing_between_a_header_and_a_trailer_is_tables_without_rows(home: Home) -> None:
    home.put("x.bin", with_ends(b""), LAYOUT + ENDS)
    result = run(_job(home, measures=()))
    assert (_records_in(result), result.rows_in, [table.rows_in for table in result.tables]) == (2, 0, [0, 0, 0])
    assert (home.output / "out" / "NOTE" / "part-0000000.csv").read_text() == "TYPE,text,DATE\n"


BOOK = """       01 ORDER-RECORD.
          05 REC-TYPE PIC XX.
          05 ORDER-ID PIC 9(6).
          05 CUSTOMER PIC X(10).
       01 LINE-RECORD.
          05 REC-TYPE PIC XX.
          05 QUANTITY PIC S9(3) COMP-3.
          05 AMOUNT PIC S9(5)V99 COMP-3.
       01 END-RECORD.
          05 REC-TYPE PIC XX.
          05 HOW-MANY PIC 9(6).
"""
RECORDS = ("ORDER-RECORD when REC-TYPE = '01'", "LINE-RECORD when REC_TYPE in ('02', '03')", "END-RECORD when last")


def _mainframe(home: Home) -> None:
    home.put("orders.cpy", BOOK.encode())
    records = [
        "01000017ANNA".encode("cp037").ljust(18, b"\x40"),
        "02".encode("cp037") + bytes.fromhex("012c0012345c") + b"\x40" * 10,
        "03".encode("cp037") + bytes.fromhex("007d0000050d") + b"\x40" * 10,
        "99000003".encode("cp037").ljust(18, b"\x40"),
    ]
    home.put("x.ps", b"".join(records))


def test_records_of_a_copybook_become_a_table_each(home: Home) -> None:
    _mainframe(home)
    config = _job(home, record=RECORDS, layout=f"{home.data}/orders.cpy", format="binary", measures=())
    result = run(replace(config, inputs=(f"{home.data}/x.ps",)))
    assert [(table.name, table.rows_out) for table in result.tables] == [("ORDER-RECORD", 1), ("LINE-RECORD", 2)]
    order = (home.output / "out" / "ORDER-RECORD" / "part-0000000.csv").read_text()
    assert order == "REC_TYPE,ORDER_ID,CUSTOMER\n01,17,ANNA\n"
    lines = (home.output / "out" / "LINE-RECORD" / "part-0000000.csv").read_text()
    assert lines == "REC_TYPE,QUANTITY,AMOUNT\n02,12,123.45\n03,-7,-0.50\n"


def test_the_layout_of_several_records_is_printed_and_reads_as_the_copybook_does(home: Home, command: Command) -> None:
    _mainframe(home)
    words = [word for one in RECORDS for word in ("--record", one)]
    done = command("-m", "etl_batch", "layout", "data/orders.cpy", "-i", "data/x.ps", *words, cwd=home.path)
    assert done.err == ""
    assert "when = \"REC_TYPE in ('02', '03')\"" in done.out
    text = done.out.replace('name = "LINE-RECORD"\n', 'name = "LINE"\nparent = "ORDER-RECORD"\n')
    text = text.replace('name = "ORDER-RECORD"\n', 'name = "ORDER-RECORD"\nkey = "ORDER_ID"\n')
    (home.data / "x.layout.toml").write_text(text)
    config = _job(home, measures=(), format="binary", layout=f"{home.data}/x.layout.toml")
    run(replace(config, inputs=(f"{home.data}/x.ps",)))
    lines = (home.output / "out" / "LINE" / "part-0000000.csv").read_text()
    assert lines == "REC_TYPE,QUANTITY,AMOUNT,ORDER_ID\n02,12,123.45,17\n03,-7,-0.50,17\n"


@pytest.mark.parametrize(
    ("records", "says"),
    [
        (("A-RECORD", "B-RECORD when T = '1'"), "--record A-RECORD is one of 2, and nothing says which records"),
        (("A-RECORD if T = '1'",), "--record is \"A-RECORD if T = '1'\""),
        (("",), "--record is ''"),
    ],
)
def test_types_that_are_not_told_apart_are_refused(home: Home, records: tuple[str, ...], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _job(home, record=records)
    assert says in str(caught.value)


def test_without_an_output_the_folder_is_named_after_the_input(home: Home, command: Command) -> None:
    home.put("x.bin", some_orders(20)[0], LAYOUT)
    home.put("plain.csv", b"a,b\n1,2\n")
    done = command("-m", "etl_batch", "run", "-i", "data/x.bin", "--measures", "-", cwd=home.path)
    assert done.code == 0, done.err
    assert {path.name for path in (home.output / "x").iterdir()} == set(HEADS)
    assert command("-m", "etl_batch", "run", "-i", "data/plain.csv", cwd=home.path).code == 0
    assert (home.output / "data.csv").is_file()


def test_a_preview_shows_the_first_records_of_each_type(home: Home, command: Command) -> None:
    records = [order(7), line(3, 250), b"77".ljust(SIZE, b"?"), order(8, "milk"), line(1, 1, gift=9)]
    home.put("x.bin", with_ends(b"".join(records)), LAYOUT + ENDS)
    words = ["-m", "etl_batch", "preview", home.data / "x.bin", "--rows", "1"]
    shown = command(*words).out
    assert "records of 5 types; the first 7 records were looked at" in shown
    assert f"of no type: 1 record, the first at byte {3 * SIZE:,}; they are bad rows" in shown
    assert "LINE: told by TYPE in ('02', '03')\n\nrecord 1 (at byte 48)" in shown
    assert "NOTE: told by TYPE = '09'; none of those that were looked at is of this type" in shown
    found = command(*words[:-1], "9", "--json").json()
    assert (found["records_seen"], found["of_no_type"], found["first_of_no_type"]) == (7, 1, 3 * SIZE)
    by_name = {one["name"]: one for one in found["types"]}
    assert by_name["ORDER"]["places"] == [SIZE, 4 * SIZE]
    assert [[cell["cell"] for cell in row] for row in by_name["ORDER"]["records"]] == [
        ["01", "7", "tea"], ["01", "8", "milk"],
    ]  # fmt: skip
    assert by_name["LINE"]["records"][1][-1]["problem"] == "a bool is 0 or 1"
    assert by_name["TRAILER"]["when"] == "last"


def test_an_estimate_says_that_it_knows_no_types(home: Home) -> None:
    data = home.put("x.bin", with_ends(order(7) + line(3, 250)), LAYOUT + ENDS)
    answer = estimate_file(home.config(data), Question(measures=("value",), strata="TYPE"))
    assert answer.rows.total == 4
    assert any("all of them are rows here, and the columns are the fields that all have" in one for one in answer.notes)
