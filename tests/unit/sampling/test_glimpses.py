"""Rows here and there in an input, against a slow twin."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from etl_batch.config import JobConfig
from etl_batch.etl_core import run
from etl_batch.formats.format import Source
from etl_batch.formats.units.glimpse import Glimpses
from etl_batch.pipeline import conversion
from etl_batch.sampling import glimpses
from etl_batch.sampling.glimpses import Places, strata_at
from etl_batch.sampling.plan import SamplePlan
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, RECORD_SIZE, records
from tests.helpers.inline_runner import InlineRunner, without_processes


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Places]:
    """Where a job looks, and at which sources."""
    found: list[Places] = []
    without_processes(monkeypatch)
    monkeypatch.setattr(conversion, "LEAST_EXPECTED", 1)

    def noting(sources: list[Source], plan: SamplePlan, _: object) -> None:
        whole = sum(source.extent[1] - source.extent[0] for source in sources if isinstance(source, Glimpses))
        found.extend(glimpses._places(sources, plan, whole))

    monkeypatch.setattr(glimpses, "expected_of", noting)
    return found


def job(home: Home, **more: object) -> JobConfig:
    return home.config(output_csv=str(home.output / "out.csv"), measures=("quantity",), **more)


def counted(places: Places, reach: list[tuple[int, int]]) -> tuple[list[int], int]:
    """Rows of each place, and their bytes, as the worker counts them."""
    _, rows, size = strata_at(Places(places.source, places.column, tuple(reach)))
    return rows.sum(axis=1).tolist(), size


def test_rows_of_a_csv(home: Home, asked: list[Places]) -> None:
    chance = random.Random(3)
    lines = [f"{'P' * chance.randrange(1, 9)},{chance.randrange(10**6)}\n" for _ in range(5_000)]
    home.put("in.csv", "".join(["product,quantity\n", *lines]).encode())
    run(job(home), runner=InlineRunner())
    content = (home.data / "in.csv").read_bytes()
    for places in asked:
        for start, stop in places.reach:
            begins = content.index(b"\n", start) + 1
            if begins >= stop:
                assert counted(places, [(start, stop)]) == ([], 0)
        reach = [(start, min(start + 400, len(content) - 20)) for start, _ in places.reach]
        texts = [content[content.index(b"\n", start) + 1 : content.index(b"\n", stop - 1) + 1] for start, stop in reach]
        keys, rows, size = strata_at(Places(places.source, "product", tuple(reach)))
        assert size == sum(map(len, texts))
        names = [Counter(line.split(b",")[0] for line in text.splitlines()) for text in texts]
        assert [sorted(line[line > 0].tolist()) for line in rows] == [sorted(its.values()) for its in names]
        assert len(keys) == len(set().union(*names))
    assert sum(len(places.reach) for places in asked) == 64


def test_a_place_within_quotes_or_with_a_broken_row_is_none(home: Home, asked: list[Places]) -> None:
    text = "product,quantity\n" + "a,1\n" * 2_000 + '"' + "b,1\n" * 300 + '",2\n' + "c,1\n" * 2_000
    home.put("in.csv", text.encode())
    run(job(home), runner=InlineRunner())
    inside, outside = text.index('"') + 100, text.index('"') - 100
    assert counted(asked[0], [(inside, text.index('",2') + 40)]) == ([], 0)
    assert counted(asked[0], [(outside, outside + 8)]) == ([1], 4)


def test_the_last_row_may_lack_its_end(home: Home, asked: list[Places]) -> None:
    text = "product,quantity\n" + "a,1\n" * 3_000 + "b,2"
    home.put("in.csv", text.encode())
    run(job(home), runner=InlineRunner())
    end = len(text)
    assert counted(asked[0], [(end - 30, end), (end - 300, end - 200)]) == ([25], 100)


@pytest.mark.parametrize("more", [{}, {"output_parquet": "out.parquet"}])
def test_a_csv_is_looked_at_whenever_it_is_checked(home: Home, asked: list[Places], more: dict[str, str]) -> None:
    home.put("in.csv", b"product,quantity\n" + b"a,1\n" * 3_000)
    run(job(home, **{name: str(home.output / value) for name, value in more.items()}), runner=InlineRunner())
    assert counted(asked[0], [(100, 140)]) == ([10], 40)


def test_other_line_ends_are_left_alone(home: Home, asked: list[Places]) -> None:
    home.put("in.csv", b"product,quantity\r" + b"a,1\r" * 3_000)
    run(job(home), runner=InlineRunner())
    assert counted(asked[0], [(100, 140)]) == ([], 0)


def test_records(home: Home, asked: list[Places]) -> None:
    home.put("in.bin", records(2_000), LAYOUT)
    run(job(home), runner=InlineRunner())
    source, size = asked[0].source, RECORD_SIZE
    _, rows, taken = strata_at(
        Places(source, "id", ((0, 10 * size), (15 * size + 7, 16 * size), (1_999 * size, 2_000 * size)))
    )
    assert (rows.sum(axis=1).tolist(), taken) == ([10, 1, 1], 12 * size)
    assert rows.shape == (3, 12)
    assert isinstance(source, Glimpses)
    found = source.glimpse([(15 * size + 7, 17 * size)])
    assert found is not None
    picked = bytes(found.batch.pick(np.zeros(1, np.uint64)))
    assert picked == (home.data / "in.bin").read_bytes()[15 * size : 16 * size], "the record that the place is in"


def test_bad_records_say_nothing(home: Home, asked: list[Places]) -> None:
    content = bytearray(records(2_000))
    content[100 * RECORD_SIZE + 39] = 9
    home.put("in.bin", bytes(content), LAYOUT)
    run(job(home, on_bad_row="quarantine"), runner=InlineRunner())
    size = RECORD_SIZE
    assert counted(asked[0], [(0, 10 * size), (99 * size, 103 * size)]) == ([], 0)
    assert counted(asked[0], [(0, 10 * size)]) == ([10], 10 * size)


def test_several_inputs_are_one_whole(home: Home, asked: list[Places]) -> None:
    text = b"product,quantity\n" + b"a,1\n" * 3_000
    sizes = {"a.csv": 3, "b.csv": 1}
    made = [home.put(name, text[:17] + text[17:] * times) for name, times in sizes.items()]
    run(home.config(*made, output_csv=str(home.output / "out.csv"), measures=("quantity",)), runner=InlineRunner())
    first = [place for places in asked if places.source.ordinal == 0 for place in places.reach]
    second = [place for places in asked if places.source.ordinal == 1 for place in places.reach]
    assert (len(first), len(second)) == (48, 16)
    for places, path, part in ((first, made[0], 36_000 / 48), (second, made[1], 12_000 / 16)):
        for number, (start, stop) in enumerate(places):
            assert 17 + int(number * part) <= start < stop <= path.stat().st_size
            assert start < 17 + (number + 1) * part
