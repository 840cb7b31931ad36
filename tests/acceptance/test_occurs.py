"""Tables in records (OCCURS) from the command to the outputs: what they become, and what is refused."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from etl_batch import __main__ as all_commands
from etl_batch.errors import BadRow, Cancelled, ConfigError, EtlError, LayoutInvalid, TruncatedRecord
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.options.record_framing import ShortRecords
from etl_batch.options.shape import SourceColumn
from etl_batch.pipeline.dry_run import dry_run
from tests.conftest import Command, Home
from tests.helpers.inline_runner import CrashAfter, InlineRunner

TOML = """\
record_size = 40
encoding = "cp037"
byte_order = "big"
[[field]]
name = "ORDER_ID"
type = "i32"
[[field]]
name = "ITEM"
times = 3
occurs = "rows"
[[field.field]]
name = "CODE"
type = "str"
length = 2
[[field.field]]
name = "QTY"
type = "packed"
length = 2
[[field]]
name = "MONTH"
type = "u8"
times = 4
[[field]]
name = "NOTE"
type = "str"
offset = 28
length = 8
"""
TIMES, SIZE = 3, 40
HEAD = "ORDER_ID,ITEM_number,CODE,QTY,MONTH_1,MONTH_2,MONTH_3,MONTH_4,NOTE"
BAD = {4: 1, 17: 0}  #: records, and the occurrence that is bad


def orders(count: int, bad: dict[int, int] | None = None) -> bytes:
    found = b""
    for number in range(count):
        items = b"".join(
            f"{'ABC'[item]}{number % 10}".encode("cp037")
            + (b"\xff\xff" if (bad or {}).get(number) == item else bytes([item, number % 10 << 4 | 0x0C]))
            for item in range(TIMES)
        )
        months = bytes((number + month) % 256 for month in range(4))
        found += (number.to_bytes(4) + items + months).ljust(28, b"\0") + f"N{number}".ljust(12).encode("cp037")
    return found


def lines(count: int, bad: dict[int, int] | None = None) -> list[str]:
    return [
        ",".join(
            map(str, (
                number, item + 1, f"{'ABC'[item]}{number % 10}", item * 10 + number % 10,
                *((number + month) % 256 for month in range(4)), f"N{number}",
            ))
        )
        for number in range(count)
        for item in range(TIMES)
        if (bad or {}).get(number) != item
    ]  # fmt: skip


def put(home: Home, content: bytes, toml: str = TOML) -> Path:
    (home.data / "x.layout.toml").write_text(toml)
    return home.put("x.bin", content)


def rejects(home: Home) -> list[dict[str, str]]:
    return list(csv.DictReader((home.output / "out.csv.rejected.csv").read_text().splitlines()))


def written(home: Home) -> list[str]:
    return (home.output / "out.csv").read_text().splitlines()


@pytest.mark.parametrize(
    ("workers", "chunk_bytes"), [(1, SIZE), (1, 7 * SIZE), (2, 5 * SIZE), (4, 3 * SIZE), (1, 1 << 20)]
)
def test_each_occurrence_is_a_row_whatever_the_spans(home: Home, workers: int, chunk_bytes: int) -> None:
    data = put(home, orders(30, BAD))
    more = {"on_bad_row": "quarantine", "measures": ("QTY",), "strata": "CODE", "sample_frac": 0.2}
    result = run(home.config(
        data, workers=workers, chunk_bytes=chunk_bytes, output_csv=f"{home.output}/out.csv",
        output_parquet=f"{home.output}/out.parquet", **more,
    ))  # fmt: skip
    assert written(home) == [HEAD, *lines(30, BAD)]
    table = pq.read_table(home.output / "out.parquet")
    assert [",".join(map(str, row.values())) for row in table.to_pylist()] == lines(30, BAD)
    assert (result.rows_in, result.rows_out, result.rows_quarantined) == (90, 88, 2)
    told = json.loads((home.output / "out.csv.meta.json").read_text())
    assert (told["rows_in"], told["records_in"], told["inputs"][0]["rows"]) == (90, 30, 90)
    assert result.estimates[0].exact_total == sum(int(line.split(",")[3]) for line in lines(30, BAD))
    rejected = rejects(home)
    places = [(record * TIMES + item + 1, record * SIZE) for record, item in BAD.items()]
    assert [(int(one["row"]), int(one["byte"])) for one in rejected] == places
    assert rejected[0]["reason"].startswith("occurrence 2 of ITEM: field 'QTY': ")
    record = orders(30, BAD)[4 * SIZE : 5 * SIZE]
    assert rejected[0]["raw"] == (record[:4] + record[8:12] + record[16:]).hex()
    sample = pq.read_table(home.output / "out.csv.sample.parquet")
    assert sample.column_names[:9] == HEAD.split(",")


def test_the_sample_is_that_of_the_same_rows_without_a_table(home: Home) -> None:
    more = {"measures": ("QTY",), "strata": "CODE", "sample_frac": 0.1, "chunk_bytes": 11 * SIZE}
    exploded = run(home.config(put(home, orders(300)), **more))
    sample = pq.read_table(home.output / "out.csv.sample.parquet").to_pylist()
    flat = TOML.replace('times = 3\noccurs = "rows"\n', 'times = 1\noccurs = "rows"\n').replace(
        "size = 40", "size = 33"
    )
    flat = flat.replace("offset = 28", "offset = 21").replace('name = "ITEM"', 'name = "ITEM"\nnumber = "one"')
    flat = flat.replace('name = "MONTH"', 'name = "ITEM_number"\ntype = "u8"\n[[field]]\nname = "MONTH"')
    content = orders(300)
    cut = b"".join(
        record[:4] + record[4 + 4 * item : 8 + 4 * item] + bytes([item + 1]) + record[16:]
        for record in (content[at : at + SIZE] for at in range(0, len(content), SIZE))
        for item in range(TIMES)
    )
    plain = run(home.config(put(home, cut, flat), **more))
    assert exploded.estimates == plain.estimates
    names = HEAD.split(",")
    same = pq.read_table(home.output / "out.csv.sample.parquet").to_pylist()
    assert [[row[name] for name in names] for row in sample] == [[row[name] for name in names] for row in same]


def test_the_first_bad_occurrence_ends_a_strict_job(home: Home) -> None:
    data = put(home, orders(30, BAD))
    with pytest.raises(BadRow, match=rf"row 14 \(at byte {4 * SIZE}\): occurrence 2 of ITEM: field 'QTY': .*0xffff"):
        run(home.config(data))
    assert not (home.output / "out.csv").exists()


def test_a_record_that_is_bad_beside_its_table_is_so_many_bad_rows(home: Home) -> None:
    toml = TOML.replace('type = "u8"', 'type = "packed"\nlength = 1')
    content = bytearray(orders(3))
    for number in range(3):
        content[number * SIZE + 16 : number * SIZE + 20] = b"\x1c\x2c\x3c\x4c"
    content[SIZE + 17] = 0xFF
    shown = dry_run(home.config(put(home, bytes(content), toml), on_bad_row="quarantine"))
    assert (shown.rows, shown.bad_rows) == (9, 3)
    result = run(home.config(put(home, bytes(content) + b"rest", toml), on_bad_row="quarantine"))
    assert (result.rows_in, result.rows_out, result.rows_quarantined, result.records_in) == (10, 6, 4, 4)
    rejected = rejects(home)
    assert [one["row"] for one in rejected] == ["4", "5", "6", "10"]
    assert [one["reason"].partition(": ")[0] for one in rejected[:3]] == [f"occurrence {n} of ITEM" for n in (1, 2, 3)]
    with pytest.raises(TruncatedRecord):
        run(home.config(put(home, bytes(content) + b"rest", toml)))


@pytest.mark.parametrize("bad", [BAD, {}])
def test_a_look_at_a_strict_job_says_how_it_would_end(home: Home, bad: dict[int, int]) -> None:
    job = home.config(put(home, orders(20, bad)))
    shown = dry_run(job)
    assert (shown.rows, shown.bad_rows, shown.error is None) == (60, len(bad), not bad)
    if bad:
        with pytest.raises(BadRow) as caught:
            run(job)
        assert str(shown.error) == str(caught.value)


def test_a_record_that_is_not_whole_ends_a_look_as_it_ends_the_job(home: Home) -> None:
    job = home.config(put(home, orders(3) + b"more"))
    with pytest.raises(TruncatedRecord, match="ends 4 bytes into a record of 40") as caught:
        run(job)
    assert str(dry_run(job).error) == str(caught.value)


def test_resume_goes_on_to_the_same_rows(home: Home) -> None:
    data = put(home, orders(60, BAD))
    more: dict[str, Any] = {
        "on_bad_row": "quarantine", "chunk_bytes": 7 * SIZE, "output_csv": f"{home.output}/out.csv",
        "output_parquet": f"{home.output}/parts/", "measures": ("QTY",), "strata": "CODE",
    }  # fmt: skip
    for after in range(100):
        with suppress(Cancelled):
            run(home.config(data, **more), runner=CrashAfter(after, InlineRunner(), Cancelled("told to stop")))
            assert after > 5, "all spans were done"
            return
        result = run(home.config(data, resume=True, **more), runner=InlineRunner())
        assert written(home) == [HEAD, *lines(60, BAD)]
        assert (result.rows_in, result.rows_quarantined, result.records_in) == (180, 2, 60)
        assert home.leftovers() == []


def test_columns_are_chosen_and_rows_numbered(home: Home) -> None:
    data = put(home, orders(3))
    run(home.config(data, select=("QTY", "ORDER_ID"), rename=(("QTY", "quantity"),), add_source=(SourceColumn.ROW,)))
    assert written(home) == ["quantity,ORDER_ID,source_row"] + [
        f"{item * 10 + number},{number},{number * TIMES + item + 1}" for number in range(3) for item in range(TIMES)
    ]


def test_records_with_their_lengths_in_front(home: Home) -> None:
    content = orders(20, BAD)
    made = [content[at : at + SIZE][: 36 + at % 5] for at in range(0, len(content), SIZE)]
    made[2:2] = [made[0][:30]]
    data = put(
        home, b"".join((len(one) + 4).to_bytes(2) + b"\0\0" + one for one in made), f'record_format = "V"\n{TOML}'
    )
    result = run(home.config(data, on_bad_row="quarantine", chunk_bytes=100, workers=2))
    assert written(home) == [HEAD, *lines(20, BAD)]
    assert (result.rows_in, result.rows_quarantined, result.records_in) == (63, 3 + 2, 21)
    rejected = rejects(home)
    assert [one["row"] for one in rejected] == ["7", "8", "9", str(5 * 3 + 2), str(18 * 3 + 1)]
    assert rejected[0]["reason"] == "occurrence 1 of ITEM: the record ends after 30 bytes, before field 'NOTE' is whole"


@pytest.mark.parametrize(("length", "rows"), [
    (40, ["1,1,A1,1,2", "1,2,B1,11,2", "1,3,C1,21,2"]),
    (16, ["1,1,A1,1,", "1,2,B1,11,", "1,3,C1,21,"]),
    (12, ["1,1,A1,1,", "1,2,B1,11,", "1,3,,,"]),
    (10, ["1,1,A1,1,", "1,2,B1,,", "1,3,,,"]),
    (4, ["1,1,,,", "1,2,,,", "1,3,,,"]),
])  # fmt: skip
def test_a_record_that_ends_early_has_nulls_in_the_rows_that_it_lacks(home: Home, length: int, rows: list[str]) -> None:
    record = orders(2)[SIZE:][:length]
    data = put(home, (length + 4).to_bytes(2) + b"\0\0" + record, f'record_format = "V"\n{TOML}')
    names = ("ORDER_ID", "ITEM_number", "CODE", "QTY", "MONTH_2")
    run(home.config(data, short_records=ShortRecords.NULL, select=names))
    assert written(home)[1:] == rows
    answer = estimate_file(
        home.config(data, short_records=ShortRecords.NULL), Question(measures=("QTY",), strata="CODE", exact=True)
    )
    assert answer.estimates[0].total == sum(int(row.split(",")[3] or 0) for row in rows)


def test_preview_and_estimate_read_them_too(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    data = put(home, orders(2_000))
    assert all_commands.main(["preview", str(data), "--home", str(home.path), "--rows", "2"]) == 0
    shown = capsys.readouterr().out
    assert "2,000 records of 40 bytes, 3 rows each: one for each occurrence of ITEM" in shown
    assert "      8+2    ITEM[2].CODE  str" in shown
    total = sum(int(line.split(",")[3]) for line in lines(2_000))
    for exact in (True, False):
        question = Question(measures=("QTY",), strata="ITEM_number", exact=exact, sample_frac=0.2)
        answer = estimate_file(home.config(data), question)
        assert answer.estimates[0].total == pytest.approx(total, rel=0 if exact else 0.2)
        assert answer.estimates[0].rows_population == 6_000
        assert {one.stratum for one in answer.estimates[0].strata} == {"1", "2", "3"}


def test_a_flag_says_otherwise_than_the_layout(home: Home) -> None:
    data = put(home, orders(2))
    run(home.config(data, occurs=("columns",)))
    assert written(home)[0].startswith("ORDER_ID,CODE_1,QTY_1,CODE_2,QTY_2,CODE_3,QTY_3,MONTH_1,")
    run(home.config(data, occurs=("item=columns", "month=rows")))
    assert written(home)[0] == "ORDER_ID,CODE_1,QTY_1,CODE_2,QTY_2,CODE_3,QTY_3,MONTH_number,MONTH,NOTE"
    assert written(home)[1].endswith(",1,0,N0")


@pytest.mark.parametrize("workers", [1, 2])
def test_all_occurrences_are_one_value_as_a_list(home: Home, workers: int) -> None:
    data = put(home, orders(30, BAD))
    more: dict[str, Any] = {"on_bad_row": "quarantine", "measures": ("ORDER_ID",), "strata": "NOTE"}
    result = run(home.config(
        data, workers=workers, chunk_bytes=7 * SIZE, output_csv=f"{home.output}/out.csv",
        output_parquet=f"{home.output}/out.parquet", occurs=("list",), **more,
    ))  # fmt: skip
    assert (result.rows_in, result.rows_out, result.records_in) == (30, 28, None)
    expected = [
        {
            "ORDER_ID": number,
            "ITEM": [{"CODE": f"{'ABC'[item]}{number % 10}", "QTY": item * 10 + number % 10} for item in range(TIMES)],
            "MONTH": [number + month for month in range(4)],
            "NOTE": f"N{number}",
        }
        for number in range(30)
        if number not in BAD
    ]
    table = pq.read_table(home.output / "out.parquet")
    assert table.to_pylist() == expected
    assert str(table.schema.field("ITEM").type) == "list<element: struct<CODE: string, QTY: decimal128(3, 0)>>"
    package = json.loads((home.output / "out.csv.datapackage.json").read_text())
    assert [field["type"] for field in package["resources"][0]["schema"]["fields"]] == [
        "integer", "array", "array", "string",
    ]  # fmt: skip
    read = [dict(row) for row in csv.DictReader((home.output / "out.csv").read_text().splitlines())]
    assert [json.loads(row["ITEM"]) for row in read] == [row["ITEM"] for row in expected]
    assert [json.loads(row["MONTH"]) for row in read] == [row["MONTH"] for row in expected]
    assert [one["reason"].partition(": a packed")[0] for one in rejects(home)] == [
        "field 'ITEM': occurrence 2: field 'QTY'", "field 'ITEM': occurrence 1: field 'QTY'",
    ]  # fmt: skip
    sample = pq.read_table(home.output / "out.csv.sample.parquet")
    assert all(row["ITEM"] in [one["ITEM"] for one in expected] for row in sample.to_pylist())


def test_a_list_lies_in_each_row_of_another_table(home: Home) -> None:
    data = put(home, orders(3))
    run(home.config(data, occurs=("MONTH=list",)))
    assert written(home)[:2] == ["ORDER_ID,ITEM_number,CODE,QTY,MONTH,NOTE", '0,1,A0,0,"[0,1,2,3]",N0']
    answer = estimate_file(
        home.config(data, occurs=("MONTH=list",)), Question(measures=("QTY",), strata="MONTH", exact=True)
    )
    assert {one.stratum: one.population for one in answer.estimates[0].strata} == {
        "[0,1,2,3]": 3, "[1,2,3,4]": 3, "[2,3,4,5]": 3,
    }  # fmt: skip
    with pytest.raises(BadRow, match=r"row 5: field 'ITEM': occurrence 2: field 'QTY': .*0xffff"):
        estimate_file(
            home.config(put(home, orders(30, BAD)), occurs=("list",)),
            Question(measures=("ORDER_ID",), strata="ITEM", exact=True),
        )


def test_occurrences_behind_the_end_of_a_record_are_null_in_a_list(home: Home) -> None:
    record = orders(2)[SIZE:][:10]
    data = put(home, (14).to_bytes(2) + b"\0\0" + record, f'record_format = "V"\n{TOML}')
    run(home.config(data, short_records=ShortRecords.NULL, occurs=("list",)))
    items = '[{""CODE"":""A1"",""QTY"":1},{""CODE"":""B1"",""QTY"":null},{""CODE"":null,""QTY"":null}]'
    assert written(home)[1] == f'1,"{items}","[null,null,null,null]",'


BOOK = """\
       01  ORDER-RECORD.
           05  ORDER-ID            PIC 9(4).
           05  ITEM OCCURS 3 TIMES.
               10  CODE            PIC X(2).
               10  QTY             PIC S9(3) COMP-3.
           05  NOTE-TEXT           PIC X(6).
