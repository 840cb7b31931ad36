"""What stands below a table is told, with the flag that leaves it out; and never guessed away."""

from __future__ import annotations

import pytest

from etl_batch.sniffing.delimiter import divide
from etl_batch.sniffing.footer import footer_note
from tests.helpers.sniffed import sniffed

_ROWS = "day;who;sum\n" + "".join(f"2025-01-{day:02};Meyer;{day},5\n" for day in range(1, 20))


@pytest.mark.parametrize(
    ("below", "says"),
    [
        ("Total;;99,5\n", "the last line has 'Total' in 'day', which is of another kind above: --skip-footer 1 "),
        ("Total;;99,5", "the last line has 'Total' in 'day'"),
        ("Total;99,5\n", "the last line has not 3 cells, as the rows have: --skip-footer 1 "),
        ("19 rows\n\nend of report\n", "the last 3 lines have not 3 cells, as the rows have: --skip-footer 3 "),
        ("Total;;99,5\n\n", "the last 2 lines have 'Total' in 'day'"),
    ],
)
def test_what_is_below_is_told(below: str, says: str) -> None:
    found = sniffed(_ROWS + below)
    assert any(note.startswith(says) for note in found.notes), found.notes


@pytest.mark.parametrize(
    "text",
    [
        _ROWS,
        _ROWS + ";Meyer;\n",
        "who;what\nMeyer;a\nLang;b\nJo;c\nTotal;d\n",
        _ROWS + "".join(f"note {number}\n" for number in range(6)),
        "day;sum\n2025-01-01;5\nTotal;5\n",
    ],
)
def test_what_is_like_the_rows_is_not(text: str) -> None:
    assert not any("--skip-footer" in note for note in sniffed(text).notes)


def test_of_one_column_nothing_is_told() -> None:
    lines = ["n", *map(str, range(9)), "total"]
    assert footer_note(lines, divide(lines, whole=True).chosen, ("n",)) == ""
    lines = ["n;m", *(f"{n};{n}" for n in range(9)), "total"]
    assert footer_note(lines, divide(lines, whole=True).chosen, ("n", "m")).startswith("the last line has not 2 cells")
