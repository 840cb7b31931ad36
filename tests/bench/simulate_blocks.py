"""How often the intervals of block designs hold: whole answers of `estimate`, on files in memory.

`python -m tests.bench.simulate_blocks [repetitions [kind,...]]`. Values that are gamma, exponential, lognormal or
Pareto; rows shuffled, in runs that are alike, sorted, or 20 times as large at one place. A miss is silent where the
interval lies beside the truth and nothing warns that it may.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from etl_batch.estimate.zones import Integers
from etl_batch.file_estimate.question import Question
from etl_batch.file_estimate.sampling import IN_DOUBT, ReadWhole, Sampling
from etl_batch.formats.column_sums import sums_of
from etl_batch.formats.units.unit import LEAST_UNITS, Bounds, Floats, Rows, Wanted, WholeRows
from etl_batch.kernels.columns import Column, Kind
from etl_batch.values import TotalEstimate

ROWS = 120_000
BLOCK_ROWS = 30
_RUN_ROWS = 400
_TIMES = 20
WANTED = Wanted(("value",), None, None)

VALUES: dict[str, Callable[[np.random.Generator], Floats]] = {
    "gamma": lambda random: random.gamma(4.0, 1.0, ROWS),
    "exponential": lambda random: random.exponential(1.0, ROWS),
    "lognormal 1": lambda random: random.lognormal(0.0, 1.0, ROWS),
    "lognormal 2": lambda random: random.lognormal(0.0, 2.0, ROWS),
    "pareto 1.3": lambda random: random.pareto(1.3, ROWS) + 1.0,
}
ORDERS = ("shuffled", "clustered", "sorted")
#: where the rows are that are 20 times as large: from, to, as shares of the file
PLACES = {
    "last 1 %": (0.99, 1.0),
    "first 1 %": (0.0, 0.01),
    "1 % in the middle": (0.4377, 0.4477),
    "0.5 % in the middle": (0.7123, 0.7173),
    "last 3 %": (0.97, 1.0),
}


@dataclass
class ArrayReader:
    """See `unit.Reader`: values in memory, units of `run` rows, the last one perhaps shorter."""

    values: Floats
    run: int = BLOCK_ROWS
    unit: str = "block"
    size_name: str = "rows"
    bytes_read: int = 0
    at_once: int = 1
    equal: bool | None = True
    least_units: int = LEAST_UNITS
    known: Bounds | None = None
    stand_out: Integers = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        """For those that know more of their units."""

    @property
    def units(self) -> int:
        return -(-len(self.values) // self.run)

    @property
    def size_population(self) -> float:
        return float(len(self.values))

    @property
    def rows_population(self) -> int:
        return len(self.values)

    @property
    def rows_per_unit(self) -> float:
        return float(self.run)

    def needed_bytes(self, wanted: Wanted) -> None:
        del wanted

    def outstanding(self, wanted: Wanted, most: int) -> Integers:
        del wanted
        return self.stand_out[:most]

    def bounds(self, name: str, *, filtered: bool) -> Bounds | None:
        del name, filtered
        return self.known

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        first = np.asarray(numbers, dtype=np.int64) * self.run
        per_unit = np.minimum(len(self.values) - first, self.run)
        places = (first[:, None] + np.arange(self.run)).ravel()
        found = self.values[places[places < len(self.values)]]
        return Rows(per_unit, per_unit.astype(np.float64), {wanted.measures[0]: found}, None, None)

    def read_all(self, wanted: Wanted) -> Iterator[WholeRows]:
        column = Column(Kind.F64, self.values.ctypes.data, 8, owners=(self.values,))
        yield WholeRows(len(self.values), {wanted.measures[0]: partial(sums_of, column)}, None, None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shares of the repetitions."""

    held: float  #: of the answers that were sampled and carry no warning
    silent: float  #: misses without a warning, of all
    warned: float
    whole: float  #: answered exactly instead
    half_width: float  #: of the sampled ones, on average, as a share of the total


def ordered(values: Floats, order: str, random: np.random.Generator) -> Floats:
    """The values as they lie in a file."""
    if order == "sorted":
        return np.sort(values)
    if order == "clustered":  # runs of neighbours in size, in random order
        runs = len(values) // _RUN_ROWS
        return np.sort(values).reshape(runs, _RUN_ROWS)[random.permutation(runs)].ravel()
    if order in PLACES:
        start, stop = (round(share * len(values)) for share in PLACES[order])
        values[start:stop] *= _TIMES
    return values


def population(kind: str, order: str, random: np.random.Generator) -> Floats:
    """The values of a file."""
    return ordered(VALUES[kind](random), order, random)


def simulate(values: Floats, question: Question, repetitions: int, make: type[ArrayReader] = ArrayReader) -> Outcome:
    """Ask the same question with other seeds."""
    answers = []
    for seed in range(repetitions):
        found = Sampling(make(values), WANTED, replace(question, seed=seed)).run()
        answers.append(None if isinstance(found, ReadWhole) else found.estimates[0])
    return outcome(answers, float(values.sum()))


def outcome(answers: Sequence[TotalEstimate | None], truth: float) -> Outcome:
    """What came of answers to one question; None: answered exactly."""
    held = silent = warned = 0
    widths = []
    sampled = [answer for answer in answers if answer is not None]
    for answer in sampled:
        if answer.ci_low is None or answer.ci_high is None:
            warned += bool(answer.warnings)
            silent += not answer.warnings
            continue
        widths.append((answer.ci_high - answer.ci_low) / 2 / truth)
        if any(said.startswith(IN_DOUBT) for said in answer.warnings):
            warned += 1
        elif answer.ci_low <= truth <= answer.ci_high:
            held += 1
        else:
            silent += 1
    spoken, every = len(sampled) - warned, len(answers)
    return Outcome(
        held / spoken if spoken else 1.0, silent / every, warned / every, (every - len(sampled)) / every,
        float(np.mean(widths)) if widths else 0.0,
    )  # fmt: skip


def line(name: str, found: Outcome) -> str:
    """One line of a table."""
    shares = f"{found.held:8.1%}{found.silent:13.1%}{found.warned:8.1%}{found.whole:8.1%}"
    return f"  {name:34}{shares}{found.half_width:12.2%}\n"


HEADINGS = f"  {'':34}{'held':>8}{'silent miss':>13}{'warned':>8}{'exact':>8}{'half width':>12}\n"
QUESTIONS = {
    "5 % of the rows": Question(measures=("value",), sample_frac=0.05, max_rows=40_000),
    "an error within 5 %": Question(measures=("value",), error_within=0.05),
}


def main() -> None:
    """Print the table."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    kinds = sys.argv[2].split(",") if len(sys.argv) > 2 else list(VALUES)
    random = np.random.default_rng(20_261_124)
    for asked, question in QUESTIONS.items():
        sys.stdout.write(f"{asked}, {repetitions} repetitions, {ROWS:,} rows in blocks of {BLOCK_ROWS}\n{HEADINGS}")
        for kind in kinds:
            for order in (*ORDERS, *(PLACES if kind in {"gamma", "exponential"} else ())):
                values = population(kind, order, random)
                sys.stdout.write(line(f"{kind}, {order}", simulate(values, question, repetitions)))
                sys.stdout.flush()


if __name__ == "__main__":
    main()
