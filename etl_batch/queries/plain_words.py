"""What DuckDB says of a question, in words for a user. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_KIND_OF_ERROR = re.compile(r"^(?:\w+ )*Error: ")
_EXTENSION = re.compile(r"; Please try installing.*", re.DOTALL)


def in_plain_words(said: str, paths: Sequence[str]) -> str:
    """What DuckDB says, without its kinds of errors, its drawings, and the paths that only this process knows."""
    for path in paths:
        said = said.replace(path, "the file")
    first, _, rest = said.partition("\n\nLINE ")
    lines = [line.strip() for line in first.splitlines() if line.strip()]
    line = rest.partition(":")[2].splitlines()[0].strip() if rest else ""
    text = _KIND_OF_ERROR.sub("", "; ".join(lines).replace("!;", ";").rstrip(".!"))
    text = _EXTENSION.sub("; no extension is loaded here", text)
    return f"{text} (at: {line})" if line else text
