"""First rows held against what a job makes of them."""

from __future__ import annotations

from etl_batch.text.first_rows import FirstRows, WrittenRow
from etl_batch.ui.changed_cells import KEPT_FROM_RUNNING, compared
from etl_batch.ui.table_export import Mark


def _good(*cells: str | None) -> WrittenRow:
    return WrittenRow(cells, tuple(f"'{cell}" if cell and cell[0] in "=-+" else cell for cell in cells))


def test_each_change_is_marked_and_named() -> None:
    found = FirstRows(names=("a", "b", "c"), rows=((" x ", "=1", "1,50"), ("31.12.2025", "NA", ""), ("ja", "-a", "y")))
    rows = compared(
        found, [_good("x", "=1", "1.50"), _good("2025-12-31", None, None), _good("true", "-a", "y")], escapes=True
    )
    assert rows.there == found.rows
    assert rows.written == (("x", "'=1", "1.50"), ("2025-12-31", None, None), ("true", "'-a", "y"))
    assert [(change.row, change.column, change.before, change.after) for change in rows.changes] == [
        (1, "a", " x ", "x"),
        (1, "b", "=1", "'=1"),
        (1, "c", "1,50", "1.50"),
        (2, "a", "31.12.2025", "2025-12-31"),
        (2, "b", "NA", ""),
        (3, "a", "ja", "true"),
        (3, "b", "-a", "'-a"),
    ]
    why = [change.why for change in rows.changes]
    assert why[0] == "blanks around it are left out"
    assert why[1] == why[6] == KEPT_FROM_RUNNING
    assert why[2].startswith("a number")
    assert why[3].startswith("a date")
    assert why[4] == "it stands for no value"
    assert {place for place, mark in rows.marks.items() if mark is Mark.MISSING} == {(1, 1), (1, 2)}
    assert rows.problems == ("", "", "")


def test_without_escaping_nothing_is_kept_from_running() -> None:
    found = FirstRows(names=("a",), rows=(("=1",),))
    rows = compared(found, [_good("=1")], escapes=False)
    assert (rows.written, rows.changes, rows.marks) == ((("=1",),), (), {})


def test_a_row_that_does_not_fit_is_marked_whole_with_its_reason() -> None:
    found = FirstRows(names=("a", "b"), rows=(("1", "2"), ("3", None), ("4", "5")))
    rows = compared(
        found, [_good("1", "2"), WrittenRow((), (), "1 cell, 2 expected", "3"), _good("4", "5")], escapes=True
    )
    assert rows.problems == ("", "1 cell, 2 expected", "")
    assert rows.written == rows.there == found.rows
    assert rows.marks == {(1, 0): Mark.BAD, (1, 1): Mark.BAD}


def test_behind_a_row_whose_end_is_unclear_the_job_says_where_rows_begin() -> None:
    """What splits rows for the eye takes a quote that is never closed for the beginning of a long cell."""
    found = FirstRows(names=("a", "b"), rows=(("x,1\n2,3\n4,5\n", None), ("6", "7"), ("8", "9")))
    written = [WrittenRow((), (), "a quote that is never closed, at byte 4", '"x,1'), _good("2", "3"), _good("4", "5")]
    rows = compared(found, written, escapes=True)
    assert rows.there == (('"x,1', None), ("2", "3"), ("4", "5"))
    assert not rows.changes


def test_rows_of_which_nothing_is_known_are_as_they_are() -> None:
    found = FirstRows(names=("a",), rows=(("1",), ("=2",)))
    rows = compared(found, [], escapes=True)
    assert (rows.there, rows.written, rows.marks, rows.changes) == (found.rows, found.rows, {}, ())
