"""Copies of CSVs whose cells mean something else are made by workers: what befalls these does not befall the job."""

from __future__ import annotations

import pytest

from etl_batch.config import OnBadRow
from etl_batch.errors import EtlError, InputChanged
from etl_batch.etl_core import run
from tests.conftest import Home
from tests.helpers import cut_short

ROWS = "".join(f"{number};{number % 7},{number % 100:02};Käse\n" for number in range(2000))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le"])
def test_a_file_that_is_cut_short_while_it_is_copied_ends_its_reader_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    home.put("a.csv", f"id;value;name\n{ROWS}".encode(encoding))
    (home.output / "out.csv").write_text("old")
    monkeypatch.setattr("etl_batch.formats.csv.meant_copy.copy_rows", cut_short.copy_rows)
    with pytest.raises(InputChanged, match="cut short"):
        run(home.config(encoding=encoding))
    assert (home.output / "out.csv").read_text() == "old"
    assert home.leftovers() == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le"])
def test_files_are_copied_side_by_side_and_come_out_in_their_order(home: Home, encoding: str) -> None:
    for number in range(5):
        home.put(f"{number}.csv", f"id;value;name\n{number};0,5;ß\n{ROWS}".encode(encoding))
    written = []
    for workers in (1, 3):
        run(home.config(*sorted(home.data.glob("*.csv")), encoding=encoding, workers=workers))
        written.append((home.output / "out.csv").read_bytes())
    assert written[0] == written[1]
    lines = written[0].decode().splitlines()
    assert lines[1::2001] == [f"{number},0.5,ß" for number in range(5)]


@pytest.mark.parametrize(("encoding", "odd"), [("utf-8", b"\xff"), ("cp1252", b"\x81")])
def test_a_row_that_is_no_text_is_named_though_the_copy_was_made(home: Home, encoding: str, odd: bytes) -> None:
    content = f"id;value;name\n{ROWS}".encode(encoding) + b"1;0,5;" + odd + b"\n" + ROWS.encode(encoding)
    home.put("a.csv", content)
    with pytest.raises(EtlError, match=f"at byte {content.index(odd)}"):
        run(home.config(encoding=encoding))
    run(home.config(encoding=encoding, on_bad_row=OnBadRow.QUARANTINE))
    assert (home.output / "out.csv").read_text().count("\n") == 4001
    assert "at byte" in (home.output / "out.csv.rejected.csv").read_text(errors="replace")
