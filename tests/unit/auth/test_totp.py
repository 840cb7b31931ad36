"""One-time codes."""

from __future__ import annotations

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.totp import STEP_SECONDS, address, fitting_step, new_secret

SECRET = new_secret()
NOW = 1_800_000_000.0
STEP = int(NOW) // STEP_SECONDS


def test_the_code_of_now_fits_once() -> None:
    code = pyotp.TOTP(SECRET).at(int(NOW))
    step = fitting_step(SECRET, f" {code[:3]} {code[3:]}", NOW, after=0)
    assert step == STEP
    assert fitting_step(SECRET, code, NOW, after=step) is None


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_differ_by_one_step(steps: int, fits: bool) -> None:
    code = pyotp.TOTP(SECRET).at(int(NOW) + steps * STEP_SECONDS)
    assert (fitting_step(SECRET, code, NOW, after=0) == STEP + steps) == fits


@given(st.text(max_size=12))
def test_no_text_breaks_it(text: str) -> None:
    assert fitting_step(SECRET, text, NOW, after=STEP + 5) is None


def test_the_address_names_product_and_user() -> None:
    assert address(SECRET, "Zoë").startswith("otpauth://totp/Quantum%20ETL%20Console:Zo%C3%AB?")
