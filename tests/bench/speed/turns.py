"""All contenders of a work in turn, round by round.

The round before those that count warms up what can be warm; in it, and only there, memory is looked at, and outputs
are read, so that neither takes time from what is measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.speed.agreement import differences
from tests.bench.speed.cost import Cost, Entry, Result
from tests.bench.speed.data import empty
from tests.bench.speed.measure import measure
from tests.bench.speed.settings import SHORT_ROUNDS
from tests.bench.speed.works import Contender, Work

Facts = Callable[[Path], Mapping[str, str]]


@dataclass(slots=True)
class _Seen:
    """What is known of a contender so far."""

    costs: list[Cost] = field(default_factory=list)
    peak_bytes: int = 0
    written_bytes: int = 0
    read_bytes: int = 0


def take_turns(work: Work, rounds: int, facts_of: Facts) -> Result:
    """Measure a work.

    Args:
        work: what is done, and by whom.
        rounds: that count.
        facts_of: what an output says; equal for all, where the work is compared.

    Raises:
        SystemExit: a command failed, or outputs differ.
    """
    seen = {contender.name: _Seen() for contender in work.contenders}
    first: Mapping[str, str] = {}
    for contender in work.contenders:
        _warm_up(contender, seen[contender.name])
        if work.is_compared:
            first = _agreed(contender, first, facts_of)
        _clear(contender)
    for _ in range(rounds * SHORT_ROUNDS if work.is_short else rounds):
        for contender in work.contenders:
            if not contender.is_once:
                seen[contender.name].costs.append(measure(contender.command, contender.folder).cost)
                _clear(contender)
    entries = tuple(_entry(contender, seen[contender.name]) for contender in work.contenders)
    return Result(key=work.key, title=work.title, entries=entries)


def _home(contender: Contender) -> Path:
    return contender.source.path.parent.parent


def _clear(contender: Contender) -> None:
    empty(_home(contender) / "output")


def _warm_up(contender: Contender, seen: _Seen) -> None:
    run = measure(contender.command, contender.folder, memory_besides=_home(contender))
    seen.peak_bytes = run.peak_bytes
    if contender.is_once:
        seen.costs.append(run.cost)
    if contender.outputs:
        seen.written_bytes = contender.outputs[0].stat().st_size
    if contender.says_bytes:
        seen.read_bytes = int(json.loads(run.printed)["bytes_read"])


def _agreed(contender: Contender, first: Mapping[str, str], facts_of: Facts) -> Mapping[str, str]:
    for output in contender.outputs:
        facts = facts_of(output)
        first = first or facts
        if found := differences(first, facts):
            raise SystemExit("\n  ".join((f"{output.name} of {contender.name} says something else:", *found)))
    return first


def _entry(contender: Contender, seen: _Seen) -> Entry:
    return Entry(
        name=contender.name, input_bytes=contender.source.bytes, rows=contender.source.rows, costs=tuple(seen.costs),
        peak_bytes=seen.peak_bytes, written_bytes=seen.written_bytes, read_bytes=seen.read_bytes,
    )  # fmt: skip
