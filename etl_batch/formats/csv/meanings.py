"""What the cells of the CSVs of a job mean: proposed by some of them, proved by all, and read so.

A proposal that any row of any file refutes leaves its column as it is, byte for byte, and the copies are made again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import reduce
from operator import or_

from etl_batch.config import JobConfig
from etl_batch.formats.csv.amounts_seen import amount_flags
from etl_batch.formats.csv.cell_rules import CellRule, Met
from etl_batch.formats.csv.column_samples import columns_of
from etl_batch.formats.csv.column_types import CellType, type_named
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.files_together import every_name
from etl_batch.formats.csv.given_types import MOST_DIGITS, GivenType, types_of_columns
from etl_batch.formats.csv.meant_copy import MeantCopy, meant_copies
from etl_batch.formats.csv.proposals import Said, proposed, rule_of_type, written_apart
from etl_batch.formats.opening import Mapper
from etl_batch.kernels.cell_meaning import Meaning, Seen
from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.column_kind import Kind
from etl_batch.text.date_formats import DateFormat
from etl_batch.text.shown_text import shown

_FLOAT_DIGITS = 15  #: that a float keeps, whatever they are
_SIGNED_DIGITS = 18
_MARKS = {",": "a comma", ".": "a point"}
_DRIFTS = "another day's file may tell, so that its type changes from day to day; a preset or --date-format settles it"


@dataclass(frozen=True, slots=True)
class Meant:
    """What cells mean, once every row was read."""

    files: tuple[CsvFile, ...]  #: with their copies
    exact: Mapping[str, CellType | None]  #: of each column, a given type that was made exact
    proven: Mapping[str, CellType | None]  #: of each column, a type that nobody gave
    copies: ExitStack  #: holds them


def with_meanings(
    files: Sequence[CsvFile], config: JobConfig, *, infers: bool, run: Mapper, tell: Callable[[str], None]
) -> Meant | None:
    """Read the cells as what they mean; None: they are read as they are.

    Args:
        files: as they are read otherwise. What is said of a column is so in all of them that have it.
        config: of the job.
        infers: columns whose type nobody gave get one, if they are of one.
        run: see `meant_copies`.
        tell: takes notes.

    Raises:
        ConfigError: a flag names a column that is not there.
        DiskFull: there is no room for the copies.
    """
    names = every_name(files)
    given = types_of_columns(config.types, names)
    said = Said.of(config, names)
    rules, kinds = _rules(files, dict(zip(names, given, strict=True)), said)
    told: list[str] = []
    while any(not rule.is_plain for its in rules.values() for rule in its.values()):
        copies = ExitStack()
        try:
            of_files = [[rules[name][at] for name in file.names] for at, file in enumerate(files)]
            made = meant_copies(files, of_files, config, run, copies)
            judged = _judged(files, made, rules, said)
        except BaseException:
            copies.close()
            raise
        if judged.again == rules:
            for note in (*told, *judged.notes, *_notes(names, kinds)):
                tell(note)
            exact = {name: _exact(judged.met[name], kind) for name, kind in zip(names, given, strict=True)}
            found = {name: _found(_any(rules[name]), judged.met[name], infers=infers) for name in names}
            read = tuple(copy.instead_of(file) for file, copy in zip(files, made, strict=True))
            return Meant(read, exact, found, copies)
        copies.close()
        told += judged.refuted
        rules = judged.again
    for note in (*told, *_notes(names, kinds)):
        tell(note)
    return None


#: of each column, by the place of each file that has it: mostly the same in all of them
_Rules = Mapping[str, Mapping[int, CellRule]]


def _any(its: Mapping[int, CellRule]) -> CellRule:
    return next(iter(its.values()))


def _rules(
    files: Sequence[CsvFile], given: Mapping[str, GivenType | None], said: Said
) -> tuple[_Rules, list[Kind | None]]:
    seen = [dict(zip(file.names, columns_of(file), strict=True)) for file in files]
    rules: dict[str, dict[int, CellRule]] = {}
    kinds: list[Kind | None] = []
    for name, word in given.items():
        cells = {at: columns[name] for at, columns in enumerate(seen) if name in columns}
        kind: Kind | None = None
        if word is not None:
            rule = rule_of_type(name, word, said)
        else:
            rule, kind = proposed(name, [cell for its in cells.values() for cell in its], said)
        rules[name] = dict.fromkeys(cells, rule)
        if kind is not None and not kind.is_typed and len(cells) > 1:
            apart = written_apart(name, list(cells.values()), said)
            rules[name] = dict(zip(cells, apart, strict=True)) if apart else rules[name]
        kinds.append(kind)
    return rules, kinds


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the rows say of the rules."""

    met: Mapping[str, Met]  #: in all files that have the column
    again: _Rules  #: the rules that are left; others than those judged: the copies are made again
    refuted: list[str]  #: notes of the proposals that did not hold
    notes: list[str]  #: of those that did


