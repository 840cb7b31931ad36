"""Which ways there are to split the lines of a text: the delimiters and quotes that it holds. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from etl_batch.sniffing.splitting import NONE, ONE_COLUMN, Way

BLANK, COLON = " ", ":"
#: signs that stand between cells; control characters stand nowhere else
SIGNS = (",", ";", "\t", "|", "~", "^", "\x1f", "\x01", "\x1e", "\x1c", BLANK, COLON)
#: those that stand within text and within times as well: they divide only where every line splits alike
WITHIN_TEXT = (BLANK, COLON)
#: of several letters, that are known; others are found by the lines
KNOWN = ("||", "::", "|~|", "~|~", "^|^", "~~", "^^", "@@", "##", "<>", "|#|", "#|#", "&&", "$$", "|;|", "~^~", ";;")
_RUN = re.compile(r"""[!#-&*,/:-@\[\]^`{-~]{2,4}""")
_LINES_COMPARED = 20
_LIKE_FIRST = 0.8  #: of the lines that have an unknown delimiter of several letters as often as the first of them
_QUOTES = ('"', "'")
_ESCAPE = "\\"


def delimiters_in(lines: list[str], text: str) -> list[str]:
    """The delimiters that may be, those of several letters first."""
    several = [mark for mark in dict.fromkeys([*KNOWN, *_discovered(lines)]) if mark in text]
    return [*several, *(sign for sign in SIGNS if sign in text)]


def _discovered(lines: list[str]) -> Iterator[str]:
    """Runs of signs that as many lines hold as often."""
    seen = [Counter(_RUN.findall(line)) for line in lines[:_LINES_COMPARED] if line]
    for run in dict.fromkeys(run for counts in seen for run in counts):
        often = Counter(counts[run] for counts in seen if counts[run])
        if often.most_common(1)[0][1] >= _LIKE_FIRST * len(seen):
            yield run


def quotes_in(text: str, delimiter: str) -> list[str]:
    """The quotes that stand around cells: before one and behind one, at least once each."""
    found = [quote for quote in _QUOTES if quote in text and _is_around(text, quote, delimiter)]
    return found[:1] or [NONE]


def _is_around(text: str, quote: str, delimiter: str) -> bool:
    if delimiter == ONE_COLUMN:
        opens = text.startswith(quote) + text.count(f"\n{quote}")
        closes = text.endswith(quote) + text.count(f"{quote}\n")
    else:
        opens = text.startswith(quote) + text.count(f"\n{quote}") + text.count(f"{delimiter}{quote}")
        closes = text.endswith(quote) + text.count(f"{quote}\n") + text.count(f"{quote}{delimiter}")
    if quote == "'":  # an apostrophe is no quote, and may stand at either end of a word
        return opens > 0 and opens == closes and 2 * opens <= text.count(quote)
    return opens > 0 and closes > 0


def ways_with(text: str, delimiter: str) -> list[Way]:
    """All ways with one delimiter; the plainest first."""
    ways = [Way(delimiter, quote) for quote in quotes_in(text, delimiter)]
    if _ESCAPE in text:
        escaped = (f"{_ESCAPE}{way.quote or delimiter}" for way in ways)
        ways += [Way(delimiter, way.quote, _ESCAPE) for way, sign in zip(ways, escaped, strict=True) if sign in text]
    return ways


def needs_escape(lines: Iterable[str], way: Way) -> bool:
    """Whether an escaped quote stands where no cell can end: then the sign does escape, and is no letter."""
    ends = f"$|{re.escape(way.delimiter)}" if way.delimiter else "$"
    within = re.compile(rf"(?<!\\)(?:\\\\)*\\{re.escape(way.quote)}(?!{ends})") if way.quote else None
    return within is not None and any(within.search(line) for line in lines)
