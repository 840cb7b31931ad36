"""The lock files: pinned, hashed, without index URLs; the engine's pins are those of the product."""

from __future__ import annotations

import re

import pytest

from tests.conftest import PROJECT

DESIGN_CARD = {"streamlit", "pandas", "numpy", "pyarrow", "psutil", "gputil", "plotly", "bcrypt", "tqdm"}


def _pins(name: str) -> set[str]:
    text = (PROJECT / name).read_text()
    return {line.rstrip(" \\") for line in text.splitlines() if re.match(r"[A-Za-z0-9._-]+==", line)}


def test_the_engine_has_the_pins_of_the_product() -> None:
    assert _pins("etl_batch/requirements-etl.txt") <= _pins("requirements.txt") <= _pins("requirements-dev.txt")


def test_the_peers_are_of_the_versions_that_the_tests_read_with() -> None:
    """And the benchmark sets nobody beside another Arrow than ours."""
    assert _pins("requirements-bench.txt") <= _pins("requirements-dev.txt")


def test_the_nine_packages_are_there() -> None:
    assert {pin.split("==")[0].lower() for pin in _pins("requirements.txt")} >= DESIGN_CARD | {"numba"}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-bench.txt"])
def test_every_pin_is_hashed_and_no_index_is_named(name: str) -> None:
    text = (PROJECT / name).read_text()
    for requirement in re.split(r"\n(?=[A-Za-z0-9])", text.strip()):
        assert "--hash=sha256:" in requirement, requirement.splitlines()[0]
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", text)
