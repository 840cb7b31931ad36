"""Bytes of a record that are read in one way or in another: which fields are read in which records. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    from etl_batch.layouts.conditions import Condition

_MOST_WITHIN = 40  #: readings whose condition is about a field that is read by a condition itself


class InRecord(Protocol):
    """A field, as far as these rules know of it: a layout has them, and they know no layout."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def name(self) -> str:
        """Of the column."""

    @property
    def offset(self) -> int:
        """Bytes from the record's start."""

    @property
    def length(self) -> int:
        """Bytes."""


_Field = TypeVar("_Field", bound=InRecord)


@dataclass(frozen=True, slots=True)
class Variant:
    """Fields that give way to others, which read the same bytes otherwise.

    Those with the same `of` belong together: in each record the first of them is read whose condition holds, and `of`
    where none does.
    """

    of: tuple[str, ...]  #: the names of the fields
    use: tuple[str, ...]  #: those that are read in their place
    when: Condition | None  #: in which records; None: in all of them, and `of` is read as well


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition that holds, or does not."""

    condition: Condition
    is_so: bool = True


@dataclass(frozen=True, slots=True)
class When:
    """The records in which a field is read: those where each of some conditions does, or does not hold."""

    clauses: tuple[Clause, ...]
    fields: tuple[Any, ...]  #: those that they name, each with the records that it is read in itself

    def __str__(self) -> str:
        """For people."""
        return " and ".join(f"{'' if one.is_so else 'not '}({one.condition})" for one in self.clauses)


def together(variants: Sequence[Variant], fields: Mapping[str, InRecord]) -> list[list[Variant]]:
    """The variants, those together of which one is read in each record.

    Those that nothing gives way to (`of` is empty) belong together where their bytes overlap.
    """
    found: dict[object, list[Variant]] = {}
    for number, one in enumerate(variants):
        key: object = one.of
        if not one.of:
            nameless = (key for key, those in found.items() if not those[0].of and _share(one, those, fields))
            key = next(nameless, number)
        found.setdefault(key, []).append(one)
    return list(found.values())


def _share(one: Variant, those: Sequence[Variant], fields: Mapping[str, InRecord]) -> bool:
    """Whether they have bytes in common."""
    places = [fields[name] for other in those for name in other.use]
    return any(overlap(fields[name], place) for name in one.use for place in places)


def overlap(one: InRecord, other: InRecord) -> bool:
    """Whether they have bytes in common."""
    return one.offset < other.offset + other.length and other.offset < one.offset + one.length


def readings(variants: Sequence[Variant], fields: Mapping[str, InRecord]) -> dict[str, dict[int, int]]:
    """Of each field that is not read alone: in which sets of variants it is, and in which reading there; 0: `of`."""
    found: dict[str, dict[int, int]] = {}
    for number, those in enumerate(together(variants, fields)):
        for reading, names in enumerate((those[0].of, *(one.use for one in those))):
            for name in names:
                found.setdefault(name, {})[number] = reading
    return found


def with_when(
    fields: Sequence[_Field],
    variants: Sequence[Variant],
    tables: Mapping[str, tuple[Clause, ...]] = MappingProxyType({}),
    counts: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> tuple[_Field, ...]:
    """The fields, each with the records that it is read in.

    Args:
        fields: of a layout.
        variants: of them.
        tables: of each field within tables that are counted, what must hold so that it is there.
        counts: of each field that counts the occurrences of a table, the least and the most.

    Raises:
        ValueError: whether a field is read depends on itself.
    """
    by_name = {field.name: field for field in fields}
    sets, member = together(variants, by_name), readings(variants, by_name)
    done: dict[str, _Field] = {}
    same: dict[tuple[Clause, ...], When] = {}  # so that what holds is found out once
    met: list[str] = []

    def clauses(name: str) -> Iterator[Clause]:
        for number, reading in member.get(name, {}).items():
            for place, one in enumerate(sets[number], start=1):
                if one.when is not None and (place <= reading or reading == 0):
                    yield Clause(one.when, is_so=place == reading)

    def settle(name: str) -> _Field:
        if name in done:
            return done[name]
        if len(met) > _MOST_WITHIN:
            raise ValueError(f"readings within readings are told apart {_MOST_WITHIN} deep at the most")
        if name in met:
            by_way = "" if met[-1] == name else f", by way of {met[-1]}"
            raise ValueError(f"whether {name} is read depends on {name} itself{by_way}")
        met.append(name)
        its = (*tables.get(name, ()), *clauses(name))
        if its and its not in same:
            named = dict.fromkeys(other for one in its for other in one.condition.names)
            same[its] = When(its, tuple(map(settle, named)))
        met.pop()
        done[name] = replace(by_name[name], when=same.get(its), counts=counts.get(name))
        return done[name]

    return tuple(settle(field.name) for field in fields)
