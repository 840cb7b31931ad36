"""Where an output that goes to an object store is made first: a folder of the home, named after its address."""

from __future__ import annotations

from pathlib import Path

from etl_batch.text.store_address import Address, is_address

_FOLDER = "stores"


def staged(given: str, home: Path) -> str:
    """The path at which an output is made: its own, or where what goes to a store is made first."""
    if not is_address(given):
        return given
    address = Address.parse(given)
    return f"{home}/output/{_FOLDER}/{address.scheme}/{address.name}"
