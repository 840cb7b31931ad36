"""Every planted fault, from the files of `planted/`."""

from __future__ import annotations

import importlib
import pkgutil

from tests.mutants import planted
from tests.mutants.fault import Fault


def all_faults() -> list[Fault]:
    """The rows of all areas."""
    areas = sorted(module.name for module in pkgutil.iter_modules(planted.__path__))
    return [fault for area in areas for fault in importlib.import_module(f"{planted.__name__}.{area}").FAULTS]
