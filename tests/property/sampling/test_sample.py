"""The sample and the totals against slow, obvious twins: any split of the rows, in any order, ends in the same."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.errors import SampleTooSmall
from etl_batch.estimate.allocation import allocate_counts
from etl_batch.estimate.exact_sums import Sums
from etl_batch.formats.column_strata import strata_of
from etl_batch.formats.format import RowIds
from etl_batch.kernels.columns import Column, Kind
from etl_batch.sampling import span_sampler
from etl_batch.sampling.block_pass import summed
from etl_batch.sampling.certain_rows import largest
from etl_batch.sampling.counts import Counts, no_counts
from etl_batch.sampling.draw import Draw, allocated, draw
from etl_batch.sampling.packing import Packed, pack, unpack, unpack_first
from etl_batch.sampling.plan import SamplePlan, budget_of
from etl_batch.sampling.sample_state import SampleState
from etl_batch.sampling.span_sample import Candidates, SpanSample
from etl_batch.sampling.span_sampler import SpanSampler
from etl_batch.sampling.thresholds import limits_of, scale_bound, smallest_shared
from etl_batch.values import Rejected, Span
from tests.helpers.chance import examples
from tests.helpers.kernel_calls import dense, texts

_MASK = 2**64 - 1
values_of_any_size = st.floats(allow_nan=False, allow_infinity=False)


def mixed(value: int) -> int:
    """Stafford's thirteenth mixer, one number at a time."""
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


def priority(plan: SamplePlan, source: int, row: int) -> int:
    return mixed(row * 0x9E3779B97F4A7C15 + plan.key(source) & _MASK)


@dataclass
class Rows:
    """Rows of one span, as a batch has them."""

    names: Sequence[str | None]
    numbers: Sequence[float]
    first: int
    rejected: Sequence[Rejected] = ()
    kept: list[Column] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.names)

    def columns_of(self, _names: Sequence[str]) -> list[Column]:
        strata = texts([name or "" for name in self.names])
        valid = np.array([name is not None for name in self.names], dtype=np.uint8)
        strata = Column(strata.kind, strata.address, 4, extra=strata.extra, valid=valid, owners=strata.owners)
        return [strata, dense(Kind.F64, np.array(self.numbers, dtype=np.float64))]

    def row_ids(self) -> RowIds:
        return RowIds(self.first)

    def pick(self, rows: np.ndarray) -> bytes:
        return (rows + np.uint64(self.first)).tobytes()


@dataclass
class SideFile:
    """Keeps the rows of parts, which are their numbers, one behind the other."""

    content: bytearray = field(default_factory=lambda: bytearray(b"head"))

    def add(self, part: SpanSample, state: SampleState) -> None:
        """Let a state take a part, as it comes to the parent, and the file its rows."""
        start = len(self.content)
        self.content += part.rows
        state.add(SpanSample.from_bytes(part.packed()), start, len(self.content))

    def numbers(self, state: SampleState, source: int) -> list[int]:
        """Of all rows of an input that were ever added."""
        pieces = [self.content[piece.start : piece.stop] for piece in state.pieces if piece.source == source]
        return list(np.frombuffer(b"".join(pieces), np.uint64).tolist())


class Sampled(NamedTuple):
    """A sample, and where its rows are."""

    state: SampleState
    drawn: Draw
    file: SideFile


def plan_of(rows: int, budget: int, seed: int = 0, most: int = 100_000) -> SamplePlan:
    return SamplePlan(
        strata="s", measures=("y",), seed=seed, budget=budget, rows=rows, rows_are_certain=True, max_strata=most
    )


