"""One pass over blocks of rows against what it says of them, row by row; and against the passes that it stands for."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.column_strata import strata_of
from etl_batch.formats.format import RowIds
from etl_batch.formats.running_sums import MOST_SUMMED
from etl_batch.kernels.columns import Array, Column, Kind
from etl_batch.sampling.block_pass import BlockPass, Lottery, Passed, list_rows, summed
from tests.helpers.chance import examples
from tests.helpers.guarded_memory import guarded
from tests.helpers.kernel_calls import texts
from tests.property.sampling.test_sample import mixed

_MASK = 2**64 - 1
_STEP = 0x9E3779B97F4A7C15
_KEY = 77
#: kinds of measures: as NumPy has them, and the digits behind their point
MEASURES = {
    Kind.I8: ("i1", 0), Kind.I16: ("<i2", 0), Kind.I32: ("<i4", 0), Kind.I64: ("<i8", 0), Kind.U8: ("u1", 0),
    Kind.U16: ("<u2", 0), Kind.U32: ("<u4", 0), Kind.U64: ("<u8", 0), Kind.F32: ("<f4", 0), Kind.F64: ("<f8", 0),
    Kind.DECIMAL_64: ("<i8", 3),
}  # fmt: skip
NAME = b"(null)"
Value = Fraction | float | None


@dataclass(frozen=True)
class Span:
    """Records of a key and some measures, which end where their memory ends."""

    memory: Array
    rows: int
    width: int
    kinds: tuple[Kind, ...]
    valid: Sequence[Array]  #: of the key and of each measure: 0 where there is none

    @classmethod
    def of(
        cls, keys: Sequence[bytes], values: Sequence[Array], kinds: tuple[Kind, ...], valid: Sequence[Array]
    ) -> Span:
        fields = [("key", f"V{len(keys[0])}"), *((f"m{at}", MEASURES[kind][0]) for at, kind in enumerate(kinds))]
        fields = [*fields[1:], fields[0]]  # the key of the last row is the last that there is
        records = np.zeros(len(keys), np.dtype(fields))
        records["key"] = [np.void(key) for key in keys]
        for number, its in enumerate(values):
            records[f"m{number}"] = its
        return cls(guarded(records.tobytes()), len(keys), len(keys[0]), kinds, valid)

    def columns(self) -> tuple[Column, list[Column]]:
        size = len(self.memory) // self.rows
        at, found = int(self.memory.ctypes.data), []
        for number, kind in enumerate(self.kinds):
            code, digits = MEASURES[kind]
            found.append(Column(kind, at, size, extra=digits, valid=self.valid[number + 1], owners=(self.memory,)))
            at += np.dtype(code).itemsize
        return Column(Kind.FIXED_TEXT, at, size, width=self.width, valid=self.valid[0], owners=(self.memory,)), found


def trimmed(key: bytes) -> bytes:
    return key.rstrip(b"\0") if key.endswith(b"\0") else key.rstrip(b" ")


def lottery(measures: int, first: int = 0, *, threshold: float = math.inf, tie: int = 0) -> Lottery:
    thresholds = np.full(measures, threshold)
    return Lottery(_KEY, RowIds(first), thresholds, np.full(measures, tie, np.uint64))


def assert_is_what_it_says(found: Passed, names: Sequence[bytes], values: Sequence[Sequence[Value]]) -> None:
    """Compare with the rows themselves; `values` are those of each measure, a null being None."""
    strata = found.strata
    assert [strata.names[strata.places[code]] for code in strata.codes.tolist()] == list(names)
    assert strata.rows.tolist() == [names.count(name) for name in strata.names.tolist()]
    assert (np.diff(strata.keys.astype(object)) > 0).all()
    for sums, its in zip(found.sums, values, strict=True):
        by_name: dict[bytes, list[Fraction | float]] = defaultdict(list)
        for name, value in zip(names, its, strict=True):
            if value is not None:
                by_name[name].append(value)
        for number, name in enumerate(strata.names.tolist()):
            finite = [value for value in by_name[name] if math.isfinite(value)]
            assert sums.odd[number] == len(by_name[name]) - len(finite)
            assert sums.most[number] == max(map(float, finite), default=-math.inf)
            exact = sum((Fraction(value) for value in finite), Fraction(0))
            assert sums.of_finite().totals([number]) == [float(exact)]


KINDS = st.sampled_from(sorted(MEASURES))
FLOATS = st.one_of(
    st.floats(-1e300, 1e300), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, 1e-310, -1e300, 12.34])
)


def measure(draw: st.DrawFn, kind: Kind, rows: int) -> Array:
    code, _ = MEASURES[kind]
    kind_of = np.dtype(code)
    if kind_of.kind == "f":
        own = st.floats(width=32) if kind_of.itemsize == 4 else FLOATS
    else:
        info = np.iinfo(kind_of)
        own = st.one_of(st.integers(int(info.min), int(info.max)), st.sampled_from([int(info.min), int(info.max)]))
    few = draw(st.lists(own, min_size=1, max_size=12))
    return np.resize(np.array(few, kind_of), rows)


@st.composite
def spans(draw: st.DrawFn, width: int, kinds: tuple[Kind, ...]) -> Span:
    rows = draw(st.sampled_from([1, 2, 30, 1024, 1025]))
    byte = st.sampled_from(b"ab \0")
    few = draw(st.lists(st.lists(byte, min_size=width, max_size=width).map(bytes), min_size=1, max_size=20))
    keys = [few[row * row % len(few)] for row in range(rows)]
    values = [measure(draw, kind, rows) for kind in kinds]
    flags = st.lists(st.integers(0, 1), min_size=1, max_size=7)
    valid = [np.resize(np.array(draw(flags), np.uint8), rows) for _ in range(1 + len(kinds))]
    return Span.of(keys, values, kinds, valid)


@st.composite
def runs_of_spans(draw: st.DrawFn, width: int) -> list[Span]:
    kinds = tuple(draw(st.lists(KINDS, min_size=1, max_size=3)))
    return draw(st.lists(spans(width, kinds), min_size=1, max_size=3))


@pytest.mark.parametrize("width", [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33])
@settings(max_examples=examples(10), deadline=None)
@given(data=st.data())
def test_strata_and_sums_are_those_of_the_rows(width: int, data: st.DataObject) -> None:
    """Keys of all widths, padded with NULs or blanks; measures of all kinds; nulls; the last bytes that there are."""
    worker = BlockPass()
    for span in data.draw(runs_of_spans(width)):
        column, measures = span.columns()
        found = worker.read(column, measures, span.rows, lottery(len(measures)))
        size = len(span.memory) // span.rows
        whole = span.memory.tobytes()
        keys = [whole[size * (row + 1) - span.width : size * (row + 1)] for row in range(span.rows)]
        names = [trimmed(key) if there else NAME for key, there in zip(keys, span.valid[0], strict=True)]
        assert_is_what_it_says(found, names, [read(span, number) for number in range(len(measures))])


def read(span: Span, number: int) -> list[Value]:
    """The values of a measure, one after the other."""
    size = len(span.memory) // span.rows
    codes = [np.dtype(MEASURES[kind][0]) for kind in span.kinds]
    start = sum(code.itemsize for code in codes[:number])
    code, digits = codes[number], MEASURES[span.kinds[number]][1]
    found: list[Value] = []
    for row in range(span.rows):
        at = size * row + start
        value = np.frombuffer(span.memory.tobytes()[at : at + code.itemsize], code)[0].item()
        there = span.valid[number + 1][row]
        found.append((Fraction(value, 10**digits) if isinstance(value, int) else value) if there else None)
    return found


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.none() | st.text("ab\0é", max_size=20), min_size=1, max_size=60),
    st.lists(st.none() | st.text("ab\0é", max_size=20), min_size=1, max_size=60),
)
@example([None, "", "(null)"], ["x" * 33, None])
def test_texts_of_any_length(first: list[str | None], second: list[str | None]) -> None:
    """Texts of no fixed width, however they are found; some are longer than the pass holds, and told as before it."""
    behind, by_places = BlockPass(), BlockPass()
    for names in (first, second, first):
        plain = texts([name or "" for name in names])
        valid = np.array([name is not None for name in names], dtype=np.uint8)
        numbers = np.arange(len(names), dtype=np.int64) - 2**40
        measures = [Column(Kind.I64, numbers.ctypes.data, 8)]
        listed = [NAME if name is None else name.encode() for name in names]
        values: list[Sequence[Value]] = [[Fraction(number) for number in numbers.tolist()]]
        offsets = plain.owners[0]
        places = np.stack([offsets[:-1], np.diff(offsets)], axis=1).astype(np.uint32)
        column = Column(plain.kind, plain.address, 4, extra=plain.extra, valid=valid, owners=plain.owners)
        assert_is_what_it_says(behind.read(column, measures, len(names), lottery(1)), listed, values)
        column = Column(Kind.PLACED_TEXT, places.ctypes.data, 8, extra=plain.extra, valid=valid, owners=plain.owners)
        assert_is_what_it_says(by_places.read(column, measures, len(names), lottery(1)), listed, values)


@pytest.mark.parametrize("width", range(2, 34))
@pytest.mark.parametrize("alike", ["head", "tail", "both"])
def test_keys_that_differ_in_two_bytes_only(width: int, alike: str) -> None:
    """So many that they meet in the hash table, whichever of their words differs."""
    place = {"head": width - 2, "tail": 0, "both": width // 2}[alike]
    keys = [b"x" * place + number.to_bytes(2, "big") + b"y" * (width - 2 - place) for number in range(600)]
    values = np.arange(600, dtype="<i4")
    span = Span.of(keys, [values], (Kind.I32,), [np.ones(600, np.uint8)] * 2)
    column, measures = span.columns()
    worker = BlockPass()
    for _ in range(2):
        found = worker.read(column, measures, 600, lottery(1))
        assert_is_what_it_says(found, [trimmed(key) for key in keys], [[Fraction(number) for number in range(600)]])


def numbers_and_column(rows: int, strata: int, seed: int) -> tuple[Array, Array]:
    chance = np.random.default_rng(seed)
    return chance.integers(0, strata, rows).astype(np.uint32), chance.normal(0, 10, rows)


@pytest.mark.parametrize("strata", [3, 600, MOST_SUMMED + 1, 40_000])
def test_many_strata_make_the_tables_grow(strata: int) -> None:
    """In the middle of a span; and with too many of them sums are made as before."""
    worker = BlockPass()
    for seed in (1, 2):
        keys, values = numbers_and_column(50_000, strata, seed)
        measures = [Column(Kind.F64, values.ctypes.data, 8)]
        found = worker.read(Column(Kind.U32, keys.ctypes.data, 4), measures, len(keys), lottery(1))
        strata_found = strata_of(Column(Kind.U32, keys.ctypes.data, 4), len(keys))
        assert found.strata.names.tolist() == strata_found.names.tolist()
        assert found.strata.keys.tolist() == strata_found.keys.tolist()
        assert found.strata.rows.tolist() == strata_found.rows.tolist()
        if seed == 1:
            assert len(found.strata.places) == len(strata_found.places), "a stratum that was known was not found again"
        (wanted,) = summed(measures, strata_found)
        assert found.sums[0].totals() == wanted.totals()
        assert found.sums[0].most.tolist() == wanted.most.tolist()


@settings(max_examples=examples(60), deadline=None)
@given(
    st.integers(0, 10**6), st.integers(0, 2**64 - 1), st.sampled_from([0.0, 9.5, 25.0, math.inf]),
    st.integers(0, 9000), st.booleans(),
)  # fmt: skip
def test_rows_are_listed_by_limits_and_thresholds(
    seed: int, limit: int, threshold: float, tie: int, by_list: bool
) -> None:
    """Each row by its own priority and its own values, wherever a block ends; all of them, or none."""
    worker = BlockPass()
    keys, values = numbers_and_column(5_000, 5, seed)
    values = np.round(values * 2) / 2
    values[seed % 5_000] = math.inf
    column, measures = Column(Kind.U32, keys.ctypes.data, 4), [Column(Kind.F64, values.ctypes.data, 8)]
    first = worker.read(column, measures, 5_000, lottery(1))
    assert first.listed is None, "of a first span nothing is known by which rows could be left out"
    limits = np.resize(np.array([limit, limit // 50, 0], np.uint64), len(first.strata.of_codes))
    worker.learn(first.strata, limits)
    ids = np.arange(7, 10_007, 2, dtype=np.uint64) if by_list else None
    rules = Lottery(_KEY, RowIds(7, ids), np.array([threshold]), np.array([tie], np.uint64))
    found = worker.read(column, measures, 5_000, rules)
    wanted = []
    for row in range(5_000):
        row_id = 7 + (2 * row if by_list else row)
        priority, size = mixed(row_id * _STEP + _KEY & _MASK), abs(values[row])
        is_large = math.isfinite(size) and (size > threshold or (size == threshold and row_id < tie))
        if priority <= int(limits[found.strata.codes[row]]) or is_large:
            wanted.append([row, row_id, priority, values[row]])
    if found.listed is None:
        assert len(wanted) > 5_000 // 8 + 4096
        found_listed = list_rows(found.strata, measures, limits, rules)
    else:
        found_listed = found.listed
    assert found_listed.picked.tolist() == [line[:3] for line in wanted]
    assert found_listed.values[:, 0].tolist() == [line[3] for line in wanted]


def test_what_was_learnt_of_one_column_is_not_believed_of_another() -> None:
    worker = BlockPass()
    keys, values = numbers_and_column(100, 5, 1)
    measures = [Column(Kind.F64, values.ctypes.data, 8)]
    column = Column(Kind.U32, keys.ctypes.data, 4)
    first = worker.read(column, measures, 100, lottery(1))
    worker.learn(first.strata, np.zeros(5, np.uint64))
    signed = Column(Kind.I32, keys.ctypes.data, 4)
    assert worker.read(signed, measures, 100, lottery(1)).listed is None
    worker.learn(first.strata, np.zeros(5, np.uint64))
    assert worker.read(signed, measures, 100, lottery(1)).listed is None, "limits of other strata"
    assert worker.read(column, [Column(Kind.I64, values.ctypes.data, 8)], 100, lottery(1)).sums[0].unit.twos == 0
