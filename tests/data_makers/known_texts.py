"""Text files of which everything is known: every property that sniffing tells, in combination.

What is truly ambiguous stands with the file: numbers above numbers, texts of 8 bits, titles that the delimiter divides.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

MANY = 250
DELIMITERS = (",", ";", "\t", "|", ",", ";", "~", "^", "\x1f", "||", "::", "|~|", ",", ";", "\t", " ")
ENCODINGS = (
    "utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-8", "utf-16", "utf-8", "utf-16-le", "utf-8", "cp037", "utf-8",
    "utf-16-be", "utf-8", "utf-32", "utf-8",
)  # fmt: skip
OF_8_BITS = ("cp1252", "latin-1", "cp1250", "cp1251", "shift_jis", "koi8_r")
DATES = (
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%Y/%m/%d", "%d-%m-%Y", "%d-%b-%Y", "%m/%d/%y",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%d/%m/%y",
)  # fmt: skip
_LETTERS = {"cp1251": "Жанна Иванова", "koi8_r": "Жанна Иванова", "shift_jis": "山田太郎", "cp1250": "Łukasz Ždář"}
_FIRST = ("Anna", "Bert", "Käthe", "Émile", "Søren", "Ines", "José", "Maja", "Olaf", "Ute")
_LAST = ("Meyer", "O'Neil", "García", "Müller", "Dupont", "Ångström", "Smith", "Rossi", "Novak", "Lang")
_CITIES = ("Berlin", "Lyon", "Graz", "Porto", "Oslo")
_REMARK = "# the rest was entered later"
_TITLES = ("Umsatzbericht", "Erstellt von Abteilung 7", "Stand: gestern")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of a file."""

    encoding: str = "utf-8"
    line_end: str = "lf"
    delimiter: str | None = ","
    quote: str | None = None  #: None: nobody can tell, for no cell has any
    escape: str | None = None
    skip_lines: int = 0
    comment: str | None = None
    header: bool = True
    decimal: str = "."
    thousands: str | None = None
    types: tuple[str, ...] = ()  #: of the columns; `decimal` for any of that kind
    date_formats: tuple[str | None, ...] = ()
    #: what is truly ambiguous, and why; of a column's values by its property
    asks: dict[str, str] = field(default_factory=dict)
    refused: str | None = (
        None  #: by a job that is told nothing, with this code: a row or the header is not as others are
    )


@dataclass(frozen=True, slots=True)
class Known:
    """A file, and what is true of it."""

    name: str
    content: bytes
    truth: Truth
    names: tuple[str, ...]  #: of its columns, as a job writes them that reads it right
    rows: tuple[tuple[str, ...], ...]  #: its sound rows, in the same way
    broken: int | None = None  #: the row, from 1, that has too few cells


Table = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]


@dataclass(slots=True, kw_only=True)
class _Plan:
    """How one file is written."""

    number: int
    delimiter: str
    encoding: str
    line_end: str
    quoting: str  #: minimal, all
    quote: str
    escape: str
    titles: int
    comments: str  #: none, above, among
    header: bool
    decimal: str
    thousands: str
    date: str
    rows: int
    trailing: bool
    bad_row: bool


def known_texts() -> Iterator[Known]:
    """All of them; the same each time."""
    special = [*_headers_of_numbers(), *_one_column(), *_titles_divided(), *_ambiguous_values(), *_of_8_bits(), *_odd()]
    yield from special
    for number in range(MANY - len(special)):
        yield _combined(number)


