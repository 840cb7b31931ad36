"""How an option is given as text: it stands beside the field that it sets, and all else is made of it.

A field of a dataclass holds its flag: `workers: int = option(1, "worker processes", metavar="N")`. The command line,
the form, the table of the manual and the hints on pages ask `flags_of` for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields, replace
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from etl_batch.light_dataclass import dataclass
from etl_batch.text.numbers import is_number

_KEY = "flag"
_AMONG_LIMITS = 7
_T = TypeVar("_T")
#: the groups of the form
OUTPUTS, INPUTS, TOTALS, SPEED_AND_LIMITS = "Outputs", "Inputs", "Totals", "Speed and limits"


class Kind(StrEnum):
    """How an option is entered."""

    TEXT = "text"
    CHOICE = "choice"
    SWITCH = "switch"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """What is said of an option beside its field."""

    help: str  #: a line; `%(default)s` in it is the default as it would be typed
    name: str = ""  #: such as `--no-escape`; empty: as the field is called
    short: str = ""  #: such as `-o`
    metavar: str | None = None
    place: int = _AMONG_LIMITS  #: in the help, from 1; those of one place stand as the fields do
    group: str = SPEED_AND_LIMITS
    lies_in: str = ""  #: of a path: the folder of the home that a name without one lies in, where a form takes it
    keeps_blanks: bool = False  #: a blank is a value
    is_asked: bool = True  #: by a form; else the caller of the form sets it
    is_found: bool = False  #: where nothing is given it depends on where one is: no default is shown
    repeats: bool = False
    unit: int = 0  #: bytes in one of what is given; 0: it is given as it is kept
    number: type[float] | None = None  #: what a number is read as, where the default is of another kind
    switches_to: Any = True  #: what a switch sets
    read: Callable[[Any], Any] | None = None  #: from what was given to what is kept
    write: Callable[[Any], str] | None = None  #: and back


@dataclass(frozen=True, slots=True)
class FieldFlag:
    """A flag, and the field that it sets."""

    field: str
    default: Any  #: of the field; None: there is none
    flag: Flag

    @property
    def option(self) -> str:
        """Such as `--sample-frac`."""
        return self.flag.name or f"--{self.field.replace('_', '-')}"

    @property
    def options(self) -> tuple[str, ...]:
        """The short one, if there is one, and the long one."""
        return (self.flag.short, self.option) if self.flag.short else (self.option,)

    @property
    def opposite(self) -> str:
        """Of a switch: what says that it is not on: `--no-trim`."""
        return f"--no-{self.option.removeprefix('--')}"

    @property
    def dest(self) -> str:
        """The flag as a name: `sample_frac`."""
        return self.option.removeprefix("--").replace("-", "_")

    @property
    def kind(self) -> Kind:
        """How it is entered."""
        if self.flag.repeats:
            return Kind.LIST
        if isinstance(self.default, bool) or self.flag.switches_to is not True:
            return Kind.SWITCH
        return Kind.CHOICE if isinstance(self.default, StrEnum) else Kind.TEXT

    @property
    def choices(self) -> tuple[str, ...]:
        """All that may be given; empty: anything."""
        is_choice = self.kind is Kind.CHOICE and isinstance(self.default, StrEnum)
        return tuple(str(one) for one in type(self.default)) if is_choice else ()

    @property
    def number(self) -> type[float] | None:
        """What is given is read as this; None: a text."""
        is_typed = is_number(self.default) and self.kind is Kind.TEXT
        return self.flag.number or (type(self.default) if is_typed else None)

    @property
    def given_by_default(self) -> Any:  # noqa: ANN401 - a number, or a text
        """The default as it would be given; None: there is none to show."""
        if self.flag.is_found or self.default is None or self.kind in {Kind.SWITCH, Kind.LIST}:
            return None
        return self.default if self.number is None else self.number(self.given(self.default))

    @property
    def help(self) -> str:
        """The help with its default."""
        return self.flag.help % {"default": self.given_by_default}

    def value(self, given: Any) -> Any:  # noqa: ANN401 - any option
        """What is kept of what was given.

        Raises:
            ConfigError: it is not to be understood.
        """
        if self.flag.read is not None:
            return self.flag.read(given)
        match self.kind:
            case Kind.SWITCH:
                return self.flag.switches_to if given else self.default
            case Kind.CHOICE:
                return type(self.default)(given)
            case Kind.LIST:
                return tuple(given)
        return given * self.flag.unit if self.flag.unit else given

    def given(self, value: Any) -> Any:  # noqa: ANN401 - any option
        """What would be given for what is kept: without its unit, and as a text where only that can be typed."""
        unit = self.flag.unit
        if unit:
            return value / unit if value % unit else value // unit
        return self.flag.write(value) if self.flag.write is not None else value


def flag(help: str, **more: Any) -> Mapping[str, Flag]:  # noqa: A002, ANN401 - the words of `Flag`
    """The metadata of a field that a flag sets and that has no default."""
    return {_KEY: Flag(help=help, **more)}


def option(default: _T, help: str, **more: Any) -> _T:  # noqa: A002, ANN401 - the words of `Flag`
    """A field with a default that a flag sets."""
    return field(default=default, metadata=flag(help, **more))


def same_option(kind: type, as_field: str, /, **other: Any) -> Any:  # noqa: ANN401 - a field of any type
    """A field with the default and the flag of another class's field, but for what is said otherwise."""
    of = _field(kind, as_field)
    return field(default=of.default, metadata={_KEY: replace(of.metadata[_KEY], **({"place": _AMONG_LIMITS} | other))})


@cache
def flags_of(kind: type) -> tuple[FieldFlag, ...]:
    """The flags of a dataclass, in the order of its help."""
    found = [
        FieldFlag(one.name, None if one.default is MISSING else one.default, one.metadata[_KEY])
        for one in fields(kind)
        if _KEY in one.metadata
    ]
    return tuple(sorted(found, key=lambda one: one.flag.place))


def _field(kind: type, name: str) -> Field[Any]:
    return next(one for one in fields(kind) if one.name == name)
