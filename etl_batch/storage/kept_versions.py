"""Old versions of outputs, by their names: `NAME.bak.<UTC time>`, and a number where several were kept. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from etl_batch.light_dataclass import dataclass

_KEPT = re.compile(r"(?P<name>.+)(?P<ending>\.bak\.(?P<stamp>\d{8}T\d{6}Z)(?:-(?P<number>[1-9]\d{0,2}))?)")


@dataclass(frozen=True, slots=True)
class KeptName:
    """What the name of an old version says."""

    name: str  #: of the output
    ending: str  #: what stands behind it
    at: str  #: when it was replaced, as far as its name says it; UTC, ISO 8601


def kept_name(name: str) -> KeptName | None:
    """What a name says; None: it is not of an old version."""
    found = _KEPT.fullmatch(name)
    if found is None:
        return None
    try:
        at = datetime.strptime(found["stamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return KeptName(found["name"], found["ending"], at.isoformat(timespec="seconds"))
