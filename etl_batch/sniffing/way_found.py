"""What is said of delimiter, quote and escape, and asked of the delimiter. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.sniffing.delimiter import Divided
from etl_batch.sniffing.finding import Choice, Finding, Question, as_shown
from etl_batch.sniffing.splitting import NONE, ONE_COLUMN, Way
from etl_batch.sniffing.table_start import SHOWN_ROWS
from etl_batch.sniffing.typed_value import flag_of

ABOUT, FLAG = "delimiter", "--delimiter"


def findings_of(divided: Divided, lines: Sequence[str]) -> dict[str, Finding]:
    """What was found of how lines are divided."""
    way = divided.chosen.way
    return {"delimiter": _delimiter(divided), "quote": _quote(way, lines), "escape": _escape(way)}


def _delimiter(divided: Divided) -> Finding:
    chosen = divided.chosen
    if divided.why:
        return Finding(None, 0.5, divided.why)
    if chosen.way.delimiter == ONE_COLUMN:
        return Finding(None, 0.9, "one column: nothing divides most lines, the first among them, into as many cells")
    sure = round(min(0.99, 0.6 + 0.4 * chosen.body_share), 2)
    agree = f"{chosen.good:,} of {len(chosen.kept):,} lines have {chosen.width} cells by it"
    return Finding(chosen.way.delimiter, sure, f"{agree}, and by no other as many agree as well")


def _quote(way: Way, lines: Sequence[str]) -> Finding:
    if way.quote != NONE:
        return Finding(way.quote, 0.99, f"{way.quote} stands around cells")
    within = sum('"' in line for line in lines)
    if within:
        return Finding(None, 0.9, f'{within:,} lines hold a ", and none has it around a cell')
    return Finding('"', 0.6, 'no line holds a ", so that it is the usual one')


def _escape(way: Way) -> Finding:
    if way.escape:
        return Finding(way.escape, 0.95, f"{way.escape} stands before quotes or delimiters that end no cell")
    return Finding(None, 0.9, "a quote within quotes is doubled, if there is any")


def question_of(divided: Divided) -> Question | None:
    """What has to be asked of the delimiter."""
    if not divided.why:
        return None
    choices = []
    for one in (divided.chosen, *divided.rivals):
        mark = one.way.delimiter or None
        choices.append(Choice(mark, flag_of(ABOUT, mark), as_shown(one.good_rows(SHOWN_ROWS))))
    return Question(about=ABOUT, flag=FLAG, why=divided.why, choices=tuple(choices))
