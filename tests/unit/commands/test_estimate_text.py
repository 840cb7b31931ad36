"""An answer as text: each number with the digits that tell something, names of strangers cut, and what to beware of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from etl_batch.commands.estimate_text import render
from etl_batch.estimate.clusters import Design
from etl_batch.file_estimate.answer import Answer
from etl_batch.values import StratumEstimate, TotalEstimate


def total(measure: str = "value", **more: Any) -> TotalEstimate:  # noqa: ANN401 - any field
    usual: dict[str, Any] = {
        "total": 1000.0, "std_error": 5.0, "df": 9.0, "confidence": 0.95, "ci_low": 980.0, "ci_high": 1015.0,
        "rows_population": 5000, "rows_sampled": 50, "method": "blocks",
    }  # fmt: skip
    return TotalEstimate(measure=measure, **usual | more)


def stratum(name: str, value: float, **more: Any) -> StratumEstimate:  # noqa: ANN401 - any field
    usual: dict[str, Any] = {"std_error": 1.0, "ci_low": value - 1, "ci_high": value + 1}
    return StratumEstimate(stratum=name, population=10, sample=2, total=value, **usual | more)


def said(*estimates: TotalEstimate, **more: Any) -> list[str]:  # noqa: ANN401 - any field
    usual: dict[str, Any] = {
        "path": "a.csv", "format": "csv", "rows": total("(rows)", total=5000.0, exact_total=5000), "source": "the file",
        "rows_read": 50, "bytes_read": 1000, "bytes_of_file": 20000, "design_name": "",
    }  # fmt: skip
    return render(Answer(estimates=estimates, **usual | more)).splitlines()


def test_a_table_of_an_estimate() -> None:
    assert said(total())[:3] == ["       total       ±  low  high (95 %)", "value  1,000  2.00 %  980        1,015", ""]


def test_an_exact_total_has_all_its_digits_and_no_interval_beside_it() -> None:
    exact = total(total=0.3, ci_low=0.3, ci_high=0.3, exact_total=0.3, exact_total_text="0.30000000000000000001")
    assert said(exact)[1].split() == ["value", *["0.30000000000000000001", "exact"], *["0.30000000000000000001"] * 3]


@pytest.mark.parametrize(
    ("value", "text"), [(7.0, "7"), (7.25, "7.25"), (12345.6, "12,346"), (-1234.5, "-1,234.50"), (1.5e15, "1.5e+15")]
)
def test_digits_that_tell_something(value: float, text: str) -> None:
    assert said(total(total=value, ci_low=None, ci_high=None))[1].split() == ["value", text, "unknown"]


def test_of_a_total_of_nothing_the_width_is_a_number() -> None:
    assert said(total(total=0.0, ci_low=-3.0, ci_high=2.0))[1].split() == ["value", "0", "3", "-3", "2"]


def test_the_largest_strata_are_shown_whatever_their_sign() -> None:
    strata = (*(stratum(f"s{number}", float(number)) for number in range(20)), stratum("minus", -100.0))
    lines = said(total(strata=strata))
    assert [line.split()[0] for line in lines[2:10]] == ["minus", "s19", "s18", "s17", "s16", "s15", "s14", "s13"]
    assert lines[10] == "  ... and 13 more strata (--json lists them)"


@pytest.mark.parametrize(
    ("name", "shown"), [("x" * 50, f"{'x' * 29}..."), ("a\x1b[31mb", r"'a\x1b[31mb'"), ("\u202egpj", r"'\u202egpj'")]
)
def test_names_of_strangers(name: str, shown: str) -> None:
    assert said(total(strata=(stratum(name, 5.0),)))[2].split()[0] == shown


def test_how_much_was_read() -> None:
    line = "Read 50 of 5,000 rows and 1,000 of 20,000 bytes, from the file (5.00 % of its bytes)."
    assert line in said(total())
    guessed = total("(rows)", total=5000.0, method="ratio to bytes")
    assert "Read 50 of about 5,000 rows" in said(total(), rows=guessed)[3]
    assert "and 30,000 of a file of 20,000 bytes" in said(total(), bytes_read=30_000)[3]
    assert said(total(), bytes_of_file=0, bytes_read=0)[3].endswith("from the file.")


@pytest.mark.parametrize(
    ("low", "high", "exact", "text"),
    [
        (-5.0, 300.0, None, "about 120 (0 to 300)"),
        (None, None, None, "about 120, without an interval"),
        (120.0, 120.0, 120, "120"),
    ],
)
def test_rows_within_a_condition(low: float | None, high: float | None, exact: int | None, text: str) -> None:
    rows = total("(rows)", total=120.0, ci_low=low, ci_high=high, exact_total=exact)
    assert f"Rows that fulfil the condition: {text}." in said(total(), rows=rows, filtered=True)


def test_notes_warnings_and_the_design() -> None:
    design = Design(
        name="blocks", unit="block", units=100, units_read=7, units_certain=0, zones=1, estimator="ratio",
        reason="rows differ in length", design_effect=1.234, skewness=0.1,
    )  # fmt: skip
    lines = said(
        total(warnings=("few blocks",)),
        notes=("no strata",),
        designs={"value": design, "(rows)": replace(design, design_effect=None)},
    )
    assert "Design, value: blocks, 7 of 100; ratio (rows differ in length); design effect 1.23." in lines
    assert not [line for line in lines if line.startswith("Design, (rows)")]
    assert lines[-2:] == ["Note: no strata.", "Warning, value: few blocks."]
