"""The errors lie in a file for each family; who needs one finds it in `etl_batch.errors`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections import Counter

import pytest

from etl_batch import errors
from etl_batch.errors import EtlError, every_error

FAMILIES = [one.name for one in pkgutil.iter_modules(errors.__path__)]


@pytest.mark.parametrize("family", FAMILIES)
def test_all_that_a_family_has_is_in_one_place(family: str) -> None:
    module = importlib.import_module(f"etl_batch.errors.{family}")
    own = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }
    assert own
    assert own <= set(errors.__all__)
    assert all(getattr(errors, name) is getattr(module, name) for name in own)


def test_the_place_has_nothing_else() -> None:
    named = {name: getattr(errors, name) for name in errors.__all__}
    assert {name for name, value in named.items() if isinstance(value, int)} == {
        "EXIT_DONE", "EXIT_REFUSED", "EXIT_FAILED", "EXIT_CANCELLED",
    }  # fmt: skip
    for name, value in named.items():
        assert isinstance(value, int) or name == value.__name__
        assert not inspect.isclass(value) or issubclass(value, EtlError)


def test_a_code_names_one_error() -> None:
    assert [code for code, times in Counter(kind.code for kind in every_error()).items() if times > 1] == []
