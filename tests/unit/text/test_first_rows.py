"""The first rows as text: a cell is shown as it is, or cut and seen to be cut."""

from __future__ import annotations

import pytest

from etl_batch.text.first_rows import MOST_CELL_CHARACTERS, cut


@pytest.mark.parametrize("length", [0, 1, MOST_CELL_CHARACTERS - 1, MOST_CELL_CHARACTERS])
def test_a_cell_that_fits_stays(length: int) -> None:
    assert cut("ü" * length) == "ü" * length


@pytest.mark.parametrize("length", [MOST_CELL_CHARACTERS + 1, 10**6])
def test_a_longer_one_ends_in_a_sign_that_it_goes_on(length: int) -> None:
    assert cut("ü" * length) == "ü" * MOST_CELL_CHARACTERS + "…"
