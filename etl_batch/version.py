"""Which version of the product this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

DISTRIBUTION = "quantum-etl-console"


def product_version() -> str:
    """The installed version; `unknown` where the project runs without being installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"
