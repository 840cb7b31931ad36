"""Which type to advise for a column of numbers that stays text: one that keeps every digit, if there is one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etl_batch.light_dataclass import dataclass

_PLAIN = re.compile(r"[+-]?([0-9]*)(?:\.([0-9]*))?")
_IN_FRONT = re.compile(r"\+?(-?)0+(?=[0-9])")
_I64_DIGITS = 18  #: that fit, whatever they are
_MOST_DIGITS = 38  #: of a decimal
_SHORT_DECIMAL = 18  #: digits that leave room for more before the point than were seen, in eight bytes


@dataclass(frozen=True, slots=True)
class Advice:
    """A type, and what a number would lose by it, or how it would look."""

    word: str  #: as `--types` takes it
    cost: str


def advised_type(cells: Iterable[str | None]) -> Advice:
    """The type for some cells of a column; null and empty ones do not count."""
    texts = [cell for cell in cells if cell]
    found = [_PLAIN.fullmatch(text) for text in texts]
    parts = [(match[1].lstrip("0"), (match[2] or "").rstrip("0")) for match in found if match]
    whole = max((len(digits) for digits, _ in parts), default=1)
    scale = max((len(digits) for _, digits in parts), default=0)
    # Zeros that a price ends with are kept as far as all other digits leave room for them.
    written = max((len(match[2] or "") for match in found if match), default=0)
    if not all(found) or whole + scale > _MOST_DIGITS:
        return Advice("f64", "keeps about 16 digits of each and no more, so that it would destroy identifiers")
    scale = min(max(scale, written), _MOST_DIGITS - whole)
    lost = _lost(texts)
    if scale or any("." in text for text in texts):
        word = f"decimal({_SHORT_DECIMAL if whole + scale <= _SHORT_DECIMAL else _MOST_DIGITS},{scale})"
        return Advice(word, lost or f"keeps every digit, and writes each number with {scale} behind the point")
    if whole <= _I64_DIGITS:
        return Advice("i64", lost or "keeps every digit")
    return Advice("decimal(38,0)", lost or "keeps every digit")


def _lost(texts: list[str]) -> str:
    """What is no part of a number's value, by an example; nothing where nothing would be lost."""
    zeros = next((text for text in texts if _IN_FRONT.match(text)), None)
    if zeros is not None:
        shorter = _IN_FRONT.sub(r"\1", zeros, count=1)
        return f"loses the zeros in front ({zeros} becomes {shorter}): leave identifiers text"
    signed = next((text for text in texts if text.startswith("+")), None)
    return "" if signed is None else f"keeps every digit and loses the plus sign ({signed} becomes {signed[1:]})"
