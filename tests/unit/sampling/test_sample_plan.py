"""Whether inputs can be sampled as they are asked to: what was named must be there, what was not may be missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import ConfigError
from etl_batch.sampling.plan import SamplePlan
from etl_batch.sampling.sample_plan import plan_sample
from etl_batch.storage.roots import Place
from tests.data_makers.golden import results


@dataclass
class Input:
    """What the plan asks of a source."""

    names: tuple[str, ...] = ("product", "quantity", "value", "note")
    numbers: frozenset[str] = frozenset({"quantity", "value"})
    rows: int = 1000
    place: Place = field(default_factory=lambda: Place(Path("/srv"), PurePosixPath("b.csv")))


def planned(*inputs: Input, **options: Any) -> tuple[SamplePlan | None, tuple[str, ...]]:  # noqa: ANN401 - of the config
    return plan_sample(inputs, _config(**options))  # type: ignore[arg-type]


def _config(**options: Any) -> JobConfig:  # noqa: ANN401
    return results.config(**{"strata": "product", "measures": ("quantity", "value")} | options)


def test_a_plan_of_all_inputs() -> None:
    found, notes = planned(Input(), Input(rows=200), sample_frac=0.01, seed=7)
    assert notes == ()
    assert found == SamplePlan(
        strata="product", measures=("quantity", "value"), seed=7, budget=12, rows=1200, rows_are_certain=True
    )


def test_rows_that_may_be_set_aside_are_not_certain() -> None:
    found, _ = planned(Input(), on_bad_row=OnBadRow.QUARANTINE)
    assert found is not None
    assert not found.rows_are_certain


def test_no_measures_no_sample() -> None:
    assert planned(Input(), measures=()) == (None, ())


@pytest.mark.parametrize(("strata", "measures"), [("store", None), ("store", ("value",))])
def test_a_stratum_that_was_named_must_be_there(strata: str, measures: tuple[str, ...] | None) -> None:
    with pytest.raises(ConfigError, match="no column 'store' for --strata") as caught:
        planned(Input(), strata=strata, measures=measures)
    assert caught.value.what_to_do == "the columns are product, quantity, value, note"


def test_measures_without_strata_say_where_the_column_that_is_missing_comes_from() -> None:
    with pytest.raises(ConfigError, match="no column 'product' for --strata, which it is where nobody names another"):
        planned(Input(names=("a", "value")), strata=None, measures=("value",))


def test_without_the_usual_columns_there_is_no_sample_and_a_note() -> None:
    found, notes = planned(Input(names=("a",), numbers=frozenset()), strata=None, measures=None)
    assert found is None
    assert len(notes) == 1
    assert "--strata names another" in notes[0]


@pytest.mark.parametrize(
    ("measure", "why"),
    [("price", "the inputs have no column 'price'"), ("note", "'note' of /srv/b.csv does not hold numbers")],
)
def test_a_measure_that_was_named_must_be_of_numbers(measure: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        planned(Input(), measures=("value", measure))


def test_a_measure_must_be_of_numbers_in_every_input() -> None:
    with pytest.raises(ConfigError, match="does not hold numbers only"):
        planned(Input(), Input(numbers=frozenset({"quantity"})))


def test_measures_that_nobody_named_are_left_out_with_a_note() -> None:
    found, notes = planned(Input(numbers=frozenset({"quantity"})), measures=None)
    assert found is not None
    assert found.measures == ("quantity",)
    assert [note for note in notes if "'value'" in note] == list(notes)
    found, notes = planned(Input(numbers=frozenset()), measures=None)
    assert found is None
    assert notes[-1].endswith("--measures names the columns to total")
