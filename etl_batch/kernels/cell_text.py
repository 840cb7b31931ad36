"""Text cells: trimmed of their padding, escaped, quoted. The plain twin is `cell_escape.csv_cell`."""

from __future__ import annotations

import numpy as np

from etl_batch.cell_escape import FORMULA_STARTS, INVISIBLE, QUOTED
from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import leading_zeros, load, store
from etl_batch.kernels.numbers_text import U

_MUST_QUOTE = np.uint8(1)  #: this byte anywhere: the cell is quoted
_LOOK_CLOSER = np.uint8(2)  #: this byte at the start: the cell may be a formula


def _byte_classes() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    classes = np.zeros(256, dtype=np.uint8)
    for character in QUOTED:
        classes[ord(character)] |= _MUST_QUOTE
    for character in (*INVISIBLE, *FORMULA_STARTS, *"\t\r\n\0'"):
        classes[character.encode()[0]] |= _LOOK_CLOSER
    return classes


_CLASSES = _byte_classes()
_ASCII_TRIGGERS = np.array([chr(byte) in FORMULA_STARTS for byte in range(256)])
_APOSTROPHE = np.uint8(ord("'"))
_QUOTE = np.uint8(ord('"'))
_BLANK = np.uint8(ord(" "))
NOT_ASCII = U(0x8080808080808080)


@inlined
def trimmed_length(start: np.uint64, width: np.uint64, blank: np.uint8) -> np.uint64:
    """Length of the text in a padded field: without trailing NULs; where there are none, without trailing blanks."""
    length = width
    while length >= U(8):
        word = load(start + length - U(8), np.uint64)
        if word != U(0):
            length -= leading_zeros(word) >> U(3)  # little-endian: the last bytes are the highest ones
            break
        length -= U(8)
    while length > U(0) and load(start + length - U(1), np.uint8) == np.uint8(0):
        length -= U(1)
    if length == width:
        while length > U(0) and load(start + length - U(1), np.uint8) == blank:
            length -= U(1)
    return length


@inlined
def copy_bytes(out: np.uint64, start: np.uint64, length: np.uint64) -> np.uint64:
    """Copy; never reads past the source (it may end with its mapping). Returns the address behind the copy."""
    end = out + length
    if length >= U(8):
        last = end - U(8)
        tail = load(start + length - U(8), np.uint64)
        while out < last:
            store(out, load(start, np.uint64))
            out += U(8)
            start += U(8)
        store(last, tail)
    elif length >= U(4):
        head, tail4 = load(start, np.uint32), load(start + length - U(4), np.uint32)
        store(out, head)
        store(end - U(4), tail4)
    else:
        while length > U(0):
            store(out, load(start, np.uint8))
            out += U(1)
            start += U(1)
            length -= U(1)
    return end


@inlined
def _invisible_bytes(start: np.uint64, length: np.uint64) -> np.uint64:
    """How many bytes the invisible character at the start takes in UTF-8; 0: it is a visible one."""
    first = load(start, np.uint8)
    if first == np.uint8(0x20):
        return U(1)
    if length >= U(2) and first == np.uint8(0xC2) and load(start + U(1), np.uint8) == np.uint8(0xA0):
        return U(2)
    if length < U(3):
        return U(0)
    second, third = load(start + U(1), np.uint8), load(start + U(2), np.uint8)
    if first == np.uint8(0xEF) and second == np.uint8(0xBB) and third == np.uint8(0xBF):
        return U(3)
    if first == np.uint8(0xE2):
        if second == np.uint8(0x80) and np.uint8(0x8B) <= third <= np.uint8(0x8F):
            return U(3)
        if second == np.uint8(0x81) and third == np.uint8(0xA0):
            return U(3)
    return U(0)


@inlined
def _starts_with_trigger(start: np.uint64, length: np.uint64) -> bool:
    if length == U(0):
        return False
    first = load(start, np.uint8)
    if _ASCII_TRIGGERS[first]:
        return True
    if length < U(3) or first != np.uint8(0xEF):
        return False
    second, third = load(start + U(1), np.uint8), load(start + U(2), np.uint8)
    if second != np.uint8(0xBC):
        return False
    # the full-width + - = @
    return third == np.uint8(0x8B) or third == np.uint8(0x8D) or third == np.uint8(0x9D) or third == np.uint8(0xA0)


@inlined
def _digits_from(at: np.uint64, end: np.uint64) -> np.uint64:
    while at < end and np.uint8(48) <= load(at, np.uint8) <= np.uint8(57):
        at += U(1)
    return at


@inlined
def is_plain_number(start: np.uint64, end: np.uint64) -> bool:
    """Whether the whole cell is a number as `cell_escape` defines it: sign, digits, point, exponent."""
    at = start
    if at < end and (load(at, np.uint8) == np.uint8(43) or load(at, np.uint8) == np.uint8(45)):
        at += U(1)
    whole_end = _digits_from(at, end)
    digits = whole_end - at
    at = whole_end
    if at < end and load(at, np.uint8) == np.uint8(46):
        fraction_end = _digits_from(at + U(1), end)
        digits += fraction_end - at - U(1)
        at = fraction_end
    if digits == U(0):
        return False
    if at < end and load(at, np.uint8) | np.uint8(0x20) == np.uint8(101):
        at += U(1)
        if at < end and (load(at, np.uint8) == np.uint8(43) or load(at, np.uint8) == np.uint8(45)):
            at += U(1)
        exponent_end = _digits_from(at, end)
        if exponent_end == at:
            return False
        at = exponent_end
    return at == end


