"""The slow, obvious twin of what the kernels note of columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from etl_batch.formats.facts import SHOWN_BYTES, ColumnFacts
from etl_batch.kernels.cell_readings import Class, number_word
from tests.helpers.twins_parse import cell_class

_LOWEST_BIT = 2**1074


def of_numbers(word: str, values: Sequence[int | float | None]) -> ColumnFacts:
    """Of whole numbers, of decimals in their last digits, or of floats."""
    there = [value for value in values if value is not None]
    finite = [value for value in there if math.isfinite(value)]
    total: int | Fraction = sum(map(Fraction, finite), Fraction(0))
    if word in {"f32", "f64"}:
        total *= _LOWEST_BIT
        finite = [value + 0.0 for value in finite]
    return ColumnFacts(
        word=word, nulls=len(values) - len(there), values=len(there), least=min(finite, default=None),
        most=max(finite, default=None), total=int(total), odd=len(there) - len(finite),
    )  # fmt: skip


def of_texts(word: str, values: Sequence[bytes | None], *, characters: bool = True) -> ColumnFacts:
    """Of texts, or of raw bytes."""
    there = [value for value in values if value is not None]
    lengths = [len(value.decode()) if characters else len(value) for value in there]
    return ColumnFacts(
        word=word, nulls=len(values) - len(there), values=len(there), shortest=min(lengths, default=None),
        longest=max(lengths, default=None), first=min(there)[:SHOWN_BYTES] if there else None,
        last=max(there)[:SHOWN_BYTES] if there else None,
    )  # fmt: skip


def of_cells(values: Sequence[bytes | None], quoted: Sequence[bool]) -> ColumnFacts:
    """Of a CSV's cells without a type; what is in quotes is a text."""
    texts = of_texts("", values)
    seen = 0
    for value, is_quoted in zip(values, quoted, strict=True):
        if value is not None:
            seen |= Class.TEXT if is_quoted else cell_class(value)
    if not number_word(seen):
        seen = int(Class.TEXT) if seen else 0
    numbers = ColumnFacts(word="")
    if seen and not seen & Class.TEXT:
        read = float if seen & Class.FLOAT else int
        numbers = of_numbers("f64" if read is float else "i64", [None if one is None else read(one) for one in values])
    return ColumnFacts(
        word="", nulls=texts.nulls, values=texts.values, least=numbers.least, most=numbers.most, total=numbers.total,
        odd=numbers.odd, shortest=texts.shortest, longest=texts.longest, first=texts.first, last=texts.last, seen=seen,
    )  # fmt: skip
