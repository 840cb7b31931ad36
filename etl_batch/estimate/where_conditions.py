"""A condition of `--where` as a tree: values, comparisons, and what joins them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from etl_batch.errors import WhereInvalid
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name."""

    name: str
    position: int  #: character of the expression, from 1


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; numbers are exact."""

    value: str | bool | Fraction
    position: int


Operand = Column | Literal


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value beside another."""

    operator: str  #: = != < <= > >=
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class OneOf:
    """`value in (...)`."""

    value: Operand
    options: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    """`column is null`."""

    value: Column


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Every:
    """All parts joined by AND."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """All parts joined by OR."""

    parts: tuple[Condition, ...]


Condition = Comparison | OneOf | IsNull | Not | Every | Some


@dataclass(frozen=True, slots=True)
class Where:
    """A condition that rows fulfil or not."""

    text: str
    condition: Condition

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs, in the order in which it names them."""
        return tuple(
            dict.fromkeys(operand.name for operand in _operands(self.condition) if isinstance(operand, Column))
        )

    def literals(self, column: str) -> set[type]:
        """Which kinds of constants a column is compared with: `str`, `bool`, `Fraction`."""
        found: set[type] = set()
        for group in _groups(self.condition):
            if any(isinstance(operand, Column) and operand.name == column for operand in group):
                found |= {type(operand.value) for operand in group if isinstance(operand, Literal)}
        return found


def refuse(position: int, problem: str) -> WhereInvalid:
    """The error for what stands at a character."""
    return WhereInvalid(f"--where, character {position}: {problem}")


def _groups(condition: Condition) -> Iterator[tuple[Operand, ...]]:
    """The operands that are compared with each other."""
    match condition:
        case Comparison():
            yield (condition.left, condition.right)
        case OneOf():
            yield (condition.value, *condition.options)
        case IsNull():
            yield (condition.value,)
        case Not():
            yield from _groups(condition.part)
        case Every() | Some():
            for part in condition.parts:
                yield from _groups(part)


def _operands(condition: Condition) -> Iterator[Operand]:
    for group in _groups(condition):
        yield from group
