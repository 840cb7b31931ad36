"""How often the intervals of block designs hold: whole answers of `estimate`, on files in memory.

`python -m tests.bench.simulate_blocks [repetitions [kind,...]]`. Values that are gamma, exponential, lognormal or
Pareto; rows shuffled, in runs that are alike, or sorted. A miss is silent where the interval lies beside the truth and
nothing warns that it may.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from etl_batch.file_estimate.contract import Floats, Integers, Question, Rows, Wanted
from etl_batch.file_estimate.sampling import ReadWhole, Sampling

ROWS = 240_000
BLOCK_ROWS = 120
_RUN_ROWS = 1000
VALUES = ("gamma", "exponential", "lognormal 1", "lognormal 2", "pareto 1.3")
ORDERS = ("shuffled", "clustered", "sorted")
WANTED = Wanted(("value",), None, None)


@dataclass
class ArrayReader:
    """See `contract.Reader`: values in memory, blocks of `run` rows."""

    values: Floats
    run: int = BLOCK_ROWS
    unit: str = "block"
    size_name: str = "rows"
    bytes_read: int = 0
    at_once: int = 1

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

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        parts = [self.values[one * self.run : (one + 1) * self.run] for one in numbers]
        per_unit = np.array([len(part) for part in parts], dtype=np.int64)
        return Rows(per_unit, per_unit.astype(np.float64), {wanted.measures[0]: np.concatenate(parts)}, None, None)

    def read_all(self, wanted: Wanted) -> Iterator[Rows]:
        yield self.read(range(self.units), wanted)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shares of the repetitions."""

    held: float  #: of the answers that were sampled and carry no warning
    silent: float  #: misses without a warning, of all
    warned: float
    whole: float  #: answered exactly instead


def population(kind: str, order: str, random: np.random.Generator) -> Floats:
    """The values of a file."""
    values = {
        "gamma": lambda: random.gamma(4.0, 1.0, ROWS),
        "exponential": lambda: random.exponential(1.0, ROWS),
        "lognormal 1": lambda: random.lognormal(0.0, 1.0, ROWS),
        "lognormal 2": lambda: random.lognormal(0.0, 2.0, ROWS),
        "pareto 1.3": lambda: random.pareto(1.3, ROWS) + 1.0,
    }[kind]()
    if order == "sorted":
        values.sort()
    elif order == "clustered":  # runs of neighbours in size, in random order
        values = np.sort(values).reshape(-1, _RUN_ROWS)[random.permutation(ROWS // _RUN_ROWS)].ravel()
    return values


def simulate(values: Floats, question: Question, repetitions: int) -> Outcome:
    """Ask the same question with other seeds."""
    truth = float(values.sum())
    held = silent = warned = whole = 0
    for seed in range(repetitions):
        asked = Question(
            measures=question.measures, error_within=question.error_within, sample_frac=question.sample_frac, seed=seed
        )
        found = Sampling(ArrayReader(values), WANTED, asked).run()
        if isinstance(found, ReadWhole):
            whole += 1
            continue
        (estimate,) = found.estimates
        hit = estimate.ci_low is not None and estimate.ci_high is not None
        hit = hit and float(estimate.ci_low or 0) <= truth <= float(estimate.ci_high or 0)
        if any("may hold less often" in one for one in estimate.warnings):
            warned += 1
        else:
            held += hit
            silent += not hit
    spoken = repetitions - warned - whole
    return Outcome(held / spoken if spoken else 1.0, silent / repetitions, warned / repetitions, whole / repetitions)


def main() -> None:
    """Print the table."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    kinds = sys.argv[2].split(",") if len(sys.argv) > 2 else VALUES
    random = np.random.default_rng(20_261_124)
    questions = {
        "5 % of the rows": Question(measures=("value",), sample_frac=0.05),
        "an error within 5 %": Question(measures=("value",), error_within=0.05),
    }
    for asked, question in questions.items():
        sys.stdout.write(f"{asked}, {repetitions} repetitions, {ROWS:,} rows in blocks of {BLOCK_ROWS}\n")
        sys.stdout.write(f"  {'':26}{'held':>8}{'silent miss':>13}{'warned':>8}{'exact':>8}\n")
        for kind in kinds:
            for order in ORDERS:
                one = simulate(population(kind, order, random), question, repetitions)
                sys.stdout.write(
                    f"  {kind + ', ' + order:26}{one.held:8.1%}{one.silent:13.1%}{one.warned:8.1%}{one.whole:8.1%}\n"
                )
                sys.stdout.flush()


if __name__ == "__main__":
    main()
