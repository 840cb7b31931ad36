"""Where the table of a text begins, whether it has names, and what divides it: all that a job has to know. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.candidate import MOST_COLUMNS
from etl_batch.sniffing.finding import Finding, Question, Sniffed
from etl_batch.sniffing.sample import Sample
from etl_batch.sniffing.sniff import sniff
from etl_batch.sniffing.typed_value import flag_of

_USUAL = '"'
NO_DELIMITER = "\x1f"  #: what divides one column: it stands in no text
_MORE_ROWS = 2
_SURE = 0.7  #: from which on nobody has to be told that a first row holds the names
_FEWEST_LINES = 2  #: that tell anything, where there are more
_LINES, _MARKS = 20, (",", ";", "\t", "|", "~", "^", NO_DELIMITER)  #: by which a table may be too wide


@dataclass(frozen=True, slots=True)
class Structure:
    """How a table is read."""

    delimiter: str  #: one character, or several
    skip_lines: int
    header: bool
    told: tuple[str, ...]  #: the properties that a note has to name
    findings: Mapping[str, Finding]  #: what was found of each property
    quote: str = _USUAL
    escape: str = ""  #: nothing: there is none
    comment: str = ""  #: the same
    doubt: str = ""  #: why its first row may be no header; empty: it is one, or none

    def note(self, said: Collection[str]) -> str:
        """How it is read, in the words of flags, and why; empty: there is nothing beside what somebody said.

        Args:
            said: the properties that somebody said.
        """
        names = [name for name in self.told if name not in said]
        flags = " ".join(flag_of(name, self.findings[name].value) for name in names)
        return f"read as {flags}: {'; '.join(self.findings[name].evidence for name in names)}" if names else ""


def structure_of(content: bytes, *, whole: bool, delimiter: str | None) -> Structure | Question | None:
    """How the table is read that some UTF-8 holds.

    Args:
        content: the beginning of it.
        whole: there is no more.
        delimiter: that somebody gave; None: nobody did.

    Returns:
        What has to be asked, if anything; None: it is not such a table as jobs read, or nothing speaks for it.
    """
    if (not whole and content.count(b"\n") < _FEWEST_LINES) or _is_too_wide(content, delimiter):
        return None
    found = sniff(Sample(content, b"", b"", len(content) + (not whole)), delimiter)
    if found is None or not found.findings:
        return None
    questions = [one for one in found.questions if one.of_structure]
    if questions:
        return next((one for one in questions if one.about == "delimiter"), questions[0])
    return _settled(found, content)


def _is_too_wide(content: bytes, delimiter: str | None) -> bool:
    """Whether some of the first lines have more cells than are looked at: they would be taken for one column."""
    marks = _MARKS if delimiter is None else (delimiter,)
    lines = content.split(b"\n", _LINES)[:_LINES]
    return any(line.count(mark.encode()) >= MOST_COLUMNS for line in lines for mark in marks)


def _settled(found: Sniffed, content: bytes) -> Structure | None:
    said = {name: one.value for name, one in found.findings.items()}
    mark, skip, header = said["delimiter"], said["skip_lines"], said["header"]
    if skip is None or not isinstance(header, bool):
        return None
    if mark == "," and any("refuses" in note for note in found.notes):
        return None  # as it would be without us
    if mark is None and b"," not in content:
        mark = ","  # as ever: it divides nothing
    elif mark is None and b"," in content.partition(b"\n")[0]:
        return None  # it divides the first line, whatever the others are
    quote, escape, comment = str(said["quote"] or _USUAL), str(said["escape"] or ""), str(said["comment"] or "")
    unusual = {"quote": quote != _USUAL, "escape": escape, "comment": comment}
    names = ("delimiter", *(name for name, is_told in unusual.items() if is_told), "skip_lines", "header")
    doubted = found.findings["header"]
    doubt = f"{doubted.evidence}; --header no reads it as data" if header and doubted.sure < _SURE else ""
    signs = quote, escape, comment
    return Structure(str(mark or NO_DELIMITER), int(skip or 0), header, names, found.findings, *signs, doubt)


def in_words(question: Question) -> tuple[str, str]:
    """What is asked, with the rows that each answer gives; and what to do."""
    answers = [f"{choice.flag} reads {_rows(choice.gives)}" for choice in question.choices]
    return f"{question.why}; {'; '.join(answers)}", f"give {' or '.join(choice.flag for choice in question.choices)}"


def _rows(rows: Sequence[Sequence[str]]) -> str:
    return ", then ".join(" | ".join(row) for row in rows[:_MORE_ROWS])
