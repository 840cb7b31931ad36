"""What is asked on the Estimates page: as a value, as a link, as flags of the estimate command. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from etl_batch.estimate.confidence_sequence import DEFAULT_CONFIDENCE
from etl_batch.estimate.where import Where, parse_where

DELIMITERS = ("", ";", "\t", "|")  #: that a CSV may have; nothing: a comma, or what its first line says
_TRUE = "yes"
_MOST_CHARACTERS = 8192  #: of one part of a link


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEstimate:
    """One question; what is empty is left to the estimate command's defaults."""

    file: str  #: relative to the home, such as `output/data.csv`
    measures: tuple[str, ...] = ()
    strata: str = ""
    where: str = ""  #: a condition in the language of `--where`
    within: str = ""  #: half the interval's width, such as `1%`
    confidence: float = DEFAULT_CONFIDENCE
    exact: bool = False
    delimiter: str = ""  #: of a CSV, one of `DELIMITERS`

    def as_link(self) -> dict[str, str]:
        """The parts of a permalink; what is not asked is left out."""
        parts = {
            "file": self.file,
            "measures": ",".join(name.replace("\\", "\\\\").replace(",", "\\,") for name in self.measures),
            "strata": self.strata,
            "where": self.where,
            "within": self.within,
            "confidence": "" if self.confidence == DEFAULT_CONFIDENCE else repr(self.confidence),
            "exact": _TRUE if self.exact else "",
            "delimiter": self.delimiter,
        }
        return {name: text for name, text in parts.items() if text}

    def as_flags(self) -> list[str]:
        """Of the estimate command, without its file and its home."""
        flags = ["--confidence", repr(self.confidence)]
        given = {"--strata": self.strata, "--where": self.where, "--error-within": self.within}
        for name, text in (given | {"--delimiter": self.delimiter}).items():
            if text:
                flags.append(f"{name}={text}")
        if self.exact:
            flags.append("--exact")
        return flags

    @property
    def condition(self) -> Where | None:
        """The filter, parsed.

        Raises:
            WhereInvalid: it is not understood; the message says where.
        """
        return parse_where(self.where) if self.where.strip() else None


def from_link(parts: Mapping[str, str]) -> AskedEstimate | None:
    """The question of a permalink; None where it names no file. A part that makes no sense is left out."""
    cut = {name: text[:_MOST_CHARACTERS] for name, text in parts.items()}
    if not cut.get("file"):
        return None
    return replace(
        AskedEstimate(file=cut["file"]),
        measures=_names(cut.get("measures", "")),
        strata=cut.get("strata", ""),
        where=cut.get("where", ""),
        within=cut.get("within", ""),
        confidence=_confidence(cut.get("confidence", "")),
        exact=cut.get("exact") == _TRUE,
        delimiter=cut.get("delimiter", "") if cut.get("delimiter") in DELIMITERS else "",
    )


def _names(text: str) -> tuple[str, ...]:
    """Names with commas between them; a comma within a name has a backslash before it."""
    names, current, is_escaped = [], "", False
    for character in text:
        if is_escaped or character not in "\\,":
            current, is_escaped = current + character, False
        elif character == "\\":
            is_escaped = True
        else:
            names.append(current)
            current = ""
    return tuple(name for name in (*names, current) if name)


def _confidence(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return DEFAULT_CONFIDENCE
    return found if math.isfinite(found) and 0.5 <= found < 1 else DEFAULT_CONFIDENCE