def sampled(
    plan: SamplePlan, names: Sequence[str | None], numbers: Sequence[float], cuts: Sequence[int], workers: int = 1
) -> Sampled:
    """The sample of some rows that are cut into spans, each taken by one of the workers; then they are counted."""
    state, file = SampleState(plan, 1), SideFile()
    crew = [SpanSampler(plan) for _ in range(workers)]
    bounds = sorted({0, len(names), *(cut for cut in cuts if cut < len(names))})
    for number, (start, stop) in enumerate(itertools.pairwise(bounds)):
        batch = Rows(names[start:stop], numbers[start:stop], start)
        part = crew[number % workers].take(batch, Span(number, 0, start, stop, start, stop - start))  # type: ignore[arg-type]
        if part is not None:
            file.add(part, state)
        if number % 3 == 0 and (hint := state.hint()) is not None:
            crew[number % workers].learn(hint)
    assert state.totals is not None
    state.plan = plan.settled(len(names))
    state.prune()
    return Sampled(state, draw(state.plan, state.totals, state.candidates), file)


def rows_in(state: SampleState, drawn: Draw, file: SideFile) -> list[tuple[int, int, bool, bool]]:
    """Each row of the sample: its stratum, its number, whether it was drawn, whether it is certain."""
    chosen = state.candidates.taken(drawn.order)
    every = file.numbers(state, 0)
    stored = [every[place] for place in state.places[drawn.order].tolist()]
    assert stored == chosen.row.tolist()
    return list(zip(drawn.stratum.tolist(), stored, drawn.in_sample.tolist(), drawn.certain[0].tolist(), strict=True))


def twin(plan: SamplePlan, names: Sequence[str | None], numbers: Sequence[float]) -> dict[str, set[int]]:
    """The rows of the smallest priorities of each stratum, and those of the largest values."""
    strata: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(names):
        strata["(null)" if name is None else name].append(row)
    listed = sorted(strata)
    counts = np.array([len(strata[name]) for name in listed], dtype=np.int64)
    budget = min(plan.budget + int(np.minimum(counts, 2).sum()), int(counts.sum()))
    drawn = dict(zip(listed, allocate_counts(counts, budget).tolist(), strict=True))
    found = {
        name: set(sorted(its, key=lambda row: priority(plan, 0, row))[: drawn[name]]) for name, its in strata.items()
    }
    top = sorted((row for row in range(len(names)) if numbers[row]), key=lambda row: (-abs(numbers[row]), row))
    return found | {"certain": set(top[: plan.certain])}


rows_strategy = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "", "(null)", "long name of a stratum", None]), st.integers(-3, 9)),
    min_size=1,
    max_size=300,
)


@settings(max_examples=examples(60), deadline=None)
@given(
    rows_strategy, st.integers(1, 60), st.lists(st.integers(1, 299), max_size=8), st.integers(1, 3), st.integers(0, 99)
)
def test_any_cut_gives_the_rows_of_the_twin(
    rows: list[tuple[str | None, int]], budget: int, cuts: list[int], workers: int, seed: int
) -> None:
    names, numbers = [name for name, _ in rows], [float(number) for _, number in rows]
    plan = plan_of(len(rows), min(budget, len(rows)), seed)
    state, drawn, file = sampled(plan, names, numbers, cuts, workers)
    expected = twin(plan, names, numbers)
    assert state.totals is not None
    texts_of = state.totals.texts()
    found: dict[str, set[int]] = {name: set() for name in expected}
    for stratum, row, in_sample, certain in rows_in(state, drawn, file):
        if in_sample:
            found[texts_of[stratum]].add(row)
        if certain:
            found["certain"].add(row)
    for name, its in found.items():  # the last row of a rounded allocation may go to a stratum of the same size
        both = sorted((its, expected[name]), key=len)
        assert both[0] <= both[1]
        assert len(both[1]) - len(both[0]) <= 1
    assert found["certain"] == expected["certain"]
    populations = Counter("(null)" if name is None else name for name in names)
    assert dict(zip(texts_of, state.totals.rows.tolist(), strict=True)) == populations


