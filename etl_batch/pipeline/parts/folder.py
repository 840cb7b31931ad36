"""What a folder of parts holds: the parts, a list of them, and a mark that all of it is there. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from etl_batch.values import OutputSummary

MANIFEST_NAME = "_manifest.json"
SUCCESS_NAME = "_SUCCESS"  #: as Hadoop has it: readers skip names that begin so
MANIFEST_VERSION = 1
#: seven digits: a list by name is in the order of the input beyond 99,999 parts; folders of before have five
_PART = re.compile(r"part-\d{5,}\.(parquet|csv)")


def part_name(number: int, ending: str) -> str:
    """Of a part, counted from 0."""
    return f"part-{number:07d}{ending}"


def is_of_a_folder(name: str) -> bool:
    """Whether a job puts a file of this name into a folder of parts."""
    return name in {MANIFEST_NAME, SUCCESS_NAME} or _PART.fullmatch(name) is not None


def manifest_of(parts: Sequence[OutputSummary], form: str) -> dict[str, Any]:
    """The list of the parts of one folder, in their order: the same parts make the same list, whoever made them.

    Args:
        parts: all of them.
        form: what they are: `csv` or `parquet`.
    """
    listed = [{"path": part.path.name, "bytes": part.bytes, "rows": part.rows, "sha256": part.sha256} for part in parts]
    return {
        "manifest_version": MANIFEST_VERSION,
        "format": form,
        "bytes": sum(part.bytes for part in parts),
        "rows": sum(part.rows for part in parts),
        "parts": listed,
    }
