"""Which delimiter a text has: the one by which most lines, the header among them, have as many cells. Pure.

A rival remains only where as many lines agree by it, and its cells look no worse; what remains is asked. A blank
divides only where every line splits alike. Where nothing divides, the text is one column.
"""

from __future__ import annotations

from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.candidate import Candidate, judged, quoted_in_vain
from etl_batch.sniffing.column_kind import kind_of
from etl_batch.sniffing.splitting import NONE, ONE_COLUMN, Way
from etl_batch.sniffing.ways import (
    BLANK,
    COLON,
    KNOWN,
    SIGNS,
    WITHIN_TEXT,
    delimiters_in,
    needs_escape,
    quotes_in,
    ways_with,
)

_TRIED_LINES = 150  #: of the head, that decide
_AGREED = 0.9  #: of all lines, that have to agree with the first of them
_WORTH_MORE = 0.4  #: of the lines
_ENOUGH = 0.65  #: of the lines behind the titles
_DOUBTED = 0.5  #: as many, and it is asked
_LIKE_BEST = 0.8  #: of the best one's rows; below, no rival
_NEARLY = 1.1
_OR_EMPTY = "one sign twice is in each line, which may be the delimiter, or have an empty cell between"
_LESS_SOUND = 0.2  #: of the cells, that look worse than those of another


@dataclass(frozen=True, slots=True)
class Divided:
    """How the lines are divided."""

    chosen: Candidate
    rivals: tuple[Candidate, ...] = ()  #: that are as likely, so that it is asked
    why: str = ""  #: it is asked
    note: str = ""  #: what a person should know, where it is not


def divide(lines: list[str], *, whole: bool) -> Divided:
    """Find the delimiter, quote and escape of some lines, of which the last may be cut.

    The first lines decide; all of them do where most of the others do not agree.
    """
    if len(lines) > _TRIED_LINES:
        found = _divided(lines[:_TRIED_LINES], whole=True)
        chosen, *rivals = [judged(lines, one.way, whole=whole) for one in (found.chosen, *found.rivals)]
        others = tuple(one for one in rivals if one is not None)
        if chosen is not None and chosen.body_share >= _AGREED and len(others) == len(rivals):
            return Divided(chosen, others, found.why, found.note)
    return _divided(lines, whole=whole)


def divide_by(mark: str, lines: list[str], *, whole: bool) -> Divided:
    """Find quote and escape of lines whose delimiter is known."""
    text = "\n".join(lines)
    found = [one for way in ways_with(text, mark) if (one := judged(lines, way, whole=whole)) is not None]
    found = [one for one in found if one.good > 1 or not one.first]
    return Divided(max(found, key=lambda one: _rank(one, lines), default=None) or _one_column(lines, text, whole=whole))


def _divided(lines: list[str], *, whole: bool) -> Divided:
    text = "\n".join(lines)
    one_column = _one_column(lines, text, whole=whole)
    found = _best_of_each(lines, text, whole=whole)
    whole_signs = [one for one in found if len(one.way.delimiter) > 1 and _replaces_its_signs(one, text)]
    several = {one.way.delimiter for one in whole_signs if not _may_be_empty_cells(one)}
    doubled = {one.way.delimiter[0]: one for one in whole_signs if _may_be_empty_cells(one)}
    apart = [one for one in found if len(set(one.way.delimiter)) == 1 and one.way.delimiter not in several]
    found = [one for one in found if len(one.way.delimiter) == 1 or one.way.delimiter in several]
    found = [one for one in found if not any(one.way.delimiter in mark for mark in several - {one.way.delimiter})]
    others = [one for one in found if one.way.delimiter not in WITHIN_TEXT and one.body_share >= _DOUBTED]
    within = [one for mark in WITHIN_TEXT if (one := _divides_all(mark, found)) is not None]
    if others and any(_typed_columns(one) > max(map(_typed_columns, others)) for one in within):
        others = []
    if others:
        chosen = _among(others, one_column)
        mark = chosen.chosen.way.delimiter
        twice = doubled.get(mark) or next((one for one in apart if _leaves_empty_columns(one, chosen.chosen)), None)
        return chosen if twice is None or chosen.why else Divided(twice, (chosen.chosen,), _OR_EMPTY)
    if within:
        return _within_text(within[0], one_column)
    return _ragged(lines, text, one_column, whole=whole)


def _one_column(lines: list[str], text: str, *, whole: bool) -> Candidate:
    way = Way(ONE_COLUMN, quotes_in(text, ONE_COLUMN)[0])
    found = judged(lines, way, whole=whole)
    if found is None or quoted_in_vain(found):
        found = judged(lines, Way(), whole=whole)
    if found is None:
        raise ValueError("lines as they are make one column")  # never: nothing is split
    return found


def _best_of_each(lines: list[str], text: str, *, whole: bool) -> list[Candidate]:
    """Of each delimiter the way that most lines agree by, if it is worth anything."""
    found = []
    for mark in delimiters_in(lines, text):
        candidates = [one for way in ways_with(text, mark) if (one := judged(lines, way, whole=whole)) is not None]
        best = max(candidates, key=lambda one: _rank(one, lines), default=None)
        if best is not None and best.share >= _WORTH_MORE and (best.good > 1 or not best.first):
            found.append(best)
    return found


