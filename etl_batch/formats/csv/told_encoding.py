"""The encoding of a CSV of which nobody said it: UTF-8, or what its first bytes show; what they do not is asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from etl_batch.errors import Ambiguous
from etl_batch.formats.csv.head import STEP_BYTES

if TYPE_CHECKING:
    from etl_batch.sniffing.finding import Finding

UTF8 = "utf-8"


def encoding_of(descriptor: int, size: int, what: str) -> Finding | None:
    """The encoding, and why; None: it is UTF-8.

    Args:
        descriptor: of the file.
        size: of the file, in bytes.
        what: the file, for messages.

    Raises:
        Ambiguous: its bytes do not tell which of several it is.
    """
    content = os.pread(descriptor, STEP_BYTES, 0)
    if b"\0" not in content and (content.isascii() or _is_utf8(content, whole=len(content) >= size)):
        return None
    from etl_batch.sniffing.encoding import find_encoding
    from etl_batch.sniffing.sample import Sample
    from etl_batch.sniffing.structure import in_words

    found = find_encoding(Sample(content, b"", b"", size))
    if found is None:  # NULs where no text has them: its rows are named
        return None
    if found.question is not None:
        why, mend = in_words(found.question)
        raise Ambiguous(
            f"{what}: {found.finding.evidence}; {why.partition('; ')[2]}",
            mend=f"{mend}; with --encoding utf-8 rows are bad that are not of it",
        )
    return None if str(found.finding.value).startswith(UTF8) else found.finding


def _is_utf8(content: bytes, *, whole: bool) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return not whole and error.reason == "unexpected end of data"
    return True
