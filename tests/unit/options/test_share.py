"""One share of a folder of parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import ConfigError
from etl_batch.options.share import Share


@pytest.mark.parametrize(
    "text", ["", "1", "3/3", "4/3", "0/0", "-1/3", "1/3 ", "1/ 3", "a/b", "1/3/5", "\N{ARABIC-INDIC DIGIT ZERO}/3"]
)
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="--shard is") as told:
        Share.parse(text)
    assert "give I/N, I from 0 to N-1" in told.value.what_to_do


@given(parts=st.integers(0, 200), count=st.integers(1, 50))
def test_each_part_is_in_one_share(parts: int, count: int) -> None:
    """And no share has two parts more than another."""
    shares = [Share.parse(f"{number}/{count}").of(parts) for number in range(count)]
    assert [part for share in shares for part in share] == list(range(parts))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