def _rank(one: Candidate, lines: list[str]) -> tuple[float, ...]:
    escapes = bool(one.way.escape)
    return not quoted_in_vain(one), needs_escape(lines[:_TRIED_LINES], one.way) == escapes, one.good, not escapes


def _replaces_its_signs(one: Candidate, text: str) -> bool:
    """Whether a delimiter of several letters has all of the signs that it is made of, in rows that agree by it."""
    mark = one.way.delimiter
    if one.body_share < _ENOUGH:
        return False
    signs = set(SIGNS) - {COLON} if mark in KNOWN else mark
    return not any(text.count(sign) > _NEARLY * text.count(mark) * mark.count(sign) for sign in set(mark) & {*signs})


def _may_be_empty_cells(one: Candidate) -> bool:
    """Whether it is a sign twice, once in each line: between the two a cell may be, empty in every row."""
    mark = one.way.delimiter
    return len(set(mark)) == 1 and one.width == 2 and mark[0] in SIGNS and mark[0] != COLON


def _leaves_empty_columns(twice: Candidate, once: Candidate) -> bool:
    """Whether a sign, that divides as many lines once as twice, leaves a column empty wherever it stands twice."""
    mark = once.way.delimiter
    if twice.way.delimiter != mark + mark or twice.good < once.good or twice.first != once.first:
        return False
    return sum(not any(cells) for cells in zip(*once.good_rows(), strict=True)) == twice.width - 1


def _divides_all(mark: str, found: list[Candidate]) -> Candidate | None:
    """A sign that text holds, too, where every line has as many, and never two in a row."""
    one = next((one for one in found if one.way.delimiter == mark), None)
    if one is None or one.share < 1 or one.good < 2:
        return None
    return one if mark != BLANK or all(map(all, one.good_rows())) else None


def _within_text(one: Candidate, one_column: Candidate) -> Divided:
    if one.way.delimiter == BLANK and _typed_columns(one):
        return Divided(one)
    what = "a blank" if one.way.delimiter == BLANK else "a colon"
    why = f"each line is divided alike by {what}, which may stand between cells, or within one"
    return Divided(one_column, (one,), why)


def _ragged(lines: list[str], text: str, one_column: Candidate, *, whole: bool) -> Divided:
    """One column; but a sign that nearly every line holds, the first too, if not as often, is asked about."""
    for mark in (mark for mark in delimiters_in(lines, text) if mark not in WITHIN_TEXT and len(mark) == 1):
        one = judged(lines, ways_with(text, mark)[0], whole=whole)
        if one is None:
            continue
        widths = [len(one.rows.cells[place]) for place in one.kept]
        if widths[0] > 1 and sum(width > 1 for width in widths) >= _AGREED * len(widths):
            why = f"nearly every line holds {mark!r}, but no number of cells is that of most lines"
            return Divided(one, (one_column,), why)
    return Divided(one_column)


def _typed_columns(one: Candidate) -> int:
    """How many columns hold numbers or dates alone, the first row apart."""
    rows = one.good_rows(_TRIED_LINES)
    return sum(kind_of(column).is_typed for column in zip(*(rows[1:] or rows), strict=True))


def _among(found: list[Candidate], one_column: Candidate) -> Divided:
    best = max(found, key=lambda one: (one.good, one.plausibility))
    near = [one for one in found if one.good >= _LIKE_BEST * best.good]
    looks = {id(one): one.plausibility for one in near}
    # One whose cells hold the marks of a sounder one is no rival: `1,5;2,5` is two numbers, not three cells.
    soundest = max(looks.values())
    near = [one for one in near if looks[id(one)] > soundest - _LESS_SOUND]
    near = [one for one in near if one.first == 0] or near
    best = max(near, key=lambda one: (one.good, looks[id(one)]))
    rivals = [one for one in near if one is not best and one.good == best.good]
    if rivals:
        words = " as by ".join(repr(one.way.delimiter) for one in (best, *rivals))
        return Divided(best, tuple(rivals), f"as many lines agree by {words}")
    if best.body_share < _ENOUGH:
        return Divided(best, (one_column,), f"only {best.good:,} of {len(best.kept):,} lines agree")
    return _beside_one_column(best, one_column)


def _beside_one_column(best: Candidate, one_column: Candidate) -> Divided:
    """Two cells in every line but the first may be one cell that holds a comma, beneath its name."""
    if best.width > 2 or best.way.quote != NONE:
        return Divided(best)
    mark = best.way.delimiter
    rows = best.good_rows()
    has_name = best.first == 1 and len(best.rows.cells[best.kept[0]]) == 1
    if best.first > 1 or (best.first == 1 and not has_name):
        return Divided(best)
    if mark not in ",;" and not has_name:
        return Divided(best)
    as_number = mark == "," and all(map(_is_whole, rows[not has_name :]))
    is_prose = mark == "," and all(right.startswith(" ") for _, right in rows)
    if has_name and (as_number or is_prose):
        return Divided(one_column)
    if not has_name and as_number and _is_whole(rows[0]):
        return Divided(best, note="each line may also be one number with a decimal comma: --delimiter none says so")
    return Divided(best)


def _is_whole(row: list[str]) -> bool:
    left, right = row
    return left.lstrip("-").isdecimal() and right.isdecimal()