"""


def book_orders(count: int) -> bytes:
    return b"".join(
        f"{number:04}".encode("cp037")
        + b"".join(
            f"{'ABC'[item]}{number % 10}".encode("cp037") + bytes([item, number % 10 << 4 | 0x0C]) for item in range(3)
        )
        + f"N{number}".ljust(6).encode("cp037")
        for number in range(count)
    )


def test_a_copybook_from_the_command_to_rows_and_lists(home: Home, command: Command) -> None:
    (home.data / "ORDERS.cpy").write_text(BOOK)
    data = home.put("ORDERS.PS", book_orders(4))
    words = ("-m", "etl_batch", "run", "-i", data, "--layout", home.data / "ORDERS.cpy", "-o", home.output / "out.csv")
    done = command(*words, "-p", home.output / "out.parquet", "--occurs", "rows", "--on-bad-row", "quarantine")
    assert done.code == 0, done.err
    rows = [
        f"{number},{item + 1},{'ABC'[item]}{number},{item * 10 + number},N{number}"
        for number in range(4)
        for item in range(3)
    ]
    assert written(home) == ["ORDER_ID,ITEM_number,CODE,QTY,NOTE_TEXT", *rows]
    table = pq.read_table(home.output / "out.parquet")
    assert [",".join(map(str, row.values())) for row in table.to_pylist()] == rows
    assert command(*words, "--occurs", "ITEM=list", "-p", home.output / "out.parquet").code == 0
    assert pq.read_table(home.output / "out.parquet").column("ITEM").to_pylist()[1] == [
        {"CODE": f"{letter}1", "QTY": item * 10 + 1} for item, letter in enumerate("ABC")
    ]
    printed = command("-m", "etl_batch", "layout", home.data / "ORDERS.cpy", "--occurs", "rows", "-i", data)
    assert '# line 3: ITEM OCCURS 3\n[[field]]\nname = "ITEM"\n' in printed.out
    (home.data / "ORDERS.layout.toml").write_text(printed.out)
    assert command(*words[:5], "-o", home.output / "out.csv").code == 0
    assert written(home)[1:] == rows


@pytest.mark.parametrize("output", ["out.parquet", "parts/"])
def test_what_values_stand_for_is_kept_beside_the_columns(home: Home, output: str) -> None:
    book = BOOK.replace(
        "COMP-3.\n", "COMP-3.\n                   88  NONE  VALUE 0.\n                   88  SOME  VALUE 1 THRU 99.\n"
    )
    (home.data / "ORDERS.cpy").write_text(book)
    data = home.put("ORDERS.PS", book_orders(40))
    kept = {b"values": b'{"NONE": ["0"], "SOME": [["1", "99"]]}'}
    for occurs in ("rows", "list"):
        more: dict[str, Any] = {"rename": (("QTY", "quantity"),)} if occurs == "rows" else {}
        run(home.config(
            data, layout=str(home.data / "ORDERS.cpy"), occurs=(occurs,), chunk_bytes=10 * 22,
            output_parquet=f"{home.output}/{output}", output_csv=None, **more,
        ))  # fmt: skip
        files = sorted((home.output / "parts").glob("part-*")) if output.endswith("/") else [home.output / output]
        for path in (one for one in files if one.suffix == ".parquet"):
            schema = pq.read_schema(path)
            is_list = occurs == "list"
            field = schema.field("ITEM").type.value_type.field("QTY") if is_list else schema.field("quantity")
            assert field.metadata == kept
            assert schema.field("ORDER_ID").metadata is None


def test_the_label_of_a_variable_is_kept_beside_its_column(home: Home) -> None:
    (home.data / "x.dct").write_text('infile dictionary {\n  str3 name %3s "Who it is"\n  byte age %2f\n}\n')
    data = home.put("x.txt", b"Ada36\nBob 7\n")
    run(home.config(
        data, layout=str(home.data / "x.dct"), output_parquet=f"{home.output}/out.parquet",
        output_csv=f"{home.output}/out.csv",
    ))  # fmt: skip
    schema = pq.read_schema(home.output / "out.parquet")
    assert (schema.field("name").metadata, schema.field("age").metadata) == ({b"label": b"Who it is"}, None)
    package = json.loads((home.output / "out.csv.datapackage.json").read_text())
    assert package["resources"][0]["schema"]["fields"][0]["title"] == "Who it is"


@pytest.mark.parametrize(
    ("occurs", "says", "mend"),
    [
        (("rows",), "the tables ITEM, MONTH would all become rows; one of a record can", "--occurs ITEM=rows"),
        (("LINE=rows",), "has no table LINE, as --occurs says; its tables are ITEM, MONTH", "name one of them"),
    ],
)
def test_what_is_not_clear_is_refused(home: Home, occurs: tuple[str, ...], says: str, mend: str) -> None:
    with pytest.raises(LayoutInvalid) as caught:
        run(home.config(put(home, orders(2)), occurs=occurs))
    assert says in caught.value.message
    assert mend in caught.value.what_to_do


@pytest.mark.parametrize(
    ("occurs", "says"),
    [
        (("many",), "--occurs is 'many'"),
        (("=rows",), "--occurs is '=rows'"),
        (("rows", "list"), "--occurs says twice what every table becomes"),
        (("A=rows", "a=list"), "--occurs says twice what a becomes"),
    ],
)
def test_what_is_no_word_for_it_is_refused(home: Home, occurs: tuple[str, ...], says: str) -> None:
    data = put(home, orders(2))
    with pytest.raises(ConfigError, match=says):
        home.config(data, occurs=occurs)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("times = 3", "times = 0"), "field 'ITEM' has times 0; give a whole number from 1 to"),
        (("times = 3", "times = 30"), "field 'ITEM' ends at byte 124, past the record's end at 40"),
        (('occurs = "rows"', 'occurs = "each"'), "field 'ITEM' has occurs 'each'; give columns, rows or list"),
        (('occurs = "rows"', 'occurs = "rows"\nnumber = ""'), "has number ''; give the name of the column"),
        (('occurs = "rows"', 'occurs = "rows"\nnumber = "NOTE"'), "'NOTE' is there twice, once in the table ITEM"),
        (("times = 4", 'times = 4\nnumber = "n"'), "field 'MONTH' has a number, which only a table of rows has"),
        (('occurs = "rows"', 'occurs = "rows"\nlength = 3'), "ends at byte 8, past the occurrence's end at 7"),
        (('name = "QTY"\n', 'name = "CODE"\n'), "field 'ITEM': field 'CODE' is there twice"),
        (('name = "QTY"\n', 'name = "QTY"\noffset = 1\n'), "begins at byte 1, before the first occurrence at 4"),
        (('name = "QTY"\n', 'name = "QTY"\ntimes = 2\noccurs = "rows"\n'), "the table QTY lies in another table"),
        (("times = 3\n", ""), "field 'ITEM' has no times"),
        (('times = 3\n', 'times = 3\ntype = "str"\n'), "field 'ITEM' has an unknown key 'type'"),
    ],
)  # fmt: skip
def test_a_table_that_is_none_is_refused_by_name(home: Home, change: tuple[str, str], says: str) -> None:
    with pytest.raises(EtlError) as caught:
        run(home.config(put(home, orders(2), TOML.replace(*change, 1))))
    assert says in caught.value.message


def test_tables_too_large_are_refused_before_any_is_made(home: Home) -> None:
    wide = 'record_size = 1048576\n[[field]]\nname = "A"\ntype = "str"\nlength = 500000\n'
    table = '[[field]]\nname = "T"\ntype = "u8"\ntimes = 500000\n'
    with pytest.raises(LayoutInvalid, match=r"has 500,001 columns with all occurrences of its tables; 10,000 are"):
        run(home.config(put(home, bytes(1 << 20), wide + table)))
    with pytest.raises(
        LayoutInvalid, match=r"the rows of the table T would take 250,002,500,000 bytes for each record"
    ):
        run(home.config(put(home, bytes(1 << 20), wide + table + 'occurs = "rows"\n')))
