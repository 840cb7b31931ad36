"""Which rows of an output are looked at: conditions, an order, a page, a column that is counted. Pure.

A look is a value, and its link says all of it: the address of a page, and what the process that reads is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from urllib.parse import quote, unquote

from etl_batch.light_dataclass import dataclass

PAGE_ROWS = 50
MOST_SORTED_PAGES = 200  #: of rows in an order; whoever wants more filters
MOST_CONDITIONS = 20
_MOST_VALUE = 500  #: characters
_MOST_PAGE = 10**9


class Kind(StrEnum):
    """What can be said of a column's values."""

    WHOLE = "whole"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    BOOL = "bool"
    DATE = "date"
    TIME = "time"
    OTHER = "other"  #: lists, bytes and the like: there or not


class Operator(StrEnum):
    """How a value is compared."""

    EQUAL = "eq"
    UNEQUAL = "ne"
    LESS = "lt"
    AT_MOST = "le"
    MORE = "gt"
    AT_LEAST = "ge"
    CONTAINS = "has"
    BEGINS = "begins"
    EMPTY = "empty"
    THERE = "there"

    @property
    def takes_value(self) -> bool:
        """Whether it compares with something."""
        return self not in {Operator.EMPTY, Operator.THERE}


_OF_ALL = (Operator.EMPTY, Operator.THERE)
_OF_NUMBERS = (
    Operator.EQUAL, Operator.UNEQUAL, Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST, *_OF_ALL
)  # fmt: skip
_OF_TEXT = (Operator.EQUAL, Operator.UNEQUAL, Operator.CONTAINS, Operator.BEGINS, *_OF_ALL)
_OF_KIND = {
    Kind.TEXT: _OF_TEXT,
    Kind.BOOL: (Operator.EQUAL, Operator.UNEQUAL, *_OF_ALL),
    Kind.OTHER: _OF_ALL,
}


def operators_of(kind: Kind) -> tuple[Operator, ...]:
    """Those that a column of this kind is compared by."""
    return _OF_KIND.get(kind, _OF_NUMBERS)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a value must be; an empty cell fulfils none but `EMPTY`."""

    column: str
    operator: Operator
    value: str = ""  #: as somebody typed it


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLook:
    """One look at rows."""

    conditions: tuple[Condition, ...] = ()  #: all of them hold
    sort: str = ""  #: a column; none: rows as they lie in the file
    descending: bool = False
    page: int = 1
    counted: str = ""  #: the column whose values are counted

    @property
    def is_plain(self) -> bool:
        """Whether rows are taken as they lie, so that none but those shown need be read."""
        return not (self.conditions or self.sort or self.counted)

    @property
    def first_row(self) -> int:
        """Of the page, from 0."""
        return (self.page - 1) * PAGE_ROWS


def as_link(look: RowLook) -> dict[str, list[str]]:
    """The look as parameters of an address; what is the default is left out."""
    found = {
        "where": [f"{one.operator}:{quote(one.column, safe='')}:{one.value}" for one in look.conditions],
        "sort": [f"{'desc' if look.descending else 'asc'}:{look.sort}"] if look.sort else [],
        "count": [look.counted] if look.counted else [],
        "page": [str(look.page)] if look.page > 1 else [],
    }
    return {name: values for name, values in found.items() if values}


def look_of(link: Mapping[str, Sequence[str]]) -> RowLook:
    """What an address asks for; what makes no sense in it is left out."""
    conditions = [found for text in link.get("where", ()) if (found := _condition(text)) is not None]
    order, _, sort = (link.get("sort") or [""])[0].partition(":")
    page = (link.get("page") or ["1"])[0]
    is_page = page.isascii() and page.isdigit() and 0 < int(page[:12]) < _MOST_PAGE
    return RowLook(
        conditions=tuple(conditions[:MOST_CONDITIONS]),
        sort=sort if order in {"asc", "desc"} else "",
        descending=order == "desc" and bool(sort),
        page=int(page[:12]) if is_page else 1,
        counted=(link.get("count") or [""])[0],
    )


def _condition(text: str) -> Condition | None:
    operator, _, rest = text.partition(":")
    column, _, value = rest.partition(":")
    if operator not in set(Operator) or not column:
        return None
    name = unquote(column)
    is_compared = Operator(operator).takes_value
    return Condition(name, Operator(operator), value[:_MOST_VALUE] if is_compared else "")
