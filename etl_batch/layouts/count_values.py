"""The whole number that a field of one record holds, read slowly and plainly. Pure."""

from __future__ import annotations

from typing import Any

from etl_batch.text.encodings import is_ebcdic

_SIGNS = "abcdef"


def count_in(field: Any, raw: bytes) -> int | None:  # noqa: ANN401 - a field: a layout, which has them, asks this
    """The whole number that a field holds; None: none."""
    if field.text or field.has_own_sign:
        try:
            return int(raw.decode("cp037" if is_ebcdic(field.encoding) else "ascii"))
        except ValueError:
            return None
    if field.type == "zoned":
        digits = "".join(f"{byte & 15:x}" for byte in raw)
    elif field.type == "packed":
        digits = raw.hex()
        if field.signed and digits[-1] not in _SIGNS:
            return None
        digits = digits[:-1] if field.signed else digits
    else:
        return int.from_bytes(raw, "big" if field.big_endian else "little", signed=field.type.startswith("i"))
    return int(digits) if digits.isdecimal() else None
