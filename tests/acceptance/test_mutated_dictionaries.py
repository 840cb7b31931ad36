"""200 dictionaries and tables of columns with mistakes, and lines: each is read, or refused in a sentence, at once."""

from __future__ import annotations

import random
import time
from functools import partial

import pytest

from etl_batch.errors import EtlError
from etl_batch.formats.described.layout_files import described
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.storage.roots import place
from tests.acceptance.test_mutated_books import outcome
from tests.conftest import Home

_INFIX = """\
infix dictionary using "my data.raw" {
  * who was asked
  1 lines
  1:
  str   name 1-8   byte age 9 - 11
  long id 1:12-20
  q1-q3 21-26
  double weight 27-41   double exact 42-58
}
"""
_INFILE = """\
infile dictionary using survey.raw {
* who was asked
_column(1)   str8   name   %8s    "Name of the person"
_column(12)  byte   sex:sexlbl  %2f  "Sex"
             float  income %9.2f
_skip(2)     str3   code   %3S
_skip        double weight %16.4f
             age %3f
}
"""
_RECORDS = """\
dictionary {
_lrecl(60) _firstlineoffile(1) _line(1)
str20 a %20s
_column(21) long b %9.0f
}
"""
DICTIONARIES = (_INFIX, _INFILE, _RECORDS)
TABLES = (
    'column,start,length,type\nname,1,8,\nage,9,3,i8\npaid,12,9,"decimal(9,2)"\nborn,21,8,date(%d%m%Y)\n',
    "column;start;length;type;scale\r\na;1;4;f64;2\r\nb;5;4;i32;\r\nseen;9;16;timestamp(%Y-%m-%d %H:%M);\r\n",
)
_LETTERS = "AZ09 .,;:'\"()=*-+/%_{}\t\x00é\n\u202e"
_OF_STATA = (
    "_line(2)", "_lines(99999999)", "_newline", "/", "2:", "99999999 lines", "q1-q999999999", "{", "}", "%",
    "%9999999f", "str2045", "strL", "_column(0)", "_skip(99999999)", "using", "1-", "*", 'byte x %2s "', "dictionary",
)  # fmt: skip
_OF_TABLES = (
    "1048577", "0", "-1", "1e5", '"', ";", "decimal(38,38)", "date(%y%m%d)", "date(%Q)", "date()", "zoned", "i128",
    "column,start,length\n", "\n\n", "x" * 300,
)  # fmt: skip


def mutated(seed: int, texts: tuple[str, ...], words: tuple[str, ...], most: int = 4) -> str:
    """One of some texts with one to four mistakes, or fewer."""
    chance = random.Random(seed)
    text = chance.choice(texts)
    for _ in range(chance.randrange(1, most + 1)):
        at = chance.randrange(len(text) + 1)
        end = min(at + chance.randrange(1, 12), len(text))
        between = (
            "", chance.choice(_LETTERS), text[at:end][::-1], f" {chance.choice(words)} ", 2 * text[at:end],
        )  # fmt: skip
        text = text[:at] + chance.choice(between) + (text[end:] if chance.random() < 0.9 else "")
    return text


@pytest.mark.parametrize("first", range(0, 100, 50))
@pytest.mark.parametrize(
    ("name", "texts", "words"), [("x.dct", DICTIONARIES, _OF_STATA), ("x.csv", TABLES, _OF_TABLES)]
)
def test_mutated_descriptions(
    home: Home, name: str, texts: tuple[str, ...], words: tuple[str, ...], first: int
) -> None:
    refused = 0
    for seed in range(first, first + 50):
        (home.data / name).write_text(mutated(seed, texts, words))
        began = time.process_time()
        found = outcome(partial(described, place(home.data / name, [home.data]), None, home.config(home.data / "none")))
        refused += isinstance(found, EtlError)
        assert time.process_time() - began < 5, seed
    assert 5 < refused < 50, "some are still sound, and many are not"


def test_and_checks_of_lines_by_them_end_in_words(home: Home) -> None:
    line = f"{'Ada':8}{34:3}{123456789:9}010203{'1234.5':>15}{'12.25':>17}\n"
    lines = home.put("x.txt", (line * 3).encode())
    found = []
    for seed in range(20):
        (home.data / "x.dct").write_text(mutated(seed, (_INFIX,), _OF_STATA, most=1))
        found.append(outcome(partial(dry_run, home.config(lines, layout=str(home.data / "x.dct")))))
    assert any(isinstance(one, EtlError) for one in found)
    assert not all(isinstance(one, EtlError) for one in found)
