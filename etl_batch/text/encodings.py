"""Which encodings of text there are."""

from __future__ import annotations

import codecs
import re

#: codecs of Python that turn text into text, or bytes into what no file holds
_NO_FILES = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "charmap", "mbcs", "oem"}

_NUMBERED = re.compile(r"(?:cp|ibm|ccsid)_?0*([1-9][0-9]{2,3})")
#: of the package `ebcdic`
_CODE_PAGES = {
    277, 278, 280, 284, 285, 290, 297, 420, 833, 838, 870, 871, 1025, 1047, 1097, 1112, 1122, 1123,
    *range(1141, 1150),
}  # fmt: skip


def _code_page(name: str) -> codecs.CodecInfo | None:
    """A code page of EBCDIC that Python lacks, by any of its names: cp1047, IBM-1047."""
    found = _NUMBERED.fullmatch(name)
    if found is None or int(found[1]) not in _CODE_PAGES:
        return None
    import ebcdic

    codec: codecs.CodecInfo = ebcdic.lookup(f"cp{int(found[1])}")
    return codec


codecs.register(_code_page)  # asked only for names that Python does not know


def encoding_named(name: str) -> str | None:
    """Python's own name of an encoding that text files are written in; None where there is no such encoding."""
    try:
        codec = codecs.lookup(name)
        "0".encode(name)  # refuses what is no encoding of text, such as `hex`
    except (LookupError, ValueError):
        return None
    return None if codec.name.replace("_", "-") in _NO_FILES else codec.name


def is_ebcdic(name: str) -> bool:
    """Whether letters, digits and the blank are where EBCDIC has them."""
    try:
        return "a0 ".encode(name) == b"\x81\xf0\x40"
    except (LookupError, ValueError):
        return False


def has_digits_of_one_byte(name: str) -> bool:
    """Whether digits, signs, the point and the blank take a byte each, and lie where ASCII or EBCDIC have them."""
    try:
        written = "0123456789 +-.*Ee".encode(name)
    except (LookupError, ValueError):
        return False
    return written[:11] in {b"0123456789 ", b"\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\x40"} and len(written) == 17


def has_one_byte_each(name: str) -> bool:
    """Whether every character is one byte, and every byte one at the most."""
    if is_utf8(name):
        return False
    try:
        return len(bytes(range(256)).decode(name, "replace")) == 256
    except (LookupError, ValueError):
        return False


def is_utf8(name: str) -> bool:
    """Whether it is UTF-8, with a byte order mark or without: that is skipped anyway."""
    return encoding_named(name) in {"utf-8", "utf-8-sig"}
