"""How records of unequal length are told from each other. Pure."""

from __future__ import annotations

from etl_batch.light_dataclass import dataclass
from etl_batch.options.record_framing import RecordFormat, SaidLength, ShortRecords
from etl_batch.values import MIB

RDW_BYTES = BDW_BYTES = 4
LEAST_BLOCK_BYTES = 8  #: with a record of no bytes in it
#: bytes of the longest record that is believed: a length above it says that it is none
MOST_RECORD_BYTES = 16 * MIB
MICRO_FOCUS_HEADER_BYTES = 128
_BLOCKED = frozenset({RecordFormat.VB, RecordFormat.VBS})
_SPANNED = frozenset({RecordFormat.VS, RecordFormat.VBS})
_OF_Z_OS = frozenset({RecordFormat.V}) | _BLOCKED | _SPANNED
#: of the third byte of an RDW, the bits that say which part of a record a segment is; Micro Focus: a record of data
_SEGMENT_BITS, _STATUS_BITS, _DATA_STATUS = 3, 0xF0, 0x40
_MICRO_FOCUS_MULTIPLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How the records of a file follow each other."""

    format: RecordFormat
    is_big: bool = True  #: the highest byte of a length comes first
    includes_itself: bool = True  #: a length counts all that is in front of the record, too
    at: int = 0  #: where the length stands, in bytes from where the record and what is in front of it begin
    bytes: int = 2  #: of the length
    adjust: int = 0  #: what is added to it
    head: int = RDW_BYTES  #: bytes in front of each record that are none of its own
    short_records: ShortRecords = ShortRecords.ERROR

    @property
    def is_blocked(self) -> bool:
        """Whether records lie in blocks, each with its length in front (BDW)."""
        return self.format in _BLOCKED

    @property
    def is_spanned(self) -> bool:
        """Whether a record may be in several segments, each with an RDW that says which part it is."""
        return self.format in _SPANNED

    @property
    def is_micro_focus(self) -> bool:
        """Whether a header says what the lengths are, and records begin at multiples of four bytes."""
        return self.format is RecordFormat.MF

    @property
    def add(self) -> int:
        """What added to a length gives the bytes of the record with what is in front of it."""
        return self.adjust + (0 if self.includes_itself else self.head or self.bytes)

    @property
    def least(self) -> int:
        """Bytes of the shortest record, with what is in front of it."""
        return max(self.head, self.at + self.bytes)

    @property
    def seen(self) -> int:
        """Bytes that must be seen to tell a record's length."""
        return max(self.least, RDW_BYTES if self.mark[0] else 0)

    @property
    def mask(self) -> int:
        """Which bits of the length are that: of Micro Focus, the highest four say what the record is."""
        bits = 8 * self.bytes - (4 if self.is_micro_focus else 0)
        return (1 << bits) - 1

    @property
    def multiple(self) -> int:
        """What the place of the next record is a multiple of, from the first."""
        return _MICRO_FOCUS_MULTIPLE if self.is_micro_focus else 1

    @property
    def shortest_step(self) -> int:
        """Bytes from one record to the next, at the least: very short ones are padded by Micro Focus."""
        return 2 * _MICRO_FOCUS_MULTIPLE if self.is_micro_focus else 0

    @property
    def mark(self) -> tuple[int, int]:
        """Which bits of the first four bytes are known, the first byte being the lowest, and what they must be.

        Of an RDW of z/OS, those beside the length are zero, but for the third byte's of a segment.
        """
        if self.is_micro_focus:
            return _STATUS_BITS, _DATA_STATUS
        if self.format not in _OF_Z_OS or self.head != RDW_BYTES:
            return 0, 0
        known = sum(0xFF << 8 * at for at in range(RDW_BYTES) if not self.at <= at < self.at + self.bytes)
        return known & ~(_SEGMENT_BITS << 16 if self.is_spanned else 0), 0

    @property
    def rules(self) -> tuple[int, ...]:
        """What the compiled walk goes by, see `kernels.record_chains`."""
        return (
            self.at, self.bytes, not self.is_big, self.mask, self.add, self.least, MOST_RECORD_BYTES, *self.mark,
            self.multiple, self.shortest_step, self.head, self.seen,
        )  # fmt: skip

    @property
    def in_words(self) -> str:
        """For a note."""
        if self.is_micro_focus:
            return f"a header of Micro Focus COBOL, and {self.head} bytes in front of each with its length"
        order = "big-endian" if self.is_big else "little-endian"
        counted = "counting itself" if self.includes_itself else "not counting itself"
        where = f"in front of each are {self.head} bytes with its length" if self.head else "each holds its length"
        blocks = "blocks with their lengths in front (BDW), and in them " if self.is_blocked else ""
        parts = ", in segments of which each says which part it is" if self.is_spanned else ""
        return f"{blocks}{where} ({self.bytes} bytes at {self.at}, {order}, {counted}){parts}"


def framing_of(form: RecordFormat, said: SaidLength, short_records: ShortRecords = ShortRecords.ERROR) -> Framing:
    """What was said, completed by what is usual."""
    plain = Framing(
        format=form,
        head=2 if form is RecordFormat.MF else RDW_BYTES if form in _OF_Z_OS else 0,
        includes_itself=form is not RecordFormat.MF,
    )
    return Framing(
        format=form,
        is_big=plain.is_big if said.is_big is None else said.is_big,
        includes_itself=plain.includes_itself if said.includes_itself is None else said.includes_itself,
        at=said.at or 0,
        bytes=said.bytes or plain.bytes,
        adjust=said.adjust or 0,
        head=plain.head if said.head is None else said.head,
        short_records=short_records,
    )
