"""What the layout of a binary file is called. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath

from etl_batch.text.packed_names import unpacked_name

_FIRST_RECORD = re.compile(r"^.{0,11}\b0?1\s+([A-Za-z0-9][A-Za-z0-9-]{0,29})", re.MULTILINE)
COPYBOOK_ENDINGS = (".cpy", ".cbl", ".cob")
DICTIONARY_ENDING = ".dct"  #: of Stata's descriptions of lines of text
SHARED_LAYOUT = "layout.toml"  #: of every binary file in its folder that has none of its own


def layout_name(name: str, beside: Collection[str]) -> str | None:
    """Which of the files beside a binary file of this name is its layout."""
    return next((candidate for candidate in (own_layout_name(name), SHARED_LAYOUT) if candidate in beside), None)


def is_description_name(name: str) -> bool:
    """Whether a file of this name describes records or lines, and is no layout of ours: a copybook, a dictionary."""
    return name.lower().endswith((*COPYBOOK_ENDINGS, DICTIONARY_ENDING))


def is_copybook_name(name: str) -> bool:
    """Whether a file of this name is a copybook."""
    return name.lower().endswith(COPYBOOK_ENDINGS)


def book_file_name(text: str, given: str) -> str:
    """What a copybook that was pasted is called: as somebody says, else as its first record."""
    name = given.strip()
    if not name:
        found = _FIRST_RECORD.search(text)
        name = found[1].upper().strip("-") if found is not None else "COPYBOOK"
    return name if is_copybook_name(name) else f"{name}{COPYBOOK_ENDINGS[0]}"


def own_layout_name(name: str) -> str:
    """What the layout of this binary file alone is called."""
    return f"{PurePosixPath(unpacked_name(name)).stem}.layout.toml"
