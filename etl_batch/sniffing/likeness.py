"""Which files are of one kind, so that what was said of how one is read can be offered for the next. Pure."""

from __future__ import annotations

import hashlib
import json
import re

from etl_batch.sniffing.finding import Sniffed

_HEX = 16
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_WIDE = ("utf-16", "utf-32", "cp037")  #: that no text of bytes looks like


def likeness_of(found: Sniffed) -> str | None:
    """What files share that have the same names of columns, delimiter and kind of encoding; None: it is no text.

    Which of the encodings of 8 bits it is, or whether it is UTF-8, nobody knows of a file without any letter beyond
    ASCII, which may well be of the same kind: so these are one, and such letters count as the same ones. Rows say
    nothing of the kind, but for how many columns they have.
    """
    encoding, delimiter = found.findings.get("encoding"), found.findings.get("delimiter")
    if encoding is None or delimiter is None or not found.columns:
        return None
    kind = next((name for name in _WIDE if str(encoding.value).startswith(name)), "bytes")
    names = [_BEYOND_ASCII.sub("?", column.name) for column in found.columns]
    said = json.dumps([kind, delimiter.value, names])
    return hashlib.sha256(said.encode()).hexdigest()[:_HEX]
