"""What the columns held in the last run of an output: by the metadata that lie beside it, before they are replaced."""

from __future__ import annotations

import os
from typing import Any

from etl_batch.errors import EtlError
from etl_batch.storage.paths import open_input
from etl_batch.storage.roots import Place
from etl_batch.text.bounded_documents import json_of_file
from etl_batch.text.numbers import is_whole_number


def last_profile(metadata: Place) -> dict[str, Any] | None:
    """The column profile; None: there is no such run, or it has none."""
    try:
        with os.fdopen(open_input(metadata), "rb") as file:
            found = json_of_file(file)
    except (EtlError, OSError, ValueError):
        return None
    profile = found.get("column_profile") if isinstance(found, dict) else None
    return profile if isinstance(profile, dict) and _is_sound(profile) else None


def _is_sound(profile: dict[str, Any]) -> bool:
    columns = profile.get("columns")
    return (
        is_whole_number(profile.get("rows"))
        and isinstance(columns, list)
        and all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in columns)
        and all(is_whole_number(one.get("nulls")) for one in columns)
    )
