"""A data contract: the columns that the rows of a job must have, and the rules that these must keep."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from etl_batch.light_dataclass import dataclass


class Severity(StrEnum):
    """What follows from a breach."""

    ERROR = "error"  #: nothing is published
    REJECT = "reject"  #: the row is set aside
    WARN = "warn"  #: it is counted


class Kind(StrEnum):
    """What a rule asks for, by the word of Table Schema."""

    REQUIRED = "required"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    ABOVE = "exclusiveMinimum"
    BELOW = "exclusiveMaximum"
    SHORTEST = "minLength"
    LONGEST = "maxLength"
    PATTERN = "pattern"
    ENUM = "enum"
    MOST_NULLS = "etl:maxNullShare"
    FEWEST_ROWS = "etl:minRows"
    MOST_ROWS = "etl:maxRows"


#: which are asked of each row; what the others come to is known once all rows are
OF_ROWS = frozenset(Kind) - {Kind.MOST_NULLS, Kind.FEWEST_ROWS, Kind.MOST_ROWS}
_SIGNS = {
    Kind.MINIMUM: "<", Kind.MAXIMUM: ">", Kind.ABOVE: "<=", Kind.BELOW: ">=",
}  # fmt: skip
_MOST_SHOWN = 60  #: characters of a pattern, or of a list of values

#: a number, a date or a moment as its column holds it: exact, so that no bound is rounded
Bound = int | Decimal | str | bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    kind: Kind
    column: str | None  #: None: it is of the table
    value: Bound | tuple[Bound, ...]
    severity: Severity = Severity.ERROR

    @property
    def text(self) -> str:
        """What it asks for: `quantity minimum 1`."""
        return " ".join(filter(None, (self.column, str(self.kind), self._shown)))

    @property
    def breach(self) -> str:
        """What is so where it is broken: `quantity < 1`."""
        sign = _SIGNS.get(self.kind)
        if sign is not None:
            return f"{self.column} {sign} {self._shown}"
        said = {
            Kind.REQUIRED: "is null",
            Kind.SHORTEST: f"is shorter than {self._shown}",
            Kind.LONGEST: f"is longer than {self._shown}",
            Kind.PATTERN: f"does not match {self._shown}",
            Kind.ENUM: f"is none of {self._shown}",
        }
        return f"{self.column} {said.get(self.kind, f'breaks {self.kind} {self._shown}')}"

    @property
    def _shown(self) -> str:
        if self.kind is Kind.REQUIRED:
            return ""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        whole = ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
        return whole if len(whole) <= _MOST_SHOWN else f"{whole[:_MOST_SHOWN]}..."


@dataclass(frozen=True, slots=True)
class ContractField:
    """One column that there must be."""

    name: str
    type: str = "any"
    #: how a CSV has it, in the words of `--types`; None: nothing is said
    read_as: str | None = None
    nulls: tuple[str, ...] = ()  #: words that stand for no value in this column of a CSV


@dataclass(frozen=True, slots=True)
class Contract:
    """All of it."""

    fields: tuple[ContractField, ...]
    rules: tuple[Rule, ...]
    nulls: tuple[str, ...] = ()  #: words that stand for no value in a CSV
    decimal: str | None = None  #: the mark of numbers in a CSV; None: nothing is said
    thousands: str | None = None
    digest: str = ""  #: of the document

    @property
    def types(self) -> str | None:
        """What it says of the types of a CSV, as `--types` has it; None: nothing."""
        said = [f"{one.name}={one.read_as}" for one in self.fields if one.read_as is not None]
        return ",".join(said) or None

    @property
    def null_words(self) -> tuple[str, ...]:
        """What it says of words for no value, as `--null` has it."""
        return (*self.nulls, *(f"{one.name}={word}" for one in self.fields for word in one.nulls))
