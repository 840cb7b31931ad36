"""The type that is advised for numbers that stay text: it reads every cell, and loses no digit."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.csv.type_advice import advised_type
from tests.conftest import Home
from tests.helpers.csv_calls import convert


@pytest.mark.parametrize(
    ("cells", "word", "says"),
    [
        (["000000123456789012345678", "216027303300000601001000"], "decimal(38,0)", "loses the zeros in front"),
        (["02139", "12345"], "i64", "(02139 becomes 2139): leave identifiers text"),
        (["-007", "5"], "i64", "(-007 becomes -7)"),
        (["000", None, ""], "i64", "(000 becomes 0)"),
        (["5", "2.5"], "decimal(18,1)", "keeps every digit"),
        (["1.50", "2.25"], "decimal(18,2)", "2 behind the point"),
        (["5.", "007"], "decimal(18,0)", "zeros in front"),
        (["+5", "7"], "i64", "(+5 becomes 5)"),
        (["-1", "18446744073709551615"], "decimal(38,0)", "keeps every digit"),
        (["12345678901234567.25", "1"], "decimal(38,2)", "keeps every digit"),
        (["1e5", "2"], "f64", "destroy identifiers"),
        (["9" * 39, "1"], "f64", "destroy identifiers"),
        (["9" * 37, "0." + "1" * 5], "f64", "destroy identifiers"),
        (["9" * 37, "0.10"], "decimal(38,1)", ""),
        ([], "i64", ""),
    ],
)
def test_no_float_where_an_exact_type_does(cells: list[str | None], word: str, says: str) -> None:
    advice = advised_type(cells)
    assert advice.word == word
    assert says in advice.cost


_NUMBERS = st.from_regex(re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,15})?"), fullmatch=True)


@given(st.lists(_NUMBERS, min_size=1, max_size=8))
def test_the_advice_can_be_followed_and_keeps_the_values(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    home = Home(tmp_path_factory.getbasetemp())
    home.data.mkdir(exist_ok=True)
    path = home.put("x.csv", "".join(f"{cell}\n" for cell in ["n", *cells]).encode())
    found = convert(path, types=f"n={advised_type(cells).word}")
    assert [Decimal(row[0]) for row in found.cells] == [Decimal(cell) for cell in cells]


def test_identifiers_are_not_advised_to_become_floats(home: Home) -> None:
    path = home.put("ids.csv", b"id,zip\n000000123456789012345678,02139\n216027303300000601001000358582,12345\n")
    notes = convert(path, parquet=True).notes
    assert ["--types id=decimal(38,0) reads" in notes[0], "--types zip=i64 reads" in notes[1]] == [True, True]
    assert not any("f64" in note for note in notes)
