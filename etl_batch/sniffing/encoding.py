"""Which encoding the bytes of a text are in. Pure.

A byte order mark, the pattern of NULs and strict UTF-8 decide without error; EBCDIC shows itself by where its letters
are. Any other text of 8 bits could be of many encodings, of which the bytes rule out few: that is asked, never guessed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.finding import Choice, Finding, Question
from etl_batch.sniffing.sample import Sample
from etl_batch.text.shown_text import shown

ABOUT, FLAG = "encoding", "--encoding"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CUT_BYTES = 3  #: of a character of UTF-8, that the beginning of a piece may have cut
_CONTINUES = range(0x80, 0xC0)
#: what stands for bytes that are not UTF-8
_ESCAPED = {chr(code) for code in range(0xDC80, 0xDD00)}

#: letters, digits, the blank, the usual signs and line ends, where EBCDIC has them
_IN_EBCDIC = bytes.fromhex(
    "818283848586878889 919293949596979899 a2a3a4a5a6a7a8a9 c1c2c3c4c5c6c7c8c9 d1d2d3d4d5d6d7d8d9 e2e3e4e5e6e7e8e9"
    "f0f1f2f3f4f5f6f7f8f9 050d1525 404b4c4d4e4f505a5b5c5d5e 60616b6c6d6e6f 797a7b7c7d7e7f a1b0babbc0d0e0"
)
_EBCDIC_ENDS = (0x15, 0x25, 0x0D)
_ENDS_AS_WELL = 0.8  #: of the bytes that end lines elsewhere, in what is taken for UTF-16: those do so there, too
_MOST_OTHERS = 0.1  #: of the bytes of an EBCDIC text, that are not in the list
_MOST_ASCII = 0.01  #: of its bytes, that would be blanks, commas or line ends of ASCII
#: bytes that code pages 037 and 1047 read as different characters; 0x9F is that by which 037 and 1140 differ
_OTHER_IN_1047 = bytes([0x5F, 0xAD, 0xB0, 0xBA, 0xBB, 0xBD])
_EURO_IN_1140 = 0x9F
_EBCDICS = ("cp037", "cp1140", "cp500")

#: what texts of 8 bits are in, the likeliest first; what has no character for a byte of the text is left out
_EIGHT_BITS = (
    "cp1252", "cp1250", "cp1251", "shift_jis", "gb18030", "euc_jp", "euc_kr", "big5", "cp1253", "cp1254", "koi8_r",
    "iso8859_15", "latin_1", "iso8859_2", "cp850", "cp852", "cp437", "cp866", "mac_roman", "cp1255", "cp1256", "cp1257",
)  # fmt: skip
_COMMONEST = _EIGHT_BITS[0]  #: always among the first of the suggestions
_OF_SEVERAL_BYTES = frozenset({"shift_jis", "gb18030", "euc_jp", "euc_kr", "big5"})
_IN_A_ROW = re.compile(rb"[\x80-\xff]{2}")  #: as every text of such an encoding has somewhere
_MOST_SUGGESTED = 5
_LINES_JUDGED = 40
_LONGEST_LINE = 400
_SHOWN_LINES = 2


@dataclass(frozen=True, slots=True)
class FoundEncoding:
    """The encoding of a text."""

    finding: Finding
    read_as: str  #: what the rest is looked at by, also where it is asked
    question: Question | None = None


def find_encoding(sample: Sample) -> FoundEncoding | None:
    """The encoding of a file; None: it is no text."""
    found = _by_mark(sample) or _by_nuls(sample)
    if found is None and b"\0" in sample.head:
        return None
    return found or _utf8(sample) or _damaged_utf8(sample) or _ebcdic(sample) or _eight_bits(sample)


def _sure(name: str, sure: float, evidence: str) -> FoundEncoding:
    return FoundEncoding(Finding(name, sure, evidence), name)


def _by_mark(sample: Sample) -> FoundEncoding | None:
    for mark, name in _MARKS:
        if sample.head.startswith(mark):
            if not _decodes(sample, name):
                return None
            return _sure(name, 1.0, f"the file begins with the byte order mark of {name.upper().removesuffix('-SIG')}")
    return None


def _by_nuls(sample: Sample) -> FoundEncoding | None:
    """UTF-16 and UTF-32 without a mark: of the characters of most texts, which bytes are zero says which."""
    head = sample.head
    if b"\0" not in head:
        return None
    words = len(head) // 4
    zeros = [head[place : 4 * words : 4].count(0) for place in range(4)] if words else [0, 0, 0, 0]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if words and zeros[2] == zeros[3] == words:
        name = "utf-32-le"
    elif words and zeros[0] == zeros[1] == words:
        name = "utf-32-be"
    elif odd and 20 * even <= odd:
        name = "utf-16-le"
    elif even and 20 * odd <= even:
        name = "utf-16-be"
    else:
        return None
    text = head[: len(head) // 4 * 4 if "32" in name else len(head) // 2 * 2].decode(name, "replace")
    ends_lines = max(even, odd) > 1 and text.count("\n") >= _ENDS_AS_WELL * head.count(b"\n")
    if not _decodes(sample, name) or not _has_no_controls(text) or not ends_lines:
        return None
    share = round(100 * max(even, odd) / max(len(head) / 2, 1))
    return _sure(name, 0.98, f"there is no byte order mark, but {share} % of every second byte are zero")


def _has_no_controls(text: str) -> bool:
    return not any(sign in text for sign in ("\0", "\1", "\2", "\3", "\4", "\5", "\6", "\7", "\b"))


def _decodes(sample: Sample, name: str) -> bool:
    try:
        codecs.getincrementaldecoder(name)().decode(sample.head, sample.whole)
    except UnicodeError:
        return False
    return True


def _utf8(sample: Sample) -> FoundEncoding | None:
    pieces = ((sample.head, True, sample.whole), (sample.middle, False, False), (sample.tail, False, True))
    if not all(_is_utf8(*piece) for piece in pieces):
        return None
    seen = "all of its bytes" if sample.whole else f"all of the {sum(map(len, sample.pieces)):,} bytes looked at"
    if all(map(bytes.isascii, sample.pieces)):
        return _sure("utf-8", 1.0 if sample.whole else 0.97, f"{seen} are ASCII, which UTF-8 has as it is")
    return _sure("utf-8", 1.0 if sample.whole else 0.99, f"{seen} are UTF-8, some of them letters beyond ASCII")


def _damaged_utf8(sample: Sample) -> FoundEncoding | None:
    """UTF-8 of which some bytes are something else: other texts of 8 bits hold next to nothing that UTF-8 is."""
    beyond = [sign for sign in sample.head.decode("utf-8", "surrogateescape") if not sign.isascii()]
    broken = sum(sign in _ESCAPED for sign in beyond)
    sound = len(beyond) - broken
    if sound <= broken:
        return None
    return _sure("utf-8", 0.9, f"{sound:,} letters beyond ASCII are UTF-8, but {broken:,} bytes are not")


def _is_utf8(piece: bytes, is_first: bool, is_last: bool) -> bool:
    start = 0
    while not is_first and start < min(_CUT_BYTES, len(piece)) and piece[start] in _CONTINUES:
        start += 1
    try:
        codecs.getincrementaldecoder("utf-8")().decode(piece[start:], is_last)
    except UnicodeDecodeError:
        return False
    return True


def _ebcdic(sample: Sample) -> FoundEncoding | None:
    head = sample.head
    others = len(head.translate(None, _IN_EBCDIC)) / len(head)
    ascii_signs = sum(head.count(sign) for sign in b" ,;\n") / len(head)
    ends = [end for end in _EBCDIC_ENDS if end in head]
    if others > _MOST_OTHERS or ascii_signs > _MOST_ASCII or not ends or not _decodes(sample, "cp037"):
        return None
    evidence = (
        f"{100 - round(100 * others)} % of its bytes are letters, digits and signs where EBCDIC has them, "
        f"and lines end with 0x{ends[0]:02X}"
    )
    doubted = [byte for byte in (*_OTHER_IN_1047, _EURO_IN_1140) if any(byte in piece for piece in sample.pieces)]
    if not doubted:
        return _sure("cp037", 0.95, f"{evidence}; its code pages have all that was seen at the same places")
    lines = [line for line in head.replace(b"\x25", b"\x15").split(b"\x15") if any(byte in line for byte in doubted)]
    question = Question(
        about=ABOUT,
        flag=FLAG,
        why=f"the text holds 0x{doubted[0]:02X}, which the code pages of EBCDIC read as different signs",
        choices=_rendered(lines, _EBCDICS),
    )
    if len(question.choices) == 1:  # the line is no text in the others
        return _sure("cp037", 0.9, evidence)
    return FoundEncoding(Finding(None, 0.5, f"{evidence}; {question.why}"), "cp037", question)


def _eight_bits(sample: Sample) -> FoundEncoding:
    lines = _lines_beyond_ascii(sample)
    names = [name for name in _likeliest_first(b"\n".join(lines)) if _may_be(sample, name)]
    question = Question(
        about=ABOUT,
        flag=FLAG,
        why="a text of 8 bits: its bytes alone do not tell which of these it is",
        choices=_rendered(lines, names or ["latin_1"]),
    )
    at = next((at for at, byte in enumerate(sample.head) if byte > 0x7F), 0)
    where = f"byte {at} (0x{sample.head[at]:02X})" if sample.head[at : at + 1] > b"\x7f" else "a later byte"
    evidence = f"{where} is not UTF-8; {question.why}"
    return FoundEncoding(Finding(None, 0.4, evidence), str(question.choices[0].value), question)


def _lines_beyond_ascii(sample: Sample) -> list[bytes]:
    def found() -> Iterator[bytes]:
        for piece in sample.pieces:
            for line in piece.replace(b"\r", b"\n").split(b"\n"):
                if line and not line.isascii():
                    yield line[:_LONGEST_LINE] if len(line) > _LONGEST_LINE else line

    return [line for _, line in zip(range(_LINES_JUDGED), found(), strict=False)]


def _likeliest_first(text: bytes) -> list[str]:
    """By what charset-normalizer makes of the text; a guess, of which nothing is taken unasked."""
    from charset_normalizer import from_bytes

    found: list[str] = []
    for match in from_bytes(text, cp_isolation=list(_EIGHT_BITS), enable_fallback=False):
        alike = [name for name in match.could_be_from_charset if name in _EIGHT_BITS]
        found += sorted({match.encoding, *alike} & set(_EIGHT_BITS), key=_EIGHT_BITS.index)
    # Every byte is a letter in some of them: one that is left out by the guess is still offered, behind the others.
    names = list(dict.fromkeys([*found, *(name for name in _EIGHT_BITS if name not in _OF_SEVERAL_BYTES)]))
    names = names if _IN_A_ROW.search(text) else sorted(names, key=_OF_SEVERAL_BYTES.__contains__)
    return list(dict.fromkeys([names[0], _COMMONEST, *names]))  # a few signs tell the guess nothing


def _may_be(sample: Sample, name: str) -> bool:
    """Whether every piece is text in it; one of several bytes may be cut at both ends."""
    if name in _OF_SEVERAL_BYTES:
        return _decodes(sample, name)
    try:
        texts = [piece.decode(name) for piece in sample.pieces]
    except UnicodeError:
        return False
    return not any(0x80 <= ord(sign) < 0xA0 for text in texts for sign in set(text))


def _rendered(lines: Iterable[bytes], names: Iterable[str]) -> tuple[Choice, ...]:
    """The same lines in each encoding; those that show them alike are one choice."""
    lines = list(lines)
    choices: dict[tuple[tuple[str, ...], ...], Choice] = {}
    for name in names:
        texts = [line.decode(name, "replace") for line in lines]
        if any("\ufffd" in text for text in texts) and choices:
            continue
        key = tuple((text,) for text in texts)
        rows = tuple((shown(text, 80),) for text in texts[:_SHOWN_LINES])
        choices.setdefault(key, Choice(name.replace("_", "-"), f"{FLAG} {name.replace('_', '-')}", rows))
        if len(choices) == _MOST_SUGGESTED:
            break
    return tuple(choices.values())
