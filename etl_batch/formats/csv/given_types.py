"""Types that somebody gave columns of a CSV, and how their cells are written then: `day=date(%d.%m.%Y)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from etl_batch.errors import ConfigError
from etl_batch.formats.csv.column_types import CellType, type_named
from etl_batch.kernels.cell_meaning import Meaning
from etl_batch.kernels.cell_readings import Reading
from etl_batch.light_dataclass import dataclass
from etl_batch.text.date_formats import DateFormat

ALL_COLUMNS = "*"
MOST_DIGITS = 38  #: of a decimal
_AMOUNTS = {"percent": Meaning.PERCENT, "money": Meaning.MONEY}
_BOOL_WORDS = 2
_MEND = "write --types id=u64,price=decimal(10,2),day=date(%d.%m.%Y)"
_FLAG = "--types"


@dataclass(frozen=True, slots=True)
class GivenType:
    """A type, and how it is written in the file."""

    cell: CellType  #: of the cells as our own files have them
    meaning: Meaning = Meaning.AS_IS  #: other than AS_IS: it is written in a way of its own
    date_format: DateFormat | None = None
    words: tuple[str, str] | None = None  #: for true and for false


def parse_types(given: str) -> dict[str, GivenType]:
    """Read `--types`: `NAME=TYPE,...`, where a type may hold commas and parentheses within its parentheses.

    Raises:
        ConfigError: a word that is no type, or a column named twice.
    """
    types: dict[str, GivenType] = {}
    for pair in _pairs(given):
        name, equals, word = _divided(pair)
        if not equals:
            raise ConfigError(f"--types: {pair!r} is not COLUMN=TYPE", mend=_MEND)
        name = name.strip()
        if name in types:
            raise ConfigError(f"--types names column {name!r} twice")
        types[name] = _type_of(word.strip())
    return types


def types_of_columns(given: str | None, names: Sequence[str]) -> tuple[GivenType | None, ...]:
    """What `--types` says of columns; None: nothing.

    Raises:
        ConfigError: it names a column that is not there, or a type that does not exist.
    """
    types: Mapping[str, GivenType] = parse_types(given) if given else {}
    unknown = [name for name in types if name not in names and name != ALL_COLUMNS]
    if unknown:
        raise ConfigError(
            f"--types names column {unknown[0]!r}, which is not there", mend=f"the columns are {', '.join(names)}"
        )
    others = types.get(ALL_COLUMNS)
    return tuple(types.get(name, others) for name in names)


def _pairs(given: str) -> Iterator[str]:
    """What stands between the commas outside of parentheses."""
    depth, start = 0, 0
    for place, sign in enumerate(given):
        if sign == "," and depth == 0:
            yield given[start:place]
            start = place + 1
        depth = max(depth + (sign == "(") - (sign == ")"), 0)
    yield given[start:]


def _divided(pair: str) -> tuple[str, str, str]:
    """Name and type; a name may hold `=`, and so may what stands within the parentheses of a type."""
    front, opened, rest = pair.partition("(")
    if opened and "=" in front:
        name, equals, word = front.rpartition("=")
        return name, equals, f"{word}({rest}"
    return pair.rpartition("=")


def _type_of(word: str) -> GivenType:
    name, opened, rest = word.partition("(")
    name = name.strip()
    within = rest[:-1] if opened and rest.endswith(")") else None
    if name in _AMOUNTS and not opened:
        return GivenType(CellType(name, Reading.DECIMAL, MOST_DIGITS, 0), _AMOUNTS[name])
    if within is None:
        return GivenType(type_named(word))
    kind, *_ = name.split("[")
    if kind == "bool":
        return GivenType(CellType(word, Reading.BOOL, 1), Meaning.BOOL, words=_bool_words(within, word))
    if kind not in {"date", "timestamp", "local_timestamp"}:
        return GivenType(type_named(word))
    form = DateFormat.parse(within, _FLAG)
    return GivenType(dated(type_named(name), form, word), Meaning.MOMENT, form)


def dated(kind: CellType, form: DateFormat, word: str = "") -> CellType:
    """A type of dates or times that are written in a format: without a zone, where cells have none.

    Raises:
        ConfigError: a date would lose its time.
    """
    if kind.reading is Reading.DATE and form.has_time:
        raise ConfigError(
            f"{_FLAG}: {word or kind.word!r} has a time, which a date has not", mend="write timestamp(...)"
        )
    reading = kind.reading
    if reading is Reading.TIMESTAMP and not form.has_zone:
        reading = Reading.LOCAL_TIMESTAMP
    if reading is Reading.LOCAL_TIMESTAMP and form.has_zone:
        reading = Reading.TIMESTAMP
    return CellType(word or f"{kind.word} as {form.text}", reading, kind.width, kind.extra)


def _bool_words(within: str, word: str) -> tuple[str, str]:
    words = [one.strip() for one in within.split(",")]
    if len(words) != _BOOL_WORDS or "" in words or words[0] == words[1]:
        raise ConfigError(f"--types: {word!r} names no two words", mend="write bool(yes,no): that for true comes first")
    return words[0], words[1]
