"""How a reader can check the report: commands that can be pasted, where the names allow it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from etl_batch.light_dataclass import dataclass
from etl_batch.text.shown_text import is_shown_whole
from etl_batch.values import OutputSummary

_MOST_COMMANDS = 12
_LONGEST = 400  #: columns of a path that anybody pastes


@dataclass(frozen=True, slots=True)
class Verification:
    """Lines for `sha256sum --check`, and what is left out."""

    lines: tuple[str, ...]
    left_out: int  #: files without a hash, with names that cannot be pasted, or too many of them
    sample: str | None  #: the command that asks the sample, where there is one


def verification_of(outputs: Sequence[OutputSummary], *, has_sample: bool) -> Verification:
    """The commands for these outputs."""
    usable = [output for output in outputs if output.sha256 is not None and _can_be_pasted(output.path)]
    lines = tuple(f"{output.sha256}  {output.path}" for output in usable[:_MOST_COMMANDS])
    sample = None
    if has_sample and outputs and _can_be_pasted(outputs[0].path):
        sample = f"python -m etl_batch estimate {shlex.quote(str(outputs[0].path))}"
    return Verification(lines, len(outputs) - len(lines), sample)


def _can_be_pasted(path: Path) -> bool:
    """Whether what is shown is the name itself; `sha256sum` has an escape of its own for backslashes."""
    return is_shown_whole(str(path), _LONGEST) and "\\" not in str(path)