@settings(max_examples=examples(40), deadline=None)
@given(
    st.integers(0, 10**6), st.lists(st.integers(1, 1_999), max_size=12), st.integers(1, 4), st.integers(1, 200),
    st.booleans(),
)  # fmt: skip
def test_a_long_input_is_pruned_and_ends_in_the_same(
    seed: int, cuts: list[int], workers: int, first: int, many_equal: bool
) -> None:
    """However many rows a worker looks at first to find out what is large."""
    chance = random.Random(seed)
    names = [f"s{int(chance.paretovariate(0.7)) % 40}" for _ in range(2_000)]
    numbers = [float(chance.randrange(4)) if many_equal else chance.gauss(0, 10) for _ in names]
    plan = plan_of(len(names), 60, seed)
    whole = sampled(plan, names, numbers, [])
    with patch.object(span_sampler, "_FIRST_ROWS", first):
        cut = sampled(plan, names, numbers, cuts, workers)
    before = rows_in(*cut)
    cut[0].prune()
    again = draw(plan, cut[0].totals, cut[0].candidates)  # type: ignore[arg-type]
    assert rows_in(*whole) == before == rows_in(cut.state, again, cut.file)
    certain = {row for _, row, _, is_certain in before if is_certain}
    assert len(certain) == plan.certain
    assert certain == twin(plan, names, numbers)["certain"], "the largest values stay, whatever their priorities"


@settings(max_examples=examples(60), deadline=None)
@given(
    st.integers(0, 10**6), st.lists(st.integers(1, 2_999), max_size=12), st.integers(1, 3),
    st.sampled_from([0.001, 0.01, 0.1, 1.0]), st.integers(0, 5_000), st.integers(0, 3_000), st.integers(1, 400),
)  # fmt: skip
def test_rows_that_are_not_counted_yet_give_the_same(  # noqa: PLR0917 - of Hypothesis
    seed: int, cuts: list[int], workers: int, share: float, more: int, fewer: int, most: int
) -> None:
    """Planned for more rows than come, and sure of fewer: nothing is forgotten that is drawn in the end."""
    chance = random.Random(seed)
    names = [f"s{int(chance.paretovariate(0.7)) % 40}" for _ in range(3_000)]
    numbers = [chance.gauss(0, 10) for _ in names]
    exact = plan_of(len(names), budget_of(len(names), share, most), seed)
    bound = replace(
        exact, rows=len(names) + more, budget=budget_of(len(names) + more, share, most), share=share,
        least_rows=len(names) - fewer,
    )  # fmt: skip
    assert bound.settled(len(names)) == exact
    whole, cut = sampled(exact, names, numbers, [], 1), sampled(bound, names, numbers, cuts, workers)
    assert rows_in(*whole) == rows_in(*cut)


def test_rows_of_all_inputs_are_drawn_alike() -> None:
    """The smallest priorities of a stratum, from whichever input; at first those of one input were all there is."""
    plan = plan_of(800, 60)
    state, file = SampleState(plan, 2), SideFile()
    sampler = SpanSampler(plan)
    for source in range(2):
        batch = Rows(["a"] * 400, [0.0] * 400, 0)
        part = sampler.take(batch, Span(source, source, 0, 400, 0, 400))  # type: ignore[arg-type]
        if part is not None:
            file.add(part, state)
    assert state.totals is not None
    state.prune()
    drawn = draw(plan, state.totals, state.candidates)
    chosen = state.candidates.taken(drawn.order)
    both = list(zip(chosen.source.tolist(), chosen.row.tolist(), drawn.in_sample.tolist(), strict=True))
    every = sorted(itertools.product(range(2), range(400)), key=lambda row: priority(plan, *row))
    assert {(source, row) for source, row, is_drawn in both if is_drawn} == set(every[:62])
    stored = [file.numbers(state, source) for source in range(2)]
    places = zip(chosen.source.tolist(), state.places[drawn.order].tolist(), strict=True)
    assert [stored[source][place] for source, place in places] == chosen.row.tolist()


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 10**6), st.lists(st.integers(1, 599), max_size=8), st.integers(1, 20))
def test_strata_beyond_the_limit_are_one_for_any_cut(seed: int, cuts: list[int], most: int) -> None:
    chance = random.Random(seed)
    names = [f"s{chance.randrange(100)}" for _ in range(600)]
    numbers = [float(chance.randrange(100)) for _ in names]
    plan = plan_of(len(names), 40, seed, most)
    whole, cut = sampled(plan, names, numbers, []), sampled(plan, names, numbers, cuts, 2)
    assert rows_in(*whole) == rows_in(*cut)
    totals = cut[0].totals
    assert totals is not None
    assert totals.strata == most + 1
    assert totals.has_other
    assert int(totals.rows.sum()) == 600
    assert totals.sums[0].total() == math.fsum(numbers)


