"""Which columns a question needs: what the user named must be there, what is only usual may be missing, with a note."""

from __future__ import annotations

import pytest

from etl_batch.errors import NoSuchMeasure, WhereInvalid
from etl_batch.estimate.where import parse_where
from etl_batch.file_estimate.question import Question
from etl_batch.file_estimate.wanted_columns import wanted_columns

COLUMNS = {"product": False, "quantity": True, "value": True, "note": False}


def test_what_is_there_is_wanted_once() -> None:
    where = parse_where("note = 'x' and value > 1")
    found = wanted_columns(Question(measures=("value", "quantity", "value"), where=where), COLUMNS, "a.csv")
    assert (found.wanted.measures, found.wanted.strata, found.notes) == (("value", "quantity"), "product", ())
    assert found.wanted.conditions == ("note", "value")


@pytest.mark.parametrize(
    ("measure", "why"),
    [("price", "there is no column 'price' to add up"), ("note", "column 'note' holds no numbers to add up")],
)
def test_a_measure_that_was_named_must_be_there(measure: str, why: str) -> None:
    with pytest.raises(NoSuchMeasure) as refused:
        wanted_columns(Question(measures=("value", measure), measures_named=True), COLUMNS, "a.csv")
    assert refused.value.message == f"a.csv: {why}"
    assert refused.value.what_to_do.startswith("the columns are product, quantity, value, note;")


def test_usual_columns_that_are_missing_are_left_out_with_a_note() -> None:
    found = wanted_columns(Question(), {"value": True}, "a.csv")
    assert (found.wanted.measures, found.wanted.strata) == (("value",), None)
    assert found.notes == (
        "there is no column 'quantity'; its total is left out",
        "there is no column 'product', so there are no strata",
    )
    assert wanted_columns(Question(strata=None), {}, "a.csv").notes[-1].startswith("nothing to add up")


def test_strata_that_were_named_must_be_there() -> None:
    with pytest.raises(NoSuchMeasure, match="no column 'store' for the strata"):
        wanted_columns(Question(strata="store", strata_named=True), COLUMNS, "a.csv")


def test_a_filter_needs_its_columns() -> None:
    with pytest.raises(WhereInvalid, match="store"):
        wanted_columns(Question(where=parse_where("store = 1")), COLUMNS, "a.csv")


def test_a_file_of_very_many_columns_gives_no_endless_message() -> None:
    with pytest.raises(NoSuchMeasure) as refused:
        wanted_columns(
            Question(measures=("x",), measures_named=True), {f"c{number}": True for number in range(9999)}, "a.csv"
        )
    assert len(refused.value.what_to_do) < 1100
