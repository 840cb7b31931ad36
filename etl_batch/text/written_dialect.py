"""In which dialect a CSV is written. Pure."""

from __future__ import annotations

import codecs
from functools import cache

from etl_batch.light_dataclass import dataclass
from etl_batch.text.encodings import encoding_named

#: encodings that have every character: the codec of their bytes, and what a file in them begins with
_UNICODE = {
    "utf-8": ("utf-8", b""),
    "utf-8-sig": ("utf-8", codecs.BOM_UTF8),
    "utf-16": ("utf-16-le", codecs.BOM_UTF16_LE),
    "utf-16-le": ("utf-16-le", b""),
    "utf-16-be": ("utf-16-be", b""),
}
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class WrittenDialect:
    """What stands between cells, rows and digits, and which bytes letters are."""

    delimiter: str = ","
    decimal: str = "."  #: of numbers; of texts never
    line_end: str = "\n"  #: of rows; line ends within cells stay
    encoding: str = "utf-8"

    @property
    def codec(self) -> str:
        """Python's name of the codec of its bytes, without a byte order mark."""
        name = encoding_named(self.encoding) or self.encoding
        return _UNICODE[name][0] if name in _UNICODE else name

    @property
    def has_every_character(self) -> bool:
        """Whether no text is refused."""
        return encoding_named(self.encoding) in _UNICODE

    def mark(self, *, bom: bool) -> bytes:
        """What a file begins with."""
        own = _UNICODE.get(encoding_named(self.encoding) or "", ("", b""))[1]
        return own or ("\ufeff".encode(self.codec) if bom else b"")

    def read_as(self, *, bom: bool) -> str:
        """The encoding that a reader has to be told, who leaves out the mark."""
        if not self.mark(bom=bom):
            return self.codec
        return "utf-8-sig" if self.codec == "utf-8" else "utf-16"


def is_written(encoding: str) -> bool:
    """Whether a CSV can be written in an encoding: each of its characters is one byte, or it has all of them."""
    name = encoding_named(encoding)
    return name is not None and (name in _UNICODE or bool(characters_of(name)))


@cache
def characters_of(codec: str) -> dict[str, int]:
    """The characters of an encoding of one byte each, with their codes; empty: it is none."""
    every = "".join(chr(code) for code in range(0x10000) if code not in _SURROGATES)
    found = every.encode(codec, "ignore")
    text = found.decode(codec, "replace")
    if len(text) != len(found):  # some take several bytes
        return {}
    return dict(zip(text, found, strict=True))