def parts(names: Sequence[str], numbers: Sequence[float], bounds: Sequence[int]) -> list[SpanSample]:
    plan = plan_of(len(names), 10)
    found = []
    for start, stop in itertools.pairwise(bounds):
        span = Span(0, 0, start, stop, start, stop - start)
        part = SpanSampler(plan).take(Rows(names[start:stop], numbers[start:stop], start), span)  # type: ignore[arg-type]
        if part is not None:
            found.append(part)
    return found


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), values_of_any_size), min_size=3, max_size=40),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_totals_merge_in_any_order(rows: list[tuple[str, float]], most: int, chance: random.Random) -> None:
    names, numbers = [name for name, _ in rows], [number for _, number in rows]
    bounds = [0, len(rows) // 3, 2 * len(rows) // 3, len(rows)]
    totals = [part.totals.limited(most) for part in parts(names, numbers, bounds)]
    left = totals[0]
    for total in totals[1:]:
        left = left.merged(total, most)
    chance.shuffle(totals)
    right = totals[-1]
    for total in reversed(totals[:-1]):
        right = total.merged(right, most)
    assert left.texts() == right.texts()
    assert left.rows.tolist() == right.rows.tolist()
    assert left.sums[0].totals() == right.sums[0].totals()
    assert left.sums[0].most.tolist() == right.sums[0].most.tolist()


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), values_of_any_size), min_size=1, max_size=30))
def test_sums_of_wild_floats_are_rounded_once(rows: list[tuple[str, float]]) -> None:
    names, numbers = [name for name, _ in rows], [number for _, number in rows]
    (part,) = parts(names, numbers, [0, len(rows)])
    sums: Sums = part.totals.sums[0]
    for name, total in zip(part.totals.texts(), sums.totals(), strict=True):
        its = [number for row, number in rows if row == name]
        try:
            assert total == float(sum(map(Fraction, its), Fraction(0)))
        except OverflowError:
            assert total is None
    if all(abs(number) < 1e300 for number in numbers):
        assert sums.total() == math.fsum(numbers)


_WHOLE = [
    (Kind.I8, np.int8), (Kind.I16, np.int16), (Kind.I32, np.int32), (Kind.I64, np.int64),
    (Kind.U8, np.uint8), (Kind.U16, np.uint16), (Kind.U32, np.uint32), (Kind.U64, np.uint64),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "dtype"), _WHOLE, ids=[str(kind.name) for kind, _ in _WHOLE])
