"""Names of columns as they are typed: whatever they are called, they can be said, and are read as they were meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import ConfigError
from etl_batch.text.column_lists import names_reader, pairs_reader, typed_columns, typed_pairs

_NAME = st.text("ab ,=\"\n'é", max_size=6)
_read_names, _read_pairs = names_reader("--select"), pairs_reader("--rename")


@given(st.lists(_NAME, min_size=1, max_size=4))
def test_names_that_are_typed_are_read_again(names: list[str]) -> None:
    assert _read_names(typed_columns(names)) == tuple(names)


@given(st.lists(st.tuples(_NAME, _NAME), min_size=1, max_size=4))
def test_pairs_that_are_typed_are_read_again(pairs: list[tuple[str, str]]) -> None:
    assert _read_pairs(typed_pairs(pairs)) == tuple(pairs)


def test_plain_names_need_no_quotes() -> None:
    assert _read_names("a, b c ,x=y") == ("a", "b c", "x=y")
    assert _read_pairs("a = b,c=d e") == (("a", "b"), ("c", "d e"))
    assert _read_names('"a, b",c') == ("a, b", "c")
    assert _read_pairs('"a=b"="c, ""d"""') == (("a=b", 'c, "d"'),)


@pytest.mark.parametrize("given_", ["", "a,", ",a", "a,,b", 'a,"b', '"a"b'])
def test_what_is_no_list_of_names_is_refused(given_: str) -> None:
    with pytest.raises(ConfigError, match="--select is"):
        _read_names(given_)


@pytest.mark.parametrize("given_", ["", "a", "a=", "=b", "a=b=c", "a=b,", 'a="b'])
def test_what_is_no_list_of_pairs_is_refused(given_: str) -> None:
    with pytest.raises(ConfigError, match="--rename is"):
        _read_pairs(given_)
