"""Errors that were written down as a text are split again where their sentence ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import EtlError, every_error, rebuilt_error


@given(st.text(min_size=1), st.sampled_from(every_error()))
def test_a_sentence_with_the_usual_mend_is_split_behind_it(message: str, kind: type[EtlError]) -> None:
    """Whatever names it quotes: `a; b.csv` as well."""
    error = EtlError(message, mend=kind.mend)
    again = rebuilt_error(kind.code, str(error))
    assert (again.code, again.message, again.what_to_do) == (kind.code, message, kind.mend)


@pytest.mark.parametrize(
    ("text", "message", "mend"),
    [
        ("a; b.csv is no file; look elsewhere", "a; b.csv is no file", "look elsewhere"),
        ("its process is gone", "its process is gone", "run it again"),
        ("", "no more is known", "run it again"),
    ],
)
def test_other_texts(text: str, message: str, mend: str) -> None:
    again = rebuilt_error("E_NOBODY_KNOWS", text)
    assert (again.message, again.what_to_do) == (message, mend)
