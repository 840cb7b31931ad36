"""How long the records of a file are, told by what repeats in it. Pure: bytes in, candidates out.

Records of one length repeat what kind of byte stands where: digits, letters, blanks, zeros, the sign of a packed
number. So of all distances that a byte may have from another, at a multiple of the record's length most pairs are of
one kind. All distances are counted at once, by a Fourier transform (Wiener and Khinchin).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW_BYTES = 1 << 16
MOST_WINDOWS = 4
LONGEST = 32_760  #: bytes of a record; that is z/OS's own limit
_SHORTEST = 2
_MOST = 5  #: candidates
_LEAST_RECORDS = 3
_LEAST_SCORE = 0.05
_AS_GOOD = 0.93  #: of the best: its multiples repeat as well as it does, but for chance
_NOT_WHOLE = 0.7  #: of its score has a length that does not divide the file
_WORTH_SAYING = 0.5  #: of the best
_KINDS = 8
_NEAR = 3  #: bytes; nearer than that a distance is no other one
_LINE_ENDS = {0x0A: "a line feed", 0x15: "a new line of EBCDIC", 0x25: "a line feed of EBCDIC"}
#: first and last bytes of kinds: zeros, ones, blanks, digits, and letters of EBCDIC and of ASCII
_RANGES = (
    ((0x00, 0x00),),
    ((0xFF, 0xFF),),
    ((0x40, 0x40), (0x20, 0x20)),
    ((0xF0, 0xF9), (0x30, 0x39)),
    ((0xC1, 0xC9), (0xD1, 0xD9), (0xE2, 0xE9), (0x81, 0x89), (0x91, 0x99), (0xA2, 0xA9)),
    ((0x41, 0x5A), (0x61, 0x7A)),
)
_SIGNS = {0x0C, 0x0D, 0x0F}  #: in the last half of a packed number


@dataclass(frozen=True, slots=True)
class LengthCandidate:
    """A length that records may have."""

    record_size: int
    score: float  #: 0 to 1: how much more often than by chance bytes so far apart are of one kind
    reason: str


def likely_lengths(windows: Sequence[bytes], size: int) -> list[LengthCandidate]:
    """The lengths that records of a file may have, the likeliest first; empty: nothing repeats.

    Args:
        windows: pieces of the file, the first from its beginning.
        size: bytes of all of it.
    """
    longest = min(LONGEST, size // _LEAST_RECORDS, max(map(len, windows), default=0) * 2 // 3)
    if longest < _SHORTEST:
        return []
    scores = _scores(windows, longest)
    found = sorted(
        (LengthCandidate(length, round(score, 3), "") for length, score in _best(scores, size)),
        key=lambda one: (-one.score, one.record_size),
    )
    return [
        LengthCandidate(
            one.record_size, one.score, _reason(one.record_size, float(scores[one.record_size]), size, windows[0])
        )
        for one in found[:_MOST]
    ]


def _kinds() -> NDArray[np.uint8]:
    """The kind of each byte, in EBCDIC and ASCII alike; kinds are what the fields of records differ in."""
    kinds = np.full(256, _KINDS - 1, np.uint8)
    for byte in range(256):
        if byte & 0x0F in _SIGNS:
            kinds[byte] = len(_RANGES)
    for kind, ranges in enumerate(_RANGES):
        for first, last in ranges:
            kinds[first : last + 1] = kind
    return kinds


def _scores(windows: Sequence[bytes], longest: int) -> NDArray[np.float64]:
    """Of each distance, from 0 on, how much more often than by chance bytes so far apart are of one kind."""
    room = 1 << (max(map(len, windows)) + longest + 2).bit_length()
    power, pairs, counts = np.zeros(room // 2 + 1), np.zeros(longest + 2), np.zeros(_KINDS)
    table = _kinds()
    for window in windows:
        kinds = table[np.frombuffer(window, np.uint8)]
        counts += np.bincount(kinds, minlength=_KINDS)
        for kind in np.unique(kinds):
            spectrum = np.fft.rfft(kinds == kind, room)
            power += spectrum.real**2 + spectrum.imag**2
        pairs += np.maximum(len(window) - np.arange(longest + 2), 0)
    same = np.fft.irfft(power, room)[: longest + 2]
    by_chance = float(np.square(counts / counts.sum()).sum())
    if by_chance > 1 - 1e-9:
        return np.zeros(longest + 2)
    return (same / np.maximum(pairs, 1) - by_chance) / (1 - by_chance)


def _best(scores: NDArray[np.float64], size: int) -> Iterator[tuple[int, float]]:
    """The distances at which bytes are more alike than at those beside them, without multiples of others."""
    inner = scores[1:-1]
    peaks = np.flatnonzero((inner > scores[:-2]) & (inner > scores[2:]) & (inner >= _LEAST_SCORE)) + 1
    peaks = peaks[peaks >= _SHORTEST]
    weighted = np.where(size % peaks == 0, 1.0, _NOT_WHOLE) * scores[peaks]
    weighted *= 1 - 2 * peaks / size  # few records prove little
    taken: list[tuple[int, float]] = []
    for at in np.argsort(-weighted, kind="stable"):
        length, score = int(peaks[at]), float(weighted[at])
        if taken and score < _WORTH_SAYING * taken[0][1]:
            return
        divisors = peaks[(length % peaks == 0) & (weighted >= _AS_GOOD * score)]
        shortest = int(divisors.min())
        if all(abs(shortest - other) >= _NEAR and shortest % other for other, _ in taken):
            taken.append((shortest, float(weighted[peaks == shortest][0])))
            yield taken[-1]
        if len(taken) == _MOST:
            return


def _reason(length: int, score: float, size: int, head: bytes) -> str:
    said = f"bytes {length} apart are of one kind, {score:.0%} of the way from chance to always"
    records, rest = divmod(size, length)
    said += f"; the file is {records:,} of them" if not rest else f"; the file is no multiple: {rest:,} bytes remain"
    ends = {head[at] for at in range(length - 1, len(head), length)}
    name = _LINE_ENDS.get(ends.pop()) if len(ends) == 1 else None
    return f"{said}; each ends with {name}" if name else said
