"""Keys of a field that say more of its values: what each takes, and of which types."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.field_keys import digits_said, is_blank_zero, is_text, refuse_scale, trim_said
from etl_batch.layouts.layout import Field


def test_what_nobody_said_is_as_usual() -> None:
    assert digits_said({}, "packed", False, "x") is None
    assert trim_said({}, "x", "right") == "right"
    assert not is_blank_zero({}, "zoned", False, "x")
    assert not is_text({}, "i32", "utf-8", "x", default=False)
    assert is_text({}, "i32", "utf-8", "x", default=True)
    assert not is_text({}, "str", "utf-8", "x", default=True)


def test_what_somebody_said_is_taken() -> None:
    assert digits_said({"digits": 7}, "packed", False, "x") == 7
    assert trim_said({"trim": "both"}, "x", "right") == "both"
    assert is_blank_zero({"blank": "zero"}, "zoned", False, "x")
    assert is_text({"text": True}, "i32", "cp037", "x", default=False)


@pytest.mark.parametrize(
    "said",
    [
        lambda: digits_said({"digits": 0}, "packed", False, "x"),
        lambda: digits_said({"digits": 7}, "str", False, "x"),
        lambda: digits_said({"digits": 7}, "i32", True, "x"),
        lambda: trim_said({"trim": "left"}, "x", "right"),
        lambda: trim_said({"trim": 1}, "x", "right"),
        lambda: is_blank_zero({"blank": "null"}, "zoned", False, "x"),
        lambda: is_blank_zero({"blank": "zero"}, "i32", False, "x"),
        lambda: is_text({"text": 1}, "i32", "utf-8", "x", default=False),
        lambda: is_text({"text": True}, "str", "utf-8", "x", default=False),
        lambda: is_text({"text": True, "signed": False}, "i32", "utf-8", "x", default=False),
        lambda: is_text({"text": True}, "i32", "utf-16-le", "x", default=False),
        lambda: refuse_scale(Field(name="x", type="packed", offset=0, length=2, scale=9), "x"),
        lambda: refuse_scale(Field(name="x", type="i32", offset=0, length=4, scale=-1), "x"),
        lambda: refuse_scale(Field(name="x", type="packed", offset=0, length=19, scale=-3), "x"),
    ],
)
def test_what_does_not_fit_is_refused(said: Callable[[], object]) -> None:
    with pytest.raises(LayoutInvalid, match="x"):
        said()


def test_zeros_that_are_not_stored_may_be_said_of_decimals() -> None:
    refuse_scale(Field(name="x", type="packed", offset=0, length=3, scale=-2), "x")