@inlined
def needs_apostrophe(start: np.uint64, length: np.uint64) -> bool:
    """Whether a text that begins so needs an apostrophe before it."""
    end = start + length
    while start < end and load(start, np.uint8) == _APOSTROPHE:
        start += U(1)
    if start == end:
        return False
    first = load(start, np.uint8)
    if first == np.uint8(0) or first == np.uint8(9) or first == np.uint8(10) or first == np.uint8(13):
        return True
    at = start
    while at < end:
        skip = _invisible_bytes(at, end - at)
        if skip == U(0):
            break
        at += skip
    return _starts_with_trigger(at, end - at) and not is_plain_number(start, end)


@inlined
def _classes_of_word(word: np.uint64) -> np.uint8:
    """What any of eight bytes calls for."""
    first = _CLASSES[word & U(255)] | _CLASSES[(word >> U(8)) & U(255)]
    second = _CLASSES[(word >> U(16)) & U(255)] | _CLASSES[(word >> U(24)) & U(255)]
    third = _CLASSES[(word >> U(32)) & U(255)] | _CLASSES[(word >> U(40)) & U(255)]
    fourth = _CLASSES[(word >> U(48)) & U(255)] | _CLASSES[word >> U(56)]
    return first | second | third | fourth


@inlined
def _classes_of(start: np.uint64, length: np.uint64) -> np.uint8:
    """What any of the bytes calls for."""
    classes = np.uint8(0)
    at, end = start, start + length
    while at + U(8) <= end:
        classes |= _classes_of_word(load(at, np.uint64))
        at += U(8)
    while at < end:
        classes |= _CLASSES[load(at, np.uint8)]
        at += U(1)
    return classes


@inlined
def write_fixed_text(out: np.uint64, start: np.uint64, width: np.uint64) -> tuple[np.uint64, np.uint64]:
    """As `write_text`, from a padded field, whose padding may be read: eight bytes are looked at and copied at once."""
    length = trimmed_length(start, width, _BLANK)
    if width < U(8) or length == U(0):
        return write_text(out, start, length)
    classes = np.uint8(0)
    at = U(0)
    while at < length:
        place = min(at, width - U(8))
        word = load(start + place, np.uint64)
        store(out + place, word)
        classes |= _classes_of_word(word)
        at += U(8)
    if classes & _MUST_QUOTE or _CLASSES[load(start, np.uint8)] & _LOOK_CLOSER:
        return write_text(out, start, length)
    return out + length, U(0)


@inlined
def write_text(out: np.uint64, start: np.uint64, length: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Write a text cell; returns the address behind it and 1 if it was escaped, else 0.

    Writes at most `2 * length + 4` bytes.
    """
    if length == U(0):
        store(out, _QUOTE)
        store(out + U(1), _QUOTE)
        return out + U(2), U(0)
    classes = _classes_of(start, length)
    escape = False
    if _CLASSES[load(start, np.uint8)] & _LOOK_CLOSER:
        escape = needs_apostrophe(start, length)
    if not escape and not classes & _MUST_QUOTE:
        return copy_bytes(out, start, length), U(0)
    store(out, _QUOTE)
    out += U(1)
    if escape:
        store(out, _APOSTROPHE)
        out += U(1)
    for offset in range(length):
        byte = load(start + U(offset), np.uint8)
        store(out, byte)
        out += U(1)
        if byte == _QUOTE:
            store(out, byte)
            out += U(1)
    store(out, _QUOTE)
    return out + U(1), U(1) if escape else U(0)


@inlined
def is_utf8(start: np.uint64, length: np.uint64) -> bool:
    """Whether the bytes are UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing above U+10FFFF."""
    at, end = start, start + length
    while at < end:
        if end - at >= U(8) and load(at, np.uint64) & NOT_ASCII == U(0):
            at += U(8)
            continue
        first = load(at, np.uint8)
        if first < np.uint8(0x80):
            at += U(1)
            continue
        low, high = np.uint8(0x80), np.uint8(0xBF)  # what the second byte may be
        if np.uint8(0xC2) <= first <= np.uint8(0xDF):
            followers = U(1)
        elif np.uint8(0xE0) <= first <= np.uint8(0xEF):
            followers = U(2)
            if first == np.uint8(0xE0):
                low = np.uint8(0xA0)
            elif first == np.uint8(0xED):
                high = np.uint8(0x9F)
        elif np.uint8(0xF0) <= first <= np.uint8(0xF4):
            followers = U(3)
            if first == np.uint8(0xF0):
                low = np.uint8(0x90)
            elif first == np.uint8(0xF4):
                high = np.uint8(0x8F)
        else:
            return False
        if end - at <= followers:
            return False
        second = load(at + U(1), np.uint8)
        if second < low or second > high:
            return False
        for place in range(U(2), followers + U(1)):
            if load(at + U(place), np.uint8) & np.uint8(0xC0) != np.uint8(0x80):
                return False
        at += followers + U(1)
    return True