def _combined(number: int) -> Known:
    """A file whose properties go round in circles of different lengths."""
    decimal = ".,"[number % 2]
    delimiter = DELIMITERS[number % len(DELIMITERS)]
    plan = _Plan(
        number=number,
        delimiter=delimiter,
        encoding=ENCODINGS[number % len(ENCODINGS)],
        line_end=("lf", "crlf", "lf", "crlf", "cr")[number // 3 % 5],
        quoting=("minimal", "minimal", "all")[number // 2 % 3],
        quote='"' if number % 11 else "'",
        escape="\\" if number % 13 == 5 else "",
        titles=0 if delimiter == " " else (0, 0, 1, 0, 3, 0, 0)[number % 7],
        comments=("none", "none", "none", "above", "among")[number // 5 % 5] if delimiter != " " else "none",
        header=number % 4 != 1,
        decimal=decimal,
        thousands={".": ("", "", ",", " ", "'"), ",": ("", "", ".", " ", "'")}[decimal][number // 2 % 5],
        date=DATES[number % len(DATES)],
        rows=(12, 40, 150, 700, 3000)[number // 7 % 5],
        trailing=number % 17 == 3,
        bad_row=number % 9 == 4,
    )
    if plan.encoding == "cp037":
        plan.line_end = ("lf", "nel")[number % 2]
        plan.delimiter = {"^": ";", "\x1f": ";", "|~|": "|"}.get(delimiter, delimiter)
    if plan.delimiter == " " and (plan.bad_row or plan.trailing):
        plan.bad_row = plan.trailing = False
    if plan.delimiter == " ":
        plan.thousands = plan.thousands.strip()
        plan.date = plan.date.replace(" ", "T")
    return _written(plan)


def _written(plan: _Plan) -> Known:
    chance = random.Random(plan.number)
    names = ("id", "name", "city", "born", "amount", "count")
    body = [_row(plan, place, chance) for place in range(plan.rows)]
    lines = [_line(plan, names)] if plan.header else []
    lines += [_line(plan, row) for row in body]
    if plan.comments == "among":
        lines.insert(min(len(lines) // 2, 100), _REMARK)
    broken = None
    if plan.bad_row:
        lines.insert(len(lines) // 3 + 1, stray := plan.delimiter.join(["77", "stray"]))
        broken = [line for line in lines if line != _REMARK].index(stray) + (not plan.header)
    above = ["# made by hand"] if plan.comments == "above" else []
    above += list(_TITLES[: plan.titles])
    end = {"lf": "\n", "crlf": "\r\n", "cr": "\r", "nel": "\x85"}[plan.line_end]
    text = "".join(line + end for line in [*above, *lines])
    is_quoted = any(plan.quote in line for line in lines)
    number_types: tuple[str, ...] = ("i64", "str", "str", _date_type(plan.date), "decimal", "i64")
    if plan.trailing:
        number_types = (*number_types, "str")
    return Known(
        f"combined-{plan.number:03}",
        text.encode(plan.encoding),
        Truth(
            encoding=plan.encoding,
            line_end=plan.line_end,
            delimiter=plan.delimiter,
            quote=plan.quote if is_quoted and _is_around(plan, lines) else None,
            escape=plan.escape if plan.escape and any("\\" in line for line in lines) else None,
            skip_lines=plan.titles + (1 if plan.titles and plan.comments == "above" else 0),
            comment=None if plan.comments == "none" else "#",
            header=plan.header,
            decimal=plan.decimal,
            thousands=plan.thousands or None,
            types=number_types,
            date_formats=(None, None, None, plan.date, None, None),
        ),
        (*names, "") if plan.header and plan.trailing else names if plan.header else _numbered(len(number_types)),
        tuple((*_meant(row, plan), *([""] if plan.trailing else [])) for row in body),
        broken,
    )


def _numbered(columns: int) -> tuple[str, ...]:
    return tuple(f"column_{number}" for number in range(1, columns + 1))


def _meant(cells: list[str], plan: _Plan) -> tuple[str, ...]:
    """The cells as our dialect has them: dates as ISO 8601, decimals behind a point, all else as it stands."""
    number, name, city, day, amount, count = cells
    return number, name, city, _iso(day, plan.date), _pointed(amount, plan.decimal, plan.thousands), count


def _iso(text: str, form: str) -> str:
    """A date in ISO 8601; one that is so already, as it stands."""
    if form.startswith("%Y-%m-%d"):
        return text
    return datetime.strptime(text, form).strftime("%Y-%m-%dT%H:%M:%S" if "%H" in form else "%Y-%m-%d")  # noqa: DTZ007


def _pointed(text: str, decimal: str = ",", thousands: str = "") -> str:
    return (text.replace(thousands, "") if thousands else text).replace(decimal, ".")


def _is_around(plan: _Plan, lines: list[str]) -> bool:
    return any(line.startswith(plan.quote) or f"{plan.delimiter}{plan.quote}" in line for line in lines)


def _date_type(form: str) -> str:
    return "timestamp" if "%H" in form else "date"


def _row(plan: _Plan, place: int, chance: random.Random) -> list[str]:
    blank = "_" if plan.delimiter == " " and plan.quoting == "minimal" else " "
    name = f"{chance.choice(_FIRST)}{blank}{chance.choice(_LAST)}"
    if place % 5 == 2 and plan.delimiter != " ":
        name = f"{name}{plan.delimiter} {place}" if plan.quoting == "minimal" else f"{name} {plan.quote}Z{plan.quote}"
    if plan.encoding == "cp037":
        name = name.encode("ascii", "replace").decode().replace("?", "e")
    day = date(1950, 1, 1) + timedelta(days=chance.randrange(20000))
    if place < 3:
        day = day.replace(day=13 + place)
    amount = round(chance.uniform(-5000, 90000), 2)
    if place == 0:  # what shows how numbers are written
        amount = 4321.5
    city = _CITIES[place % len(_CITIES)]
    return [str(place + 1), name, city, _day(day, plan, place), _amount(amount, plan), str(chance.randrange(1000))]


def _day(day: date, plan: _Plan, place: int) -> str:
    time = plan.date.replace("%H", f"{place % 24:02}").replace("%M", f"{place % 60:02}").replace("%S", "07")
    return day.strftime(time)


def _amount(amount: float, plan: _Plan) -> str:
    return f"{amount:,.2f}".replace(",", "@").replace(".", plan.decimal).replace("@", plan.thousands)


def _line(plan: _Plan, cells: Sequence[str]) -> str:
    quote = plan.quote
    line = plan.delimiter.join(_cell(plan, cell, quote) for cell in cells)
    return line + plan.delimiter if plan.trailing else line


def _cell(plan: _Plan, cell: str, quote: str) -> str:
    if plan.quoting == "minimal" and plan.delimiter not in cell and quote not in cell:
        return cell
    inner = cell.replace(quote, plan.escape + quote if plan.escape else quote * 2)
    return f"{quote}{inner}{quote}"


def _table(text: str, mark: str | None = None, changed: Mapping[int, Callable[[str], str]] | None = None) -> Table:
    """The table of lines that a sign divides, and nothing quotes: names, and rows with some of their cells changed."""
    names, *rows = (tuple(line.split(mark)) if mark else (line,) for line in text.splitlines())
    change = changed or {}
    return names, tuple(tuple(change.get(at, str)(cell) for at, cell in enumerate(row)) for row in rows)


def _without_header(text: str, mark: str) -> Table:
    first, rows = _table(text, mark)
    return _numbered(len(first)), (first, *rows)


def _of_german_day(text: str) -> str:
    return _iso(text, "%d.%m.%Y")


def _headers_of_numbers() -> Iterator[Known]:
    why = {"header": "whole numbers above numbers may be names"}
    rows = "".join(f"{n},{n * 3},{n * 7}\n" for n in range(5, 40))
    whole = ("i64",) * 3
    yield _simple("years", f"2019,2020,2021\n{rows}", Truth(types=whole, asks=why))
    land = "".join(f"Land {n},{n * 3},{n * 7}\n" for n in range(5, 40))
    mixed = ("str", "i64", "i64")
    yield _simple("land-and-years", f"Land,2019,2020\n{land}", Truth(types=mixed, asks=why))
    yield Known("numbers", rows.encode(), Truth(header=False, types=whole, asks=why), *_without_header(rows, ","))
    floats = "".join(f"{n}.5,{n * 3}.25,{n * 7}.125\n" for n in range(5, 40))
    yield Known("floats", floats.encode(), Truth(header=False, types=("f64",) * 3), *_without_header(floats, ","))
    yield _simple("years-and-sum", f"2019,2020,Summe\n{rows}", Truth(types=whole, asks=why))
    yield _simple("named-land", f"Land,Menge,Summe\n{land}", Truth(types=mixed))


def _simple(name: str, text: str, truth: Truth, above: str = "") -> Known:
    """A file whose cells stand as a job writes them."""
    return Known(name, f"{above}{text}".encode(truth.encoding), truth, *_table(text, truth.delimiter))


def _one_column() -> Iterator[Known]:
    words = ["Smith, John", "Miller, Ann", "García, José", "O'Neil, Pat", "Lang, Ute", "Weiß, Jo"] * 4
    texts = {
        "names-with-commas": ["name", *words],
        "words": ["word", *("alpha", "beta", "gamma", "delta") * 5],
        "prose": [
            "text",
            *("It rained; we stayed.", "Then, at last, the sun | and wind.", "No more to say", "So.") * 6,
        ],
        "times": ["time", *(f"{n:02}:30" for n in range(24))],
        "addresses": ["email", *(f"someone{n}@example.org" for n in range(24))],
        "dates": ["day", *(f"{n:02}.01.2024" for n in range(1, 25))],
        "paths": ["path", *(f"C:\\data\\{n}\\x" for n in range(24))],
        "decimal-commas": ["betrag", *(f"{n},5" for n in range(10, 40))],
        "quoted": ['"remark"', *(f'"first {n}, then {n + 1}"' for n in range(24))],
    }
    types = {"dates": "date", "decimal-commas": "f64"}
    changes = {"dates": _of_german_day, "decimal-commas": _pointed}
    for name, lines in texts.items():
        text = "".join(f"{line}\n" for line in lines)
        yield Known(
            f"one-column-{name}",
            text.encode(),
            Truth(
                delimiter=None,
                types=(types.get(name, "str"),),
                date_formats=("%d.%m.%Y" if name == "dates" else None,),
                decimal="," if name == "decimal-commas" else ".",
            ),
            *_table(text.replace('"', ""), None, {0: changes.get(name, str)}),
        )


def _titles_divided() -> Iterator[Known]:
    why = {"skip_lines": "titles that the delimiter divides may be rows"}
    rows = "".join(f"{n:02}.03.2024;Miete {n};{n},50\n" for n in range(1, 29))
    bank, names = "Konto;DE12 3456\nVon;01.03.2024\nBis;28.03.2024\n\n", "Buchung;Text;Betrag\n"
    types, formats = ("date", "str", "decimal"), ("%d.%m.%Y", None, None)
    yield Known(
        "bank", (bank + names + rows).encode(),
        Truth(delimiter=";", skip_lines=4, decimal=",", types=types, date_formats=formats, asks=why),
        *_table(names + rows, ";", {0: _of_german_day, 2: _pointed}),
    )  # fmt: skip
    types, formats = ("date", "str", "f64"), ("%Y-%m-%d", None, None)
    sales = "day,text,amount\n" + "".join(f"2024-03-{n:02},x{n},{n}.25\n" for n in range(1, 29))
    yield _simple(
        "comma-in-title", sales, Truth(skip_lines=1, types=types, date_formats=formats, asks=why),
        "Sales, all regions\n",
    )  # fmt: skip
    pipe = "day;text;amount\n" + "".join(f"2024-03-{n:02};x|{n};{n}.25\n" for n in range(1, 29))
    yield _simple(
        "pipe-in-title", pipe, Truth(delimiter=";", skip_lines=1, types=types, date_formats=formats),
        "Sales | all regions\n",
    )  # fmt: skip


def _ambiguous_values() -> Iterator[Known]:
    lines = "".join(f"{n};0{n % 9 + 1}/0{n % 7 + 1}/2024;x\n" for n in range(1, 30))
    types = ("i64", "str", "str")
    yield _simple(
        "order-of-day", f"id;day;x\n{lines}",
        Truth(delimiter=";", types=types, asks={"date_format": "no day is above 12"}),
    )  # fmt: skip
    lines = "".join(f"{n};{n},{n + 100};x\n" for n in range(1, 30))
    yield _simple(
        "thousands-or-decimals", f"id;sum;x\n{lines}",
        Truth(delimiter=";", types=types, asks={"decimal": "each has three digits behind a comma"}),
    )  # fmt: skip
    text = "id;sum;x\n" + "".join(f"{n};0,{n};x\n" for n in range(101, 130))
    yield Known(
        "leading-zero",
        text.encode(),
        Truth(delimiter=";", decimal=",", types=("i64", "decimal", "str")),
        *_table(text, ";", {1: _pointed}),
    )


def _of_8_bits() -> Iterator[Known]:
    for encoding in OF_8_BITS:
        name = _LETTERS.get(encoding, "Käthe Größe")
        lines = "".join(
            f"{n};{name};Köln\n" if encoding in {"cp1252", "latin-1"} else f"{n};{name};x\n" for n in range(30)
        )
        yield _simple(
            f"8-bits-{encoding}",
            f"id;name;city\n{lines}",
            Truth(
                encoding=encoding,
                delimiter=";",
                types=("i64", "str", "str"),
                asks={"encoding": "a text of 8 bits, in no way marked"},
            ),
        )


def _odd() -> Iterator[Known]:
    rows = "".join(f"{n};x{n};{n}.5\n" for n in range(1, 30))
    types = ("i64", "str", "f64")
    yield _simple("sep", f"a;b;c\n{rows}", Truth(delimiter=";", skip_lines=1, types=types), "sep=;\n")
    yield _simple("blank-first", f"a;b;c\n{rows}", Truth(delimiter=";", skip_lines=1, types=types), "\n")
    yield _simple("hash-names", f"#a;b;c\n{rows}", Truth(delimiter=";", types=types))
    trailing = "".join(f"{line};\n" for line in rows.splitlines())
    yield Known(
        "trailing-below-header", f"a;b;c\n{trailing}".encode(),
        Truth(delimiter=";", types=(*types, "str"), refused="E_CSV_HEADER_WIDTH"), *_table(f"a;b;c;d\n{trailing}", ";"),
    )  # fmt: skip
    blanks = "".join(f"{n} word other\n" for n in range(1, 30))
    yield _simple("blanks", f"id a b\n{blanks}", Truth(delimiter=" ", types=("i64", "str", "str")))
    inches = "".join(f'{n},{n}" pipe,{n}.5\n' for n in range(1, 30))
    yield _simple(
        "inches", f"id,what,price\n{inches}", Truth(types=("i64", "str", "f64"), quote="none", refused="E_ROW")
    )
    nulls = "".join(f"{n},{'NA' if n % 5 == 0 else n},x\n" for n in range(1, 30))
    yield _simple("na", f"id,value,x\n{nulls}", Truth(types=("i64", "str", "str")))
    lines = "".join(f'{n},"two\nlines {n}",x\n' for n in range(1, 30))
    yield Known(
        "line-ends-within", f"id,text,x\n{lines}".encode(), Truth(quote='"', types=("i64", "str", "str")),
        ("id", "text", "x"), tuple((str(n), f"two\nlines {n}", "x") for n in range(1, 30)),
    )  # fmt: skip
