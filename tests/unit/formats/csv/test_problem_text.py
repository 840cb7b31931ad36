"""Broken rows in words: what is wrong, and at which byte of the file."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.problem_text import reason
from etl_batch.kernels.csv_problems import BAD_ROW_FIELDS, DETAIL, PROBLEM, START, WHERE, Problem
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place

FILE = CsvFile(
    place=Place(Path("/srv"), PurePosixPath("a.csv")),
    identity=FileIdentity(device=1, inode=1, size=1000, mtime_ns=0),
    delimiter=ord(","),
    names=("product", "price", "note"),
    data_start=20,
    declared=(None, None, None),
)


def said(problem: Problem, raw: bytes, *, detail: int = 0, start: int = 100, where: int = 0) -> str:
    bad = np.zeros(BAD_ROW_FIELDS, dtype=np.int64)
    bad[[PROBLEM, DETAIL, START, WHERE]] = problem, detail, start, where
    return reason(FILE, bad, raw)


@pytest.mark.parametrize(
    ("cells", "text"), [(1, "1 cell, 3 expected"), (2, "2 cells, 3 expected"), (4, "4 cells, 3 expected")]
)
def test_too_few_or_too_many_cells(cells: int, text: str) -> None:
    assert said(Problem.CELLS, b"a,b\n", detail=cells) == text


@pytest.mark.parametrize("raw", [b"\n", b"\r\n", b""])
def test_a_blank_line(raw: bytes) -> None:
    assert said(Problem.CELLS, raw, detail=1) == "the line is blank, 3 cells expected"


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem.BARE_QUOTE, "a quote inside a cell that does not begin with one, at byte 107"),
        (Problem.TEXT_AFTER_QUOTE, "text after a closing quote, at byte 107"),
        (Problem.UNCLOSED_QUOTE, "a quote that is never closed, at byte 107"),
        (Problem.NUL_BYTE, "a NUL byte, at byte 107"),
    ],
)
def test_what_stands_at_a_byte(problem: Problem, text: str) -> None:
    assert said(problem, b"anything\n", where=107) == text


def test_bytes_that_are_no_utf8_are_placed_within_the_row() -> None:
    assert said(Problem.NOT_UTF8, b"ab\xffcd\n", where=100) == "not UTF-8 at byte 102"
    assert said(Problem.NOT_UTF8, "größe".encode()[:-3] + b"\xe2\x82\n", start=500) == "not UTF-8 at byte 504"


def test_a_cell_that_is_not_of_its_column_s_type() -> None:
    assert said(Problem.TYPE, b"a,x,c\n", detail=1) == "column 'price': the cell is no text: 'x'"
