"""What a header and a trailer say, compared with what a file holds: counts, sums, hash totals, dates; whole jobs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from etl_batch.errors import TrailerMismatch
from etl_batch.etl_core import run
from tests.conftest import Command, Home
from tests.helpers.record_files import in_v

LAYOUT = """
{FORM}encoding = "cp037"
byte_order = "big"
[[field]]
name = "TYPE"
type = "str"
length = 1

[[record]]
name = "HEADER"
when = "first and TYPE = 'H'"
columns = ["DAY"]
reconcile = {rows = "EXPECTED"}
[[record.field]]
name = "DAY"
type = "zoned"
length = 8
[[record.field]]
name = "EXPECTED"
type = "zoned"
length = 3

[[record]]
name = "CLIENT"
when = "TYPE = 'C'"
key = "ACCOUNT"
[[record.field]]
name = "ACCOUNT"
type = "str"
length = 10

[[record]]
name = "BILL"
when = "TYPE = 'B'"
parent = "CLIENT"
[[record.field]]
name = "AMOUNT"
type = "packed"
length = 4
scale = 2

[[record]]
name = "TRAILER"
when = "last"
[record.reconcile]
rows = [["CLIENT", "CLIENTS"], ["BILL", "BILLS"]]
records = "LINES"
sum = ["AMOUNT", "TOTAL"]
hash = [["ACCOUNT", "HASH"], ["AMOUNT", "SMALL_HASH"]]
header = ["DAY", "SAME_DAY"]
[[record.field]]
name = "CLIENTS"
type = "zoned"
length = 3
[[record.field]]
name = "BILLS"
type = "zoned"
length = 3
[[record.field]]
name = "LINES"
type = "zoned"
length = 3
[[record.field]]
name = "TOTAL"
type = "packed"
length = 6
scale = 2
[[record.field]]
name = "HASH"
type = "zoned"
length = 10
[[record.field]]
name = "SMALL_HASH"
type = "packed"
length = 2
[[record.field]]
name = "SAME_DAY"
type = "packed"
length = 5
"""
ACCOUNTS = (9_876_543_210, 5_000_000_007, 42)
CENTS = (150, -275, 99_999, 1, -1)
USUAL: dict[str, Any] = {
    "expected": 8, "clients": 3, "bills": 5, "lines": 10, "total": sum(CENTS), "hash": sum(ACCOUNTS) % 10**10,
    "small": sum(map(abs, CENTS)) % 1000, "day": 20261130,
}  # fmt: skip


def packed(value: int, length: int) -> bytes:
    return bytes.fromhex(f"{abs(value):0{2 * length - 1}d}{'d' if value < 0 else 'c'}")


def records(**wrong: Any) -> list[bytes]:  # noqa: ANN401 - what a trailer says
    said = USUAL | wrong
    rows: list[bytes] = []
    for number, cents in enumerate(CENTS):
        if number < len(ACCOUNTS):
            rows.append(f"C{ACCOUNTS[number]:<10}".encode("cp037"))
        rows.append("B".encode("cp037") + packed(cents, 4))
    trailer = f"T{said['clients']:03}{said['bills']:03}{said['lines']:03}".encode("cp037") + packed(said["total"], 6)
    trailer += f"{said['hash']:010}".encode("cp037") + packed(said["small"], 2) + packed(said["day"], 5)
    return [f"H20261130{said['expected']:03}".encode("cp037"), *rows, trailer]


def put(home: Home, form: str, found: list[bytes]) -> None:
    size = max(map(len, found))
    content = bytes(in_v(found).content) if form == "V" else b"".join(one.ljust(size, b"\x40") for one in found)
    said = 'record_format = "V"\n' if form == "V" else f"record_size = {size}\n"
    home.put("x.bin", content, LAYOUT.replace("{FORM}", said))


@pytest.mark.parametrize("form", ["V", "F"])
def test_a_file_that_tells_the_truth(home: Home, form: str) -> None:
    put(home, form, records())
    for chunk_bytes in (1, 1 << 20):
        result = run(home.config(output_csv=f"{home.output}/out/", measures=(), chunk_bytes=chunk_bytes))
        assert [(one.name, one.rows_out) for one in result.tables] == [("CLIENT", 3), ("BILL", 5)]
        parts = sorted((home.output / "out" / "BILL").glob("part-*"))
        lines = [line for part in parts for line in part.read_text().splitlines()[1:]]
        assert lines[:2] == ["B,1.50,9876543210,20261130", "B,-2.75,5000000007,20261130"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"expected": 9}, r"its first record \(HEADER\): EXPECTED says 9 records, and there are 8$"),
        ({"clients": 4}, r"its last record \(TRAILER\): CLIENTS says 4 of CLIENT, and there are 3$"),
        ({"bills": 3}, "BILLS says 3 of BILL, and there are 5$"),
        ({"lines": 8}, "LINES says 8 records with first and last, and there are 10$"),
        ({"total": 5}, r"TOTAL says 0\.05, and AMOUNT comes to 998\.74$"),
        ({"hash": 7}, "HASH says 0000000007, and the last 10 digits of the hash total of ACCOUNT are 4876543259$"),
        ({"small": 99}, "SMALL_HASH says 099, and the last 3 digits of the hash total of AMOUNT are 426$"),
        ({"day": 20261201}, "SAME_DAY says 20261201, and DAY of HEADER says 20261130$"),
    ],
)
def test_what_differs_ends_the_job_with_both_numbers(home: Home, wrong: dict[str, int], says: str) -> None:
    put(home, "V", records(**wrong))
    with pytest.raises(TrailerMismatch) as caught:
        run(home.config(output_csv=f"{home.output}/out/", measures=(), on_bad_row="quarantine", chunk_bytes=1))
    assert re.search(says, caught.value.message), caught.value.message
    assert not list(home.output.iterdir())


def test_an_account_that_is_none_is_said_to_be_left_out(home: Home) -> None:
    found = records()
    found[1] = "C98-76     ".encode("cp037")
    put(home, "V", found)
    with pytest.raises(TrailerMismatch, match=r"ACCOUNT are 5000000049 \(without 1 records where it is bad, or null\)"):
        run(home.config(output_csv=f"{home.output}/out/", measures=()))


def test_a_header_that_is_another_record_is_missed(home: Home) -> None:
    put(home, "V", records()[1:])
    with pytest.raises(TrailerMismatch, match="has no record HEADER at its beginning: it is another"):
        run(home.config(output_csv=f"{home.output}/out/", measures=()))


def test_the_command_says_it_in_a_sentence_and_exits_2(home: Home, command: Command) -> None:
    put(home, "V", records(hash=1))
    done = command("-m", "etl_batch", "run", "-i", "data/x.bin", "-o", "output/out/", cwd=home.path)
    assert done.code == 2
    assert "error[E_TRAILER_MISMATCH]: " in done.err
    assert "HASH says 0000000001" in done.err
