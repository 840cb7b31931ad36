"""The first records of each type in a file of several as text for a terminal, and as JSON values. Pure."""

from __future__ import annotations

from typing import Any

from etl_batch.formats.binary.preview import record_lines, records_as_json
from etl_batch.formats.framed.first_kinds import FirstOfType, FirstOfTypes
from etl_batch.text.number_text import counted


def render_types(path: str, found: FirstOfTypes) -> str:
    """The first records of each type, one type beneath the other.

    Args:
        path: of the file.
        found: what was read of it.
    """
    seen, types = counted(found.seen, "record"), counted(len(found.types), "type")
    lines = [f"{path}: {found.size:,} bytes, records of {types}; the first {seen} were looked at"]
    if found.unknown:
        of_none = counted(found.unknown, "record")
        lines.append(f"of no type: {of_none}, the first at byte {found.first_unknown:,}; they are bad rows")
    for one in found.types:
        told = f"{one.type.name}: told by {one.type.when}"
        lines += ["", told if one.records.count else f"{told}; none of those that were looked at is of this type"]
        lines += record_lines(one.type.layout, one.cells, _places(one))
    return "\n".join(lines) + "\n"


def types_as_json(path: str, found: FirstOfTypes) -> dict[str, Any]:
    """The same as plain JSON values."""
    return {
        "path": path,
        "bytes": found.size,
        "records_seen": found.seen,
        "of_no_type": found.unknown,
        "first_of_no_type": found.first_unknown,
        "types": [
            {
                "name": one.type.name,
                "when": str(one.type.when),
                "record_size": one.type.layout.record_size,
                "places": _places(one),
                "records": records_as_json(one.cells),
            }
            for one in found.types
        ],
    }


def _places(one: FirstOfType) -> list[int]:
    return [one.records.position(number) for number in range(one.records.count)]
