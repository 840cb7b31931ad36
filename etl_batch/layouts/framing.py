"""How records of unequal length are told from each other. Pure."""

from __future__ import annotations

from etl_batch.light_dataclass import dataclass
from etl_batch.options.record_framing import RecordFormat, SaidLength, ShortRecords
from etl_batch.values import MIB

RDW_BYTES = 4
#: bytes of the longest record that is believed: a length above it says that it is none
MOST_RECORD_BYTES = 16 * MIB


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
    def add(self) -> int:
        """What added to a length gives the bytes from one record to the next."""
        return self.adjust + (0 if self.includes_itself else self.head or self.bytes)

    @property
    def least(self) -> int:
        """Bytes of the shortest record, with what is in front of it."""
        return max(self.head, self.at + self.bytes)

    @property
    def zeros(self) -> tuple[int, ...]:
        """Which bytes in front of a record must be 0: those of an RDW of z/OS that are not its length."""
        if self.format is not RecordFormat.V or self.head != RDW_BYTES:
            return ()
        return tuple(at for at in range(RDW_BYTES) if not self.at <= at < self.at + self.bytes)

    @property
    def in_words(self) -> str:
        """For a note."""
        order = "big-endian" if self.is_big else "little-endian"
        counted = "counting itself" if self.includes_itself else "not counting itself"
        where = f"in front of each are {self.head} bytes with its length" if self.head else "each holds its length"
        return f"{where} ({self.bytes} bytes at {self.at}, {order}, {counted})"


def framing_of(form: RecordFormat, said: SaidLength, short_records: ShortRecords = ShortRecords.ERROR) -> Framing:
    """What was said, completed by what is usual."""
    plain = Framing(format=form, head=RDW_BYTES if form is RecordFormat.V else 0)
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
