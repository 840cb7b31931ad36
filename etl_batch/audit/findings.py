"""What a check of the log found. Values only."""

from __future__ import annotations

from enum import StrEnum

from etl_batch.errors import AuditKeyMissing
from etl_batch.light_dataclass import dataclass


class Finding(StrEnum):
    """How sound the log is."""

    SOUND = "sound"
    TAMPERED = "tampered"  #: a line or a checkpoint is not as it was written, or not where it was
    CUT = "cut"  #: there are fewer entries than a checkpoint has seen, or others than it has seen: cut, or forked
    UNREADABLE = "unreadable"
    KEY_MISSING = "key missing"


EXIT_CODES = {
    Finding.SOUND: 0,
    Finding.TAMPERED: 1,
    Finding.CUT: 2,
    Finding.UNREADABLE: 3,
    Finding.KEY_MISSING: 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing that is wrong."""

    file: str  #: its name in .secrets
    line: int  #: of that file, from 1
    byte: int  #: where the line starts in that file
    reason: str
    seq: int | None = None  #: the entry that belongs there


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLog:
    """What a check of the whole log found."""

    finding: Finding
    entries: int = 0  #: that are sound, from the first on
    bytes: int = 0  #: of the lines, in all files
    checkpoints: int = 0  #: whose signature and root were right
    root: str = ""  #: of the tree over those entries, hexadecimal
    fault: Fault | None = None
    reason: str = ""  #: in words, where it is not sound
    notes: tuple[str, ...] = ()  #: what a user should know besides
    seconds: float = 0.0

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.finding is Finding.SOUND

    @property
    def code(self) -> str | None:
        """The code of the error that kept the log from being checked, where it is one of ours."""
        return AuditKeyMissing.code if self.finding is Finding.KEY_MISSING else None

    @property
    def exit_code(self) -> int:
        """0 sound, 1 tampered, 2 cut or forked, 3 unreadable, 4 key missing."""
        return EXIT_CODES[self.finding]
