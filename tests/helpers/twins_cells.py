"""What cells mean, slowly and obviously: the twins of `etl_batch.kernels.cell_reading`."""

from __future__ import annotations

import datetime as dt
import re

from etl_batch.formats.csv.cell_rules import CellRule, Notation
from etl_batch.kernels.cell_meaning import Meaning
from etl_batch.kernels.month_names import NAMES

_BLANKS = " \u00a0\u202f"


def meant(rule: CellRule, cell: str) -> str | None:  # noqa: PLR0911 - a kind, a line
    """The text that a cell stands for, by the first notation of its column; None: it does not fit."""
    if not cell:
        return None
    if rule.trim:
        cell = cell.strip(_BLANKS + "\t")
    if cell in ("", *rule.nulls):
        return ""
    if rule.meaning is Meaning.TEXT:
        return cell
    if rule.meaning is Meaning.MOMENT:
        return next((text for form in rule.formats if (text := moment(cell, form.text)) is not None), None)
    if rule.meaning is Meaning.BOOL and rule.words is not None:
        return dict(zip(rule.words, ("true", "false"), strict=True)).get(cell)
    if rule.meaning in {Meaning.PERCENT, Meaning.MONEY}:
        read = percent if rule.meaning is Meaning.PERCENT else money
        return read(cell.strip(_BLANKS + "\t"), rule.notations[0])
    if not rule.proposed and not re.search("[0-9]", cell):
        return cell
    return number(cell, rule.notations[0], strict=rule.proposed)


def number(cell: str, notation: Notation, *, strict: bool) -> str | None:
    """A number in a notation, in digits with a point."""
    mark, between = re.escape(notation.decimal), re.escape(notation.thousands)
    between = f"[{_BLANKS}]" if notation.thousands == " " else between
    plain = "(?:0|[1-9][0-9]*)" if strict else "[0-9]*"
    whole = rf"(?:[1-9][0-9]{{0,2}}(?:{between}[0-9]{{3}})+|{plain})" if notation.thousands else plain
    sign, fraction, exponent = ("-?", "[0-9]+", "") if strict else ("[-+]?", "[0-9]*", "(?:[eE][-+]?[0-9]+)?")
    found = re.fullmatch(rf"({sign})({whole})({mark}{fraction})?({exponent})", cell)
    if found is None or not re.search("[0-9]", found[2] + (found[3] or "")):
        return None
    behind = f".{found[3][1:]}" if found[3] else ""
    return f"{found[1]}{re.sub('[^0-9]', '', found[2])}{behind}{found[4]}"


def _amount(cell: str, notation: Notation) -> str | None:
    """A number without a sign and an exponent, with digits behind its mark, if it has one."""
    text = number(cell, notation, strict=False)
    if text is None or cell[:1] in "+-" or text.endswith(".") or re.search("[eE]", cell):
        return None
    return f"0{text}" if text.startswith(".") else text


def percent(cell: str, notation: Notation) -> str | None:
    """A hundredth of what stands before the sign, with its own digits and two more."""
    found = re.fullmatch(rf"([+-]?)(.*?)[{_BLANKS}\t]*%", cell, re.DOTALL)
    text = found and _amount(found[2].lstrip(_BLANKS + "\t") if not found[1] else found[2], notation)
    if found is None or text is None:
        return None
    whole, _, behind = text.partition(".")
    whole = whole.rjust(3, "0") if len(whole) < 3 else whole
    return f"{found[1].replace('+', '')}{whole[:-2]}.{whole[-2:]}{behind}"


_CURRENCY = "(?:[A-Z]{3}|[A-Z]{0,2}[$£¥\u20a0-\u20bf])"


def money(cell: str, notation: Notation) -> str | None:
    """An amount without its currency, with a minus in front where one stands anywhere, or brackets around it."""
    brackets = cell.startswith("("), cell.endswith(")")
    if brackets[0] != brackets[1]:
        return None
    around = re.escape(_BLANKS + "\t")
    parts = rf"((?:(?:{_CURRENCY}|[+-])[{around}]*)*)(.*?)((?:[{around}]*(?:{_CURRENCY}|[+-]))*)"
    inner = cell[1:-1].strip(_BLANKS + "\t") if brackets[0] else cell
    found = re.fullmatch(parts, inner, re.DOTALL)
    if found is None:
        return None
    signs = re.findall("[+-]", found[1] + found[3])
    currencies = re.findall(_CURRENCY, found[1] + " " + found[3])
    text = _amount(found[2], notation)
    if text is None or len(signs) + brackets[0] > 1 or len(currencies) > 1:
        return None
    return f"{'-' if brackets[0] or '-' in signs else ''}{text}"


_MONTHS = {name: number for number, names in enumerate(NAMES, start=1) for name in names}


def moment(cell: str, form: str, first: int = 1969) -> str | None:
    """A date, or a date and a time, in a format, as ISO 8601 has it; `first`: year of the hundred of two digits."""
    parts = {
        "d": "(?P<d>[0-9]{1,2})", "m": "(?P<m>[0-9]{1,2})", "Y": "(?P<Y>[0-9]{4})", "y": "(?P<y>[0-9]{2})",
        "b": "(?P<b>[A-Za-zäÄ]+)", "H": "(?P<H>[0-9]{1,2})", "M": "(?P<M>[0-9]{1,2})", "S": "(?P<S>[0-9]{1,2})",
        "f": "(?P<f>[0-9]{1,6})", "I": "(?P<I>[0-9]{1,2})", "p": "(?P<p>[AaPp][Mm])",
        "z": "(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})",
    }  # fmt: skip
    pattern = "".join(
        parts[one[1]] if len(one) > 1 else re.escape(one) for one in re.findall("%.|[^%]", form.replace("%B", "%b"))
    )
    found = re.fullmatch(pattern, cell)
    if found is None:
        return None
    have = {"H": None, "M": "0", "S": "0", "f": None, "z": None, **found.groupdict()}
    year = (
        int(have["Y"] or 0)
        if "Y" in have
        else next(year for year in range(first, first + 100) if year % 100 == int(have["y"] or 0))
    )
    month = _MONTHS.get((have["b"] or "").lower(), 0) if "b" in have else int(have["m"] or 0)
    hour = int(have["H"]) if have["H"] else None
    if "I" in have:
        twelfth = int(have["I"] or 0)
        if not 1 <= twelfth <= 12:
            return None
        hour = twelfth % 12 + 12 * ((have["p"] or "").lower() == "pm")
    try:
        day = dt.date(year, month, int(have["d"] or 0))
        time = None if hour is None else dt.time(hour, int(have["M"] or 0), int(have["S"] or 0))
    except ValueError:
        return None
    if time is None:
        return day.isoformat()
    zone = have["z"] or ""
    if zone not in {"", "Z"}:
        zone = f"{zone[:3]}:{zone[-2:]}"
        if int(zone[1:3]) > 23 or int(zone[-2:]) > 59:
            return None
    return f"{day.isoformat()}T{time.isoformat()}{'.' + have['f'] if have['f'] else ''}{zone}"
