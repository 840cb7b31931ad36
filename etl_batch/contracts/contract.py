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
    DRIFT = "etl:maxDrift"
    UNIQUE = "unique"
    PRIMARY_KEY = "primaryKey"
    UNIQUE_KEY = "uniqueKeys"
    FOREIGN_KEY = "foreignKeys"


#: rules of keys: of which the values of one row are compared with those of others
OF_KEYS = frozenset({Kind.UNIQUE, Kind.PRIMARY_KEY, Kind.UNIQUE_KEY, Kind.FOREIGN_KEY})
#: which are asked of each row; what the others come to is known once all rows are
OF_ROWS = frozenset(Kind) - OF_KEYS - {Kind.MOST_NULLS, Kind.FEWEST_ROWS, Kind.MOST_ROWS, Kind.DRIFT}
_SIGNS = {
    Kind.MINIMUM: "<", Kind.MAXIMUM: ">", Kind.ABOVE: "<=", Kind.BELOW: ">=",
}  # fmt: skip
_MOST_SHOWN = 60  #: characters of a pattern, or of a list of values

#: a number, a date or a moment as its column holds it: exact, so that no bound is rounded
Bound = int | Decimal | str | bool


@dataclass(frozen=True, slots=True)
class Key:
    """Columns whose values together tell rows apart, or name a row of elsewhere."""

    columns: tuple[str, ...]
    #: of a foreign key, the columns it refers to, in the order of its own; (): it is none
    referred: tuple[str, ...] = ()
    resource: str | None = None  #: the file they are in, as the contract names it; None: the rows themselves


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    kind: Kind
    column: str | None  #: None: it is of the table
    value: Bound | tuple[Bound, ...]
    severity: Severity = Severity.ERROR
    key: Key | None = None  #: of a rule of keys
    limits: tuple[tuple[str, Decimal], ...] = ()  #: of a drift: what of the column, and how far it may go

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
        if self.key is not None:
            return _shown_key(self.key) if self.column is None else ""
        if self.kind is Kind.REQUIRED:
            return ""
        if self.limits:
            return ", ".join(f"{what} {limit}" for what, limit in self.limits)
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        return _cut(", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values))


def _shown_key(key: Key) -> str:
    """`(store, day)`, of a foreign key `(customer) in customers.csv (id)`."""
    own = _cut(f"({', '.join(key.columns)})")
    if not key.referred:
        return own
    where = "itself" if key.resource is None else _cut(key.resource)
    return f"{own} in {where} {_cut('(' + ', '.join(key.referred) + ')')}"


def _cut(whole: str) -> str:
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
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Columns whose values together are compared with those of other rows, each choice of columns once."""
        found: dict[tuple[str, ...], None] = {}
        for key in (rule.key for rule in self.rules if rule.key is not None):
            found[key.columns] = None
            if key.referred and key.resource is None:
                found[key.referred] = None
        return tuple(found)

    @property
    def types(self) -> str | None:
        """What it says of the types of a CSV, as `--types` has it; None: nothing."""
        said = [f"{one.name}={one.read_as}" for one in self.fields if one.read_as is not None]
        return ",".join(said) or None

    @property
    def null_words(self) -> tuple[str, ...]:
        """What it says of words for no value, as `--null` has it."""
        return (*self.nulls, *(f"{one.name}={word}" for one in self.fields for word in one.nulls))
