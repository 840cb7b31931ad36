"""Dates and timestamps: the helper reads what the twin reads, and refuses what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.kernels.calendar_text import FIRST_DAY, LAST_DAY
from etl_batch.kernels.columns import Kind
from tests.helpers import kernel_calls, parse_calls, twins, twins_parse
from tests.helpers.chance import examples
from tests.helpers.parse_calls import Rule

ALPHABET = b"0123456789-:+.TZ /\0tz\xb0"
two = st.integers(0, 99).map("{:02d}".format)
dates = st.dates().map(str) | st.builds(
    "{:04d}-{:02d}-{:02d}".format, st.integers(0, 2100), st.integers(0, 13), st.integers(0, 32)
)
borders = st.sampled_from(["0001-01-01", "9999-12-31", "1677-09-21", "2262-04-11", "1970-01-01", "1969-12-31"])
clocks = st.times().map(str) | st.builds("{}:{}".format, two, two) | st.builds("{}:{}:{}".format, two, two, two)
edges = st.sampled_from(["00:00", "00:00:00", "23:59:59", "00:12:43.145224192", "00:12:43.145224191"])
fractions = st.just("") | st.text("0123456789", max_size=10).map(".{}".format) | st.sampled_from([".5", ".123456000"])
last = st.sampled_from(["23:47:16.854775807", "23:47:16.854775808", "00:12:44", "23:47:17"])
zones = st.sampled_from(
    ["", "", "Z", "+00:00", "-0000", "+01:30", "-0800", "+23:59", "-23:59", "+24:00", "+1", "+01:60"]
)
stamps = st.tuples(
    dates | borders, st.sampled_from(["T", " ", "T", "t", ""]), clocks | edges | last, fractions, zones
).map("".join)


@st.composite
def cells(draw: st.DrawFn) -> bytes:
    """A timestamp or a date, or one with a byte replaced or the end missing."""
    cell = draw(stamps | dates | borders).encode()
    place = draw(st.integers(0, len(cell)))
    how = draw(st.integers(0, 4))
    if how == 0:
        return cell[:place]
    return cell[:place] + bytes([draw(st.sampled_from(ALPHABET))]) + cell[place + 1 :] if how == 1 else cell


@settings(deadline=None, max_examples=examples(300))
@given(st.lists(cells(), min_size=1, max_size=60), st.sampled_from([1, 10**3, 10**6, 10**9]), st.booleans())
@example([b"2024-02-29T12:00:00+0200", b"2024-02-29T12:00+02:00", b"2024-02-29Z", b"2024-02-29T", b""], 1, True)
@example([b"0001-01-01T00:00+00:01", b"9999-12-31T23:59-00:01", b"0001-01-01T00:00-00:01"], 10**6, True)
@example(
    [b"2262-04-11T23:47:16.854775807", b"2262-04-11T23:47:16.854775808", b"1677-09-21T00:12:43.145224192"], 10**9, 0
)
@example([b"1677-09-21T00:12:43.145224191", b"1677-09-21T00:12:43", b"1969-12-31T23:59:59.999999999"], 10**9, False)
@example([b"2024-02-29T12:00:00.1234567890", b"2024-02-29T12:00:00.", b"2024-02-29T12:00.5", b"2024-02-29T24:00"], 1, 0)
def test_timestamps(many: list[bytes], per_second: int, zoned: bool) -> None:
    said = parse_calls.signed_words(Rule.TIMESTAMP, many, per_second, int(zoned))
    expected = [twins_parse.timestamp_ticks(cell, per_second, zoned=zoned) for cell in many]
    wrong = [case for case in zip(many, said, expected, strict=True) if case[1] != case[2]]
    assert not wrong, wrong[:5]


@settings(deadline=None, max_examples=examples(200))
@given(st.lists(cells(), min_size=1, max_size=60))
def test_dates(many: list[bytes]) -> None:
    assert parse_calls.signed_words(Rule.DATE, many) == [twins_parse.date_days(cell) for cell in many]


def test_every_date() -> None:
    """All 3.65 million of them, back from the text that the kernel writes."""
    days = np.arange(FIRST_DAY, LAST_DAY + 1, dtype=np.int32)
    text, _ = kernel_calls.csv_bytes([kernel_calls.dense(Kind.DATE, days)], len(days))
    content = np.frombuffer(text, dtype=np.uint8)
    starts = np.uint64(content.ctypes.data) + np.arange(len(days), dtype=np.uint64) * np.uint64(11)
    results, _ = parse_calls.read_at(Rule.DATE, starts, np.full(len(days), 10, dtype=np.uint64))
    assert results[:, 0].all()
    assert (results[:, 1].view(np.int64) == days).all()


def test_every_day_that_is_none() -> None:
    """Of the years around every kind of February."""
    many = [
        f"{year:04d}-{month:02d}-{day:02d}".encode()
        for year in (0, 1, 4, 100, 400, 1899, 1900, 1999, 2000, 2023, 2024, 2100, 9999)
        for month in range(100)
        for day in range(100)
    ]
    assert parse_calls.signed_words(Rule.DATE, many) == [twins_parse.date_days(cell) for cell in many]


def test_every_byte_at_every_place() -> None:
    for good in (b"2024-02-29T12:34:56.123456789+11:22", b"2024-02-29 12:34Z", b"2024-02-29T12:34-0130"):
        many = [good[:place] + bytes([byte]) + good[place + 1 :] for place in range(len(good)) for byte in range(256)]
        said = parse_calls.signed_words(Rule.TIMESTAMP, many, 10**9, 1)
        assert said == [twins_parse.timestamp_ticks(cell, 10**9, zoned=True) for cell in many]


@pytest.mark.parametrize("unit", twins.TICKS_PER_SECOND)
def test_written_and_read_back(unit: str) -> None:
    per_second = twins.TICKS_PER_SECOND[unit]
    first = max(FIRST_DAY * 86_400 * per_second, -(2**63))
    last_tick = min((LAST_DAY + 1) * 86_400 * per_second, 2**63) - 1
    ticks = np.random.default_rng(7).integers(first, last_tick, 5000, dtype=np.int64, endpoint=True)
    ticks[:4] = first, last_tick, -1, 0
    many = [twins.timestamp_text(tick, per_second).encode() for tick in ticks.tolist()]
    assert parse_calls.signed_words(Rule.TIMESTAMP, many, per_second, 1) == ticks.tolist()
