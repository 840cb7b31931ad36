"""The curves of the science page fall as the theory says."""

from __future__ import annotations

import pytest

from pages.services.amplitude_errors import ErrorCurve, error_curves


@pytest.fixture(scope="module")
def curves() -> tuple[ErrorCurve, ...]:
    return error_curves(0.2)


def test_drawing_rows_falls_as_one_over_the_root(curves: tuple[ErrorCurve, ...]) -> None:
    assert -0.65 < curves[0].slope < -0.4


def test_simulated_amplitudes_fall_nearly_as_one_over_the_calls(curves: tuple[ErrorCurve, ...]) -> None:
    simulated = [curve for curve in curves if curve.is_simulated_quantum]
    assert [curve.name.split(",")[0] for curve in simulated] == ["MLAE", "IQAE"]
    assert all(-1.25 < curve.slope < -0.75 for curve in simulated)


def test_our_sampler_falls_as_a_sample_does(curves: tuple[ErrorCurve, ...]) -> None:
    ours = curves[1]
    assert not ours.is_simulated_quantum
    assert -0.8 < ours.slope < -0.4


def test_the_same_seed_draws_the_same_curves(curves: tuple[ErrorCurve, ...]) -> None:
    assert error_curves(0.2) == curves


@pytest.mark.parametrize("amplitude", [0.02, 0.5])
def test_all_shares_that_the_page_offers(amplitude: float) -> None:
    for curve in error_curves(amplitude, repetitions=4):
        assert len(curve.points) >= 5
        assert all(point.calls > 0 and point.error >= 0 for point in curve.points)
