"""How numbers are stored where a copybook does not say it: told from their values, or asked."""

from __future__ import annotations

import pytest

from etl_batch.errors import Ambiguous
from etl_batch.layouts.copybook.book import read_book
from etl_batch.layouts.copybook.numbers import has_floats, has_native, ibm_float, is_native_big, refuse_unsaid_floats

WHERE = "data/RECORDS"
BOOK = read_book("01 R.\n  05 A PIC S9(4) COMP-5.\n  05 T PIC X.\n  05 B PIC 9(9) COMP-5.", "book.cpy")


def record(first: int, second: int, order: str) -> bytes:
    big = order == "big"
    return (
        first.to_bytes(2, "big" if big else "little", signed=True) + b"x"
        + second.to_bytes(4, "big" if big else "little")
    )  # fmt: skip


@pytest.mark.parametrize("order", ["big", "little"])
@pytest.mark.parametrize(
    "values",
    [
        [(1, 2), (-1, 70_000)],
        [(9999, 999_999_999)],
        [(-9999, 1)],
        [(0, 0), (0, 3)],
    ],
)
def test_the_order_in_which_values_fit_or_are_smaller_holds(values: list[tuple[int, int]], order: str) -> None:
    content = b"".join(record(first, second, order) for first, second in values)
    assert is_native_big(BOOK, content, WHERE) is (order == "big")


@pytest.mark.parametrize("content", [b"", record(0, 0, "big"), record(257, 0x01010101, "big"), b"\1"])
def test_values_that_are_alike_in_both_are_asked(content: bytes) -> None:
    with pytest.raises(Ambiguous) as caught:
        is_native_big(BOOK, content, WHERE)
    assert caught.value.message.startswith(
        f"{WHERE}: A is COMP-5, in the byte order of a machine that book.cpy does not"
    )
    assert "layout book.cpy" in caught.value.what_to_do


def test_only_the_first_thousand_records_are_looked_at() -> None:
    assert is_native_big(BOOK, record(1, 1, "big") * 1000 + record(1, 1, "little") * 5000, WHERE)


def test_what_is_asked_is_known_by_what_is_there() -> None:
    plain = read_book("01 R.\n  05 A PIC S9(4) COMP.", "book.cpy")
    floats = read_book("01 R.\n  05 A COMP-2.", "book.cpy")
    assert (has_native(BOOK), has_floats(BOOK)) == (True, False)
    assert (has_native(plain), has_floats(plain)) == (False, False)
    assert (has_native(floats), has_floats(floats)) == (False, True)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("00000000", 0.0), ("41100000", 1.0), ("c1100000", -1.0), ("4276a000", 118.625), ("c276a000", -118.625),
        ("40800000", 0.5), ("7fffffff", 7.2370051459731155e75), ("00100000", 16.0**-65),
        ("4110000000000000", 1.0), ("4019999999999999", 0.09999999999999999), ("401999999999999a", 0.1),
    ],
)  # fmt: skip
def test_hexadecimal_floats(raw: str, value: float) -> None:
    """IBM's own examples, the ends of the range, and a tenth."""
    assert ibm_float(bytes.fromhex(raw)) == value


def test_floats_are_asked_with_their_first_values_in_each_way() -> None:
    book = read_book("01 R.\n  05 T PIC X.\n  05 F COMP-1.\n  05 D COMP-2.", "book.cpy")
    content = b"".join(b"x" + bytes.fromhex(one) + bytes(8) for one in ("41100000", "00000042", "3f800000", "41200000"))
    with pytest.raises(Ambiguous) as caught:
        refuse_unsaid_floats(book, content)
    assert caught.value.message == (
        "book.cpy, line 3, column 6: F is a float, and whether hexadecimal, as z/OS stores them, or IEEE the book does "
        "not say (its first values by ibm: 1, 3.39739e-83, 0.03125; ieee-big: 9, 9.24857e-44, 1; "
        "ieee-little: 5.8308e-42, 32, 4.6006e-41)"
    )


def test_without_a_file_there_are_none_to_show() -> None:
    book = read_book("01 R.\n  05 F COMP-1.", "book.cpy")
    with pytest.raises(Ambiguous, match="the book does not say; say it: --floats ibm, --floats ieee-big"):
        refuse_unsaid_floats(book, b"")