def _judged(files: Sequence[CsvFile], made: Sequence[MeantCopy], rules: _Rules, said: Said) -> _Judged:
    met: dict[str, Met] = {}
    again, refuted, notes = dict(rules), [], []
    every = [dict(zip(file.names, copy.met, strict=True)) for file, copy in zip(files, made, strict=True)]
    for name, its in rules.items():
        met[name] = reduce(or_, (every[at][name] for at in its))
        if not _any(its).proposed or _any(its).meaning not in {Meaning.NUMBER, Meaning.MOMENT}:
            continue
        is_shared = all(rule == _any(its) for rule in its.values())
        left: dict[int, CellRule] = {}
        for group in [[*its]] if is_shared else [[at] for at in its]:
            rule, found = its[group[0]], reduce(or_, (every[at][name] for at in group))
            paths = [files[at].place.path for at in group if every[at][name].misfit_row]
            verdict = _verdict(name, rule, found, str(paths[0]) if paths else "")
            if isinstance(verdict, str):
                refuted.append(f"column {name!r} stays as it is: {verdict}")
                left = dict.fromkeys(its, said.plain(name))
                break
            left |= dict.fromkeys(group, verdict)
            if rule.formats or found.seen != Seen.WHOLE or rule.notations[0].thousands:
                of_file = "" if is_shared else f" of {files[group[0]].place.path}"
                notes.append(f"column {name!r}{of_file} is read as {_in_words(rule)}")
        again[name] = left
    return _Judged(met, again, refuted, notes)


def _verdict(name: str, rule: CellRule, found: Met, where: str) -> CellRule | str:
    """What is left of a proposal, or why it does not hold."""
    left = [one for one in range(len(rule.formats or rule.notations)) if found.survivors >> one & 1]
    if len(left) == 1 and left != [0]:
        return _only(rule, left[0])
    return _refutation(rule, found, left, where, name) or rule


def _only(rule: CellRule, place: int) -> CellRule:
    if rule.formats:
        return replace(rule, formats=rule.formats[place : place + 1])
    return replace(rule, notations=rule.notations[place : place + 1])


def _refutation(rule: CellRule, found: Met, left: Sequence[int], where: str, name: str) -> str:
    """Why a proposal does not hold; empty: it does."""
    if not left:
        return f"{shown(found.misfit, 60)!r} in row {found.misfit_row:,} of {where} is not written as {_in_words(rule)}"
    if len(left) > 1 and rule.formats:
        forms = [rule.formats[one].text for one in left]
        flags = " or ".join(f"--date-format {name}={form}" for form in forms)
        return f"{' and '.join(forms)} both fit every cell, for no day is above 12; {_DRIFTS} ({flags})"
    if len(left) > 1:
        return "its marks may stand before decimals or between thousands in every cell; --decimal says which"
    if found.several_zones:
        return "its times have several offsets from UTC"
    if found.whole_digits + found.scale > MOST_DIGITS:
        return f"its numbers need more than {MOST_DIGITS} digits"
    return ""


def _in_words(rule: CellRule) -> str:
    if rule.formats:
        form = rule.formats[0]
        years = f", in which {form.years_in_words}" if form.has_short_year else ""
        return f"{'times' if form.has_time else 'dates'} ({form.text}{years})"
    notation = rule.notations[0]
    between = f" and {notation.thousands!r} between thousands" if notation.thousands else ""
    return f"numbers with {_MARKS[notation.decimal]} before decimals{between}"


def _notes(names: Sequence[str], kinds: Sequence[Kind | None]) -> list[str]:
    """Of columns that would be numbers or dates but for words that stand for nothing, or that hold amounts."""
    amounts = (
        (name, amount_flags(name, kind.cells))
        for name, kind in zip(names, kinds, strict=True)
        if kind is not None and not kind.is_typed
    )
    return [
        *(
            f"column {name!r} stays as it is: it holds {said[0]}; {said[1]} reads them"
            for name, said in amounts
            if said
        ),
        *(
            f"column {name!r} stays as it is for {kind.nulls[0]!r} among its {'numbers' if kind.numbers else 'dates'}: "
            f"--null {name}={kind.nulls[0]} says that it stands for nothing"
            for name, kind in zip(names, kinds, strict=True)
            if kind is not None and kind.nulls and kind.is_typed
        ),
    ]


def _exact(found: Met, given: GivenType | None) -> CellType | None:
    """A given type whose digits the rows tell."""
    if given is None or given.meaning not in {Meaning.PERCENT, Meaning.MONEY}:
        return None
    return replace(_decimal(found), word=given.cell.word)


def _found(rule: CellRule, found: Met, *, infers: bool) -> CellType | None:
    """The type of a column that nobody gave one: where it is asked for, and where a float would lose a digit."""
    is_long = found.whole_digits + found.scale > _FLOAT_DIGITS and rule.meaning is Meaning.NUMBER
    if not rule.proposed or not (infers or is_long):
        return None
    if rule.meaning is Meaning.NUMBER:
        return _number(found)
    return _moment(rule.formats[0]) if rule.formats else None


def _decimal(found: Met) -> CellType:
    digits = min(max(found.whole_digits + found.scale, 1), MOST_DIGITS)
    return type_named(f"decimal({digits},{min(found.scale, digits)})")


def _number(found: Met) -> CellType:
    """The type that keeps each digit."""
    if found.seen == Seen.WHOLE and found.whole_digits <= _SIGNED_DIGITS:
        return type_named("i64")
    is_float = not found.seen & Seen.ODD and found.seen & Seen.FRACTION and found.whole_digits <= _FLOAT_DIGITS
    return type_named("f64") if is_float else _decimal(found)


def _moment(form: DateFormat) -> CellType:
    if not form.has_time:
        return type_named("date")
    return type_named("timestamp" if form.has_zone else "local_timestamp")
