"""Rows sampled while they are formatted, block by block, against the same rows sampled for themselves."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.binary.record_reader import RecordBatch
from etl_batch.formats.binary.records import Records
from etl_batch.kernels.sample_rows import STOPPED
from etl_batch.layouts.layout import Field, Layout
from etl_batch.sampling.plan import SamplePlan
from etl_batch.sampling.span_sampler import SpanSampler
from etl_batch.values import Span
from tests.helpers.chance import examples

KIND = np.dtype([("key", "S3"), ("day", "<i8"), ("value", "<f8"), ("number", "<i4")])
LAYOUT = Layout(
    record_size=KIND.itemsize,
    fields=(
        Field(name="key", type="str", offset=0, length=3, encoding="ascii", null=""),
        Field(name="day", type="timestamp", offset=3, length=8, unit="s"),
        Field(name="value", type="f64", offset=11, length=8),
        Field(name="number", type="i32", offset=19, length=4),
    ),
)
LONG_KEY = Layout(
    record_size=KIND.itemsize + 40,
    fields=(
        Field(name="key", type="str", offset=KIND.itemsize, length=40, encoding="ascii"),
        *LAYOUT.fields[1:],
    ),
)
BAD_DAY = 2**62


def records(
    rows: int, strata: int, seed: int, bad: int | None = None
) -> np.ndarray[tuple[int, ...], np.dtype[np.void]]:
    chance = np.random.default_rng(seed)
    found = np.zeros(rows, KIND)
    found["key"] = [b"%d" % key if key else b"" for key in chance.integers(0, strata, rows).tolist()]
    found["day"], found["value"] = chance.integers(0, 2**30, rows), chance.normal(0, 1e6, rows)
    found["number"] = chance.integers(-9, 9, rows)
    if bad is not None:
        found["day"][bad % rows] = BAD_DAY
    return found


class Sampled:
    """One worker that formats spans and samples them; beside that, or afterwards."""

    def __init__(self, layout: Layout, *, beside: bool) -> None:
        plan = SamplePlan(
            strata="key", measures=("value", "number"), seed=5, budget=400, rows=20_000, rows_are_certain=False
        )
        self.layout, self.beside, self.sampler, self.first = layout, beside, SpanSampler(plan), 0

    def take(self, content: bytes) -> tuple[bytes, int, bytes]:
        """The CSV, how many rows were bad, and what travels to the parent."""
        flat = np.frombuffer(content, np.uint8).reshape(-1, self.layout.record_size)
        span = Span(ordinal=0, source=0, start=0, stop=len(content), first_row=self.first, rows=len(flat))
        self.first += len(flat)
        batch = RecordBatch(self.layout, span, Records(flat))
        out = np.empty(batch.csv_room(), np.uint8)
        start, counts = out.ctypes.data, np.zeros(2, np.uint64)
        sampling = partial(self.sampler.begin, span) if self.beside else None
        end = batch.write_csv(start, counts.ctypes.data, sampling)
        found = self.sampler.take(batch, span)
        return (
            out[: end - start].tobytes(),
            len(batch.rejected),
            b"" if found is None else found.packed() + bytes(found.rows),
        )


@settings(max_examples=examples(25), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 1023, 1024, 1025, 3000]), st.sampled_from([1, 7, 900]), st.integers(0, 99),
            st.none() | st.integers(0, 3000),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_it_is_the_same_sample(spans: list[tuple[int, int, int, int | None]]) -> None:
    """Over several spans, with nulls; with more strata than there is room for; with a row that turns out to be bad."""
    beside, afterwards = Sampled(LAYOUT, beside=True), Sampled(LAYOUT, beside=False)
    for rows, strata, seed, bad in spans:
        content = records(rows, strata, seed, bad).tobytes()
        assert beside.take(content) == afterwards.take(content)


@pytest.mark.parametrize("rows", [10, 5000])
def test_keys_that_are_too_long_for_it_are_told_apart_as_before(rows: int) -> None:
    beside, afterwards = Sampled(LONG_KEY, beside=True), Sampled(LONG_KEY, beside=False)
    for seed in range(2):
        plain = records(rows, 5, seed)
        content = b"".join(bytes(one) + b"k%39d" % (number % 3) for number, one in enumerate(plain))
        assert beside.take(content) == afterwards.take(content)


def test_it_is_done_when_the_rows_are_formatted() -> None:
    """Or there would be no gain in it: nothing but time tells the two ways apart."""
    sampler = Sampled(LAYOUT, beside=True).sampler
    content = records(3000, 50, 1).tobytes()
    flat = np.frombuffer(content, np.uint8).reshape(-1, LAYOUT.record_size)
    span = Span(ordinal=0, source=0, start=0, stop=len(content), first_row=0, rows=len(flat))
    batch = RecordBatch(LAYOUT, span, Records(flat))
    out = np.empty(batch.csv_room(), np.uint8)
    batch.write_csv(out.ctypes.data, 0, partial(sampler.begin, span))
    begun = sampler._pass._begun
    assert begun is not None
    assert begun.done[STOPPED] == len(flat)


def test_a_span_that_was_begun_and_never_asked_for_leaves_nothing_behind() -> None:
    beside, afterwards = Sampled(LAYOUT, beside=True), Sampled(LAYOUT, beside=False)
    content = records(2000, 50, 1).tobytes()
    flat = np.frombuffer(content, np.uint8).reshape(-1, LAYOUT.record_size)
    span = Span(ordinal=0, source=0, start=0, stop=len(content), first_row=0, rows=len(flat))
    lost = RecordBatch(LAYOUT, span, Records(flat))
    out = np.empty(lost.csv_room(), np.uint8)
    lost.write_csv(out.ctypes.data, 0, partial(beside.sampler.begin, span))
    assert beside.take(content) == afterwards.take(content)
