"""Several types of records of unequal length: stored with their lengths, or as lines of text; whole jobs."""

from __future__ import annotations

import csv
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import BadRow, Cancelled, LostRecords, NoGoodRow, TrailerMismatch
from etl_batch.etl_core import run
from etl_batch.pipeline.dry_run import dry_run
from tests.conftest import Command, Home
from tests.data_makers.record_types import ENDS, LAYOUT, SIZE, Expected, some_orders, with_ends
from tests.helpers.inline_runner import CrashAfter, InlineRunner
from tests.helpers.record_files import in_v, in_vbs

HEADS = {
    "ORDER": "TYPE,ORDER_ID,product,DATE",
    "LINE": "TYPE,quantity,value,is_gift,ORDER_ID,DATE",
    "NOTE": "TYPE,text,DATE",
}
OF_V = ('record_format = "V"\n' + LAYOUT + ENDS).replace("record_size = 24\n", "")
LENGTHS = {b"01": 14, b"02": 8, b"03": 8, b"00": 10, b"99": 16}
DATE = "20261130"


def own_lengths(content: bytes) -> list[bytes]:
    """Records, each with as many bytes as its type has."""
    records = [content[at : at + SIZE] for at in range(0, len(content), SIZE)]
    return [one[: LENGTHS.get(one[:2], SIZE)] for one in records]