@settings(max_examples=examples(30), deadline=None)
@given(data=st.data())
def test_sums_of_whole_numbers_are_exact(kind: Kind, dtype: type, data: st.DataObject) -> None:
    info = np.iinfo(dtype)
    numbers = data.draw(st.lists(st.integers(int(info.min), int(info.max)), min_size=1, max_size=20))
    valid = np.array([number % 3 != 0 for number in numbers], dtype=np.uint8)
    strata = strata_of(texts(["x"] * len(numbers)), len(numbers))
    (sums,) = summed([dense(kind, np.array(numbers, dtype=dtype), valid=valid)], strata)
    kept = [number for number, there in zip(numbers, valid, strict=True) if there]
    assert sums.total() == float(sum(kept))
    assert sums.most.tolist() == [max(map(float, kept), default=-math.inf)]


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.integers(-(10**37), 10**37), min_size=1, max_size=20), st.integers(0, 38))
def test_sums_of_decimals_are_exact(numbers: list[int], scale: int) -> None:
    words = np.array([[number & _MASK, number >> 64 & _MASK] for number in numbers], dtype=np.uint64)
    strata = strata_of(texts(["x"] * len(numbers)), len(numbers))
    (sums,) = summed([dense(Kind.DECIMAL_128, words, extra=scale)], strata)
    assert sums.total() == float(Fraction(sum(numbers), 10**scale))


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), min_size=1, max_size=60), st.integers(0, 5))
def test_codes_are_those_of_a_dictionary(names: list[str | None], copies: int) -> None:
    every = names * (copies + 1)
    column = texts([name or "" for name in every])
    valid = np.array([name is not None for name in every], dtype=np.uint8)
    column = Column(column.kind, column.address, 4, extra=column.extra, valid=valid, owners=column.owners)
    strata = strata_of(column, len(every))
    read = [strata.names[strata.places[code]].decode() for code in strata.codes.tolist()]
    assert read == ["(null)" if name is None else name for name in every]
    assert strata.rows.tolist() == [read.count(name.decode()) for name in strata.names]
    assert (np.diff(strata.keys.astype(object)) > 0).all()


def test_many_strata_make_the_table_grow() -> None:
    names = [f"stratum {number % 70_000}" for number in range(100_000)]
    strata = strata_of(texts(names), len(names))
    assert len(strata.names) == 70_000
    assert [strata.names[strata.places[code]].decode() for code in strata.codes.tolist()] == names


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(st.integers(0, 1_000), min_size=1, max_size=20),
    st.lists(st.integers(0, 1_000), min_size=20, max_size=20),
    st.integers(1, 3_000),
    st.integers(20, 200),
)
@example(seen=[1_000, 10], more=[100_000] + 19 * [0], budget=50, most=2)  # all that comes is of the largest
@example(seen=[50_000, 20_000, 10], more=[100_000] + 19 * [0], budget=900, most=3)
def test_the_bound_holds_and_limits_never_rise(seen: list[int], more: list[int], budget: int, most: int) -> None:
    """Whatever comes, no stratum is given a larger rate than was foreseen."""
    early = np.array(seen, dtype=np.int64)
    final = early + np.array(more[: len(seen)], dtype=np.int64)
    coming = int(final.sum() - early.sum())
    if not final.any():
        return
    bound, settled_scale = scale_bound(early, coming, budget, most), scale_bound(final, 0, budget, most)
    assert bound >= settled_scale * (1 - 2e-4)
    before, behind = limits_of(early, bound, 0.01), limits_of(final, settled_scale, 0.01)
    assert (before.astype(np.float64) >= behind.astype(np.float64) * (1 - 2e-4)).all()
    there = final > 0
    drawn = allocate_counts(final[there], min(budget + int(np.minimum(final, 2).sum()), int(final.sum())))
    rates = behind[there].astype(np.float64) / 2.0**64
    assert (rates * final[there] >= np.minimum(drawn, final[there]) - 1e-6).all()
    assert (final[there][drawn > 2] > smallest_shared(settled_scale) * (1 - 1e-9)).all()


