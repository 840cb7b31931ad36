"""How the job was run, as the report says it: bars that fill the width, options as given, the design in words."""

from __future__ import annotations

from etl_batch.report.run_facts import design_of, options_of, phase_bars
from etl_batch.values import Phase
from tests.data_makers.golden import results


def test_bars_lie_side_by_side_and_fill_the_width() -> None:
    bars = phase_bars([Phase("plan", 1.0), Phase("convert", 2.0), Phase("publish", 5.0)])
    assert [(bar.name, bar.start, bar.width) for bar in bars] == [
        ("plan", 0.0, 12.5),
        ("convert", 12.5, 25.0),
        ("publish", 37.5, 62.5),
    ]


def test_phases_that_took_no_time_have_no_width() -> None:
    assert [(bar.start, bar.width) for bar in phase_bars([Phase("plan", 0.0), Phase("convert", 0.0)])] == [
        (0.0, 0.0)
    ] * 2
    assert phase_bars([]) == ()


def test_options_are_those_that_were_set_as_people_read_them() -> None:
    options = dict(options_of(results.config(bom=True, chunk_bytes=1_048_576, measures=("quantity", "value"))))
    assert options["bom"] == "yes"
    assert options["chunk_bytes"] == "1,048,576"
    assert options["measures"] == "quantity, value"
    assert options["escaping"] == "on"
    assert options["sample_frac"] == "0.005"


def test_options_leave_out_what_was_not_given_and_what_is_nobody_s_business() -> None:
    names = [name for name, _ in options_of(results.config())]
    assert not {"actor", "home", "resume", "extra_input_roots", "inputs", "layout", "delimiter"} & set(names)
    assert names.index("output_csv") < names.index("workers") < names.index("seed")


def test_names_of_strangers_are_shown_and_nothing_more() -> None:
    shown = dict(options_of(results.config(strata=results.HOSTILE)))["strata"]
    assert len(shown) <= 80
    assert "\0" not in shown


def test_the_design_names_the_sample_the_budget_the_seed_and_the_confidence() -> None:
    drawn, shared, again, held = design_of(results.result(), results.config(seed=7, strata="store"))
    estimate = results.result().estimates[0]
    assert drawn.startswith(f"{estimate.rows_sampled:,} rows of {estimate.rows_population:,} (")
    assert drawn.endswith("from 300 strata by “store”.")
    assert "0.5 % of the rows, at most 200,000" in shared
    assert again.startswith("The seed was 7:")
    assert held == "Intervals are nominal 95 %. Method: stratified, Satterthwaite t, Hall's transform."


def test_without_estimates_there_is_no_design() -> None:
    assert design_of(results.result(estimates=()), results.config()) == []