def job(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
    return home.config(**({"output_csv": f"{home.output}/out/", "strata": "TYPE", "measures": ("value",)} | more))


def table(home: Home, name: str, folder: str = "out") -> list[str]:
    rows: list[str] = []
    for part in sorted((home.output / folder / name).glob("part-*")):
        head, *lines = part.read_text().splitlines()
        assert head == HEADS[name]
        rows += lines
    return rows


def as_expected(home: Home, expected: Expected) -> None:
    for name, lines in (("ORDER", expected.orders), ("LINE", expected.lines), ("NOTE", expected.notes)):
        assert table(home, name) == [f"{line},{DATE}" for line in lines]


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("form", ["V", "VBS"])
def test_a_table_for_each_type_whatever_the_workers_and_the_spans(home: Home, workers: int, form: str) -> None:
    content, expected = some_orders(3000)
    records = own_lengths(with_ends(content))
    file = in_v(records) if form == "V" else in_vbs(records, random.Random(7).randint)
    home.put("x.bin", bytes(file.content), OF_V.replace('"V"', f'"{form}"'))
    for chunk_bytes in (300, 1 << 26) if workers == 1 else (2000,):
        result = run(job(home, workers=workers, chunk_bytes=chunk_bytes))
        as_expected(home, expected)
        assert [one.rows for one in result.inputs] == [result.rows_in + 2] == [len(records)]
        assert result.rows_out == len(expected.orders) + len(expected.lines) + len(expected.notes)


def test_the_sample_and_the_totals_are_those_of_records_of_one_length(home: Home) -> None:
    content, expected = some_orders(3000)
    home.put("x.bin", with_ends(content), LAYOUT + ENDS)
    more = {"sample_frac": 0.1, "chunk_bytes": 5000}
    equal = run(job(home, **more))
    sample = pq.read_table(home.output / "out" / "LINE.sample.parquet").to_pylist()
    home.put("x.bin", bytes(in_v(own_lengths(with_ends(content))).content), OF_V)
    unequal = run(job(home, **more))
    assert unequal.estimates == equal.estimates
    assert pq.read_table(home.output / "out" / "LINE.sample.parquet").to_pylist() == sample
    cents = sum(int(line.split(",")[2].replace(".", "")) for line in expected.lines)
    assert [one.exact_total_text for one in unequal.estimates] == [f"{cents / 100:.2f}"]


def test_records_that_are_too_short_or_too_long_are_bad_rows_of_their_table(home: Home) -> None:
    content, _ = some_orders(40)
    header, *records, trailer = own_lengths(with_ends(content))
    bad = {1: records[0][:5], 7: b"03\x01\x02\x03", 9: b"02" + bytes(7), 12: b"09" + b" " * 23, 20: b"0"}
    for number, record in sorted(bad.items()):
        records.insert(number - 1, record)
    count = f"{len(records):06d}".encode()
    file = in_v([header, *records, trailer[:2] + count + trailer[8:]])
    layout = OF_V.replace(', sum = ["value", "TOTAL"]', "")
    home.put("x.bin", bytes(file.content), layout)
    with pytest.raises(BadRow, match=r"x\.bin, row 21 \(at byte \d+\): it is of none of the types of records"):
        run(job(home))
    result = run(job(home, on_bad_row="quarantine", chunk_bytes=200))
    with (home.output / "out.rejected.csv").open(newline="") as opened:
        rows = list(csv.reader(opened))[1:]
    says = {
        1: ("ORDER", "the record ends after 5 bytes, before field 'ORDER_ID' is whole"),
        7: ("LINE", "the record ends after 5 bytes, before field 'value' is whole"),
        9: ("LINE", "the record has 9 bytes, 8 at the most by the layout"),
        12: ("NOTE", "the record has 25 bytes, 24 at the most by the layout"),
        20: ("", "it is of none of the types of records that are known"),
    }
    children = [int(row) for _, _, row, _, reason, _ in rows if reason.startswith("it would carry fields of ORDER")]
    assert all(row == 2 + place for place, row in enumerate(children, start=1))
    told = {int(row) - 1: (name, reason) for name, _, row, _, reason, _ in rows if int(row) not in children}
    assert told == says
    where = {int(row) - 1: (int(byte), bytes.fromhex(raw)) for _, _, row, byte, _, raw in rows if int(row) - 1 in says}
    assert where == {number: (file.places[number], bad[number]) for number in says}
    assert result.rows_in == result.rows_out + result.rows_quarantined
    found = dry_run(job(home, on_bad_row="quarantine"))
    assert (found.rows, found.bad_rows) == (result.rows_in, result.rows_quarantined)


def test_a_chain_that_breaks_leaves_no_last_record(home: Home) -> None:
    content, expected = some_orders(60)
    whole = in_v(own_lengths(with_ends(content)))
    home.put("x.bin", bytes(whole.content[:-3]), OF_V)
    with pytest.raises(LostRecords, match=r"x\.bin, record \d+ \(at byte \d+\): the length of the record is 20"):
        run(job(home))
    with pytest.raises(TrailerMismatch, match="has no record TRAILER at its end: the file ends within a record"):
        run(job(home, on_bad_row="quarantine"))
    home.put("x.bin", bytes(whole.content[:-3]), OF_V[: OF_V.index('[[record]]\nname = "TRAILER"')])
    result = run(job(home, on_bad_row="quarantine", measures=()))
    as_expected(home, expected)
    assert result.rows_quarantined == 1


def test_a_trailer_that_lies_ends_the_job(home: Home) -> None:
    content, _ = some_orders(60)
    home.put("x.bin", bytes(in_v(own_lengths(with_ends(content, cents=5))).content), OF_V)
    with pytest.raises(TrailerMismatch, match=r"its last record \(TRAILER\): TOTAL says 0\.05, and value comes to "):
        run(job(home, on_bad_row="quarantine", chunk_bytes=100))
    assert not list(home.output.iterdir())


def test_a_header_that_is_too_short_is_of_no_type(home: Home) -> None:
    content, _ = some_orders(20)
    header, *records = own_lengths(with_ends(content))
    home.put("x.bin", bytes(in_v([header[:7], *records]).content), OF_V)
    says = r"row 1 \(at byte 0\): it should be the record HEADER: the record ends after 7 bytes, before field 'DATE'"
    with pytest.raises(BadRow, match=says):
        run(job(home))
    with pytest.raises(NoGoodRow):
        run(job(home, on_bad_row="quarantine", measures=()))
    assert "there is no record HEADER, whose fields it would carry" in (home.output / "out.rejected.csv").read_text()


def test_fields_that_a_record_ends_before_are_null_where_that_is_said_also_those_that_are_carried(home: Home) -> None:
    layout = OF_V[: OF_V.index('[[record]]\nname = "HEADER"')].replace(
        'key = "ORDER_ID"', 'key = ["ORDER_ID", "product"]'
    )
    records = [b"01\x07\0\0\0", b"02\x05", b"01\x08\0\0\0tea     ", b"02\x06\x01\0\0\0\x01", b"01", b"02", b"01\x09\0"]
    home.put("x.bin", bytes(in_v(records).content), f'short_records = "null"\n{layout}')
    for chunk_bytes in (1, 1 << 20):
        config = job(home, measures=(), strata="TYPE", on_bad_row="quarantine", chunk_bytes=chunk_bytes)
        assert run(config).rows_quarantined == 1
        lines = [path.read_text().splitlines()[1:] for path in sorted((home.output / "out" / "LINE").glob("part-*"))]
        assert [row for its in lines for row in its] == ["02,5,,,7,", "02,6,0.01,true,8,tea", "02,,,,,"]
    assert "the record ends after 4 bytes, before field 'ORDER_ID'" in (home.output / "out.rejected.csv").read_text()


def test_resume_goes_on_to_the_same_tables(tmp_path: Path) -> None:
    def fresh(name: str) -> Home:
        home = Home(tmp_path / name)
        for folder in ("data", "output", "report"):
            (home.path / folder).mkdir(parents=True)
        content = with_ends(some_orders(90, bad=("value", "orphan", "unknown"))[0])
        layout = OF_V.replace(', sum = ["value", "TOTAL"]', "")
        home.put("x.bin", bytes(in_v(own_lengths(content)).content), layout)
        return home

    def asked(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401
        cols = f"{home.output}/cols/"
        return job(home, output_parquet=cols, on_bad_row="quarantine", chunk_bytes=300, **more)

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
        run(asked(home, resume=True), runner=InlineRunner())
        assert seen(home) == seen(whole), after
        assert home.leftovers() == []


LINES = """\
lines = true
[[field]]
name = "TYPE"
type = "str"
length = 1

[[record]]
name = "CLIENT"
when = "TYPE = 'C'"
key = "NAME"
[[record.field]]
name = "NAME"
type = "str"
length = 6

[[record]]
name = "BILL"
when = "TYPE = 'B'"
parent = "CLIENT"
[[record.field]]
name = "AMOUNT"
type = "decimal"
length = 7
scale = 2
[[record.field]]
name = "REMARK"
type = "str"
length = 5

[[record]]
name = "HEADER"
when = "first"
columns = "DAY"
[[record.field]]
name = "DAY"
type = "str"
length = 10

[[record]]
name = "TRAILER"
when = "last"
reconcile = {rows = "COUNT", sum = ["AMOUNT", "TOTAL"]}
[[record.field]]
name = "COUNT"
type = "i32"
length = 5
[[record.field]]
name = "TOTAL"
type = "decimal"
length = 9
scale = 2
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["Bärbel", "Ann李", "Anna"])
def test_lines_of_several_types(home: Home, end: str, name: str) -> None:
    lines = ["H2026-11-30", f"C{name}", "B    500", "B  -1250frei", "COtto", "B      7€uro", "T    5     -743"]
    home.put("x.bin", (end.join(lines) + end).encode(), LINES)
    result = run(job(home, strata="DAY", measures=("AMOUNT",)))
    assert [(one.name, one.rows_out) for one in result.tables] == [("CLIENT", 2), ("BILL", 3)]
    parts = [(home.output / "out" / one / "part-0000000.csv").read_text() for one in ("CLIENT", "BILL")]
    assert parts == [
        f"TYPE,NAME,DAY\nC,{name},2026-11-30\nC,Otto,2026-11-30\n",
        f"""TYPE,AMOUNT,REMARK,NAME,DAY
B,5.00,"",{name},2026-11-30
B,-12.50,frei,{name},2026-11-30
B,0.07,€uro,Otto,2026-11-30
""",
    ]


def test_a_line_that_is_cut_or_too_long_for_its_type_is_a_bad_row(home: Home) -> None:
    bills = [f"B{number:7d}" for number in range(1, 30)]
    lines = ["H2026-11-30", "CAnna", *bills, "B    12", "B      7worte!", "T   32     4"]
    home.put("x.bin", "\n".join(lines).encode(), LINES.replace(', sum = ["AMOUNT", "TOTAL"]', ""))
    result = run(job(home, measures=(), on_bad_row="quarantine"))
    with (home.output / "out.rejected.csv").open(newline="") as file:
        rows = [(row[0], int(row[2]), row[4]) for row in list(csv.reader(file))[1:]]
    assert result.rows_quarantined == 2
    assert rows[0][:2] == ("BILL", 32)
    assert rows[0][2].startswith("the line ends after 7 columns, within field 'AMOUNT' (2 to 8), where other lines")
    assert rows[1] == ("BILL", 33, "the line has 14 columns, 13 expected; behind them: 0x21")


BOOK = """       01 ORDER-RECORD.
          05 REC-TYPE PIC XX.
          05 ORDER-ID PIC 9(6).
          05 FILLER PIC X(4).
       01 LINE-RECORD.
          05 REC-TYPE PIC XX.
          05 QUANTITY PIC S9(3) COMP-3.
          05 AMOUNT PIC S9(5)V99 COMP-3.
       01 END-RECORD.
          05 REC-TYPE PIC XX.
          05 HOW-MANY PIC 9(6).
"""
RECORDS = ("ORDER-RECORD when REC-TYPE = '01'", "LINE-RECORD when length = 8 and REC_TYPE in ('02', '03')",
           "END-RECORD when last")  # fmt: skip


def test_records_of_a_copybook_behind_their_lengths(home: Home, command: Command) -> None:
    home.put("orders.cpy", BOOK.encode())
    records = [
        "01000017".encode("cp037"),
        "02".encode("cp037") + bytes.fromhex("012c0012345c"),
        "01000018    ".encode("cp037"),
        "03".encode("cp037") + bytes.fromhex("007d0000050d"),
        "99000004".encode("cp037"),
    ]
    home.put("x.ps", bytes(in_v(records).content))
    words = [word for one in RECORDS for word in ("--record", one)]
    done = command(
        "-m", "etl_batch", "run", "-i", "data/x.ps", "--format", "binary", "--layout", "data/orders.cpy", *words,
        "-p", "output/out/", "--measures", "-", cwd=home.path,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "its records are of unequal length (RECFM V)" in done.err
    lines = ds.dataset(home.output / "out" / "LINE-RECORD").to_table().to_pylist()
    assert [[str(cell) for cell in line.values()] for line in lines] == [["02", "12", "123.45"], ["03", "-7", "-0.50"]]
    shown = command("-m", "etl_batch", "layout", "data/orders.cpy", "-i", "data/x.ps", *words, cwd=home.path)
    assert shown.err == ""
    assert 'record_format = "V"' in shown.out
    assert "\nrecord_size = 12\n" in shown.out
    (home.data / "x.layout.toml").write_text(shown.out)
    done = command(
        "-m", "etl_batch", "run", "-i", "data/x.ps", "--layout", "data/x.layout.toml", "-o", "output/own/",
        "--format", "binary", "--measures", "-", cwd=home.path,
    )  # fmt: skip
    assert done.code == 0, done.err
    order = (home.output / "own" / "ORDER-RECORD" / "part-0000000.csv").read_text()
    assert order == "REC_TYPE,ORDER_ID\n01,17\n01,18\n"