@pytest.mark.parametrize(
    ("cuts", "workers"), [([], 1), ([7_000, 11_000, 23_000], 2), (list(range(999, 24_000, 999)), 3)]
)
def test_a_large_stratum_has_its_share_beside_thousands_of_small_ones(cuts: list[int], workers: int) -> None:
    """The minimum of every stratum is drawn beside the budget, not out of it; hardly more is kept than that takes."""
    names = [f"customer {row // 2}" if row < 4_000 else "large" for row in range(24_000)]
    order = np.random.default_rng(5).permutation(len(names)).tolist()
    names = [names[row] for row in order]
    plan = plan_of(len(names), 300)
    state, drawn, file = sampled(plan, names, [0.0] * len(names), cuts, workers)
    assert state.totals is not None
    assert dict(zip(state.totals.texts(), drawn.drawn.tolist(), strict=True))["large"] == 302
    assert drawn.drawn.sum() == 4_000 + 302
    found = {row for _, row, is_drawn, _ in rows_in(state, drawn, file) if is_drawn}
    expected = twin(plan, names, [0.0] * len(names))
    assert found == {row for its in expected.values() for row in its}
    assert len(state.candidates) < 4_000 + 302 + 300


def test_what_leaves_a_worker_is_within_the_limits_of_all_that_it_has_seen() -> None:
    """The span's own rows count, too: what its rows are listed by is older, and looser."""
    names = ["a" if row % 3 else "b" for row in range(30_000)]
    plan, counts = plan_of(len(names), 100), no_counts()
    sampler = SpanSampler(plan)
    for first in range(0, len(names), 5_000):
        its = names[first : first + 5_000]
        part = sampler.take(Rows(its, [0.0] * len(its), first), Span(0, 0, first, first + 5_000, first, 5_000))  # type: ignore[arg-type]
        assert part is not None
        counts = counts.plus(part.totals.keys, part.totals.rows, plan.max_strata)
        limits = dict(zip(part.totals.texts(), counts.limits(plan, part.totals.keys).tolist(), strict=True))
        within = [row for row, name in enumerate(its, first) if priority(plan, 0, row) <= limits[name]]
        assert part.candidates.row.tolist() == within


def test_rows_of_many_small_strata_are_not_all_kept() -> None:
    """Of a stratum that is too small for more than the minimum only those rows are kept that it may be given."""
    names = ["large" if row % 4 else f"s{row // 4 % 500}" for row in range(40_000)]
    state, drawn, _ = sampled(plan_of(len(names), 20), names, [0.0] * len(names), [10_000, 20_000, 30_000])
    assert drawn.drawn.sum() == 2 * 501 + 20
    assert len(state.candidates) < 5_000


def _draws(rows: int, budget: int, seeds: int) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """How often each row was drawn over many seeds, its probability, and the estimated totals."""
    chance = np.random.default_rng(7)
    keys = np.sort(chance.zipf(1.5, rows).astype(np.uint64) % np.uint64(12) + np.uint64(1))
    values = np.round(chance.lognormal(0, 1, rows), 3)
    names = [f"s{key}" for key in keys.tolist()]
    hits, totals = np.zeros(rows), []
    probability = np.zeros(rows)
    for seed in range(seeds):
        plan = plan_of(rows, budget, seed)
        order = np.array([priority(plan, 0, row) for row in range(rows)], dtype=np.uint64)
        state = SampleState(plan, 1)
        if not seed:
            first, *_ = sampled(plan, names, values.tolist(), [])
            known = first.totals
        assert known is not None
        stratum = {name: place for place, name in enumerate(known.texts())}
        strata = np.array([stratum[name] for name in names])
        source = np.zeros(rows, dtype=np.int64)
        every = Candidates(strata, order, source, np.arange(rows, dtype=np.uint64), values[:, None])
        drawn = draw(plan, known, every)
        kept = drawn.order[drawn.in_sample]
        hits[kept] += 1
        weights = known.rows / drawn.drawn
        totals.append(float((weights[drawn.stratum[drawn.in_sample]] * values[kept]).sum()))
        probability = (drawn.drawn / known.rows)[strata]
        assert state.totals is None
    return hits, probability, [total - float(values.sum()) for total in totals]


