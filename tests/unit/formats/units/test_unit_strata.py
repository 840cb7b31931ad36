"""Names of strata as numbers: the same name the same number, whatever was read first, and null a name of its own."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.units.unit_strata import NULL_STRATUM, StratumCodes, coded

TEXTS = st.lists(st.none() | st.sampled_from(["a", "b", "", "(null)", "ü"]), max_size=20)


def plain(value: object) -> str:
    return NULL_STRATUM if value is None else str(value)


@given(st.lists(st.tuples(TEXTS, st.integers(0, 5)), max_size=4))
def test_over_all_that_is_read(parts: list[tuple[list[str | None], int]]) -> None:
    codes = StratumCodes()
    for values, skipped in parts:
        array = pa.array([*values[:skipped], *values], pa.string()).slice(min(skipped, len(values)))
        numbers = codes.of(coded(array)).tolist()
        assert [codes.names[number] for number in numbers] == [plain(value) for value in values]
    assert len(set(codes.names)) == len(codes.names)


def test_values_that_are_no_texts_have_the_names_that_their_cells_have() -> None:
    codes = StratumCodes()
    for array in (pa.array([True, None, False]), pa.array([b"\x00\xff"]), pa.array([7, -1])):
        codes.of(coded(array))
    assert codes.names == ["true", "false", "(null)", "00ff", "7", "-1"]