def test_the_total_is_unbiased_and_all_rows_are_drawn_alike() -> None:
    seeds = 1_000
    hits, probability, errors = _draws(300, 40, seeds)
    assert abs(np.mean(errors)) < 3 * np.std(errors, ddof=1) / math.sqrt(seeds)
    open_rows = probability < 1
    z = (hits - seeds * probability)[open_rows] / np.sqrt(seeds * probability * (1 - probability))[open_rows]
    assert abs(z.mean()) < 0.2
    assert 0.8 < z.std() < 1.2
    assert np.abs(z).max() < 4.5
    assert (hits[~open_rows] == seeds).all()


def test_too_few_candidates_are_an_error_not_a_bias() -> None:
    names = ["a"] * 500
    plan = plan_of(500, 50)
    state, *_ = sampled(plan, names, [1.0] * 500, [])
    assert state.totals is not None
    short = state.candidates.taken(np.argsort(state.candidates.priority)[5:40])
    with pytest.raises(SampleTooSmall, match="stratum 'a'"):
        draw(plan, state.totals, short)


def test_the_minimum_of_many_strata_is_drawn_beside_the_budget_and_said() -> None:
    names = [f"s{number % 50}" for number in range(500)]
    state, drawn, _ = sampled(plan_of(500, 10), names, [1.0] * 500, [])
    assert sorted(drawn.drawn.tolist()) == [2] * 40 + [3] * 10
    assert "50 strata take 100 rows, 2 of each, beside the 10" in drawn.warnings[0]
    assert state.totals is not None
    assert allocated(plan_of(500, 200), state.totals)[1] == ()


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), max_size=50), st.integers(0, 9))
def test_the_largest_are_those_of_a_sort(rows: list[tuple[int, int]], most: int) -> None:
    sizes = np.array([size for size, _ in rows], dtype=np.float64)
    source = np.array([its_source for _, its_source in rows], dtype=np.int64)
    order = sorted((row for row in range(len(rows)) if sizes[row]), key=lambda row: (-sizes[row], source[row], row))
    assert largest(sizes, source, np.arange(len(rows), dtype=np.uint64), most).tolist() == order[:most]


@settings(max_examples=examples(100), deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.sampled_from([1, 2, 1_000]), st.booleans())
def test_the_largest_of_many_are_those_of_a_sort(seed: int, most: int, kinds: int, ascending: bool) -> None:
    """Where most are equal, and where none is; from more than are all looked at first."""
    chance = random.Random(seed)
    odd = [math.inf, math.nan, 0.0]
    some = [float(chance.randrange(kinds)) if chance.random() < 0.9 else chance.choice(odd) for _ in range(900)]
    sizes = np.array(sorted(some) if ascending else some)
    source = np.array([chance.randrange(2) for _ in some], dtype=np.int64)
    row = np.array(chance.sample(range(900), 900), dtype=np.uint64)
    good = [place for place in range(900) if 0 < sizes[place] < math.inf]
    order = sorted(good, key=lambda place: (-sizes[place], source[place], row[place]))
    assert largest(sizes, source, row, most).tolist() == order[:most]


@given(
    st.dictionaries(st.text(max_size=5), st.integers()), st.lists(st.floats(allow_nan=False)), st.binary(max_size=20)
)
def test_packed_is_read_back(given_values: dict[str, int], numbers: list[float], blob: bytes) -> None:
    arrays = {"one": np.array(numbers), "two": np.zeros((len(numbers), 2), dtype=np.uint64)}
    found = unpack(pack(Packed(given_values, arrays, blob)))
    assert (found.values, found.blob) == (given_values, blob)
    assert {name: array.tolist() for name, array in found.arrays.items()} == {
        name: array.tolist() for name, array in arrays.items()
    }


@given(st.dictionaries(st.text(max_size=5), st.integers()), st.binary(max_size=20), st.binary(max_size=20))
def test_what_comes_behind_need_not_be_copied_to_be_packed(values: dict[str, int], blob: bytes, rest: bytes) -> None:
    packed = Packed(values, {"one": np.arange(3.0)}, blob)
    whole = pack(packed, len(rest)) + rest
    assert whole == pack(Packed(values, packed.arrays, blob + rest))
    (first, behind), second = unpack_first(memoryview(whole + whole)), unpack(whole)
    assert bytes(behind) == whole
    assert bytes(first.blob) == bytes(second.blob) == blob + rest
    assert all(array.flags.aligned for array in unpack(whole).arrays.values())


@pytest.mark.parametrize("strata", [5, 70_000])
def test_a_part_travels_whatever_many_strata_it_has(strata: int) -> None:
    names = [f"s{number}" for number in range(strata)]
    (part,) = parts(names, [1.0] * strata, [0, strata])
    back = SpanSample.from_bytes(part.packed())
    assert len(back.candidates) == strata
    assert sorted(back.candidates.strata.tolist()) == list(range(strata))
    assert back.candidates.strata.tolist() == part.candidates.strata.tolist()
    assert (back.totals.keys == part.totals.keys).all()
    assert back.totals.rows.base is None, "what is kept to the end keeps nothing else alive"


@settings(max_examples=examples(30), deadline=None)
@given(rows_strategy, st.integers(1, 3))
def test_parts_in_the_side_file_of_an_earlier_version_are_read(rows: list[tuple[str | None, int]], most: int) -> None:
    """There each row has the key of its stratum."""
    plan = plan_of(len(rows), 10, most=most)
    batch = Rows([name for name, _ in rows], [float(number) for _, number in rows], 0)
    part = SpanSampler(plan).take(batch, Span(0, 0, 0, 0, 0, len(rows)))  # type: ignore[arg-type]
    assert part is not None
    packed = unpack(part.packed())
    arrays = dict(packed.arrays)
    arrays["candidate_keys"] = part.totals.keys[arrays.pop("strata")]
    back = SpanSample.from_bytes(pack(Packed(packed.values, arrays, packed.blob)))
    assert back.candidates.strata.tolist() == part.candidates.strata.tolist()
    assert back.rows == b"", "they come behind it, and were not given"


def test_counts_know_what_is_no_longer_apart() -> None:
    counts = Counts(np.array([1, 5], dtype=np.uint64), np.array([3, 4]))
    more = counts.plus(np.array([2, 9], dtype=np.uint64), np.array([10, 20]), 2)
    assert more.keys.tolist() == [1, 2, _MASK]
    assert more.rows.tolist() == [3, 10, 24]
    limits = more.limits(plan_of(1_000_000, 100), np.array([5, 1], dtype=np.uint64))
    assert limits[0] == more.limits(plan_of(1_000_000, 100), np.array([_MASK], dtype=np.uint64))[0]


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.none() | st.text("ab\0é", max_size=40), min_size=1, max_size=60))
def test_every_row_has_the_stratum_of_its_text(names: list[str | None]) -> None:
    """Texts that differ early, late or in their length only; empty ones, and none at all."""
    plain = texts([name or "" for name in names])
    valid = np.array([name is not None for name in names], dtype=np.uint8)
    offsets = plain.owners[0]
    places = np.stack([offsets[:-1], np.diff(offsets)], axis=1).astype(np.uint32)
    behind = Column(plain.kind, plain.address, 4, extra=plain.extra, valid=valid, owners=plain.owners)
    placed = Column(
        Kind.PLACED_TEXT, places.ctypes.data, 8, extra=plain.extra, valid=valid, owners=(places, *plain.owners)
    )
    for column in (behind, placed):
        strata = strata_of(column, len(names))
        wanted = ["(null)" if name is None else name for name in names]
        assert [strata.names[place].decode() for place in strata.places[strata.codes]] == wanted
        assert dict(zip(strata.names.tolist(), strata.rows.tolist(), strict=True)) == {
            name.encode(): count for name, count in Counter(wanted).items()
        }
